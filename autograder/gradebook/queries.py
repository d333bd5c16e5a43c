"""Reading a gradebook: plain, frozen values, for whoever shows, exports or counts. No rows leave this package.

Everything here is the same for the same facts, in whatever order they were written: students come by key,
attempts by when they were handed in.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from autograder.errors import UsageError

from . import policy as policies
from .bulk import keeping_all
from .engine import Gradebook
from .enrolment import Person
from .facts import AdjustmentFacts, AttemptFacts, ConditionsFacts, Decision, GradingFacts, SectionPoints, summed
from .models import (
    NOT_THERE,
    Adjustment,
    Attempt,
    Conditions,
    Content,
    Credit,
    Failure,
    Grading,
    PolicyRow,
    Publication,
    Published,
    ReportRow,
    Student,
    Untold,
)  # fmt: skip
from .ordering import order
from .packing import unpack
from .publications import graded_attempts, standing_conditions

__all__ = ["AdjustmentFacts", "AttemptFacts", "ConditionsFacts", "GradingFacts", "SectionPoints"]


def assignments(book: Gradebook) -> tuple[str, ...]:
    """The assignments that something was handed in for."""
    with book.session() as session:
        return tuple(session.scalars(select(Attempt.assignment).distinct().order_by(Attempt.assignment)))


def only_assignment(book: Gradebook, name: str | None) -> str:
    """The assignment of that name, or the only one that there is.

    Raises
    ------
    UsageError
        There are none, or several to choose from.
    """
    found = assignments(book)
    if name is None and len(found) == 1:
        return found[0]
    if name is not None and name in found:
        return name
    raise UsageError(
        f"nothing of {name} in this gradebook" if name else "which assignment?",
        hint="-a NAME; it has: " + (", ".join(found) or "none"),
    )


@keeping_all()
def people(book: Gradebook) -> tuple[Person, ...]:
    """Every student, by key."""
    with book.session() as session:
        # Sorted here: databases have orders of their own.
        return tuple(sorted((Person(*row) for row in session.execute(select(*_PERSON))), key=lambda one: one.key))


#: A student's columns, as `Person` takes them.
_PERSON = (
    Student.key, Student.name, Student.email, Student.login, Student.number, Student.section, Student.team,
    Student.on_roster, Student.former,
)  # fmt: skip


def keys(book: Gradebook) -> Mapping[int, str]:
    """Every student's key, by the number that only the gradebook knows."""
    with book.session() as session:
        return {row[0]: row[1] for row in session.execute(select(Student.id, Student.key))}


def key(book: Gradebook, said: str) -> str:
    """The key of the student who is meant: that one, or the only one of these letters, whatever their case.

    Raises
    ------
    UsageError
        There is none, or two differ by case only; the hint has those that are nearly so.
    """
    known = sorted(keys(book).values())
    alike = [one for one in known if one.casefold() == said.casefold()]
    if said in alike:
        return said
    if len(alike) == 1:
        return alike[0]
    folded = {one.casefold(): one for one in known}
    near = alike or [folded[one] for one in difflib.get_close_matches(said.casefold(), folded, 3, 0.75)]
    raise UsageError(
        f"no student {said!r} in this gradebook", hint=f"is it {' or '.join(map(repr, near))}?" if near else ""
    )


def has_roster(book: Gradebook) -> bool:
    """Whether somebody is on a roster: then the class is those who are."""
    with book.session() as session:
        return session.scalar(select(Student.id).where(Student.on_roster).limit(1)) is not None


def person(book: Gradebook, key: str) -> Person | None:
    """The student of that key, if there is one."""
    with book.session() as session:
        row = session.execute(select(*_PERSON).where(Student.key == key)).one_or_none()
        return None if row is None else Person(*row)


def policy(book: Gradebook, assignment: str) -> policies.Policy:
    """The policy that holds.

    Raises
    ------
    UsageError
        It cannot be read here.
    """
    with book.session() as session:
        text = session.scalar(
            select(PolicyRow.document).where(PolicyRow.assignment == assignment).order_by(PolicyRow.id.desc()).limit(1)
        )
    try:
        return policies.Policy() if text is None else policies.parse(json.loads(text))
    except ValueError as error:  # made where more time zones are known, or by a later version
        raise UsageError(f"the policy of {assignment} in this gradebook: {error}") from error


