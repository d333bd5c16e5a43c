"""The commands: python -m benchmarks.mutants table | seeds | choose | confirm | summary, each with -a ASSIGNMENT."""

from __future__ import annotations

import click

from autograder.assignments import choice, registry

from . import run, table
from .pieces import Pieces


@click.group()
def main() -> None:
    """How strong an assignment's cases are."""


assignment_option = click.option("-a", "--assignment", default="hw2p1", show_default=True)


@main.command("table")
@assignment_option
@click.option("--wide", default=10, show_default=True, help="Every so many-th mutant through all that it can affect.")
@click.option("--processes", default=run.PROCESSES, show_default=True)
def make_table(assignment: str, wide: int, processes: int) -> None:
    """Grade every mutant under the public seed and write the table; interrupted, it goes on where it was."""
    pieces = Pieces(registry.find(assignment))
    made = run.run(assignment, wide=wide, processes=processes, pieces=pieces)
    table.save(made, assignment)
    pieces.clear()
    _tell(made)


@main.command()
@assignment_option
@click.option("--processes", default=run.PROCESSES, show_default=True)
@click.option("--most", default=len(run.SEEDS), show_default=True, help="So many seeds now; the others another time.")
@click.option("--few", default=0, help="Ask first so many of the cases that caught a mistake so far; 0: ask all.")
def seeds(assignment: str, processes: int, most: int, few: int) -> None:
    """Put every mistake to the candidates under the other seeds too; what was done is kept after each."""
    made = table.load(assignment)
    for seed in [seed for seed in run.SEEDS if seed not in made.facts["seeds"]][:most]:
        made = run.under(made, seed, processes, few)
        table.save(made, assignment)
        _tell(made)


@main.command()
@assignment_option
@click.option("--processes", default=run.PROCESSES, show_default=True)
@click.option("--most", default=len(run.SEEDS) + 1, show_default=True, help="So many seeds now.")
def confirm(assignment: str, processes: int, most: int) -> None:
    """Grade every mistake by the chosen cases alone, under every seed: the last word on what is caught."""
    made = table.load(assignment)
    done = made.facts.get("confirmed", ())
    for seed in [seed for seed in (made.facts["seed"], *made.facts["seeds"]) if seed not in done][:most]:
        made = run.confirm(made, seed, processes)
        table.save(made, assignment)
        _tell(made)


@main.command()
@assignment_option
def choose(assignment: str) -> None:
    """Choose the quick profile's cases by the table, and write the choice; another one is to be confirmed anew."""
    from .cover import write

    made, path = table.load(assignment), registry.find(assignment).folder / choice.FILE
    before = path.read_bytes() if path.is_file() else b""
    click.echo(write(made))
    if path.read_bytes() != before:
        table.save(table.Table({**made.facts, "confirmed": []}, made.rows), assignment)
    click.echo("now write the practice data anew: python runner.py selfcheck --update-practice")


@main.command()
@assignment_option
def summary(assignment: str) -> None:
    """Write the summary and the figure from the table."""
    from .summary import write

    for path in write(table.load(assignment)):
        click.echo(path)


def _tell(made: table.Table) -> None:
    click.echo(
        f"{len(made.rows)} mutants, {len(made.mistakes)} mistakes, {len(made.alive)} not caught; "
        f"seeds {made.facts['seed']} and {made.facts['seeds']}"
    )
    for row in made.alive:
        click.echo(f"  {row.id} {row.where}: {row.operator}: {table.shortened(row.change)}; missed under {row.missed}")


main()
