"""What stands: publications, which make gradings stand, and the conditions that a class is graded under."""

from __future__ import annotations

import json

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session

from .engine import Gradebook
from .models import Attempt, Conditions, Grading, Publication, Published
from .store import now


def standing_publication(book: Gradebook, assignment: str, conditions_id: int, who: str) -> int | None:
    """The publication that a batch's gradings join; None where the class is graded otherwise, and they are a draft.

    Where nothing stands yet, a batch's own conditions are made to. Which sections a regrade was told to stay with
    (`Terms.details["whole"]` leaves that out) is no matter for those who come later: they are graded whole.
    """
    with book.writing() as session:
        newest = session.scalar(leading(assignment).limit(1))
        if newest is None:
            begun = _live(assignment).where(Publication.conditions_id == conditions_id, ~_has())
            newest = session.scalar(begun.limit(1)) or Publication(
                assignment=assignment, conditions_id=conditions_id, who=who, why="first batch", published_at=now()
            )
            session.add(newest)
            session.flush()
        same = _whole(session, newest.conditions_id) == _whole(session, conditions_id)
        return newest.id if same else None


def _whole(session: Session, conditions_id: int) -> str:
    found = session.get_one(Conditions, conditions_id)
    return str(json.loads(found.details).get("whole", found.digest))


def take_up(book: Gradebook, assignment: str, conditions_id: int, publication: int) -> list[str]:
    """Make gradings under these conditions stand of which no other one stands; the attempts' labels.

    They are what a batch that joins the publication would give; a draft has them from before the conditions stood.
    """
    with book.writing() as session:
        rows = session.execute(
            select(Grading.id, Attempt.label)
            .join(Attempt, Attempt.id == Grading.attempt_id)
            .where(Grading.conditions_id == conditions_id, Attempt.id.not_in(graded_attempts(assignment)))
            .order_by(Grading.id)
        ).all()
        session.add_all(Published(publication_id=publication, grading_id=grading) for grading, _ in rows)
        return [label for _, label in rows]


def graded_attempts(assignment: str) -> Select[int]:
    """Attempts of which a grading stands."""
    return (
        select(Grading.attempt_id)
        .join(Published, Published.grading_id == Grading.id)
        .join(Publication, Publication.id == Published.publication_id)
        .where(Publication.assignment == assignment, Publication.undone_at.is_(None))
    )


def standing_conditions(book: Gradebook, assignment: str) -> int | None:
    """The conditions that the class is graded under; where nothing was graded so far, those of the newest batch."""
    with book.session() as session:
        newest = session.scalar(leading(assignment).limit(1)) or session.scalar(_live(assignment).limit(1))
        return None if newest is None else newest.conditions_id


def publications(assignment: str) -> Select[Publication]:
    """Publications that were not taken back, the newest first.

    One that a batch began and graded nothing into is none: whatever ended that batch decides nothing.
    """
    return _live(assignment).where(_has())


def leading(assignment: str) -> Select[Publication]:
    """Those of `publications` that say what the class is graded under: each has gradings under these conditions."""
    return _live(assignment).where(_has(Grading.conditions_id == Publication.conditions_id))


def _has(*those: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a publication has gradings, such ones."""
    own = Published.publication_id == Publication.id, Grading.id == Published.grading_id
    return exists().where(*own, *those)


def _live(assignment: str) -> Select[Publication]:
    own = Publication.assignment == assignment
    return select(Publication).where(own, Publication.undone_at.is_(None)).order_by(Publication.id.desc())
