"""Drafts: what is shown of one is what publishing it does, and taking that back says who is left with nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import making
import pytest

from autograder.errors import UsageError
from autograder.gradebook import adjustments, drafts, policy, publications, queries, store
from autograder.gradebook.adjustments import Change
from autograder.gradebook.drafts import Move
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.standing import standings


def grade(book: Gradebook, student: str, points: str, by: int, *, draft: bool = False) -> None:
    """Grade a student's one attempt under conditions; as `regrade` does, if it is to be a draft in any case."""
    who = making.enrolled(book, student)[student]
    attempt = store.hand_in(book, making.NAME, making.handed(f"{student}.zip"), [who])
    conditions = store.conditions(book, making.terms(by))
    publication = None if draft else publications.standing_publication(book, making.NAME, conditions, "ta")
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
    assert publications.standing_publication(book, making.NAME, first, "ta") is not None
    grade(book, "ann", "8", 2)
    assert stands(book) == {"ann": 8}
    assert drafts.drafts(book, making.NAME) == ()
    assert publications.standing_conditions(book, making.NAME) == store.conditions(book, making.terms(2))
    assert publications.standing_publication(book, making.NAME, first, "ta") is None
    with pytest.raises(UsageError, match="nothing to take back"):
        drafts.undo(book, making.NAME, "ta", "typo")


def test_the_same_batch_again_goes_on_with_what_it_began(book: Gradebook) -> None:
    first = store.conditions(book, making.terms(1))
    begun = publications.standing_publication(book, making.NAME, first, "ta")
    assert publications.standing_publication(book, making.NAME, first, "ta") == begun
    assert publications.standing_conditions(book, making.NAME) == first


def conditions_of_the_class(book: Gradebook) -> int | None:
    return publications.standing_conditions(book, making.NAME)


def test_publishing_some_leaves_the_class_under_its_conditions(book: Gradebook) -> None:
    for student in ("ann", "bob"):
        grade(book, student, "8", 1)
    grade(book, "ann", "10", 2, draft=True)
    assert drafts.publish(book, making.NAME, 2, "prof", "only ann") == ("bob",)
    assert conditions_of_the_class(book) == 1
    grade(book, "cem", "8", 1)
    grade(book, "dan", "10", 2)
    assert stands(book) == {"ann": 10, "bob": 8, "cem": 8, "dan": None}
    undone = drafts.undo(book, making.NAME, "prof", "not so")  # of ann's, not of the batch's
    assert (undone.draft, undone.no_longer_graded) == (2, ())
    assert stands(book) == {"ann": 8, "bob": 8, "cem": 8, "dan": None}


def test_publishing_what_has_everybody_moves_the_class(book: Gradebook) -> None:
    for student in ("ann", "bob"):
        grade(book, student, "8", 1)
    grade(book, "ann", "10", 2, draft=True)
    drafts.publish(book, making.NAME, 2, "prof", "only ann")
    grade(book, "bob", "10", 2, draft=True)
    assert drafts.publish(book, making.NAME, 2, "prof", "and all others") == ()
    assert conditions_of_the_class(book) == 2
    drafts.undo(book, making.NAME, "prof", "not so")
    assert conditions_of_the_class(book) == 1
    assert stands(book) == {"ann": 10, "bob": 8}


def test_what_was_a_draft_under_the_conditions_that_stand_is_taken_up(regraded: Gradebook) -> None:
    drafts.publish(regraded, making.NAME, 1, "prof", "as before, for all")
    drafts.undo(regraded, making.NAME, "prof", "the points were right")
    drafts.undo(regraded, making.NAME, "prof", "or not")
    assert stands(regraded) == {"ann": 8, "bob": 8, "cem": None}
    publication = publications.standing_publication(regraded, making.NAME, 1, "ta")
    assert publication is not None
    assert publications.take_up(regraded, making.NAME, 1, publication) == ["cem.zip"]
    assert publications.take_up(regraded, making.NAME, 1, publication) == []
    assert stands(regraded) == {"ann": 8, "bob": 8, "cem": 8}


def test_what_stands_under_other_conditions_is_not_taken_up(book: Gradebook) -> None:
    for student in ("ann", "bob"):
        grade(book, student, "8", 1)
    grade(book, "bob", "10", 2, draft=True)
    drafts.publish(book, making.NAME, 2, "prof", "only bob")
    publication = publications.standing_publication(book, making.NAME, 1, "ta")
    assert publication is not None
    assert publications.take_up(book, making.NAME, 1, publication) == []
    assert queries.standing_attempts(book, making.NAME) == {1, 2}
    assert stands(book) == {"ann": 8, "bob": 10}


def test_a_regrade_of_some_sections_of_all_is_joined_by_whole_gradings(book: Gradebook) -> None:
    grade(book, "ann", "8", 1)
    whole = making.terms(2)
    some = replace(whole, digest="sha256:some", details={"whole": whole.digest, "only": ["A"]})
    number = store.conditions(book, some)
    store.record(book, making.graded(1, number, {"A": "10"}), None)
    assert drafts.publish(book, making.NAME, number, "prof", "A is worth more") == ()
    grade(book, "bob", "10", 2)
    grade(book, "cem", "8", 1)
    assert stands(book) == {"ann": 10, "bob": 10, "cem": None}
    assert drafts.undo(book, making.NAME, "prof", "not so").no_longer_graded == ("bob",)


def test_whom_other_rules_move(book: Gradebook) -> None:
    for student, points in (("ann", "10"), ("bob", "0")):
        grade(book, student, points, 1)
    adjustments.adjust(book, making.NAME, Change("ann", "add", Decimal(2), "ta", "kind"))
    due = (making.BEGIN - timedelta(hours=1)).isoformat()
    rules = policy.parse({"deadline": due, "late": {"percent": 10}})
    assert drafts.under(book, making.NAME, policy.Policy()) == ()
    (move,) = drafts.under(book, making.NAME, rules)
    assert (move.student, move.before["main"], move.after["main"]) == ("ann", 12, 11)
    store.declare(book, making.NAME, policy.document(rules), "prof", "late")
    assert stands(book)["ann"] == 11
    assert drafts.under(book, making.NAME, rules) == ()
