"""What was seen of forks stays in the gradebook, and an older gradebook learns to keep it."""

from __future__ import annotations

from pathlib import Path

import making
import pytest
from sqlalchemy import create_engine, text

from autograder.gradebook import forks, queries
from autograder.gradebook.engine import FILE, Gradebook, migrate
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


@pytest.fixture
def older(place: str) -> str:
    """A gradebook as the first version left it, with a grading in it."""
    if "://" in place:
        address = place.replace("postgresql:", "postgresql+psycopg:")
    else:
        Path(place).mkdir()
        address = f"sqlite:///{place}/{FILE}"
    engine = create_engine(address)
    migrate(engine, "0001")
    moment = "'2026-10-01 12:00:00'"
    with engine.begin() as connection:
        for statement in (
            f"INSERT INTO attempt VALUES (1, 'hw2p1', 'a.zip', 'sha256:1', 'folder', 1, {moment}, false, '[]', '{{}}',"
            f" NULL, {moment})",
            "INSERT INTO conditions VALUES (1, 'sha256:c', 'hw2p1', 's23', '11785', 'strict', 'quick', '{}', "
            f"{moment})",
            """INSERT INTO grading VALUES (1, 1, 1, '{"seed":"11785"}', '{}', '[["A","main","passed","10","10"]]', """
            f"{moment})",
            f"INSERT INTO publication VALUES (1, 'hw2p1', 1, 'ta', 'first batch', {moment}, NULL, NULL, NULL)",
            "INSERT INTO published VALUES (1, 1)",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()
    return place


def test_an_older_gradebook_is_brought_up_to_date_and_loses_nothing(older: str) -> None:
    with Gradebook(older) as book:
        (attempt,) = queries.attempts(book, "hw2p1")
        assert attempt.grading is not None
        assert attempt.grading.total("main") == 10
        assert attempt.grading.drawn_for == ""
        making.enrolled(book, "ann@x.edu")
        forks.keep(book, "hw2p1", [ANN])
        assert forks.forks(book, "hw2p1") == (ANN,)
    if "://" not in older:
        assert (Path(older) / "gradebook-before-0002-was-0001.sqlite").is_file()
