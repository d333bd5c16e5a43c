"""Every wrong idea, put through its sections and diagnosed like a submission, has its own name or its kin's."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterator

import numpy as np
import pytest
from helpers import SHIPPED

from autograder.assignments import registry
from autograder.assignments.misconceptions import ideas, wrong
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Section
from autograder.assignments.seeds import PUBLIC
from autograder.assignments.truth import Question
from autograder.grading.diagnose import diagnose
from autograder.grading.result import Result
from autograder.grading.sections import take
from autograder.guest.task import Task
from autograder.guest.wire import Frame

#: Those with many ideas or cases go through `make test-more`.
LONG = ("hw2p1", "conv2d_functional", "conv2d_gemm")
NAMES = [pytest.param(name, marks=pytest.mark.more) if name in LONG else name for name in SHIPPED if wrong.book(name)]


def answered(assignment: Assignment, section: Section, question: Question) -> Frame:
    """What the changed reference says to a case, as the guest would send it."""
    exercises = importlib.import_module(f"autograder.assignments.{assignment.name}.exercises")
    inputs = {name: np.array(array) for name, array in question.inputs.items()}
    task, said = Task(question.case.params, inputs, assignment.solution()), {"outcome": "done"}
    with warnings.catch_warnings(), np.errstate(all="ignore"), wrong.drawing(question.case.name):
        warnings.simplefilter("ignore")
        try:
            exercises.EXERCISES[section.exercise](task)
        except Exception as error:
            said = {"outcome": "raised", "type": type(error).__name__, "message": str(error)}
    return Frame("answer", {**said, "texts": task.texts}, task.outputs)


def called(assignment: Assignment, entry: wrong.Wrong) -> Iterator[tuple[str, set[str]]]:
    """By section in which it fails, what a wrong idea is called."""
    exercises = importlib.import_module(f"autograder.assignments.{assignment.name}.exercises")
    rubric = assignment.rubric()
    truth = assignment.truth(rubric, "quick", PUBLIC, public=True)
    for section in (section for section in rubric.sections if section.id in entry.sections):
        result = Result(section)
        with wrong.changed(assignment.solution(), entry, getattr(exercises, "FILES", {})):
            for question in truth.questions(section):
                take(result, question, answered(assignment, section, question))
        if result.puzzling:
            yield section.id, {diagnosis.id for diagnosis in diagnose(result, assignment, public=True).values()}


@pytest.mark.parametrize("name", NAMES)
def test_every_idea_is_called_by_its_name(name: str) -> None:
    assignment = registry.find(name)
    words = ideas.load(assignment.folder)
    own, others = set(), []
    for entry in wrong.book(name):
        for section, said in called(assignment, entry):
            own |= {entry.idea} if said & {entry.idea, words[entry.idea].kin} else set()
            false = {given for given in said - {entry.idea, words[entry.idea].kin} if not given.startswith("only-")}
            if false:
                others.append((entry.idea, section, sorted(false)))
    assert others == []
    assert {entry.idea for entry in wrong.book(name)} == own
