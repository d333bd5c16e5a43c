"""Making a site: one pass over the gradings that stand, one report in memory at a time.

The same gradebook gives the same bytes: nothing says when a page was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.assignments.rubric import Rubric
from autograder.errors import UsageError
from autograder.gradebook import accounts, decisions, forks, queries
from autograder.gradebook import standing as standings
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.facts import ConditionsFacts
from autograder.gradebook.policy import Policy
from autograder.gradebook.standing import Class, Standing
from autograder.grading.report import Report, restored
from autograder.reports import audience
from autograder.reports import context as contexts
from autograder.reports.context import Context

from . import history, listing, overview, pages
from .counting import Count, Row
from .files import Folder, Kind, page_name
from .person import Head, staff_page, student_page
from .pseudonyms import Pseudonyms, without_names

#: Of more students it is faster to look at the whole class once.
_HANDFUL = 4


@dataclass(frozen=True, slots=True)
class Source:
    """A gradebook's assignment, with what its pages are to say of it.

    Attributes
    ----------
    found, remarks
        What everybody has, or a part of the class; what was seen of their forks.
    """

    book: Gradebook
    assignment: str
    rubric: Rubric
    conditions: ConditionsFacts
    now: datetime
    found: Class
    remarks: Mapping[str, tuple[str, ...]]

    @property
    def context(self) -> Context:
        """What the reports' writers know besides."""
        return contexts.of(self.rubric, {}, now=self.now)

    def anew(self, students: Sequence[str] = ()) -> Source:
        """The same, with what everybody has now, or only these students."""
        return replace(self, **facts(self.book, self.assignment, students))


def facts(book: Gradebook, assignment: str, students: Sequence[str] = ()) -> dict[str, Any]:
    """What everybody has, or only these students, as of one moment: `found` and `remarks` of a `Source`."""
    with book.moment():
        remarks = forks.remarks(book, assignment)
        if not students:
            return {"found": standings.standings(book, assignment), "remarks": remarks}
        if len(students) <= _HANDFUL:
            some = {key: standings.of(book, assignment, key) for key in students}
        else:
            everybody = {one.person.key: one for one in standings.standings(book, assignment).standings}
            some = {key: everybody.get(key) for key in students}
        chosen = tuple(standing for standing in some.values() if standing is not None)
        found = Class(assignment, queries.policy(book, assignment), chosen, (), (), ())
        return {"found": found, "remarks": remarks}


@dataclass(frozen=True, slots=True)
class Built:
    """What was written: pages of students, files that an older site had besides, the largest file in bytes."""

    students: int
    removed: int
    largest: int


def staff(source: Source, place: Path) -> Built:
    """The whole site, with names, for staff."""
    folder = Folder(place, Kind.STAFF)
    found, remarks = source.found, source.remarks
    head, context = _head(source, found.policy), source.context
    count = Count(_rows(source, context, hidden=True))
    gradings = (one.attempt.grading for one in found.standings if one.attempt is not None)
    origins = decisions.origins(source.book, source.assignment, (one for one in gradings if one is not None))
    for standing, report in _reports(source.book, found.standings):
        if report is not None and standing.state == "graded":  # who left counts no more
            count.add(report)
        seen = remarks.get(standing.person.key, ())
        origin = None if standing.report_of is None else origins.get(standing.report_of)
        page = staff_page(standing, report, context, head, seen, origin)
        folder.write(f"students/{page_name(standing.person.key)}", page)
    _write_table(folder, [listing.row(standing) for standing in found.standings], head)
    folder.write("history.html", history.page(source.book, source.assignment, head))
    folder.write("index.html", overview.staff_index(found, count, head, decisions.apart(source.book, found)))
    return Built(len(found.standings), folder.sweep(), folder.largest)


