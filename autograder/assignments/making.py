"""Making an assignment's practice data, and checking that it and the oracles still say the same."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.errors import HarnessError

from . import practice
from .cases import Case
from .oracle_truth import OracleTruth
from .registry import Assignment
from .rubric import Section
from .seeds import PUBLIC
from .truth import Question

#: Two kernels of a linear algebra library may differ by this much, relative to the scale of an array.
AGREEMENT = 1e-12
#: The same for values that are kept in single precision.
SINGLE = 1e-6


def asked(assignment: Assignment) -> Iterator[tuple[Section, Case, OracleTruth]]:
    """Every quick case of every edition, once, with what computes its expected values under the public seed."""
    seen: set[tuple[str, str]] = set()
    for edition in assignment.editions():
        rubric = assignment.rubric(edition)
        truth = assignment.oracle_truth(rubric, "quick", PUBLIC)
        for section in rubric.sections:
            for case in truth.cases(section):
                if (section.id, case.name) not in seen:
                    seen.add((section.id, case.name))
                    yield section, case, truth


def make_practice(assignment: Assignment) -> int:
    """Write the practice data; how many cases it holds."""
    made: dict[str, dict[str, Question]] = {}
    for section, case, truth in asked(assignment):
        made.setdefault(section.id, {})[case.name] = truth.question(section, case)
    practice.save(assignment.folder, made)
    return sum(len(by_name) for by_name in made.values())


def disagreements(assignment: Assignment) -> list[str]:
    """Cases on which the oracles do not agree."""
    return [problem for section, case, truth in asked(assignment) for problem in _disagreement(section, case, truth)]


def _disagreement(section: Section, case: Case, truth: OracleTruth) -> Iterator[str]:
    try:
        truth.question(section, case)
    except HarnessError as error:
        yield str(error)


def stale(assignment: Assignment) -> list[str]:
    """Where the practice data that ships is not what the oracles compute now."""
    problems: list[str] = []
    shipped = practice.Practice.load(assignment.folder, lambda _: (), assignment.judges())
    for section, case, truth in asked(assignment):
        try:
            problems += _differences(section, shipped.question(section, case), truth.question(section, case))
        except HarnessError as error:
            problems.append(str(error))
    return problems


def _differences(section: Section, shipped: Question, made: Question) -> Iterator[str]:
    place = f"{section.key}: {made.case.name}"
    for kind, before, after in (
        ("input", shipped.inputs, made.inputs),
        ("expected", shipped.expected, made.expected),
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
    room = AGREEMENT if other.dtype.name != "float32" else SINGLE
    return bool(np.all(np.abs(one.astype(float) - other.astype(float)) <= room * scale))
