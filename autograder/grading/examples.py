"""The smallest failing example: the first rung of the ladder that fails, with its numbers made simpler.

Rungs are known cases with known answers. Where the references are at hand, the rung's numbers are then set to 0
and 1, one after the other, for as long as the same output stays wrong; not where its parameters say that its inputs
belong `together`. Where no rung fails, the failing case with the fewest numbers is made smaller instead. Nothing of
this is ever scored.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.assignments import ladder
from autograder.assignments.truth import Question
from autograder.errors import HarnessError
from autograder.guest.wire import name_of

from .compare import digits_apart, tolerance
from .findings import Array
from .place import Place, conversation
from .result import Result
from .sections import started
from .shrinking import SHOWN, Answered, Asking, Failure, simpler, smaller

if TYPE_CHECKING:
    from autograder.assignments.cases import Case
    from autograder.assignments.registry import Assignment

#: More numbers than this are no example; of arrays that are mostly 0, those that are not are counted.
ENTRIES = 150
#: Significant digits of an example's numbers; more where a wrong one would look like the right one.
DIGITS = 6
#: A snippet's last line.
PRINTED = re.compile(r"\nprint\((.*)\)\s*\Z")


def smallest(result: Result, place: Place, assignment: Assignment, until: float) -> dict[str, Any] | None:
    """The smallest failing example of a section as JSON values; None where there is none to be had in time.

    Parameters
    ----------
    until
        When to stop looking, by the monotonic clock.
    """
    open_ = (f for f in result.findings if result.section.visibility_of_case(f.case) == "visible")
    wanted = next((f.output for f in open_ if f.status in SHOWN and not f.told), None)
    if wanted is None or result.section.visibility != "visible" or time.monotonic() > until:
        return None
    rungs = ladder.rungs(assignment, result.section)
    if not rungs:
        return None
    found = None
    try:
        with conversation(result.section.id, result.section.exercise, place) as talk:
            ask = Asking(talk, place, Result(result.section), wanted, until)
            if started(talk, place):
                found = _found(rungs, ask, assignment, result)
        return None if found is None else _described(found, assignment, place)
    except HarnessError:
        return None
    except Exception as error:
        broken = f"{type(error).__name__}: {error}"
        result.remarks.append(f"{result.section.key}: no smallest example could be made, by our fault ({broken})")
        return None


def _found(rungs: list[Question], ask: Asking, assignment: Assignment, result: Result) -> Failure | None:
    """The first rung that fails, made simpler; where none does, the failing case that is smallest, made smaller."""
    rung = _climb(rungs, ask)
    found = rung or _fewest(result, ask.wanted)
    if found is None or found.finding.output not in found.question.expected:
        return rung  # of what a judge decides nothing can be shown as expected
    if (answered := _oracle(found.question.case, assignment, result)) is None:
        return rung
    if rung is None:
        found = smaller(found, ask, answered, lambda question: assignment.smaller(result.section, question))
        if found.numbers > ENTRIES:
            return None
    return simpler(found, ask, answered)


def _climb(rungs: list[Question], ask: Asking) -> Failure | None:
    """The first rung on which the wanted output fails; else the first one on which anything does."""
    other: Failure | None = None
    for question in rungs:
        failure = ask(question)
        if failure is not None and failure.finding.output == ask.wanted:
            return failure
        other = other or failure
    return other


def _fewest(result: Result, wanted: str) -> Failure | None:
    """Of the section's own cases that fail in an output, the one with the fewest numbers."""
    failing = [f for f in result.findings if f.output == wanted and f.status in SHOWN and f.case in result.asked]
    failures = [Failure(result.asked[f.case][0], f, result.asked[f.case][1]) for f in failing]
    return min(failures, key=lambda failure: failure.numbers, default=None)


def _oracle(case: Case, assignment: Assignment, result: Result) -> Answered | None:
    """Says what other numbers should give; None where no reference is here, or no other numbers fit together."""
    if not assignment.reference.is_dir() or case.params.get("together"):
        return None
    reference = assignment.oracles(result.section)[-1]

    def answered(question: Question) -> Question:
        given = reference.compute(question.case.params, {name: np.array(a) for name, a in question.inputs.items()})
        due = {name: given[name] for name in question.expected if name in given}
        return replace(question, expected=due)

    return answered


def _described(failure: Failure, assignment: Assignment, place: Place) -> dict[str, Any] | None:
    question, output = failure.question, failure.finding.output
    expected = question.expected.get(output)
    if not isinstance(expected, np.ndarray) or np.count_nonzero(expected) > ENTRIES:
        return None
    got = _shown(failure.arrays.get(output))
    wrong = [] if got is None else wrong_cells(got, expected)
    # Right numbers of another type: what is wrong with them no picture shows, but the message says it.
    right = got is not None and not wrong and got.shape == expected.shape
    if right and failure.finding.status != "failed":
        return None  # something broke behind it, which no picture shows
    retyped = got is not None and right and got.dtype != expected.dtype
    got = None if retyped else got
    digits = digits_apart([(float(got[i]), float(expected[i])) for i in wrong], DIGITS) if got is not None else DIGITS
    names, twice = assignment.arrays(), any(name.endswith("_first") for name in question.inputs)
    forward = names.plays(output, "output") and not twice
    shown = {name: a for name, a in question.inputs.items() if not (forward and names.plays(name, "gradient"))}
    every = {**shown, output: expected}
    sides = {name: list(axes) for name, array in every.items() if (axes := names.sides(name, array.ndim))}
    snippet = assignment.snippet(question.case.params, question.inputs, output, place.submission.files)
    return {
        "case": question.case.name,
        "output": output,
        "message": failure.finding.message,
        "inputs": {name: plain(array) for name, array in shown.items()},
        "expected": plain(expected, digits),
        "got": None if got is None else plain(got, digits),
        "wrong": [list(index) for index in wrong],
        "sides": sides,
        "snippet": PRINTED.sub(r"\nprint(np.asarray(\1).dtype)", snippet) if retyped and snippet else snippet,
    }


def _shown(got: Array | None) -> Array | None:
    """What came back, with zeros for what is left of rounding; None where there is too much of it, or no numbers."""
    if got is None or got.dtype.kind not in "biuf":
        return None
    tidied: Array = np.where(np.abs(got) < ladder.ROUNDING, np.zeros_like(got), got)
    return tidied if np.count_nonzero(tidied) <= ENTRIES else None


def wrong_cells(got: Array, expected: Array) -> list[tuple[int, ...]]:
    """Where an array is wrong, by the tolerance that it is judged by; nowhere where its shape is."""
    if got.shape != expected.shape:
        return []
    room = tolerance(float(np.abs(expected).max(initial=0.0)), name_of(got.dtype), name_of(expected.dtype))
    with np.errstate(all="ignore"):
        off = ~(np.abs(got.astype(np.float64) - expected.astype(np.float64)) <= room)
    return [tuple(map(int, index)) for index in np.argwhere(off)]


def plain(array: Array, digits: int = DIGITS) -> Any:
    """An array as JSON values (`ladder.written`) of short numbers; what is not finite is a text."""

    def number(value: float) -> int | float | str:
        if not np.isfinite(value):
            return str(value)
        short = float(f"{value:.{digits}g}")
        return int(short) if short.is_integer() else short

    return ladder.written(array, number)
