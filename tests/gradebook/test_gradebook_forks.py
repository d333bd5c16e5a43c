"""What was seen of forks stays in the gradebook."""

from __future__ import annotations

from dataclasses import replace

import making
from sqlalchemy import text

from autograder.gradebook import forks
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.forks import Seen

ANN = Seen(
    "ann", "ann@x.edu", "https://host/ann/hw", "ready", "a" * 40, making.BEGIN, "push", ("touched the grader: x",)
)
EVE = Seen("eve", "", "https://host/eve/hw", "unreachable", remarks=("no such repository",))


def test_a_fork_is_told_as_it_was_seen_last(book: Gradebook) -> None:
    making.enrolled(book, "ann@x.edu")
    forks.keep(book, making.NAME, [ANN, EVE])
    assert forks.forks(book, making.NAME) == (ANN, EVE)
    newer = Seen("ann", "ann@x.edu", ANN.address, "late")
    forks.keep(book, making.NAME, [newer])
    assert forks.forks(book, making.NAME) == (newer, EVE)
    assert forks.remarks(book, making.NAME) == {"ann@x.edu": ("fork late",)}
    assert forks.forks(book, "hw1p1") == ()


def test_what_did_not_change_is_not_written_again(book: Gradebook) -> None:
    making.enrolled(book, "ann@x.edu")
    for _ in range(3):
        forks.keep(book, making.NAME, [ANN, EVE])
    with book.session() as session:
        assert session.scalar(text("SELECT count(*) FROM fork")) == 2


def test_a_fork_that_is_matched_later_has_an_owner(book: Gradebook) -> None:
    forks.keep(book, making.NAME, [EVE])
    making.enrolled(book, "eve@x.edu")
    owned = Seen("eve", "eve@x.edu", EVE.address, "unreachable", remarks=EVE.remarks)
    forks.keep(book, making.NAME, [owned])
    assert forks.forks(book, making.NAME) == (owned,)


def test_what_was_seen_of_a_fork_is_of_those_whose_it_is_now(book: Gradebook) -> None:
    making.enrolled(book, "ann@x.edu", "bob@x.edu", "cem@x.edu")
    forks.keep(book, making.NAME, [ANN, EVE])
    forks.keep(book, making.NAME, [replace(ANN, student="bob@x.edu"), replace(ANN, student="cem@x.edu")])
    assert forks.remarks(book, making.NAME) == dict.fromkeys(("bob@x.edu", "cem@x.edu"), ANN.remarks)
    forks.keep(book, making.NAME, [replace(ANN, student="cem@x.edu")])  # bob left the group; the fork is as it was
    assert forks.remarks(book, making.NAME) == {"cem@x.edu": ANN.remarks}
    forks.keep(book, making.NAME, [ANN])
    assert forks.forks(book, making.NAME) == (ANN, EVE)
