"""`summary`: a gradebook as pages to look at and to hand out, and a student to be forgotten by it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from autograder.assignments import registry
from autograder.batch.conditions import rubric_of
from autograder.errors import UsageError
from autograder.exports.cells import neutral, written
from autograder.gradebook import queries, store
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.forgetting import Forgotten, forget
from autograder.reports.jsonfile import write_atomically
from autograder.reports.text import shown
from autograder.site import build, pseudonyms
from autograder.site.build import Built, Source
from autograder.site.pseudonyms import Pseudonyms

from .options import PATH

SCHEMA = "autograder/summary/v1"


@click.command()
@click.argument("place", metavar="GRADEBOOK")
@click.option("--output", type=PATH, metavar="DIR", help="Where the pages go.")
@click.option("-a", "--assignment", help="Which assignment; needed where the gradebook has several.")
@click.option(
    "--student", "students", multiple=True, metavar="KEY", help="Only their page, as they see it (repeatable)."
)
@click.option(
    "--pseudonyms",
    "secret",
    type=PATH,
    metavar="FILE",
    help="Pages without names, for students; addresses by the secret in FILE.",
)
@click.option("--addresses", type=PATH, metavar="CSV", help="With --pseudonyms: write down who has which page.")
@click.option(
    "--forget", "forgotten", metavar="KEY", help="Take this student out of the gradebook, and of the site at --output."
)
@click.option("--yes", is_flag=True, help="With --forget: do not ask.")
def summary(
    place: str,
    output: Path | None,
    assignment: str | None,
    students: tuple[str, ...],
    secret: Path | None,
    addresses: Path | None,
    forgotten: str | None,
    yes: bool,
) -> int:
    """Make a site of a gradebook: the class, a table of students, a page for each; one folder, no network."""
    if output is None and forgotten is None:
        raise UsageError("where do the pages go?", hint="--output DIR")
    if students and secret is not None:
        raise UsageError("one of --student and --pseudonyms at a time")
    if addresses is not None and secret is None:
        raise UsageError("--addresses goes with --pseudonyms")
    said: dict[str, object] = {"schema": SCHEMA}
    with Gradebook(place) as book:
        if forgotten is not None:
            if not yes:
                click.confirm(f"Take {shown(forgotten)} out of {shown(place)} for good?", abort=True, err=True)
            with book.alone():
                said |= _forgotten(forget(book, forgotten))
        if output is not None:
            source = source_of(book, assignment)
            names = None if secret is None else pseudonyms.load(secret, source.assignment)
            built = _built(source, output, students, names)
            if names is not None and addresses is not None:
                _private(addresses)
                write_atomically(addresses, _table(source, names))
            click.echo(_said(output, built, students))
            said |= {"assignment": source.assignment, "students": built.students, "removed": built.removed}
    click.echo(json.dumps(said))
    return 0


def source_of(book: Gradebook, assignment: str | None) -> Source:
    """What the pages are made of: the assignment under the conditions that stand."""
    name = queries.only_assignment(book, assignment)
    standing = store.standing_conditions(book, name)
    if standing is None:
        raise UsageError("nothing was graded yet", hint="`python runner.py batch` grades")
    conditions = queries.conditions(book, standing)
    rubric = rubric_of(registry.find(name), conditions.details["edition"], conditions.details["overlay"])
    return Source(book, name, rubric, conditions, datetime.now(UTC))


def _built(source: Source, output: Path, students: Sequence[str], names: Pseudonyms | None) -> Built:
    if students:
        return build.some(source, output, students)
    return build.staff(source, output) if names is None else build.published(source, output, names)


def _table(source: Source, names: Pseudonyms) -> str:
    """Who has which page, as a CSV file."""
    rows = [
        [neutral(person.key), neutral(person.name), names.name(person.key), f"p/{names.page(person.key)}"]
        for person in queries.people(source.book)
    ]
    return written([["student", "name", "pseudonym", "page"], *rows])


def _private(path: Path) -> None:
    """A file that only its owner reads; one that is there keeps its mode."""
    try:
        path.touch(0o600)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error


def _said(output: Path, built: Built, students: Sequence[str]) -> str:
    old = f", {built.removed} of an older site taken out" if built.removed else ""
    where = output if students else output / "index.html"
    return f"{built.students} pages of students{old}: {where}"


def _forgotten(done: Forgotten) -> dict[str, object]:
    """Say what was taken out, and what is left for a person."""
    click.echo(
        f"forgotten: {done.attempts} attempts of their own; {done.shared} of groups stay, without them, for the others"
    )
    for mention in done.mentions:
        click.echo(f"  still named in {mention}")
    for copy in done.copies:
        click.echo(f"  still whole in an older copy, which nothing needs any more: {copy}")
    return {"forgotten": True, "mentions": len(done.mentions)}
