"""A submission's layers run in this process, without a grader: `python -m benchmarks.inprocess FOLDER [KEY…]`.

What comes out is a line of JSON with the seconds that this took. With `--course` it is the way in which courses
grade: PyTorch is imported beside the student's modules, inputs of the course's sizes are drawn (the profile `full`),
both compute, and `numpy.allclose` compares. Without, it is the student's own time for the profile `quick`: what no
grader can go below.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.assignments import registry
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Rubric, Section
from autograder.guest.lookup import Submission
from autograder.guest.main import load_exercises
from autograder.guest.task import Task

SEED = 1
Array = npt.NDArray[Any]
Exercise = Callable[[Task], None]


def main() -> None:
    """Run, and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("keys", nargs="*")
    parser.add_argument("--course", action="store_true")
    chosen = parser.parse_args()
    assignment = registry.find("hw2p1")
    rubric = assignment.rubric()
    sections = rubric.select(tuple(chosen.keys))
    exercises = load_exercises(str(assignment.exercises))
    submission = opened(chosen.folder.resolve(), rubric)
    way = as_courses_do if chosen.course else alone
    seconds = sum(way(assignment, rubric, section, exercises[section.exercise], submission) for section in sections)
    print(json.dumps({"seconds": seconds}))


def opened(root: Path, rubric: Rubric) -> Submission:
    """The submission's modules, importable here."""
    os.chdir(root)
    sys.dont_write_bytecode = True
    mine = Submission(root, rubric.search, [path.relative_to(root).as_posix() for path in root.rglob("*.py")])
    sys.path.extend(mine.search)
    return mine


def tasks(
    assignment: Assignment, rubric: Rubric, section: Section, profile: str, submission: Submission
) -> Iterator[tuple[Task, dict[str, Array]]]:
    """The section's cases with drawn inputs."""
    for case in assignment.cases(section, rubric, profile):
        inputs = dict(case.inputs(SEED, section.id))
        yield Task(case.params, inputs, submission), inputs


def as_courses_do(
    assignment: Assignment, rubric: Rubric, section: Section, exercise: Exercise, submission: Submission
) -> float:
    """Draw, compute with PyTorch and with the student's layers, compare; seconds of all of it."""
    begun = time.perf_counter()
    import torch  # in the grader's own process, as courses do it

    torch.set_num_threads(1)
    truth = assignment.oracles(section)[0]
    for task, inputs in tasks(assignment, rubric, section, "full", submission):
        expected = truth.compute(task.params, inputs)
        exercise(task)
        for name, value in expected.items():
            same = task.texts[name] == value if isinstance(value, str) else close(task.outputs[name], value)
            if not same:
                raise SystemExit(f"{section.key}: {name} is not right")
    return time.perf_counter() - begun


def close(got: Array, expected: Array) -> bool:
    """What a course looks at."""
    return got.shape == expected.shape and np.allclose(got, expected)


def alone(
    assignment: Assignment, rubric: Rubric, section: Section, exercise: Exercise, submission: Submission
) -> float:
    """Seconds of the student's code alone, importing its modules included."""
    ready = list(tasks(assignment, rubric, section, "quick", submission))
    begun = time.perf_counter()
    for task, _ in ready:
        exercise(task)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
