"""Regrades: what a draft would change, making it stand, and taking that back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from autograder.errors import UsageError

from . import queries
from .engine import Gradebook
from .models import Conditions, Grading, Publication, Published
from .standing import Standing, standings
from .store import newest_publication, now


@dataclass(frozen=True, slots=True)
class Draft:
    """Gradings under the same conditions that do not stand, by the number of their conditions."""

    conditions: int
    gradings: int


@dataclass(frozen=True, slots=True)
class CheckMove:
    """A check that changed its mind about a submission; None where it was not made."""

    section: str
    name: str
    level: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Move:
    """What a draft changes for a student: final points by group, and the checks that say otherwise now."""

    student: str
    before: Mapping[str, Decimal]
    after: Mapping[str, Decimal]
    checks: tuple[CheckMove, ...]

    def by(self, group: str) -> Decimal:
        """How far they move."""
        return self.after.get(group, Decimal(0)) - self.before.get(group, Decimal(0))


def drafts(book: Gradebook, assignment: str) -> tuple[Draft, ...]:
    """All drafts, the newest first."""
    with book.session() as session:
        rows = session.execute(
            select(Grading.conditions_id, func.count(), func.max(Grading.id))
            .join(Conditions)
            .where(Conditions.assignment == assignment, Grading.id.not_in(_standing()))
            .group_by(Grading.conditions_id)
        ).all()
    return tuple(Draft(row[0], row[1]) for row in sorted(rows, key=lambda row: -row[2]))


def _standing() -> Any:
    """Gradings that are part of a publication which was not taken back."""
    return (
        select(Published.grading_id)
        .join(Publication, Publication.id == Published.publication_id)
        .where(Publication.undone_at.is_(None))
    )


def chosen(book: Gradebook, assignment: str, wanted: int | None) -> Draft:
    """The draft of that number, or the newest.

    Raises
    ------
    UsageError
        There is none.
    """
    found = drafts(book, assignment)
    for draft in found:
        if wanted in (None, draft.conditions):
            return draft
    raise UsageError(
        f"no draft {wanted}" if wanted else "there is no draft",
        hint="drafts: " + (", ".join(str(draft.conditions) for draft in found) or "none; `regrade` makes one"),
    )


def publish(book: Gradebook, assignment: str, draft: int, who: str, why: str) -> int:
    """Make a draft's gradings stand, all at once; the publication's number.

    Raises
    ------
    UsageError
        Nobody and nothing said why.
    """
    _said(who, why)
    with book.writing() as session:
        chosen = session.scalars(
            select(Grading.id)
            .where(Grading.conditions_id == draft, Grading.id.not_in(_standing()))
            .order_by(Grading.id)
        ).all()
        row = Publication(assignment=assignment, conditions_id=draft, who=who, why=why, published_at=now())
        session.add(row)
        session.flush()
        session.add_all(Published(publication_id=row.id, grading_id=grading) for grading in chosen)
        return row.id


def undo(book: Gradebook, assignment: str, who: str, why: str) -> int:
    """Take the newest publication back: what stood before it stands again; its number.

    Raises
    ------
    UsageError
        There is nothing below it that could stand.
    """
    _said(who, why)
    with book.writing() as session:
        newest = newest_publication(session, assignment)
        if newest is None or _below(session, newest) is None:
            raise UsageError("nothing to take back: no earlier grades to go back to")
        newest.undone_at, newest.undone_by, newest.undone_why = now(), who, why
        return newest.id


def _below(session: Session, publication: Publication) -> int | None:
    return session.scalar(
        select(Publication.id).where(
            Publication.assignment == publication.assignment,
            Publication.undone_at.is_(None),
            Publication.id < publication.id,
        )
    )


def _said(who: str, why: str) -> None:
    if not who.strip() or not why.strip():
        raise UsageError("say who does this and why", hint="--by WHO --why TEXT")


def diff(book: Gradebook, assignment: str, draft: int) -> tuple[Move, ...]:
    """Everybody whose points or checks a draft changes, by key."""
    before = standings(book, assignment).standings
    after = standings(book, assignment, draft).standings
    moves = (_move(book, old, new) for old, new in zip(before, after, strict=True))
    return tuple(move for move in moves if move is not None)


def _move(book: Gradebook, old: Standing, new: Standing) -> Move | None:
    if old.report_of == new.report_of:
        return None
    checks = _flipped(_checks(book, old.report_of), _checks(book, new.report_of))
    finals = [{group: total.final for group, total in one.sums.items()} for one in (old, new)]
    if finals[0] == finals[1] and not checks:
        return None
    return Move(new.person.key, finals[0], finals[1], checks)


def _checks(book: Gradebook, grading: int | None) -> dict[tuple[str, str, str], str]:
    if grading is None:
        return {}
    return {
        (section["key"], check["name"], check["level"]): check["status"]
        for section in queries.report(book, grading, run=False)["sections"]
        for check in section["checks"]
    }


def _flipped(old: Mapping[tuple[str, str, str], str], new: Mapping[tuple[str, str, str], str]) -> tuple[CheckMove, ...]:
    every = dict.fromkeys([*new, *old])
    return tuple(CheckMove(*key, old.get(key), new.get(key)) for key in every if old.get(key) != new.get(key))
