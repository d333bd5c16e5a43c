"""`sections`: an assignment's rubric, as a table."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.assignments import registry

from .options import assignment_option, edition_option, overlay_option


@click.command()
@assignment_option
@edition_option
@overlay_option
def sections(assignment: str, edition: str | None, overlay: Path | None) -> int:
    """Show an assignment's rubric: keys, points, what needs what."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    found = registry.find(assignment)
    rubric = found.rubric(edition, overlay)
    found.refuse_unmatched(rubric)
    keys = {section.id: section.key for section in rubric.sections}
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("No.", "Key", "Points", "Group", "Builds upon"):
        table.add_column(title, justify="right" if title == "Points" else "left")
    for section in rubric.sections:
        needs = ", ".join(keys[need] for need in section.needs)
        cells = (section.number, section.key, f"{section.points.normalize():f}", section.group, needs)
        table.add_row(*(Text(cell) for cell in cells))
    console = Console(highlight=False)
    console.print(Text(f"{rubric.title} ({rubric.name}, edition {rubric.edition})"))
    console.print(table)
    totals = [f"{group} {rubric.maximum(group).normalize():f}" for group in ("main", "bonus") if rubric.maximum(group)]
    console.print(Text("Total: " + ", ".join(totals)))
    if others := [name for name in registry.names() if name != assignment]:
        console.print(Text("Other assignments: " + ", ".join(others)))
    return 0
