"""`release`: the students' repository of an assignment."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.assignments import faults, registry
from autograder.errors import UsageError, writing

from .options import PATH, assignment_option, edition_option, overlay_option


@click.command()
@click.argument("out", type=PATH)
@assignment_option
@edition_option
@overlay_option
def release(out: Path, assignment: str, edition: str | None, overlay: Path | None) -> int:
    """Make, or update, the students' repository in OUT: no solutions, no answers, no secrets."""
    from autograder.release import contents, updating

    found = registry.find(assignment)
    if not found.reference.is_dir():
        raise UsageError("a release is made in the course's own checkout", hint="the one with reference_solutions/")
    faults.refuse(found)
    made = contents.students(found, registry.PROJECT, edition, overlay)
    with writing(out):
        told = list(updating.write(made, out))
    for line in told:
        if not line.startswith("written"):
            click.echo(line)
    click.echo(f"{out}: {len(made.files) + 1} files, {len(told)} lines of change" if told else f"{out}: up to date")
    return 0
