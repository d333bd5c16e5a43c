"""Mutants that are called equivalent: on random inputs of many shapes they give what the reference gives."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import helpers
import numpy as np
import pytest
from random_cases import random_cases

from autograder.assignments.hw2p1.exercises import EXERCISES
from autograder.assignments.hw2p1.judges import JUDGES
from autograder.assignments.reference import Reference
from autograder.grading.compare import compare
from benchmarks.mutants.equivalents import reasons
from benchmarks.mutants.grade import Owners
from benchmarks.mutants.mutant import Mutant, make

pytestmark = pytest.mark.more
CASES = 40


@cache
def mutants() -> dict[str, Mutant]:
    return {mutant.id: mutant for mutant in make(helpers.ASSIGNMENT)}


@cache
def reference() -> Reference:
    return Reference(helpers.ASSIGNMENT.reference, helpers.rubric().search)


@pytest.mark.parametrize("name", sorted(reasons("hw2p1")))
def test_it_gives_what_the_reference_gives(name, tmp_path):
    mutant = mutants()[name]  # a reason outlives no change of its function
    shutil.copytree(helpers.ASSIGNMENT.reference, tmp_path / "mutant")
    Path(tmp_path / "mutant" / mutant.file).write_text(mutant.text, "utf-8")
    other = Reference(tmp_path / "mutant", helpers.rubric().search)
    for section in Owners(helpers.ASSIGNMENT, helpers.rubric()).own(mutant):
        for number, case in enumerate(random_cases(section.id, CASES)):
            inputs = case.inputs(number, section.id)
            theirs, ours = [run(part, section, case, inputs) for part in (other, reference())]
            for output in case.outputs:
                if output in case.judged:
                    assert JUDGES[section.id, output](case.params, inputs, theirs) is None, case.name
                elif isinstance(ours[output], str):
                    assert theirs[output] == ours[output]
                else:
                    assert compare(theirs[output], ours[output]) is None, (case.name, output)
                    assert theirs[output].dtype == ours[output].dtype


def run(submission, section, case, inputs):
    np.random.seed(11785)
    return submission.run(EXERCISES[section.exercise], case.params, inputs)
