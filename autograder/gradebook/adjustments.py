"""Points by hand: who, why, and how they are taken back; a regrade leaves them alone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder.errors import UsageError

from .engine import Gradebook
from .models import Adjustment, Student
from .store import now


@dataclass(frozen=True, slots=True)
class Change:
    """Points by hand: `kind` is `add` (negative takes away) or `set`; without `section`, of the whole group.

    `work` as in `models.Adjustment`.
    """

    student: str
    kind: str
    points: Decimal
    who: str
    why: str
    section: str = ""
    group: str = "main"
    work: str = ""


def adjust(book: Gradebook, assignment: str, change: Change) -> int:
    """Keep an adjustment; its id.

    Raises
    ------
    UsageError
        No such student, or nobody and nothing said why.
    """
    _said(change.who, change.why)
    with book.writing() as session:
        row = Adjustment(
            assignment=assignment,
            student_id=_student(session, change.student).id,
            section=change.section,
            group=change.group,
            kind=change.kind,
            points=str(change.points),
            who=change.who,
            why=change.why,
            made_at=now(),
            work=change.work,
        )
        session.add(row)
        session.flush()
        return row.id


def revoke(book: Gradebook, assignment: str, adjustment: int, who: str, why: str) -> None:
    """Take an adjustment of this assignment back, by another row.

    Raises
    ------
    UsageError
        It has none of that number, it was taken back already, or nobody and nothing said why.
    """
    _said(who, why)
    with book.writing() as session:
        found = session.get(Adjustment, adjustment)
        if found is None or found.revokes is not None or found.assignment != assignment:
            raise UsageError(f"no adjustment {adjustment} in {assignment}", hint="`adjust GRADEBOOK` lists all")
        if session.scalar(select(Adjustment.id).where(Adjustment.revokes == adjustment)):
            raise UsageError(f"adjustment {adjustment} was taken back already")
        session.add(
            Adjustment(
                assignment=found.assignment,
                student_id=found.student_id,
                section=found.section,
                group=found.group,
                kind="revoke",
                points="0",
                who=who,
                why=why,
                made_at=now(),
                revokes=adjustment,
            )
        )


def _said(who: str, why: str) -> None:
    if not who.strip() or not why.strip():
        raise UsageError("an adjustment says who made it and why", hint="--by WHO --why TEXT")


def _student(session: Session, key: str) -> Student:
    found = session.scalar(select(Student).where(Student.key == key))
    if found is None:
        raise UsageError(f"no student {key!r} in this gradebook")
    return found