@keeping_all()
def attempts(
    book: Gradebook, assignment: str, draft: int | None = None, student: str | None = None
) -> tuple[AttemptFacts, ...]:
    """All attempts, in the order in which they were handed in.

    Parameters
    ----------
    draft
        Conditions whose gradings are taken to stand, where there are any: what publishing them would give.
    student
        Only attempts that lie where some of this student's do: theirs, and what has replaced them.
    """
    chosen = [Attempt.assignment == assignment]
    if student is not None:
        theirs = select(Attempt.label).join(Credit).join(Student).where(Student.key == student, *chosen)
        chosen.append(Attempt.label.in_(theirs))
    within = select(Attempt.id).where(*chosen)
    with book.session() as session:
        credited: dict[int, list[str]] = {}
        credits = select(Credit.attempt_id, Student.key).join(Student).where(Credit.attempt_id.in_(within))
        for attempt, key in session.execute(credits):
            credited.setdefault(attempt, []).append(key)
        standing = _standing(session, assignment, draft, within if student is not None else None)
        failed = select(Failure.attempt_id, Failure.reason).where(Failure.attempt_id.in_(within)).order_by(Failure.id)
        troubles = {row[0]: row[1] for row in session.execute(failed)}
        facts = [
            AttemptFacts(
                **row._mapping,
                students=tuple(sorted(credited.get(row.id, ()))),
                grading=standing.get(row.id),
                trouble="" if row.id in standing else troubles.get(row.id, ""),
            )
            for row in session.execute(select(*_ATTEMPT).where(*chosen))
        ]
    return tuple(sorted(facts, key=order))


def untold(book: Gradebook, assignment: str) -> list[dict[str, Any]] | None:
    """What everybody had, as a batch last said it that was ended before it had said all; None: it did."""
    with book.session() as session:
        text = session.scalar(select(Untold.document).where(Untold.assignment == assignment))
    found: list[dict[str, Any]] | None = None if text is None else json.loads(text)
    return found


#: An attempt's columns, as `AttemptFacts` calls them.
_ATTEMPT = (
    Attempt.id, Attempt.label, Attempt.digest, Attempt.source, Attempt.number, Attempt.submitted_at,
    Attempt.marked_late, Attempt.problem, Attempt.turn, Attempt.hints,
)  # fmt: skip


def lying(found: Iterable[AttemptFacts]) -> dict[str, AttemptFacts]:
    """What lies under each label, where something does."""
    there = (attempt for attempt in found if attempt.turn != NOT_THERE)
    return {attempt.label: attempt for attempt in sorted(there, key=lambda attempt: attempt.turn)}


def newest(found: Sequence[AttemptFacts]) -> dict[str, AttemptFacts]:
    """What may count of each label: what lies there; where that cannot be opened, what lay there before and could be.

    A second download that was cut short takes no mark away.
    """
    return {**lying(found), **lying(attempt for attempt in found if attempt.problem is None)}


def _standing(session: Session, assignment: str, draft: int | None, within: Any) -> dict[int, GradingFacts]:
    """The grading that stands of each attempt (of those in `within`): that of the newest publication that has one."""
    some = [] if within is None else [Grading.attempt_id.in_(within)]
    published = (
        select(*_FACTS, Publication.id)
        .join(Published, Published.grading_id == Grading.id)
        .join(Publication, Publication.id == Published.publication_id)
        .where(Publication.assignment == assignment, Publication.undone_at.is_(None), *some)
        .order_by(Publication.id)
    )
    standing = {row[1]: GradingFacts(*row) for row in session.execute(published)}
    if draft is not None:
        drafted = select(*_FACTS).where(under(draft), *some)
        standing |= {row[1]: GradingFacts(*row) for row in session.execute(drafted)}
    return standing


def under(conditions: int) -> ColumnElement[bool]:
    """Of gradings, those under these conditions: what a draft shows, and what stands once it is published."""
    return Grading.conditions_id == conditions


#: A grading's columns, as `GradingFacts` takes them.
_FACTS = (Grading.id, Grading.attempt_id, Grading.conditions_id, Grading.summary, Grading.drawn_for)


