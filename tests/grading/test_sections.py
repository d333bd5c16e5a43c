"""What is kept of a section's answers until its failures are explained, and whose fault a failure is."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import helpers
import numpy as np
import pytest

from autograder.assignments.cases import Case
from autograder.assignments.practice import Practice
from autograder.assignments.registry import PROJECT
from autograder.assignments.rubric import Limits
from autograder.assignments.truth import Question
from autograder.errors import NO_ROOM
from autograder.grading.grader import Grader, Options
from autograder.grading.place import Place
from autograder.grading.result import Result
from autograder.grading.sections import LARGER, NEVER_BEGAN, SPARE, end, kept
from autograder.sandbox.conversation import Ended, Printed
from autograder.sandbox.levels import Wanted

RIGHT = np.arange(12.0).reshape(3, 4)
QUESTION = Question(Case("a case", {}, {}, ("Z", "dLdA")), {"A": RIGHT}, {"Z": RIGHT, "dLdA": RIGHT}, {})


def test_outputs_are_kept_as_they_came() -> None:
    found = kept(QUESTION, {"Z": RIGHT + 1, "dLdA": RIGHT[:1]})
    assert np.array_equal(found["Z"], RIGHT + 1) and np.array_equal(found["dLdA"], RIGHT[:1])


def test_what_nobody_asked_for_is_not_kept() -> None:
    assert list(kept(QUESTION, {"Z": RIGHT, "ballast": RIGHT})) == ["Z"]


def test_of_what_is_far_too_large_only_the_shape_is_kept() -> None:
    payload = np.ones(8 << 20, np.uint8)  # as one frame has it: arrays are views into its bytes
    small, large = payload[:96].view(np.float64).reshape(3, 4), payload[96 : 96 + (4 << 20)].view(np.float32)
    found = kept(QUESTION, {"Z": small, "dLdA": large, "ballast": payload})
    assert np.array_equal(found["Z"], small) and found["Z"].base is None
    assert found["dLdA"].shape == large.shape and found["dLdA"].dtype == np.float32
    held = sum(array.strides[0] * array.shape[0] if array.ndim else 0 for array in found.values())
    assert held <= SPARE + LARGER * 3 * RIGHT.nbytes


def test_what_is_judged_has_the_room_that_is_left() -> None:
    question = replace(QUESTION, judges={"Z": lambda params, inputs, outputs: None})
    large = np.ones(1 << 18)
    assert np.array_equal(kept(question, {"Z": large}, large.nbytes)["Z"], large)
    assert not kept(question, {"Z": large}, 0)["Z"].any() and not kept(QUESTION, {"Z": large}, large.nbytes)["Z"].any()


@pytest.mark.parametrize("isolation", ["auto", "process"])
def test_an_exercise_that_is_not_there_is_our_fault(isolation: Wanted) -> None:
    rubric = helpers.rubric()
    lost = replace(rubric.sections[6], exercise="lear")
    rubric = replace(rubric, sections=(rubric.sections[5], lost))
    with Grader(helpers.ASSIGNMENT, rubric, Options(isolation=isolation)) as grader:
        right, wrong = grader.grade(helpers.submission_from({})).sections
    assert right.status == "passed" and wrong.status == "ungraded" and wrong.points is None
    assert "the assignment's exercises have no 'lear' in EXERCISES" in wrong.message


def broken_cases(*_: object) -> tuple[Case, ...]:
    raise KeyError("no such row")


def unsendable(*_: object) -> tuple[Case, ...]:
    return (Case("a case", {"N": np.int64(3)}, {}, ("Z",)),)


def unlisted(*_: object) -> tuple[Case, ...]:
    return (Case("a case", {}, {}, ("Y",)),)


@pytest.mark.parametrize(
    ("cases", "what"),
    [
        (broken_cases, "KeyError: 'no such row'"),
        (unsendable, "cannot be sent to the sandbox as JSON"),
        (unlisted, "a case has the output `Y`, which rubric.toml does not list"),
    ],
)
def test_cases_that_break_cost_their_section_and_no_points(
    cases: Callable[..., tuple[Case, ...]], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rubric = helpers.rubric()
    monkeypatch.setattr(importlib.import_module("autograder.assignments.hw2p1.cases"), "cases", cases)
    monkeypatch.setattr(Practice, "question", lambda self, section, case: Question(case, {}, {}, {}))
    with Grader(helpers.ASSIGNMENT, replace(rubric, sections=rubric.sections[5:6]), Options()) as grader:
        (section,) = grader.grade(helpers.submission_from({})).sections
    assert section.status == "ungraded" and section.points is None and what in section.message


class Talk:
    """A conversation that ended so, in which nothing was heard."""

    printed = Printed(100)

    def __init__(self, ended: Ended) -> None:
        self.end = lambda: ended


@pytest.mark.parametrize(
    "ended", [Ended(None, 0.0, 1.0, 0, lost=True), Ended(-9, 0.0, 30.0, 0, overdue=True), Ended(None, 0, 30, 0, True)]
)
def test_a_process_that_was_never_ready_is_never_the_submissions_fault(ended: Ended) -> None:
    place: Any = Place(*[SimpleNamespace()] * 2, Limits(), SimpleNamespace())  # type: ignore[arg-type]
    result = Result(helpers.rubric().sections[5])
    end(result, [QUESTION], Talk(ended), place, ready=False)  # type: ignore[arg-type]
    assert result.trouble == NEVER_BEGAN and result.findings == [] and place.doubtful(result.ended)


#: In a namespace of its own: a small disk for temporary files, and a command.
SMALL_DISK = 'mount -t tmpfs -o "$1" none "$2" || exit 90; shift 2; exec "$@"'
WRITES = "with open('big', 'wb') as file:\n            file.write(bytes(2 << 20))"


def on_small_disk(tmp_path: Path, options: str, *words: str) -> subprocess.CompletedProcess[str]:
    disk = tmp_path / "disk"
    disk.mkdir()
    apart = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", SMALL_DISK, "sh", options, str(disk)]
    environment = {**os.environ, "TMPDIR": str(disk)}
    done = subprocess.run([*apart, *words], env=environment, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode == 90 or done.stderr.startswith("unshare"):
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()[:200]}")
    return done


@pytest.mark.parametrize(
    ("options", "statement", "status"),
    [
        ("size=4k", "", "ungraded"),  # no room for the submission
        ("nr_inodes=3", "", "ungraded"),  # nor for a folder
        ("size=1m", WRITES, "ungraded"),  # nor for what a section may write
        ("size=64m", "raise OSError(28, 'it says so')", "limit"),
    ],
)
def test_a_full_disk_of_ours_is_not_the_submissions_fault(
    tmp_path: Path, options: str, statement: str, status: str
) -> None:
    work, report = tmp_path / "work", tmp_path / "report.json"
    text = helpers.reference()["mytorch/dropout2d.py"]
    shape = "shape = (*x.shape[:2], 1, 1)"
    text = helpers.patched(text, "Dropout2d.forward", shape, f"{statement}\n        {shape}")
    for path, content in {**helpers.reference(), "mytorch/dropout2d.py": text}.items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(content)
    done = on_small_disk(
        tmp_path, options, sys.executable, str(PROJECT / "runner.py"), "grade", str(work),
        "--isolation", "process", "--only", "Dropout2d", "--format", "json", "--output", str(report),
    )  # fmt: skip
    (section,) = json.loads(report.read_text())["sections"]
    assert (section["status"], done.returncode) == (status, 3 if status == "ungraded" else 0), done.stdout
    assert (section["message"] == NO_ROOM) is (status == "ungraded")
    assert "Traceback" not in done.stderr
