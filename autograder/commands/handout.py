"""`handout`: make an assignment's handout from its references."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.assignments import registry
from autograder.errors import UsageError, writing

from .options import PATH, assignment_option


@click.command()
@assignment_option
@click.option("--check", is_flag=True, help="Only say where the handout and the references have drifted apart.")
@click.option("--output", type=PATH, help="Make it in this folder; default: handout/<assignment>.")
@click.option("--force", is_flag=True, help="Replace files that somebody has changed.")
def handout(assignment: str, check: bool, output: Path | None, force: bool) -> int:
    """Make the handout from the references: solutions out, instructions in."""
    from autograder.assignments import handouts

    found = registry.find(assignment)
    if not found.reference.is_dir():
        raise UsageError("the reference solutions are not here", hint="this is made in the course's own checkout")
    target = output or found.handout
    differences = handouts.drift(found.reference, target) if target.is_dir() else []
    if check:
        for line in differences:
            click.echo(line)
        click.echo(f"{target}: {'differs from' if differences else 'is made from'} {found.reference.name}")
        return 1 if differences else 0
    if differences and not force:
        raise UsageError(
            f"{target} holds files that differ from what would be made; they may be somebody's work",
            hint="`--check` lists them, `--force` replaces them, `--output DIR` makes the handout elsewhere",
        )
    with writing(target):
        written = handouts.make(found.reference, target)
        left = handouts.drift(found.reference, target)
    for path in written:
        click.echo(str(path))
    for line in left:  # an older handout's, or somebody's work: nobody can tell, so it stays
        click.echo(f"note: {target}/{line}, and stays; students get it too, unless you remove it", err=True)
    return 0
