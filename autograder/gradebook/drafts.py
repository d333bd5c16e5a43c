"""Regrades: what a draft would change, making it stand, and taking that back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from autograder.errors import UsageError

from . import queries
from .engine import Gradebook
from .models import Conditions, Grading, Publication, Published
from .policy import Policy
from .publications import publications, standing_conditions
from .standing import Standing, standing, standings
from .store import now


@dataclass(frozen=True, slots=True)
class Draft:
    """Gradings under the same conditions, by the number of these. Publishing makes all of them stand."""

    conditions: int
    gradings: int


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: the draft that it is again, and who has no grading that stands any more, by key."""

    draft: int
    no_longer_graded: tuple[str, ...]


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
    """What a draft changes for a student: final points by group, and the checks that say otherwise now.

    `first`: no grading of theirs stands so far, so no check says otherwise.
    """

    student: str
    before: Mapping[str, Decimal]
    after: Mapping[str, Decimal]
    checks: tuple[CheckMove, ...]
    first: bool = False

    def by(self, group: str) -> Decimal:
        """How far they move."""
        return self.after.get(group, Decimal(0)) - self.before.get(group, Decimal(0))


def drafts(book: Gradebook, assignment: str) -> tuple[Draft, ...]:
    """Conditions with gradings that were never made to stand, or were taken back; the newest first."""
    with book.session() as session:
        rows = session.execute(
            select(Grading.conditions_id, func.max(Grading.id))
            .join(Conditions)
            .where(Conditions.assignment == assignment, Grading.id.not_in(_published()))
            .group_by(Grading.conditions_id)
        ).all()
    newest = [row[0] for row in sorted(rows, key=lambda row: -row[1])]
    return tuple(Draft(conditions, queries.count(book, conditions)) for conditions in newest)


def _published() -> Any:
    """Gradings that are part of a publication which was not taken back."""
    return (
        select(Published.grading_id)
        .join(Publication, Publication.id == Published.publication_id)
        .where(Publication.undone_at.is_(None))
    )


def of(book: Gradebook, assignment: str, conditions: int) -> Draft | None:
    """The draft of these conditions, also where others were published over it; None where all it has stands."""
    attempts = queries.attempts(book, assignment)
    stand = {attempt.grading.id for attempt in attempts if attempt.grading is not None}
    with book.session() as session:
        chosen = select(Grading.id).join(Conditions).where(Conditions.assignment == assignment)
        every = set(session.scalars(chosen.where(queries.under(conditions))))
    return Draft(conditions, len(every)) if every - stand else None


def chosen(book: Gradebook, assignment: str, wanted: int | None) -> Draft:
    """The draft of that number, or the newest of `drafts`.

    Raises
    ------
    UsageError
        There is none.
    """
    found = drafts(book, assignment)
    draft = next(iter(found), None) if wanted is None else of(book, assignment, wanted)
    if draft is not None:
        return draft
    raise UsageError(
        "there is no draft" if wanted is None else f"no draft {wanted}: there is none, or all of it stands",
        hint="drafts: " + (", ".join(str(draft.conditions) for draft in found) or "none; `regrade` makes one"),
    )


def publish(book: Gradebook, assignment: str, draft: int, who: str, why: str) -> tuple[str, ...]:
    """Make all gradings of a draft stand, at once, as `diff` shows it.

    The class is graded under its conditions from then on, unless somebody who is graded is not in it: a regrade of
    some is no new way to grade all, and batches go on as before.

    Returns
    -------
    :
        Who is graded, and not by this draft, by key.

    Raises
    ------
    UsageError
        Nobody and nothing said why.
    """
    _said(who, why)
    graded = [one for one in standings(book, assignment, draft).standings if one.state == "graded"]
    others = tuple(one.person.key for one in graded if _under(one) != draft)
    before = standing_conditions(book, assignment) if others else None
    with book.writing() as session:
        every = session.scalars(select(Grading.id).where(queries.under(draft)).order_by(Grading.id)).all()
        row = Publication(assignment=assignment, conditions_id=before or draft, who=who, why=why, published_at=now())
        session.add(row)
        session.flush()
        session.add_all(Published(publication_id=row.id, grading_id=grading) for grading in every)
    return others


def _under(standing: Standing) -> int | None:
    """The conditions of the grading that counts."""
    return None if standing.attempt is None or standing.attempt.grading is None else standing.attempt.grading.conditions


def undo(book: Gradebook, assignment: str, who: str, why: str) -> Undone:
    """Take the newest publication back, with what was graded into it since: what stood before it stands again.

    Raises
    ------
    UsageError
        There is nothing below it that could stand.
    """
    _said(who, why)
    before = _graded(book, assignment)
    with book.writing() as session:
        live = session.scalars(publications(assignment).limit(2)).all()
        if len(live) < 2:
            raise UsageError("nothing to take back: no earlier grades to go back to")
        newest = live[0]
        newest.undone_at, newest.undone_by, newest.undone_why = now(), who, why
        own = select(Grading.conditions_id).join(Published, Published.grading_id == Grading.id)
        last = own.where(Published.publication_id == newest.id).order_by(Grading.id.desc()).limit(1)
        draft = session.execute(last).scalar_one()
    still = set(_graded(book, assignment))
    return Undone(draft, tuple(student for student in before if student not in still))


def _graded(book: Gradebook, assignment: str) -> list[str]:
    return [one.person.key for one in standings(book, assignment).standings if one.state == "graded"]


def _said(who: str, why: str) -> None:
    if not who.strip() or not why.strip():
        raise UsageError("say who does this and why", hint="--by WHO --why TEXT")


def diff(book: Gradebook, assignment: str, draft: int) -> tuple[Move, ...]:
    """Everybody whose points or checks a draft changes, by key."""
    with book.undeleted():
        with book.moment():
            before = standings(book, assignment).standings
            after = standings(book, assignment, draft).standings
        moves = (_move(book, old, new) for old, new in zip(before, after, strict=True))
        return tuple(move for move in moves if move is not None)


def under(book: Gradebook, assignment: str, rules: Policy) -> tuple[Move, ...]:
    """Everybody whose points other rules change, by key: what declaring them would do."""
    moves = []
    for old in standings(book, assignment).standings:
        new = standing(old.person, old.attempts, rules, old.adjustments)  # of which only the finals are looked at
        finals = [{group: total.final for group, total in one.sums.items()} for one in (old, new)]
        if finals[0] != finals[1]:
            moves.append(Move(old.person.key, finals[0], finals[1], ()))
    return tuple(moves)


def _move(book: Gradebook, old: Standing, new: Standing) -> Move | None:
    if new.report_of is None or old.report_of == new.report_of:
        return None
    finals = [{group: total.final for group, total in one.sums.items()} for one in (old, new)]
    if old.report_of is None:
        return Move(new.person.key, finals[0], finals[1], (), first=True)
    checks = _flipped(_checks(book, old.report_of), _checks(book, new.report_of))
    if finals[0] == finals[1] and not checks:
        return None
    return Move(new.person.key, finals[0], finals[1], checks)


def _checks(book: Gradebook, grading: int) -> dict[tuple[str, str, str], str]:
    return {
        (section["key"], check["name"], check["level"]): check["status"]
        for section in queries.report(book, grading, run=False)["sections"]
        for check in section["checks"]
    }


def _flipped(old: Mapping[tuple[str, str, str], str], new: Mapping[tuple[str, str, str], str]) -> tuple[CheckMove, ...]:
    every = dict.fromkeys([*new, *old])
    return tuple(CheckMove(*key, old.get(key), new.get(key)) for key in every if old.get(key) != new.get(key))
