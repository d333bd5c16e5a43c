"""Writing what was handed in and graded. Each function is one transaction: after it, its fact is on the disk."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from .engine import Gradebook
from .models import (
    NOT_THERE,
    Attempt,
    Conditions,
    Content,
    Credit,
    Failure,
    Grading,
    PolicyRow,
    Published,
    ReportRow,
    Student,
    Untold,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Handed:
    """One thing that was handed in, as a gradebook takes it. Of one that could not be opened, `problem` says why.

    `instead` are labels at which nothing lies any more since this does: what was taken of the same fork before.
    `time_told`: when it was handed in is staff's word, and no platform's.
    """

    label: str
    digest: str
    source: str
    number: int
    submitted_at: datetime | None
    marked_late: bool
    hints: Sequence[Mapping[str, str]]
    reading: Mapping[str, Any]
    packed: bytes | None
    problem: str | None = None
    instead: Collection[str] = ()
    time_told: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """An attempt that was taken in: its id, and from when to when its time was corrected, if it was."""

    attempt: int
    retimed: tuple[datetime, datetime] | None


def now() -> datetime:
    """The time of writing; no mark depends on it."""
    return datetime.now(UTC)


def compact(value: Any) -> str:
    """JSON as it is stored: ASCII, so that every database takes it."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


#: Values in one question: databases take no more than some tens of thousands.
ASKED = 500


def hand_in(book: Gradebook, assignment: str, handed: Handed, students: Iterable[int]) -> int:
    """Take in an attempt, once, and whom it counts for, too; its id. It is what lies under its label now.

    A time that is told now holds; where none is, the one that is known stays. What staff told of a label holds until
    they tell it again, whatever a platform says: each of its downloads says the same once more.
    """
    with book.writing() as session:
        return _hand_in(session, assignment, handed, students).attempt


def hand_in_all(book: Gradebook, assignment: str, every: Iterable[tuple[Handed, Collection[int]]]) -> list[Kept]:
    """Take several attempts in as `hand_in` does, at once."""
    with book.writing() as session:
        return [_hand_in(session, assignment, handed, students) for handed, students in every]


def credit(book: Gradebook, assignment: str, owners: Mapping[str, Collection[int]]) -> tuple[tuple[str, str], ...]:
    """Let all that ever lay under these labels count for these students, by id, and for nobody else.

    Gradings and points by hand stay: only whom something counts for is corrected. Who is not on the roster any more
    keeps it, unless it is somebody else's now: they may be that one, under another name. It is one transaction:
    somebody has it at every moment, whatever ends the program, and what it took is known.

    Returns
    -------
    :
        What no longer counts for whom: label and key.
    """
    taken: dict[tuple[str, str], None] = {}
    labels = sorted(owners)
    with book.writing() as session:
        for at in range(0, len(labels), ASKED):
            some = Attempt.assignment == assignment, Attempt.label.in_(labels[at : at + ASKED])
            rows = session.execute(
                select(Credit, Student, Attempt.label)
                .join(Attempt, Attempt.id == Credit.attempt_id)
                .join(Student, Student.id == Credit.student_id)
                .where(*some)
                .order_by(Attempt.label, Attempt.id, Student.id)
            ).all()
            of_label: dict[str, list[tuple[Credit, Student]]] = {}
            for row, student, label in rows:
                of_label.setdefault(label, []).append((row, student))
            for label, those in of_label.items():
                for row, key in _astray(those, owners[label]):
                    taken[label, key] = None
                    session.delete(row)
            credited = {(row.attempt_id, row.student_id) for row, _, _ in rows}
            # The newest of each label; what is handed in after this is credited then.
            for attempt in {
                one.label: one for one in session.scalars(select(Attempt).where(*some).order_by(Attempt.turn))
            }.values():
                for owner in sorted(owners[attempt.label]):
                    if (attempt.id, owner) not in credited:
                        session.add(Credit(attempt_id=attempt.id, student_id=owner))
    return tuple(taken)


def _astray(credited: Sequence[tuple[Credit, Student]], owners: Collection[int]) -> list[tuple[Credit, str]]:
    """The credits of a label that go, and whose they are, by key."""
    new = set(owners) - {student.id for _, student in credited}
    teams = {student.team for _, student in credited if student.id in owners} - {""}
    return [
        (row, student.key)
        for row, student in credited
        if student.id not in owners and (student.on_roster or (new and student.team not in teams))
    ]


def _hand_in(session: Session, assignment: str, handed: Handed, students: Iterable[int]) -> Kept:
    chosen = Attempt.assignment == assignment, Attempt.label == handed.label
    same = session.scalars(select(Attempt).where(*chosen)).all()
    found = next((attempt for attempt in same if attempt.digest == handed.digest), None)
    turn = 1 + max((attempt.turn for attempt in same if attempt is not found), default=-1)
    handed = _timed(handed, same)
    if found is None:
        if handed.packed is not None and session.get(Content, handed.digest) is None:
            session.add(Content(digest=handed.digest, packed=handed.packed))
        found = _attempt(assignment, handed, turn)
        session.add(found)
        session.flush()
    elif found.turn < turn:
        found.turn = turn  # it lies there again, after something else or nothing
    _clear(session, assignment, handed.instead)
    before = found.submitted_at
    if handed.submitted_at is not None:
        found.submitted_at, found.time_told = handed.submitted_at, handed.time_told
    credited = set(session.scalars(select(Credit.student_id).where(Credit.attempt_id == found.id)))
    for student in sorted(set(students) - credited):
        session.add(Credit(attempt_id=found.id, student_id=student))
    now = found.submitted_at
    return Kept(found.id, None if before is None or now is None or before == now else (before, now))


