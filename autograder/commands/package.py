"""`package`: what Autolab or Gradescope runs."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.assignments import faults, registry
from autograder.errors import UsageError, writing

from .options import PATH, assignment_option, edition_option, overlay_option


@click.command()
@click.argument("system", type=click.Choice(["autolab", "gradescope"]))
@click.argument("out", type=PATH)
@assignment_option
@edition_option
@overlay_option
@click.option("--seed-file", type=PATH, help="Grade with this secret seed; it becomes part of the package.")
def package(
    system: str, out: Path, assignment: str, edition: str | None, overlay: Path | None, seed_file: Path | None
) -> int:
    """Make what SYSTEM runs, in the folder OUT. It holds answers and secrets: for staff only."""
    from autograder.assignments.seeds import from_file
    from autograder.platforms import autolab
    from autograder.release import packages
    from autograder.reports.jsonfile import write_atomically

    # A mistake is told now, not at the first submission.
    found = registry.find(assignment)
    faults.refuse(found)
    rubric = found.rubric(edition, overlay)
    found.refuse_unmatched(rubric)
    keys = [section.key for section in rubric.sections]
    if system == "autolab" and (wrong := autolab.torn(keys)):
        raise UsageError(wrong, hint="change the key in the rubric: Autolab tears `word:` apart")
    if seed_file is not None:
        from_file(seed_file)
    wishes = packages.Wishes(edition, overlay, seed_file)
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
    for name, content in packages.SYSTEMS[system](found, registry.PROJECT, wishes).items():
        write_atomically(out / name, content)
        click.echo(f"{out / name}: {len(content):,} bytes")
    return 0
