"""Faults of `compositions.py`: sections, exercises and outputs that there are not, and what does not follow.

A composition of a part that is right must give what is right: so it is made of the reference here, in each small case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.assignments.cases import Case
from autograder.assignments.compositions import Arrays, Composition
from autograder.assignments.lines import line_with
from autograder.assignments.oracles import Inputs, disagreement, expected
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Rubric, Section
from autograder.assignments.seeds import PUBLIC
from autograder.assignments.written.fault import Fault

from .fault import kind_of, line_of, raised

#: Cases with larger inputs are not composed when anybody is graded either.
ENTRIES = 50_000


def faults(assignment: Assignment, rubric: Rubric) -> Iterator[Fault]:
    """The first faulty case of each section: what is wrong with one is mostly wrong with all."""
    path = assignment.folder / "compositions.py"
    if not path.is_file():
        return
    line = line_with(path, "COMPOSED")
    composed = assignment.module("compositions", "COMPOSED").COMPOSED
    if not isinstance(composed, Mapping):
        yield Fault(path, line, f"COMPOSED is {kind_of(composed)}; compositions by section's id are due")
        return
    exercises = assignment.module("exercises", "EXERCISES").EXERCISES
    sections = {section.id: section for section in rubric.sections}
    for name, composition in composed.items():
        section = sections.get(name)
        at = line_with(path, f'"{name}"') or line
        if section is None:
            yield Fault(path, at, f"COMPOSED has {name!r}, which is no section")
        elif not isinstance(composition, Composition):
            yield Fault(path, at, f"COMPOSED has {kind_of(composition)} for section {name!r}; a Composition is due")
        elif said := list(_said(section, composition, exercises, assignment.exercises.name)):
            yield from (Fault(path, at, f"the composition of section {name!r} {what}") for what in said)
        else:
            yield from _made(assignment, section, composition, rubric)


def _said(section: Section, composition: Composition, exercises: Mapping[str, Any], home: str) -> Iterator[str]:
    """What a composition names that there is not."""
    if composition.exercise not in exercises:
        yield f"is by {composition.exercise!r}, which {home} does not have in EXERCISES"
    if isinstance(composition.outputs, str) or not composition.outputs:
        yield f"has the outputs {composition.outputs!r}; a set of names is due"
        return
    for output in sorted(set(composition.outputs) - set(section.outputs)):
        yield f"is about `{output}`, which is no output of it"
    for output in sorted(set(composition.steady) - set(composition.outputs)):
        yield f"calls `{output}` steady, which is none of its outputs"


def _made(assignment: Assignment, section: Section, composition: Composition, rubric: Rubric) -> Iterator[Fault]:
    """What does not follow from a part that is right."""
    place = line_of(composition.made)
    exercise = assignment.module("exercises", "EXERCISES").EXERCISES[composition.exercise]

    def ask(params: Mapping[str, Any], inputs: Inputs) -> Arrays:
        given = {name: np.array(array) for name, array in inputs.items()}
        return {n: v for n, v in assignment.solution().run(exercise, params, given).items() if not isinstance(v, str)}

    for case in assignment.cases(section, rubric, "quick"):
        inputs = case.inputs(PUBLIC, section.id)
        if sum(array.size for array in inputs.values()) > ENTRIES:
            continue
        try:
            made = composition.made(case.params, inputs, ask)
        except Exception as error:
            fault = raised(error, assignment, f"section {section.id!r}, {case.name}: ")
            yield fault if fault.line else Fault(*place, fault.what)
            return
        due = expected(case, inputs, assignment.oracles(section), section=section.id)
        if said := list(_wrong(case, composition, made, due)):
            yield from (Fault(*place, f"section {section.id!r}, {case.name}: {what}") for what in said)
            return


def _wrong(case: Case, composition: Composition, made: Any, due: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with what was made of the reference."""
    if not isinstance(made, Mapping):
        yield f"it gives {kind_of(made)}; outputs by name are due"
        return
    for output, value in made.items():
        if output not in composition.outputs:
            yield f"it gives `{output}`, which is none of its outputs"
        elif not isinstance(value, (np.ndarray, np.generic)):
            yield f"it gives {kind_of(value)} as `{output}`; an array is due"
        elif output in due and (difference := disagreement(np.asarray(due[output]), np.asarray(value))):
            yield f"made of the reference, `{output}` is not what is right: {difference}"
