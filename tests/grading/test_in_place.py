"""The setting `in_place`: a call that changes the array that it was given fails a strict check, or is noted."""

from __future__ import annotations

from dataclasses import replace

import helpers
import pytest

from autograder.grading.grader import Grader, Options
from autograder.grading.report import Report, document

RESAMPLING = "mytorch/resampling.py"
WIDTH = "self.input_width = A.shape[2]"
BACK = "def backward(self, dLdZ):"


def graded(setting: str, *edits: tuple[str, str, str], checks: str = "strict") -> Report:
    """The report on a reference with these edits in its resampling."""
    rubric = helpers.rubric()
    rubric = replace(rubric, settings={**rubric.settings, "in_place": setting})
    text = helpers.reference()[RESAMPLING]
    for edit in edits:
        text = helpers.patched(text, *edit)
    options = Options(only=("Downsampling1d",), checks=checks)  # type: ignore[arg-type]
    with Grader(helpers.ASSIGNMENT, rubric, options) as grader:
        return grader.grade(helpers.submission_from({RESAMPLING: text}))


ZEROED = (
    "Downsample1d.forward",
    "return ",
    "Z = A[:, :, :: self.downsampling_factor].copy(); A[...] = 0.0; return Z + 0 * ",
)
NO_GRADIENT = ("Downsample1d.backward", "return dLdA", "dLdZ *= 2.0; return dLdA")


def test_hw2p1_refuses_it() -> None:
    assert helpers.rubric().settings["in_place"] == "refuse"


def test_a_changed_input_fails_a_strict_check_of_the_output_that_was_due() -> None:
    report = graded("refuse", ZEROED)
    (section,) = report.sections
    assert (section.status, section.points) == ("failed", 0)
    assert section.message.startswith("Z: a call changed its input `A` in place; leave the arrays")
    assert {check.name: check.status for check in section.checks if check.level == "course"} == {
        "Z": "passed",
        "dLdA": "passed",
    }
    assert not any("in place" in note for note in report.notes)
    (gradient,) = graded("refuse", NO_GRADIENT).sections
    assert gradient.message.startswith("dLdA: a call changed its input `dLdZ` in place")


def test_the_course_s_own_checks_do_not_look() -> None:
    assert graded("refuse", ZEROED, checks="course").sections[0].status == "passed"


def test_nothing_else_is_said_of_it() -> None:
    report = graded("refuse", ZEROED)
    assert not any(check.diagnosis for check in report.sections[0].checks)
    assert not document(report)["run"]["sections"]["Downsampling1d"].get("example")


def test_where_it_is_accepted_it_is_a_note_once_for_two_uses() -> None:
    report = graded("accept", ZEROED)
    assert report.sections[0].status == "passed"
    assert [note for note in report.notes if "in place" in note] == [
        "Downsampling1d: a call changed its input A in place"
    ]


@pytest.mark.parametrize("back", ["A += 1.0; A -= 1.0", "A[A < 0] = A[A < 0]"])
def test_what_is_changed_back_is_not_changed(back: str) -> None:
    report = graded("refuse", ("Downsample1d.forward", WIDTH, f"{WIDTH}; {back}"))
    assert report.sections[0].status == "passed"
    assert not any("in place" in note for note in report.notes)
