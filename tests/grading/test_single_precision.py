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


#: The course's case gives what came back as the gradient.
FORWARD = ("Downsample1d.forward", "return ", "A = A.astype(np.float32); return ")
BACKWARD = ("Downsample1d.backward", "return ", "return 1.0001 * ")


@pytest.mark.parametrize(
    ("mistakes", "checks", "said"),
    [
        ((FORWARD,), "course", ""),
        ((FORWARD,), "strict", "Z: `Z` is float32; float64 is expected"),
        ((FORWARD, BACKWARD), "course", "dLdA: 2 of 4 entries are wrong; "),
    ],
)
def test_what_is_made_of_single_precision_is_not_blamed_for_it(mistakes, checks, said):
    text = helpers.reference()["mytorch/resampling.py"]
    for where, old, new in mistakes:
        text = helpers.patched(text, where, old, new)
    with helpers.warm(checks=checks, only=("Downsampling1d",)) as grader:
        report = grader.grade(helpers.submission_from({"mytorch/resampling.py": text}))
    message = report.sections[0].message
    assert message.startswith(said)
    assert bool(message) == bool(said)
