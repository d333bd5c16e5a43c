"""Making an assignment's practice data, and checking that it and the oracles still say the same."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.errors import HarnessError

from . import practice
from .oracle_truth import OracleTruth
from .registry import Assignment
from .rubric import Rubric, Section
from .seeds import PUBLIC
from .truth import Question

#: Two kernels of a linear algebra library may differ by this much, relative to the scale of an array.
AGREEMENT = 1e-12


def rubrics(assignment: Assignment) -> Iterator[Rubric]:
    """The assignment's rubric in every edition."""
    for edition in assignment.editions():
        yield assignment.rubric(edition)


def questions(assignment: Assignment) -> dict[str, dict[str, Question]]:
    """Every quick case of every edition under the public seed, by section id and case name."""
    found: dict[str, dict[str, Question]] = {}
    for rubric in rubrics(assignment):
        truth = OracleTruth(assignment, rubric, "quick", PUBLIC)
        for section in rubric.sections:
            by_name = found.setdefault(section.id, {})
            for case in assignment.cases(section, rubric, "quick"):
                if case.name not in by_name:
                    by_name[case.name] = truth.question(section, case)
    return found


def make_practice(assignment: Assignment) -> int:
    """Write the practice data; how many cases it holds."""
    made = questions(assignment)
    practice.save(assignment.folder, made)
    return sum(len(by_name) for by_name in made.values())


def disagreements(assignment: Assignment, seed: int = PUBLIC) -> list[str]:
    """Cases on which the oracles do not agree, in any edition."""
    problems: list[str] = []
    for rubric in rubrics(assignment):
        truth = OracleTruth(assignment, rubric, "quick", seed)
        for section in rubric.sections:
            try:
                truth.questions(section)
            except HarnessError as error:
                problems.append(f"{rubric.edition}: {error}")
    return problems


def stale(assignment: Assignment) -> list[str]:
    """Where the practice data that ships is not what the oracles compute now."""
    problems: list[str] = []
    for rubric in rubrics(assignment):
        shipped = assignment.truth(rubric, "quick", PUBLIC, public=True)
        truth = OracleTruth(assignment, rubric, "quick", PUBLIC)
        for section in rubric.sections:
            try:
                problems += _differences(section, shipped.questions(section), truth.questions(section))
            except HarnessError as error:
                problems.append(str(error))
    return sorted(set(problems))


def _differences(section: Section, shipped: list[Question], made: list[Question]) -> Iterator[str]:
    for old, new in zip(shipped, made, strict=True):
        place = f"{section.key}: {new.case.name}"
        for kind, before, after in (
            ("input", old.inputs, new.inputs),
            ("expected", old.expected, new.expected),
        ):
            if set(before) != set(after):
                yield f"{place}: other {kind}s: {sorted(set(before) ^ set(after))}"
                continue
            for name, value in after.items():
                if not _same(before[name], value):
                    yield f"{place}: {kind} {name} differs"


def _same(before: object, after: object) -> bool:
    if isinstance(before, str) or isinstance(after, str):
        return before == after
    one, other = np.asarray(before), np.asarray(after)
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    scale = float(np.max(np.abs(other), initial=1.0))
    return bool(np.all(np.abs(one.astype(float) - other.astype(float)) <= AGREEMENT * scale))