def published(source: Source, place: Path, pseudonyms: Pseudonyms) -> Built:
    """Pages for students, under pseudonyms, and the class's figures without anybody's name."""
    folder = Folder(place, Kind.PUBLIC)
    found = source.found
    head, context = _head(source, found.policy), source.context
    people = {standing.person.key: standing.person for standing in found.standings}
    rows = _rows(source, context, hidden=False)
    count = Count(rows)
    for standing, report in _reports(source.book, found.standings):
        if report is not None:
            if standing.state == "graded":
                count.add(audience.for_students(report, context))
            handed = [attempt for attempt in standing.attempts if attempt.grading is not None]
            group = {key for attempt in handed for key in attempt.students}
            report = without_names(report, [people[key] for key in sorted(group)], [a.label for a in standing.attempts])
        key = standing.person.key
        page = student_page(standing, report, context, head, pseudonyms.name(key), published=True)
        folder.write(f"p/{pseudonyms.page(key)}", page)
    hidden = len(rows) < len(source.rubric.sections) and not context.settings.get("show_hidden_totals")
    folder.write("index.html", overview.public_index(found, count, head, hidden=hidden))
    return Built(len(found.standings), folder.sweep(), folder.largest)


def some(source: Source, place: Path, students: Sequence[str], *, only: bool = False) -> Built:
    """These students' pages as they may see them, each by itself, for feedback.

    Parameters
    ----------
    only
        Take out other pages that lie there.

    Raises
    ------
    UsageError
        There is no such student.
    """
    chosen = of(source, students)
    folder = Folder(place, Kind.SINGLE)
    head, context = _head(source, source.found.policy), source.context
    for standing, report in _reports(source.book, chosen):
        name = standing.person.name or standing.person.key
        folder.write(page_name(standing.person.key), student_page(standing, report, context, head, name))
    return Built(len(chosen), folder.sweep() if only else 0, folder.largest)


def of(source: Source, students: Sequence[str]) -> list[Standing]:
    """What these students have.

    Raises
    ------
    UsageError
        There is no such student.
    """
    known = {standing.person.key: standing for standing in source.found.standings}
    if unknown := [key for key in students if key not in known]:
        raise UsageError(f"no student {unknown[0]!r} in this gradebook")
    return [known[key] for key in dict.fromkeys(students)]


def _reports(book: Gradebook, chosen: Sequence[Standing]) -> Iterator[tuple[Standing, Report | None]]:
    wanted = [standing.report_of for standing in chosen if standing.report_of is not None]
    documents = queries.reports(book, wanted, run=True)
    for standing in chosen:
        yield standing, None if standing.report_of is None else restored(next(documents)[1])


def _rows(source: Source, context: Context, *, hidden: bool) -> tuple[Row, ...]:
    """The rubric's sections; without those that students may not see, unless these are wanted."""
    rows = (
        Row(section.key, section.number, section.group, section.points, audience.hidden(section, context))
        for section in source.rubric.sections
    )
    return tuple(row for row in rows if hidden or not row.hidden)


def _head(source: Source, policy: Policy) -> Head:
    conditions = source.conditions
    seed = "the public seed" if not conditions.seed.startswith("secret:") else f"seed {conditions.seed}"
    facts = (
        f"edition {source.rubric.edition}",
        f"{conditions.checks} checks",
        f"{conditions.profile} profile",
        *([f"overlay {conditions.overlay}"] if conditions.overlay else []),
        seed,
        accounts.terms(policy),
    )
    return Head(source.rubric.title, facts, policy)


def _write_table(folder: Folder, rows: Sequence[listing.Row], head: Head) -> None:
    parts = listing.pages(rows)
    shards = listing.shards(rows)
    for name, text in shards.items():
        folder.write(name, text)
    for number, part in enumerate(parts, 1):
        text = pages.render(
            "students.html", head=head, up="", here="students", rows=part, columns=listing.COLUMNS, page=number,
            pages=len(parts), shards=list(shards), states=listing.STATES, total=len(rows), size=listing.ROWS,
        )  # fmt: skip
        folder.write(listing.name(number), text)
