"""Whose fault it is that a judge broke: the submission's, unless the judge breaks on what the oracles give, too.

A judge is given what a submission sends, which may be anything; one that breaks on it must not be a way to be left
ungraded. But where it breaks on right arrays as well, it is wrong, and what it should judge is not scored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .findings import Array, Finding, judged

if TYPE_CHECKING:
    from autograder.assignments.oracles import Oracle
    from autograder.assignments.truth import Question


def ours(findings: Iterable[Finding], questions: Iterable[Question], oracles: Sequence[Oracle]) -> str:
    """How a judge that broke breaks on what the oracles give; empty where none does, or nobody here knows."""
    by_name = {question.case.name: question for question in questions}
    broken = {finding.output: by_name[finding.case] for finding in findings if finding.broke}
    for output, question in broken.items():
        right = _right(question, oracles)
        if output not in right:
            continue
        try:
            judged(question, output, right)
        except Exception as error:
            return f"the judge of `{output}` broke: {type(error).__name__}: {error}"
    return ""


def _right(question: Question, oracles: Sequence[Oracle]) -> dict[str, Array]:
    """What the oracles that are here give, the first one foremost; a students' copy has none."""
    found: dict[str, Array] = {}
    for oracle in oracles:
        inputs = {name: np.array(array) for name, array in question.inputs.items()}
        try:
            given = oracle.compute(question.case.params, inputs)
        except Exception:  # noqa: S112 - not here, or not for this case: then it tells nothing
            continue
        found = {**{name: value for name, value in given.items() if not isinstance(value, str)}, **found}
    return found