def report(book: Gradebook, grading: int, *, run: bool = True) -> dict[str, Any]:
    """A grading's report: the document of `autograder/report/v1`."""
    return next(reports(book, [grading], run=run))[1]


def reports(book: Gradebook, chosen: Sequence[int], *, run: bool = False) -> Iterator[tuple[int, dict[str, Any]]]:
    """Reports of many gradings, in that order, some at a time, so that a class of any size takes no memory.

    Raises
    ------
    UsageError
        One was deleted, by somebody whom no lock kept out (not every system has them).
    """
    columns = (ReportRow.grading_id, ReportRow.body, *((ReportRow.run,) if run else ()))
    for at in range(0, len(chosen), _TOGETHER):
        part = chosen[at : at + _TOGETHER]
        with book.session() as session:
            rows = {row[0]: row for row in session.execute(select(*columns).where(ReportRow.grading_id.in_(part)))}
        for grading in part:
            if grading not in rows:
                raise UsageError("a student was taken out of this gradebook meanwhile", hint="give the command again")
            body: dict[str, Any] = json.loads(rows[grading].body)
            yield grading, {**body, "run": json.loads(rows[grading].run)} if run else body


#: Reports that are read at once: some megabytes.
_TOGETHER = 50


def files(book: Gradebook, digest: str) -> dict[str, bytes]:
    """An attempt's files, by its digest, as they were graded."""
    return unpack(packed(book, digest))


def packed(book: Gradebook, digest: str) -> bytes:
    """An attempt's files as `packing` packs them.

    Raises
    ------
    UsageError
        The gradebook has none: the attempt could not be opened.
    """
    with book.session() as session:
        found = session.get(Content, digest)
        if found is None:
            raise UsageError(f"no files of {digest} in this gradebook")
        return found.packed


def reading(book: Gradebook, attempt: int) -> dict[str, Any]:
    """What was found out while reading an attempt, beyond its files: name, root, left_out, notes."""
    with book.session() as session:
        facts: dict[str, Any] = json.loads(session.get_one(Attempt, attempt).reading)
        return facts


def graded_under(book: Gradebook, conditions: int) -> set[int]:
    """Attempts that are graded under these conditions."""
    with book.session() as session:
        return set(session.scalars(select(Grading.attempt_id).where(under(conditions))))


def standing_attempts(book: Gradebook, assignment: str) -> set[int]:
    """Attempts of which a grading stands, under whatever conditions."""
    with book.session() as session:
        return set(session.scalars(graded_attempts(assignment)))


def conditions(book: Gradebook, number: int) -> ConditionsFacts:
    """Conditions by their number."""
    with book.session() as session:
        row = session.get_one(Conditions, number)
        return ConditionsFacts(
            row.id, row.digest, row.assignment, row.edition, row.seed, row.checks, row.profile, json.loads(row.details)
        )  # fmt: skip


def adjustments(book: Gradebook, assignment: str) -> tuple[AdjustmentFacts, ...]:
    """Every adjustment ever made, oldest first, with who took it back."""
    with book.session() as session:
        rows = session.execute(
            select(Adjustment, Student.key)
            .join(Student)
            .where(Adjustment.assignment == assignment)
            .order_by(Adjustment.id)
        ).all()
    revoked = {row.revokes: Decision(row.who, row.why, row.made_at) for row, _ in rows if row.revokes is not None}
    return tuple(
        AdjustmentFacts(
            row.id, key, row.section, row.group, row.kind, Decimal(row.points), row.who, row.why, row.made_at,
            row.work, revoked.get(row.id),
        )
        for row, key in rows
        if row.revokes is None
    )  # fmt: skip


def maxima(book: Gradebook, assignment: str) -> Mapping[str, Decimal]:
    """How many points there are in each group, under the conditions that stand; of nothing where nothing is graded."""
    conditions = standing_conditions(book, assignment)
    if conditions is None:
        return {}
    with book.session() as session:
        summary = session.scalar(select(Grading.summary).where(under(conditions)).limit(1))
        return {} if summary is None else summed(summary).max


def count(book: Gradebook, conditions: int) -> int:
    """How many attempts are graded under these conditions."""
    with book.session() as session:
        return session.scalar(select(func.count()).where(under(conditions))) or 0
