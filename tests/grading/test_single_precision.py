"""The setting `float32`: refused by default, judged by its own tolerance and noted where a course accepts it."""

from __future__ import annotations

from dataclasses import replace

import helpers
import pytest

from autograder.grading.grader import Grader, Options

WINDOWS = "sliding_window_view(A, (self.kernel, self.kernel), axis=(2, 3)).mean(axis=(4, 5))"


def pool() -> str:
    text = helpers.reference()["mytorch/pool.py"]
    for method, old in (("forward", WINDOWS), ("backward", "return dLdA")):
        text = helpers.patched(text, f"MeanPool2d_stride1.{method}", old, f'{old}.astype("float32")')
    return text


@pytest.mark.parametrize(("setting", "status"), [("refuse", "failed"), ("accept", "passed")])
def test_single_precision_is_refused_or_noted(setting, status):
    rubric = helpers.rubric()
    rubric = replace(rubric, settings={**rubric.settings, "float32": setting})
    with Grader(helpers.ASSIGNMENT, rubric, Options(only=("MeanPool2d_stride1",))) as grader:
        report = grader.grade(helpers.submission_from({"mytorch/pool.py": pool()}))
    assert report.sections[0].status == status
    assert any("float32" in note for note in report.notes) == (setting == "accept")
