"""Functions that were given more than they take: told where they stand, and whether `self` is forgotten."""

from __future__ import annotations

import helpers
import pytest

from autograder.grading.grader import Grader

FLATTEN, CONV1D = "mytorch/flatten.py", "mytorch/Conv1d.py"


@pytest.fixture(scope="module")
def grader():
    with helpers.warm(only=("Conv1d_stride1", "Conv1d", "Build a CNN Model")) as one:
        yield one


def line(text: str, where: str) -> int:
    return text[: helpers.span(text, where)[0]].count("\n") + 1


def test_a_method_without_self_is_named_with_its_line(grader: Grader) -> None:
    text = helpers.patched(
        helpers.reference()[CONV1D], "Conv1d_stride1.forward", "def forward(self, A)", "def forward(A)"
    )
    report = grader.grade(helpers.submission_from({CONV1D: text}))
    sections = helpers.by_id(report)
    place = f"{CONV1D}:{line(text, 'Conv1d_stride1.forward')}"
    for name in ("conv1d_stride1", "conv1d"):
        assert f"TypeError at {place}; is `self` missing in `Conv1d_stride1.forward`?" in sections[name].message
    assert sections["conv1d"].root_cause == sections["cnn"].root_cause == "Conv1d_stride1"
    frame = report.run["sections"]["Conv1d_stride1"]["traceback"][-1]
    assert (frame["function"], frame["text"]) == ("Conv1d_stride1.forward", "def forward(A):")


def test_a_method_that_takes_too_little_is_shown(grader: Grader) -> None:
    text = helpers.patched(helpers.reference()[FLATTEN], "Flatten.backward", "(self, dLdZ)", "(self)")
    message = helpers.by_id(grader.grade(helpers.submission_from({FLATTEN: text})))["cnn"].message
    place = f"{FLATTEN}:{line(text, 'Flatten.backward')}"
    assert f"`Flatten.backward(self)` stands at {place}" in message
    assert "missing" not in message


def test_what_is_no_function_of_the_submission_is_not_looked_for(grader: Grader) -> None:
    old = "return"
    text = helpers.patched(helpers.reference()[FLATTEN], "Flatten.backward", old, f"len(1, 2)\n        {old}")
    message = helpers.by_id(grader.grade(helpers.submission_from({FLATTEN: text})))["cnn"].message
    assert f"TypeError at {FLATTEN}:" in message and "stands" not in message
