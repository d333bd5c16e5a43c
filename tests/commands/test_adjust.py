"""`adjust` keeps nothing that would do nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import cli
from autograder.errors import UsageError
from autograder.gradebook import queries, store
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.store import Graded, Handed, Person

SUMMARY = '[["Conv1d","main","failed","0","5"],["Conv2d","main","passed","5","5"]]'


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    """Ann is graded, Bob's file could not be opened."""
    with Gradebook(str(tmp_path / "marks"), create=True) as book:
        known = store.enrol(book, [Person("ann"), Person("bob")])
        conditions = store.conditions(book, store.Terms("sha256:1", "hw2p1", "s23", "1", "strict", "quick", {}))
        publication = store.standing_publication(book, "hw2p1", conditions, "ta")
        numbers = {
            key: store.hand_in(
                book, "hw2p1", Handed(f"{key}.zip", f"sha256:{key}", "folder", 1, None, False, [], {}, data, why), [who]
            )
            for (key, who), data, why in zip(known.items(), (b"", None), (None, "is empty"), strict=True)
        }
        store.record(book, Graded(numbers["ann"], conditions, "{}", "{}", SUMMARY), publication)
    return tmp_path / "marks"


def adjust(marks: Path, *words: str) -> str:
    done = CliRunner().invoke(
        cli, ["adjust", str(marks), *words, "--by", "ta7", "--why", "asked"], catch_exceptions=False,
        standalone_mode=False,
    )  # fmt: skip
    return done.output


def made(marks: Path) -> list[tuple[str, str]]:
    with Gradebook(str(marks)) as book:
        return [(change.student, change.section) for change in queries.adjustments(book, "hw2p1")]


def test_a_section_that_is_there_takes_points(marks: Path) -> None:
    assert "ann: Conv1d +2.5" in adjust(marks, "ann", "--add", "2.5", "--section", "Conv1d")
    assert made(marks) == [("ann", "Conv1d")]


def test_a_section_that_nobody_has_is_turned_down(marks: Path) -> None:
    with pytest.raises(UsageError, match="no section 'Conv9d'") as raised:
        adjust(marks, "ann", "--add", "2.5", "--section", "Conv9d")
    assert raised.value.hint == "sections: Conv1d, Conv2d"
    assert made(marks) == []


def test_of_somebody_ungraded_only_the_whole_can_be_set(marks: Path) -> None:
    with pytest.raises(UsageError, match=r"bob is ungraded \(is empty\): no section has points"):
        adjust(marks, "bob", "--set", "5", "--section", "Conv1d")
    assert made(marks) == []
    assert "bob: main = 60" in adjust(marks, "bob", "--set", "60")
    assert made(marks) == [("bob", "")]


def test_a_student_who_is_not_there_is_told(marks: Path) -> None:
    with pytest.raises(UsageError, match="no student 'eve'"):
        adjust(marks, "eve", "--set", "5", "--section", "Conv1d")


def test_taking_back_and_giving_are_two_decisions(marks: Path) -> None:
    adjust(marks, "ann", "--add", "1")
    for words in (["--add", "2"], ["--set", "2"]):
        with pytest.raises(UsageError, match="one of --add, --set and --revoke at a time"):
            adjust(marks, "ann", "--revoke", "1", *words)
    with Gradebook(str(marks)) as book:
        assert [(c.points, c.revoked) for c in queries.adjustments(book, "hw2p1")] == [(1, None)]


def test_only_ones_own_adjustment_is_taken_back(marks: Path) -> None:
    adjust(marks, "ann", "--add", "1")
    with pytest.raises(UsageError, match="adjustment 1 is ann's, not bob's"):
        adjust(marks, "bob", "--revoke", "1")
    with Gradebook(str(marks)) as book:
        assert not any(change.revoked for change in queries.adjustments(book, "hw2p1"))
    assert "(taken back)" in adjust(marks, "ann", "--revoke", "1")


@pytest.mark.parametrize("words", [[], ["--revoke", "1"], ["--set", "5"]])
def test_nobody_of_that_name_is_told_whatever_is_asked(marks: Path, words: list[str]) -> None:
    adjust(marks, "ann", "--add", "1")
    with pytest.raises(UsageError, match=r"no student 'typo@x\.edu'"):
        adjust(marks, "typo@x.edu", *words)
    assert made(marks) == [("ann", "")]
