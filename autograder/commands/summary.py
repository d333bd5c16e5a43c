"""`summary`: a gradebook as pages to look at and to hand out, and a student to be forgotten by it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from autograder.assignments import registry
from autograder.errors import UsageError
from autograder.reports.jsonfile import write_atomically
from autograder.reports.text import shown

from .options import PATH
from .staff import Packages

packages = Packages()
with packages:
    from autograder.batch.conditions import rubric_of
    from autograder.batch.show import APART, say_list
    from autograder.exports.cells import neutral, written
    from autograder.gradebook import accounts, decisions, publications, queries
    from autograder.gradebook.engine import Gradebook
    from autograder.gradebook.forgetting import Forgotten, forget
    from autograder.site import build, pseudonyms
    from autograder.site.build import Built, Source
    from autograder.site.files import INDEX, Folder, Kind, page_name, single_pages
    from autograder.site.pseudonyms import Pseudonyms

SCHEMA = "autograder/summary/v1"


@click.command()
@click.argument("place", metavar="GRADEBOOK")
@click.option("--output", type=PATH, metavar="DIR", help="Where the pages go; needed, but with --forget.")
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
@packages.needed
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
        students = tuple(queries.key(book, key) for key in students)
        forgotten = forgotten and queries.key(book, forgotten)
        if forgotten is not None and forgotten in students:
            raise UsageError(f"--forget {forgotten} and a page of theirs (--student)")
        if forgotten is not None and not yes:
            click.confirm(f"Take {shown(forgotten)} out of {shown(place)} for good?", abort=True, err=True)
        # Who forgets has the gradebook alone while the pages are made again, too.
        with book.undeleted() if forgotten is None else book.alone():
            # What can be refused is before anything is deleted.
            wanted = None if output is None else _wanted(book, assignment, output, students, secret)
            if wanted is not None and forgotten is not None:
                wanted.check()
            if forgotten is not None:
                said |= _forgotten(forget(book, forgotten, _handed_out()), queries.keys(book))
                wanted = wanted and wanted.without_the_forgotten()
            if wanted is not None:
                built = wanted.make()
                if wanted.names is not None and addresses is not None:
                    _private(addresses)
                    write_atomically(addresses, _table(wanted.source, wanted.names))
                click.echo(_said(wanted, built))
                say_list(APART, accounts.apart(decisions.apart(book, wanted.source.found)))
                said |= {"assignment": wanted.source.assignment, "students": built.students, "removed": built.removed}
    click.echo(json.dumps(said))
    return 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pages that are to be made.

    Attributes
    ----------
    students
        Whose pages, each by itself; None: a site of all.
    only
        Pages of others that lie there, each by itself, go.
    """

    source: Source
    output: Path
    students: tuple[str, ...] | None
    names: Pseudonyms | None
    only: bool = False

    def check(self) -> None:
        """See that who is forgotten can be taken out of what lies there.

        Raises
        ------
        UsageError
            The folder cannot be made or written, or holds something else.
        """
        if self.names is not None:
            kind = Kind.PUBLIC
        else:
            kind = Kind.STAFF if self.students is None and not single_pages(self.output) else Kind.SINGLE
        Folder(self.output, kind)

    def without_the_forgotten(self) -> Wanted:
        """The same, after a student was taken out; in a folder of single pages, for those who have one there."""
        students, only = self.students, False
        if self.names is None and (there := single_pages(self.output)):
            people = [person.key for person in queries.people(self.source.book)]
            students = tuple(key for key in people if page_name(key) in there or key in (students or ()))
            only = True
        return replace(self, source=self.source.anew(students or ()), students=students, only=only)

    def make(self) -> Built:
        """Make them."""
        if self.students is not None:
            return build.some(self.source, self.output, self.students, only=self.only)
        if self.names is None:
            return build.staff(self.source, self.output)
        return build.published(self.source, self.output, self.names)


def _wanted(
    book: Gradebook, assignment: str | None, output: Path, students: tuple[str, ...], secret: Path | None
) -> Wanted:
    """What is to be made.

    Raises
    ------
    UsageError
        It cannot be.
    """
    source = source_of(book, assignment, students)
    build.of(source, students)
    names = None if secret is None else pseudonyms.load(secret, source.assignment)
    return Wanted(source, output, students or None, names)


def source_of(book: Gradebook, assignment: str | None, students: Sequence[str] = ()) -> Source:
    """What the pages are made of: the assignment under the conditions that stand; of the class, or only of some."""
    with book.moment():
        name = queries.only_assignment(book, assignment)
        standing = publications.standing_conditions(book, name)
        if standing is None:
            raise UsageError("nothing was graded yet", hint="`python runner.py batch` grades")
        conditions = queries.conditions(book, standing)
        facts = build.facts(book, name, students)
    rubric = rubric_of(registry.find(name), conditions.details["edition"], conditions.details["overlay"])
    return Source(book, name, rubric, conditions, datetime.now(UTC), **facts)


def _table(source: Source, names: Pseudonyms) -> str:
    """Who has which page, as a CSV file."""
    rows = [
        [neutral(person.key), neutral(person.name), names.name(person.key), f"p/{names.page(person.key)}"]
        for person in (standing.person for standing in source.found.standings)
    ]
    return written([["student", "name", "pseudonym", "page"], *rows])


def _private(path: Path) -> None:
    """A file that only its owner reads; one that is there keeps its mode."""
    try:
        path.touch(0o600)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error


def _said(wanted: Wanted, built: Built) -> str:
    old = f", {built.removed} of an older site taken out" if built.removed else ""
    where = wanted.output if wanted.students is not None else wanted.output / INDEX
    return f"{built.students} {'page of a student' if built.students == 1 else 'pages of students'}{old}: {where}"


def _handed_out() -> set[str]:
    """Paths of the files that students are given: words in these name nobody."""
    handouts = [registry.find(name).handout for name in registry.names()]
    return {
        path.relative_to(handout).as_posix() for handout in handouts for path in handout.rglob("*") if path.is_file()
    }


def _forgotten(done: Forgotten, students: Mapping[int, str]) -> dict[str, object]:
    """Say what was taken out, and what is left for a person."""
    click.echo(
        f"forgotten: {done.attempts} attempts of their own; {done.shared} of groups stay, without them, for the others"
    )
    for mention in done.mentions:
        click.echo(shown(f"  still named in {_spelt(mention, students)}"))
    for copy in done.copies:
        click.echo(f"  still whole in an older copy, which nothing needs any more: {copy}")
    return {"forgotten": True, "mentions": len(done.mentions)}


def _spelt(mention: str, students: Mapping[int, str]) -> str:
    """A place in which somebody is still named; another student's by their key, whose number nobody knows."""
    place, _, column = mention.partition(": ")
    kind, _, number = place.rpartition(" ")
    if kind == "student" and number.isdecimal() and int(number) in students:
        return f"the {column} of student {students[int(number)]}"
    return mention
