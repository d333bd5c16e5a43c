"""The commands: python -m benchmarks.mutants table | seeds | cover | summary, each with -a ASSIGNMENT."""

from __future__ import annotations

import click

from . import run, table


@click.group()
def main() -> None:
    """How strong an assignment's cases are."""


assignment_option = click.option("-a", "--assignment", default="hw2p1", show_default=True)


@main.command("table")
@assignment_option
@click.option("--wide", default=10, show_default=True, help="Every so many-th mutant through all that it can affect.")
@click.option("--processes", default=run.PROCESSES, show_default=True)
def make_table(assignment: str, wide: int, processes: int) -> None:
    """Grade every mutant under the public seed and write the table."""
    made = run.run(assignment, wide=wide, processes=processes)
    table.save(made, assignment)
    _tell(made)


@main.command()
@assignment_option
@click.option("--processes", default=run.PROCESSES, show_default=True)
def seeds(assignment: str, processes: int) -> None:
    """Grade every mistake under the other seeds too; what was done is kept after each."""
    made = table.load(assignment)
    for seed in run.SEEDS:
        if seed not in made.facts["seeds"]:
            made = run.under(made, seed, processes)
            table.save(made, assignment)
            _tell(made)


@main.command()
@assignment_option
def cover(assignment: str) -> None:
    """Which quick cases the kills need, and which they could do without."""
    from .cover import report

    click.echo(report(table.load(assignment)))


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
