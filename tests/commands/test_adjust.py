"""`adjust` keeps nothing that would do nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import cli
from autograder.errors import UsageError
from autograder.gradebook import adjustments, enrolment, publications, queries, store
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.enrolment import Person
from autograder.gradebook.store import Graded, Handed

SUMMARY = '[["Conv1d","main","failed","0","5"],["Conv2d","main","passed","5","5"]]'


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    """Ann is graded, Bob's file could not be opened."""
    with Gradebook(str(tmp_path / "marks"), create=True) as book:
        known = enrolment.enrol(book, [Person("ann"), Person("bob")])
        conditions = store.conditions(book, store.Terms("sha256:1", "hw2p1", "s23", "1", "strict", "quick", {}))
        publication = publications.standing_publication(book, "hw2p1", conditions, "ta")
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
    assert "(taken back 2" in adjust(marks, "ann", "--revoke", "1")


def test_points_of_another_assignment_are_not_taken_back(marks: Path) -> None:
    with Gradebook(str(marks)) as book:
        store.hand_in(book, "hw1", Handed("x.zip", "sha256:x", "folder", 1, None, False, [], {}, b"", None), [1])
    adjust(marks, "bob", "--set", "60", "-a", "hw2p1")
    for words in (["ann"], ["bob"], []):
        with pytest.raises(UsageError, match="no adjustment 1 in hw1"):
            adjust(marks, *words, "-a", "hw1", "--revoke", "1")
    with Gradebook(str(marks)) as book:
        with pytest.raises(UsageError, match="no adjustment 1 in hw1"):
            adjustments.revoke(book, "hw1", 1, "ta7", "a slip")
        assert [change.revoked for change in queries.adjustments(book, "hw2p1")] == [None]


def test_who_took_points_back_is_listed(marks: Path) -> None:
    adjust(marks, "ann", "--add", "2.5", "--section", "Conv1d")
    words = ["adjust", str(marks), "--revoke", "1", "--by", "ta9", "--why", "of another student"]
    CliRunner().invoke(cli, words, catch_exceptions=False, standalone_mode=False)
    said = CliRunner().invoke(cli, ["adjust", str(marks)], catch_exceptions=False, standalone_mode=False).output
    assert re.search(
        r"^1: ann: Conv1d \+2\.5, \S+ \S+ UTC, ta7: asked \(taken back \S+ \S+ UTC, ta9: of another student\)$",
        said,
        re.MULTILINE,
    )


def test_what_points_come_to_is_said(marks: Path) -> None:
    assert "ann: main 5/10 → 7.5/10\n" in adjust(marks, "ann", "--add", "2.5", "--section", "Conv1d")
    assert "ann: main 7.5/10 → 5/10\n" in adjust(marks, "--revoke", "1")
    assert "bob: no points → main" not in adjust(marks, "bob", "--set", "4", "--group", "bonus")
    assert "bob: main no points → 60/10\n" in adjust(marks, "bob", "--set", "60")


@pytest.mark.parametrize(
    ("points", "section", "lines"),
    [
        ("1e3", "", ["main 1005/10: more than there are"]),
        ("-300", "", ["main -295/10: fewer than none"]),
        ("8", "Conv1d", ["Conv1d 8/5: more than there are", "main 13/10: more than there are"]),
        ("5", "Conv1d", []),
    ],
)
def test_more_points_than_there_are_and_fewer_than_none_are_listed(
    marks: Path, points: str, section: str, lines: list[str]
) -> None:
    said = adjust(marks, "ann", "--add", points, *(["--section", section] if section else []))
    assert [line.strip() for line in said.splitlines() if "more than" in line or "fewer" in line] == lines


def test_a_section_is_of_its_own_group(marks: Path) -> None:
    with pytest.raises(UsageError, match="Conv1d is of main, not of bonus"):
        adjust(marks, "ann", "--add", "1", "--section", "Conv1d", "--group", "bonus")
    assert made(marks) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["ann"], "how many points"),
        ([], "how many points"),
        (["ann", "--section", "Conv1d"], "go with --add or --set"),
        (["--revoke", "1", "--group", "main"], "go with --add or --set"),
    ],
)
def test_what_would_change_nothing_is_turned_down(marks: Path, words: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        adjust(marks, *words)


@pytest.mark.parametrize("words", [[], ["--revoke", "1"], ["--set", "5"]])
def test_nobody_of_that_name_is_told_whatever_is_asked(marks: Path, words: list[str]) -> None:
    adjust(marks, "ann", "--add", "1")
    with pytest.raises(UsageError, match=r"no student 'typo@x\.edu'"):
        adjust(marks, "typo@x.edu", *words)
    assert made(marks) == [("ann", "")]


def test_a_key_is_found_whatever_its_case_and_near_ones_are_named(marks: Path) -> None:
    assert "ann: main 5/10 → 6/10\n" in adjust(marks, "ANN", "--add", "1")
    with pytest.raises(UsageError, match="no student 'anne'") as raised:
        adjust(marks, "anne", "--add", "1")
    assert raised.value.hint == "is it 'ann'?"
    with Gradebook(str(marks)) as book:
        enrolment.enrol(book, [Person("Bob")])
    assert made(marks) == [("ann", "")]
    adjust(marks, "bob", "--set", "5")
    with pytest.raises(UsageError, match="no student 'BOB'") as raised:
        adjust(marks, "BOB", "--set", "5")
    assert raised.value.hint == "is it 'Bob' or 'bob'?"


def test_points_of_a_section_below_a_total_that_was_set_are_said_to_do_nothing(marks: Path) -> None:
    assert "of no account" not in adjust(marks, "ann", "--add", "2", "--section", "Conv1d")
    assert "of no account" not in adjust(marks, "ann", "--set", "7")
    said = adjust(marks, "ann", "--add", "2.5", "--section", "Conv1d")
    assert "ann: no total changes by it\n" in said
    assert "note: it is of no account while adjustment 2 (main = 7) stands" in said
    assert "`--revoke 2` takes that back" in said
    adjust(marks, "--revoke", "2")
    assert "of no account" not in adjust(marks, "ann", "--add", "1", "--section", "Conv1d")
