"""Mutants that are called equivalent: on random inputs of many shapes they give what the reference gives.

The random cases of an assignment are those of its module `random_NAME` beside this one.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.assignments import registry
from autograder.assignments.cases import Case
from autograder.assignments.reference import Reference
from autograder.assignments.rubric import Section
from autograder.grading.compare import compare
from benchmarks.mutants import equivalents
from benchmarks.mutants.grade import Owners
from benchmarks.mutants.mutant import Mutant, files, make

pytestmark = pytest.mark.more
CASES = 40
NAMES = sorted(path.stem for path in equivalents.HERE.glob("*.txt"))
EQUIVALENTS = [(name, mutant) for name in NAMES for mutant in sorted(equivalents.reasons(name))]


@cache
def mutants(assignment: str) -> Mapping[str, Mutant]:
    return {mutant.id: mutant for mutant in make(registry.find(assignment))}


@pytest.mark.parametrize(("name", "mutant"), EQUIVALENTS)
def test_it_gives_what_the_reference_gives(name: str, mutant: str, tmp_path: Path) -> None:
    assignment = registry.find(name)
    rubric, changed = assignment.rubric(), mutants(name)[mutant]  # a reason outlives no change of its function
    for path, text in {**files(assignment), changed.file: changed.text}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    other = Reference(tmp_path, rubric.search, rubric.notebook)
    random_cases = importlib.import_module(f"random_{name}").random_cases
    for section in Owners(assignment, rubric).own(changed):
        for number, case in enumerate(random_cases(section.id, CASES)):
            inputs = case.inputs(number, section.id)
            theirs, ours = [run(name, part, section, case, inputs) for part in (other, assignment.solution())]
            for output in case.outputs:
                if output in case.judged:
                    assert assignment.judges()[section.id, output](case.params, inputs, theirs) is None, case.name
                elif isinstance(ours[output], str):
                    assert theirs[output] == ours[output], (case.name, output)
                else:
                    assert compare(theirs[output], ours[output]) is None, (case.name, output)
                    assert theirs[output].dtype == ours[output].dtype


def run(name: str, submission: Reference, section: Section, case: Case, inputs: Mapping[str, Any]) -> Any:
    exercises = importlib.import_module(f"autograder.assignments.{name}.exercises").EXERCISES
    np.random.seed(11785)
    return submission.run(exercises[section.exercise], case.params, inputs)
