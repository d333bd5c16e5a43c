"""`new-assignment`: a small assignment that works, to be changed into the one that is wanted."""

from __future__ import annotations

import importlib.util

import click

from autograder.assignments import registry
from autograder.errors import UsageError, install


@click.command("new-assignment")
@click.argument("name")
def new_assignment(name: str) -> int:
    """Write the files of a new assignment, which grades and passes its own tests from the start."""
    from autograder.assignments import handouts
    from autograder.scaffold import making

    from .selfcheck import update

    if not (registry.PROJECT / "reference_solutions").is_dir():
        raise UsageError("assignments are made in the course's own checkout", hint="this copy has no references")
    if importlib.util.find_spec("torch") is None:  # now, and not when half of it is written
        raise UsageError(
            "expected values are worked out with PyTorch, which is not installed", hint=install("requirements.txt")
        )
    written = making.write(name, registry.PROJECT)
    registry.names.cache_clear()
    found = registry.find(name)
    written += handouts.make(found.reference, found.handout)
    update(found)
    for path in written:
        click.echo(f"wrote {path.relative_to(registry.PROJECT)}")
    click.echo("Next: docs/writing-an-assignment.md. After each change:")
    click.echo(f"  python runner.py handout -a {name} --force")
    click.echo(f"  python runner.py selfcheck -a {name} --update-practice")
    click.echo(f"  python -m pytest tests/labs/test_{name}.py")
    return 0
