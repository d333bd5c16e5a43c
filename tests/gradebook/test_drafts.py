"""Drafts: what is shown of one is what publishing it does, and taking that back says who is left with nothing."""

from __future__ import annotations

from decimal import Decimal

import making
import pytest

from autograder.errors import UsageError
from autograder.gradebook import adjustments, drafts, store
from autograder.gradebook.adjustments import Change
from autograder.gradebook.drafts import Move
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.standing import standings


def grade(book: Gradebook, student: str, points: str, by: int, *, draft: bool = False) -> None:
    """Grade a student's one attempt under conditions; as `regrade` does, if it is to be a draft in any case."""
    who = making.enrolled(book, student)[student]
    attempt = store.hand_in(book, making.NAME, making.handed(f"{student}.zip"), [who])
    conditions = store.conditions(book, making.terms(by))
    publication = None if draft else store.standing_publication(book, making.NAME, conditions, "ta")
    store.record(book, making.graded(attempt, conditions, {"A": points}), publication)


def stands(book: Gradebook) -> dict[str, Decimal | None]:
    """Everybody's points, by key."""
    totals = {one.person.key: one.total() for one in standings(book, making.NAME).standings}
    return {key: None if total is None else total.final for key, total in totals.items()}


def after(book: Gradebook, moves: tuple[Move, ...]) -> dict[str, Decimal | None]:
    """What a draft's differences make of what stands."""
    moved = {move.student: sum(move.after.values(), Decimal(0)) for move in moves}
    return {**stands(book), **moved}


@pytest.fixture
def regraded(book: Gradebook) -> Gradebook:
    """Ann and Bob under conditions 1, then 2, which were published; then Cem under 1, as the batch of before does."""
    for student in ("ann", "bob"):
        grade(book, student, "8", 1)
    for student in ("ann", "bob"):
        grade(book, student, "10", 2, draft=True)
    drafts.publish(book, making.NAME, 2, "prof", "worth more")
    grade(book, "cem", "8", 1)
    return book


def test_publishing_does_what_was_shown(regraded: Gradebook) -> None:
    assert stands(regraded) == {"ann": 10, "bob": 10, "cem": None}
    (draft,) = drafts.drafts(regraded, making.NAME)
    assert (draft.conditions, draft.gradings) == (1, 3)
    moves = drafts.diff(regraded, making.NAME, draft.conditions)
    assert [move.student for move in moves] == ["ann", "bob", "cem"]
    shown = after(regraded, moves)
    drafts.publish(regraded, making.NAME, draft.conditions, "prof", "as before, for all")
    assert stands(regraded) == shown == {"ann": 8, "bob": 8, "cem": 8}
    assert drafts.drafts(regraded, making.NAME) == ()


def test_what_was_published_over_another_is_taken_back_whole(regraded: Gradebook) -> None:
    drafts.publish(regraded, making.NAME, 1, "prof", "as before, for all")
    undone = drafts.undo(regraded, making.NAME, "prof", "the points were right")
    assert (undone.draft, undone.no_longer_graded) == (1, ("cem",))
    assert stands(regraded) == {"ann": 10, "bob": 10, "cem": None}
    assert [draft.conditions for draft in drafts.drafts(regraded, making.NAME)] == [1]


def test_conditions_that_stood_before_can_be_published_again_by_number(regraded: Gradebook) -> None:
    drafts.publish(regraded, making.NAME, 1, "prof", "as before, for all")
    with pytest.raises(UsageError, match="there is no draft"):
        drafts.chosen(regraded, making.NAME, None)
    with pytest.raises(UsageError, match="no draft 1"):  # which stands
        drafts.chosen(regraded, making.NAME, 1)
    draft = drafts.chosen(regraded, making.NAME, 2)
    assert draft.gradings == 2
    shown = after(regraded, drafts.diff(regraded, making.NAME, 2))
    drafts.publish(regraded, making.NAME, 2, "prof", "worth more after all")
    assert stands(regraded) == shown == {"ann": 10, "bob": 10, "cem": 8}


def test_another_assignments_conditions_are_no_draft(regraded: Gradebook) -> None:
    with pytest.raises(UsageError, match="no draft 1"):
        drafts.chosen(regraded, "hw1p1", 1)


def test_taking_back_says_who_was_graded_since_and_keeps_it_as_a_draft(book: Gradebook) -> None:
    grade(book, "ann", "8", 1)
    grade(book, "ann", "10", 2, draft=True)
    drafts.publish(book, making.NAME, 2, "prof", "worth more")
    grade(book, "cem", "10", 2)
    assert stands(book) == {"ann": 10, "cem": 10}
    undone = drafts.undo(book, making.NAME, "prof", "announced otherwise")
    assert (undone.draft, undone.no_longer_graded) == (2, ("cem",))
    assert stands(book) == {"ann": 8, "cem": None}
    (draft,) = drafts.drafts(book, making.NAME)
    assert after(book, drafts.diff(book, making.NAME, draft.conditions)) == {"ann": 10, "cem": 10}
    grade(book, "cem", "8", 1)
    assert stands(book) == {"ann": 8, "cem": 8}


def test_who_had_no_grading_moves_without_a_word_of_each_check(book: Gradebook) -> None:
    for student in ("ann", "bob"):
        grade(book, student, "8", 1)
    grade(book, "cem", "8", 2)
    adjustments.adjust(book, making.NAME, Change("cem", "set", Decimal(8), "ta", "by hand"))
    adjustments.adjust(book, making.NAME, Change("cem", "set", Decimal(0), "ta", "by hand", group="bonus"))
    (move,) = drafts.diff(book, making.NAME, 2)
    assert (move.student, move.first, move.checks) == ("cem", True, ())  # though the points stay


def test_a_batch_that_graded_nothing_decides_nothing(book: Gradebook) -> None:
    first = store.conditions(book, making.terms(1))
    assert store.standing_publication(book, making.NAME, first, "ta") is not None
    grade(book, "ann", "8", 2)
    assert stands(book) == {"ann": 8}
    assert drafts.drafts(book, making.NAME) == ()
    assert store.standing_conditions(book, making.NAME) == store.conditions(book, making.terms(2))
    assert store.standing_publication(book, making.NAME, first, "ta") is None
    with pytest.raises(UsageError, match="nothing to take back"):
        drafts.undo(book, making.NAME, "ta", "typo")


def test_the_same_batch_again_goes_on_with_what_it_began(book: Gradebook) -> None:
    first = store.conditions(book, making.terms(1))
    begun = store.standing_publication(book, making.NAME, first, "ta")
    assert store.standing_publication(book, making.NAME, first, "ta") == begun
    assert store.standing_conditions(book, making.NAME) == first
