"""An array that is never filled fails at every level of isolation alike, and is called by its name."""

from __future__ import annotations

from pathlib import Path

import helpers
import numpy as np
import pytest

from autograder.assignments.misconceptions import generic
from autograder.assignments.misconceptions.evidence import Seen
from autograder.assignments.seeds import Seed
from autograder.grading.debug import debug
from autograder.guest import unfilled
from autograder.sandbox import levels
from autograder.sandbox.launch import Level

RESAMPLING = "mytorch/resampling.py"
UPSAMPLING = next(section for section in helpers.rubric().sections if section.id == "upsampling1d")


def never_filled() -> str:
    return helpers.patched(helpers.reference()[RESAMPLING], "Upsample1d.forward", "np.zeros(", "np.empty(")


@pytest.mark.parametrize("level", levels.available())
def test_it_fails_at_every_level(level: Level) -> None:
    with helpers.warm(isolation=level) as grader:
        results = grader.run_all(submission := helpers.submission_from({RESAMPLING: never_filled()}), [UPSAMPLING])
        grader.explain(submission, results)
    result = results["upsampling1d"]
    assert {finding.case for finding in result.findings if finding.status == "failed" and finding.output == "Z"} == {
        finding.case for finding in result.findings if "factor=1" not in finding.case
    }
    assert result.diagnoses["Z"].id == "never-filled"


def test_it_fails_in_a_debugger_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in unfilled.OWN:
        monkeypatch.setattr(np, name, getattr(np, name))
    monkeypatch.setattr("sys.path", [*__import__("sys").path])
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    monkeypatch.chdir(tmp_path)
    for path, text in {**helpers.reference(), RESAMPLING: never_filled()}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    said: list[str] = []
    seed = Seed(11785)
    debug(tmp_path, helpers.ASSIGNMENT, helpers.rubric(), (UPSAMPLING,), seed, "quick", said.append)
    assert sum("not finite" in line for line in said) == 4


def seen(got: np.ndarray, *, passed: bool = False) -> Seen:
    return Seen("a", "Z", passed, {}, {}, got, np.zeros(got.shape), {})


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.int32])
def test_every_type_is_known(dtype: type) -> None:
    array = np.ones((2, 3), dtype)
    assert generic.never_filled([seen(array)]) is None
    unfilled.fill(array[:1])
    assert generic.never_filled([seen(array), seen(np.ones(2), passed=True)]) == generic.NEVER_FILLED
    assert generic.never_filled([seen(array), seen(np.ones((2, 3)))]) is None


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0])
def test_other_values_are_none_of_it(value: float) -> None:
    assert generic.never_filled([seen(np.full(3, value))]) is None
    assert generic.never_filled([]) is None
