"""The smallest failing example: the first rung of the ladder that fails, with its numbers made simpler.

Rungs are known cases with known answers. Where the references are at hand, the rung's numbers are then set to 0
and 1, one after the other, for as long as the same output stays wrong; not where its parameters say that its inputs
belong `together`. Nothing of this is ever scored.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.assignments import ladder
from autograder.assignments.misconceptions.evidence import equal
from autograder.assignments.truth import Question
from autograder.errors import HarnessError

from .findings import Array, Finding
from .sections import Place, Result, TooLarge, case_frame, conversation, end, started, take

if TYPE_CHECKING:
    from autograder.assignments.cases import Case
    from autograder.assignments.registry import Assignment
    from autograder.sandbox.conversation import Conversation

#: Failures that a small case can show; a missing class or a timeout it cannot.
SHOWN = ("failed", "error", "bad_output")
#: Larger arrays are no example.
ENTRIES = 150

#: Asks the submission and says what failed: the finding and what came back.
Ask = Callable[[Question], "Failure | None"]


@dataclass(frozen=True, slots=True)
class Failure:
    """A question that a submission gets wrong."""

    question: Question
    finding: Finding
    arrays: Mapping[str, Array]


def smallest(result: Result, place: Place, assignment: Assignment, until: float) -> dict[str, Any] | None:
    """The smallest failing example of a section as JSON values; None where there is none to be had in time.

    Parameters
    ----------
    until
        When to stop looking, by the monotonic clock.
    """
    open_ = (f for f in result.findings if result.section.visibility_of_case(f.case) == "visible")
    wanted = next((f.output for f in open_ if f.status in SHOWN), None)
    rungs = ladder.rungs(assignment, result.section)
    if wanted is None or not rungs or result.section.visibility != "visible" or time.monotonic() > until:
        return None
    spare = Result(result.section)
    try:
        with conversation(result.section.id, result.section.exercise, place) as talk:
            ready = started(talk, place)
            found = _climb(rungs, _asker(talk, spare, place, wanted), wanted, until) if ready else None
            if found is not None and (oracle := _oracle(found.question.case, assignment, result)) is not None:
                found = _simpler(found, _asker(talk, spare, place, wanted), oracle, until)
            end(spare, [], talk, place, ready=ready)
    except (HarnessError, TooLarge):  # an example is a courtesy: without one the report still stands
        return None
    return None if found is None else _described(found, assignment, place)


def _asker(talk: Conversation, spare: Result, place: Place, wanted: str) -> Ask:
    def ask(question: Question) -> Failure | None:
        answer = talk.ask(case_frame(question))
        if answer is None:
            raise HarnessError("the section's process ended")
        before = len(spare.findings)
        if answer.fields.get("outcome") == "not_applicable":
            return None
        take(spare, question, answer, place.limits)
        wrong = [f for f in spare.findings[before:] if f.status in SHOWN]
        first = next((f for f in wrong if f.output == wanted), wrong[0] if wrong else None)
        return None if first is None else Failure(question, first, answer.arrays)

    return ask


def _climb(rungs: list[Question], ask: Ask, wanted: str, until: float) -> Failure | None:
    """The first rung on which the wanted output fails; else the first one on which anything does."""
    other: Failure | None = None
    for question in rungs:
        if time.monotonic() > until:
            break
        failure = ask(question)
        if failure is not None and failure.finding.output == wanted:
            return failure
        other = other or failure
    return other


def _oracle(case: Case, assignment: Assignment, result: Result) -> Callable[[Question], Question] | None:
    """Says what other numbers should give; None where no reference is here, or no other numbers fit together."""
    if not assignment.reference.is_dir() or case.params.get("together"):
        return None
    reference = assignment.oracles(result.section)[-1]

    def answered(question: Question) -> Question:
        given = reference.compute(question.case.params, {name: np.array(a) for name, a in question.inputs.items()})
        due = {name: given[name] for name in question.expected}
        return replace(question, expected=due)

    return answered


def _simpler(failure: Failure, ask: Ask, oracle: Callable[[Question], Question], until: float) -> Failure:
    """The same failure with as many zeros and ones as possible."""
    output = failure.finding.output
    if output not in failure.arrays or failure.arrays[output].shape != failure.question.expected[output].shape:  # type: ignore[union-attr]
        return failure  # of a wrong shape, or of none, numbers that differ say more
    for name, index, value in _steps(failure.question):
        if time.monotonic() > until:
            break
        inputs = {key: np.array(array) for key, array in failure.question.inputs.items()}
        if inputs[name][index] in (0, value):
            continue
        inputs[name][index] = value
        simpler = oracle(replace(failure.question, inputs=inputs))
        if not all(isinstance(due, str) or np.isfinite(due).all() for due in simpler.expected.values()):
            continue  # a logarithm of 0, say: no example
        found = ask(simpler)
        same = found is not None and found.finding.output == failure.finding.output
        if found is not None and same and found.finding.status == failure.finding.status and _telling(found, failure):
            failure = found
    return failure


def _steps(question: Question) -> Iterator[tuple[str, tuple[int, ...], float]]:
    """Every number of the inputs, first to become 0, then to become 1."""
    for value in (0.0, 1.0):
        for name, array in question.inputs.items():
            for index in np.ndindex(*array.shape):
                yield name, index, value


def _telling(found: Failure, before: Failure) -> bool:
    """Whether the simpler failure still has numbers to look at, where there were some."""
    output = found.finding.output
    if output not in before.arrays:
        return True
    return output in found.arrays and (found.arrays[output].shape == before.arrays[output].shape)


def _described(failure: Failure, assignment: Assignment, place: Place) -> dict[str, Any] | None:
    question, output = failure.question, failure.finding.output
    expected = question.expected.get(output)
    if not isinstance(expected, np.ndarray) or expected.size > ENTRIES:
        return None
    got = failure.arrays.get(output)
    if got is not None and (got.size > ENTRIES or got.dtype.kind not in "biuf"):
        got = None
    wrong: list[list[int]] = []
    if got is not None and got.shape == expected.shape:
        off = [
            index for index in np.ndindex(*got.shape) if not equal(np.asarray(got[index]), np.asarray(expected[index]))
        ]
        wrong = [list(index) for index in off]
    names, twice = assignment.arrays(), any(name.endswith("_first") for name in question.inputs)
    forward = names.plays(output, "output") and not twice
    shown = {name: a for name, a in question.inputs.items() if not (forward and names.plays(name, "gradient"))}
    every = {**shown, output: expected}
    sides = {name: list(axes) for name, array in every.items() if (axes := names.sides(name, array.ndim))}
    return {
        "case": question.case.name,
        "output": output,
        "message": failure.finding.message,
        "inputs": {name: plain(array) for name, array in shown.items()},
        "expected": plain(expected),
        "got": None if got is None else plain(got),
        "wrong": wrong,
        "sides": sides,
        "snippet": assignment.snippet(question.case.params, question.inputs, output, place.submission.files),
    }


def plain(array: Array) -> Any:
    """An array as nested lists of short numbers; what is not finite is a text."""

    def number(value: float) -> int | float | str:
        if not np.isfinite(value):
            return str(value)
        short = float(f"{value:.6g}")
        return int(short) if short.is_integer() else short

    def nested(values: Any) -> Any:
        return [nested(value) for value in values] if isinstance(values, list) else number(float(values))

    return nested(array.tolist())
