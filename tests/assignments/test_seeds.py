"""Seeds: what is secret stays so, and each student has their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.assignments.seeds import Seed, for_student, from_file, from_variable
from autograder.errors import UsageError

COURSE = Seed(0xC0FFEE << 200, secret=True)
NAMES = st.text(max_size=12)


def test_a_secret_seed_comes_from_a_file_or_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "seed").write_text("0123456789abcdef\n")
    monkeypatch.setenv("COURSE_SEED", " 0123456789abcdef ")
    assert from_file(tmp_path / "seed") == from_variable("COURSE_SEED")
    assert from_file(tmp_path / "seed").secret


def test_what_can_be_guessed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "seed").write_text("11785")
    monkeypatch.delenv("COURSE_SEED", raising=False)
    with pytest.raises(UsageError, match="too short"):
        from_file(tmp_path / "seed")
    with pytest.raises(UsageError, match="too short"):
        from_variable("COURSE_SEED")
    with pytest.raises(UsageError, match="cannot be read"):
        from_file(tmp_path / "nowhere")


def test_a_report_names_it_by_fingerprint_only() -> None:
    assert COURSE.shown.startswith("secret:") and str(COURSE.value) not in COURSE.shown
    assert COURSE.shown == Seed(COURSE.value, secret=True).shown != Seed(COURSE.value + 1, secret=True).shown


def test_a_students_seed_can_be_made_again_and_only_so() -> None:
    own = for_student(COURSE, "ada", "hw2p1", 1)
    assert own == for_student(COURSE, "ada", "hw2p1", 1) and own.secret and not own.public
    others = [
        for_student(COURSE, "bob", "hw2p1", 1),
        for_student(COURSE, "ada", "hw2p2", 1),
        for_student(COURSE, "ada", "hw2p1", 2),
        for_student(Seed(COURSE.value + 1, secret=True), "ada", "hw2p1", 1),
    ]
    assert len({seed.value for seed in (own, *others)}) == 5
    assert own.value.bit_length() > 200


@given(st.tuples(NAMES, NAMES, NAMES), st.tuples(NAMES, NAMES, NAMES))
def test_no_two_sets_of_names_read_alike(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    assert (for_student(COURSE, *one) == for_student(COURSE, *other)) == (one == other)


def test_practice_is_the_same_for_everybody() -> None:
    assert for_student(Seed(), "ada", "hw2p1") == Seed()