def _timed(handed: Handed, same: Iterable[Attempt]) -> Handed:
    """With the time that staff told of what lies under this label, where only a platform speaks now."""
    told = [attempt for attempt in same if attempt.time_told]
    if handed.time_told or handed.submitted_at is None or not told:
        return handed
    return replace(handed, submitted_at=max(told, key=lambda attempt: attempt.turn).submitted_at, time_told=True)


def clear(book: Gradebook, assignment: str, labels: Collection[str]) -> None:
    """Write down that nothing lies at these labels any more. What lay there stays, and counts for nothing."""
    with book.writing() as session:
        _clear(session, assignment, labels)


def _clear(session: Session, assignment: str, labels: Collection[str]) -> None:
    every = sorted(labels)
    for at in range(0, len(every), ASKED):
        some = Attempt.assignment == assignment, Attempt.label.in_(every[at : at + ASKED])
        session.execute(update(Attempt).where(*some).values(turn=NOT_THERE))


def _attempt(assignment: str, handed: Handed, turn: int) -> Attempt:
    return Attempt(
        assignment=assignment,
        label=handed.label,
        digest=handed.digest,
        source=handed.source,
        number=handed.number,
        submitted_at=handed.submitted_at,
        marked_late=handed.marked_late,
        hints=compact([dict(hint) for hint in handed.hints]),
        reading=compact(dict(handed.reading)),
        problem=handed.problem,
        seen_at=now(),
        turn=turn,
        time_told=handed.time_told,
    )


def keep_untold(book: Gradebook, assignment: str, document: Sequence[Mapping[str, Any]] | None) -> None:
    """Keep what everybody had, as it was last said, in place of what was kept before; None: all is said."""
    with book.writing() as session:
        session.execute(delete(Untold).where(Untold.assignment == assignment))
        if document is not None:
            session.add(Untold(assignment=assignment, document=compact([dict(one) for one in document])))


def declare(book: Gradebook, assignment: str, policy: Mapping[str, Any], who: str = "", why: str = "") -> None:
    """Make a policy the one that holds; one that already does is not written again."""
    with book.writing() as session:
        declare_in(session, assignment, policy, who, why)


def declare_in(session: Session, assignment: str, policy: Mapping[str, Any], who: str, why: str) -> None:
    """As `declare`, within a transaction."""
    text = compact(policy)
    newest = session.scalar(policies().where(PolicyRow.assignment == assignment))
    if newest is None or newest.document != text:
        session.add(PolicyRow(assignment=assignment, document=text, declared_at=now(), who=who, why=why))


def policies() -> Select[PolicyRow]:
    """The newest of each assignment."""
    return select(PolicyRow).where(PolicyRow.id.in_(select(func.max(PolicyRow.id)).group_by(PolicyRow.assignment)))


@dataclass(frozen=True, slots=True)
class Terms:
    """Conditions, as a gradebook takes them; see `models.Conditions`."""

    digest: str
    assignment: str
    edition: str
    seed: str
    checks: str
    profile: str
    details: Mapping[str, Any]


def conditions(book: Gradebook, terms: Terms) -> int:
    """The id of these conditions, which are written down once."""
    with book.writing() as session:
        found = session.scalar(select(Conditions).where(Conditions.digest == terms.digest))
        if found is None:
            found = Conditions(**{**asdict(terms), "details": compact(dict(terms.details))}, created_at=now())
            session.add(found)
            session.flush()
        return found.id


@dataclass(frozen=True, slots=True)
class Graded:
    """A finished grading, as a gradebook takes it: the report's text without `run`, `run`, and the summary.

    `drawn_for` as in `models.Grading`.
    """

    attempt: int
    conditions: int
    report: str
    run: str
    summary: str
    drawn_for: str = ""


def record(book: Gradebook, graded: Graded, publication: int | None) -> bool:
    """Keep a grading, and make it stand; False where it was there already."""
    with book.writing() as session:
        taken = select(func.count()).where(
            Grading.attempt_id == graded.attempt, Grading.conditions_id == graded.conditions
        )
        if session.scalar(taken):
            return False
        row = Grading(
            attempt_id=graded.attempt,
            conditions_id=graded.conditions,
            summary=graded.summary,
            graded_at=now(),
            drawn_for=graded.drawn_for,
        )
        session.add(row)
        session.flush()
        session.add(ReportRow(grading_id=row.id, body=graded.report, run=graded.run))
        if publication is not None:
            session.add(Published(publication_id=publication, grading_id=row.id))
        return True


def record_failure(book: Gradebook, attempt: int, conditions_id: int, reason: str, tries: int) -> None:
    """Keep that we could not grade an attempt."""
    with book.writing() as session:
        session.add(
            Failure(attempt_id=attempt, conditions_id=conditions_id, reason=reason[:2000], tries=tries, failed_at=now())
        )
