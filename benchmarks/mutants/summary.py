"""What the table says, for people: a page and a figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from autograder.assignments import registry

from . import planted
from .table import HERE, Row, Table, caught_by

Share = tuple[str, int, int, int]


def shares(table: Table) -> list[Share]:
    """For each section: its key, its mistakes, those of them that were caught in the right section, equivalents.

    A mutant counts where it was caught, and one that was not in the likeliest of its own sections.
    """
    keys = {section.id: section.key for section in registry.find(table.facts["assignment"]).rubric().sections}

    def mine(rows: list[Row], section: str) -> list[Row]:
        return [row for row in rows if (caught_by(row.own, row.caught) or next(iter(row.own), "")) == section]

    alive = {row.id for row in table.alive}
    found = []
    for section, key in keys.items():
        mistakes = mine(table.mistakes, section)
        caught = sum(row.id not in alive for row in mistakes)
        equivalent = len(mine([row for row in table.rows if row.equivalent], section))
        found.append((key, len(mistakes), caught, equivalent))
    return found


def write(table: Table) -> Iterator[Path]:
    """Write the page and the figure beside the table."""
    target = HERE / "results" / f"{table.facts['assignment']}.md"
    target.write_text("\n".join(page(table)) + "\n", "utf-8")
    yield target
    figure = target.with_suffix(".svg")
    draw(table, figure)
    yield figure


def page(table: Table) -> Iterator[str]:
    """The summary in Markdown."""
    mistakes, alive, facts = len(table.mistakes), len(table.alive), table.facts
    hand = sum(row.operator == planted.OPERATOR for row in table.rows)
    yield f"# Mutants of {facts['assignment']}"
    yield ""
    yield (
        f"Made on {facts['date']} by `make mutants ASSIGNMENT={facts['assignment']}` under the public seed "
        f"{facts['seed']}" + (f" and the seeds {', '.join(map(str, facts['seeds']))}." if facts["seeds"] else ".")
    )
    yield ""
    yield (
        f"{len(table.rows) - hand} mutants"
        + (f" and {hand} mistakes that people planted; " if hand else "; ")
        + f"{len(table.rows) - mistakes} are equivalent (each with its reason in "
        f"`../equivalents/{facts['assignment']}.txt`); {mistakes - alive} of the {mistakes} others were caught "
        f"in the right section under every one of these seeds: {(mistakes - alive) / mistakes:.1%}."
    )
    missed = {seed: sum(seed in row.missed or not row.killed for row in table.mistakes) for seed in facts["seeds"]}
    if facts["seeds"]:
        yield ""
        yield "Caught by seed: " + ", ".join(f"{s}: {1 - m / mistakes:.2%}" for s, m in missed.items()) + "."
    if carried := facts.get("carried"):
        yield ""
        yield (
            f"{carried['rows']} of them were not graded anew under the seeds {', '.join(map(str, carried['seeds']))}: "
            f"what the table of {carried['date']} says of these is carried over, whose cases for them were the same."
        )
    if confirmed := facts.get("confirmed"):
        yield ""
        yield f"Graded again by the chosen cases alone under the seeds {', '.join(map(str, confirmed))}."
    elsewhere = sum(row.seen == "all" for row in table.rows)
    yield ""
    yield (
        f"{elsewhere} of them went through all sections, {sum(row.seen == 'affected' for row in table.rows)} "
        f"through all that their file can affect, the others through their own."
    )
    editions = Counter(row.edition for row in table.mistakes if row.edition)
    for edition, count in sorted(editions.items()):
        yield ""
        yield f"{count} are seen only in the edition `{edition}`, which has such cases, and are graded there."
    yield from ["", "| section | mistakes | caught | equivalent |", "| --- | ---: | ---: | ---: |"]
    for key, many, caught, equivalent in shares(table):
        yield f"| {key} | {many} | {caught} | {equivalent} |"
    yield from ["", f"![Mistakes caught by section]({facts['assignment']}.svg)"]
    if table.alive:
        yield from ["", "Not caught:", ""]
        yield from (f"* `{row.id}` {row.where}: `{row.change}` (seeds {row.missed})" for row in table.alive)


def draw(table: Table, path: Path) -> None:
    """A bar for each section: what was caught of its mistakes."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "mutants"
    from matplotlib import pyplot

    rows = [share for share in shares(table) if share[1]][::-1]
    fig, axes = pyplot.subplots(figsize=(8, 0.32 * len(rows) + 1.2), layout="constrained")
    places = range(len(rows))
    axes.barh(places, [many for _, many, _, _ in rows], color="#d1495b", label="not caught")
    axes.barh(places, [caught for _, _, caught, _ in rows], color="#30638e", label="caught in the right section")
    axes.set_yticks(places, [key for key, *_ in rows])
    for place, (_, many, caught, _) in zip(places, rows, strict=True):
        axes.annotate(f" {caught / many:.0%}", (many, place), va="center", fontsize=8)
    axes.set_xlabel("mutants of the reference that are not equivalent")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower right", frameon=False)
    fig.savefig(path, metadata={"Date": None})
    pyplot.close(fig)
