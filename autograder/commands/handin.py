"""`handin`: the tar that a student hands in."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.assignments import registry
from autograder.errors import UsageError

from .options import PATH, assignment_option


@click.command()
@click.argument("path", type=PATH, required=False)
@assignment_option
@click.option("--output", type=PATH, default="handin.tar", show_default=True, help="A .tar, or .tar.gz to compress.")
def handin(path: Path | None, assignment: str, output: Path) -> int:
    """Pack what is graded, and nothing else, for handing in: the same files give the same bytes."""
    from autograder.release import archives
    from autograder.reports.jsonfile import write_atomically
    from autograder.submissions import read

    if output.suffix not in ("", ".tar", ".gz", ".tgz"):
        raise UsageError(f"--output {output}: what is handed in is a tar", hint="call it .tar, or .tar.gz to compress")
    found = registry.find(assignment)
    submission = read(path or found.handout, found.rubric())
    packed = output.name.endswith((".gz", ".tgz"))
    write_atomically(output, archives.tar(submission.files, packed=packed))
    for left in submission.left_out:
        click.echo(f"left out: {left.path} ({left.reason})")
    click.echo(f"{output}: {len(submission.files)} files, {submission.digest}")
    return 0
