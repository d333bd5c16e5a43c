"""`regrade` says what becomes of points by hand before a draft stands, and when it does."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import cli
from autograder.gradebook import adjustments, drafts, enrolment, store
from autograder.gradebook.adjustments import Change
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.enrolment import Person
from autograder.gradebook.store import Graded, Handed

LOST = "  ann: Conv1d +2.5 (number 1) counts for nothing: there is no section Conv1d\n"


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    """Ann has points by hand in a section that a draft calls otherwise."""
    with Gradebook(str(tmp_path / "marks"), create=True) as book:
        ann = enrolment.enrol(book, [Person("ann")])["ann"]
        handed = Handed("a.zip", "sha256:a", "folder", 1, None, False, [], {}, b"", None)
        attempt = store.hand_in(book, "hw2p1", handed, [ann])
        for number, key in enumerate(("Conv1d", "Conv1d_stride1"), 1):
            terms = store.Terms(f"sha256:{number}", "hw2p1", "s23", "1", "strict", "quick", {})
            summary = f'[["{key}","main","passed","5","5"]]'
            report = '{"sections": []}'
            store.record(book, Graded(attempt, store.conditions(book, terms), report, "{}", summary), None)
        drafts.publish(book, "hw2p1", 1, "prof", "first")
        adjustments.adjust(book, "hw2p1", Change("ann", "add", Decimal("2.5"), "ta7", "right idea", "Conv1d"))
    return tmp_path / "marks"


def regrade(marks: Path, *words: str) -> str:
    done = CliRunner().invoke(cli, ["regrade", str(marks), *words], catch_exceptions=False, standalone_mode=False)
    return done.output


def test_points_by_hand_that_a_draft_loses_are_said_before_it_stands_and_then(marks: Path) -> None:
    said = regrade(marks, "--diff")
    assert "ann: main -2.5\n" in said
    assert f"1 of points by hand to look at, if this draft stands:\n{LOST}" in said
    said = regrade(marks, "--publish", "--by", "prof", "--why", "another name")
    assert f"1 of points by hand to look at:\n{LOST}" in said
    assert "to look at" not in regrade(marks, "--undo", "--by", "prof", "--why", "the old name")
