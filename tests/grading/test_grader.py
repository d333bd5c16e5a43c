"""In which turn sections run, which of them once more, and what is told meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import helpers
import pytest

from autograder.grading.findings import Finding
from autograder.grading.grader import Grader, Options
from autograder.grading.notes import section_facts
from autograder.grading.report import gathered
from autograder.grading.result import Result
from autograder.sandbox.conversation import Ended

FINE, LATE = Ended(0, 0.1, 0.1, 0), Ended(-9, 7.0, 30.0, 0, overdue=True)
SECTIONS = ("MCQ 1", "MCQ 2")
#: How a section goes on that was late at first: late when it is alone, too, or not.
RUNS = {"timeout": [LATE, LATE], "passed": [LATE, FINE]}


def staged(ends: dict[str, list[Ended]]) -> Callable[..., Result]:
    """Stands for a grader's running of sections: each ends so, in turn."""

    def run(self: Grader, section: Any, *_: Any) -> Result:
        ended = ends[section.key].pop(0)
        status: Any = "timeout" if ended.overdue else "passed"
        return Result(section, [Finding(next(iter(section.outputs)), "course", "a case", status)], ended=ended)

    return run


@pytest.mark.parametrize(("status", "ends"), RUNS.items())
def test_what_was_late_is_run_again_alone_and_told_of_once(
    status: str, ends: list[Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(Grader, "run", staged({"MCQ 1": [*ends], "MCQ 2": [FINE]}))
    with Grader(helpers.ASSIGNMENT, helpers.rubric(), Options(isolation="process", only=SECTIONS)) as grader:
        results = grader.run_all(helpers.submission_from({}), progress=lambda key, status: told.append((key, status)))
    assert sorted(told) == [("MCQ 1", status), ("MCQ 2", "passed")]
    assert results["mcq_1"].ended == ends[-1]


def test_a_late_process_is_not_hidden_by_what_another_one_of_its_section_computed() -> None:
    section = helpers.rubric().sections[0]
    long, late = Result(section, ended=replace(FINE, cpu_seconds=9.5)), Result(section, ended=LATE, overtaken=True)
    assert gathered(section_facts(long.joined(late, "hidden")))["overtaken"] is True
    assert "overtaken" not in section_facts(long)
