"""Making a failing case smaller for as long as it fails alike: its parameters and shapes first, then its numbers.

What other cases should give is said by the reference. Nothing of this is ever scored.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from autograder.assignments.ladder import telling
from autograder.assignments.truth import Question

from .findings import Array, Finding
from .place import Place
from .result import Result
from .sections import case_frame, take

if TYPE_CHECKING:
    from autograder.assignments.cases import Case
    from autograder.sandbox.conversation import Conversation

#: Failures that a small case can show; a missing class or a timeout it cannot.
SHOWN = ("failed", "error", "bad_output")

#: Puts into a question what is expected.
Answered = Callable[[Question], Question]
#: Smaller cases than a question's, with whole numbers.
Smaller = Callable[[Question], Iterable[tuple["Case", dict[str, Array]]]]


@dataclass(frozen=True, slots=True)
class Failure:
    """A question that a submission gets wrong."""

    question: Question
    finding: Finding
    arrays: Mapping[str, Array]

    @property
    def numbers(self) -> int:
        """How many numbers go in; zeros are not counted."""
        return sum(int(np.count_nonzero(array)) for array in self.question.inputs.values())


@dataclass(slots=True)
class Asking:
    """Asks the submission, and says what failed: the wanted output where that does. Nothing, once the time is up.

    Parameters
    ----------
    until
        When to ask no more, by the monotonic clock; who is waited for then is waited for no longer.
    """

    talk: Conversation
    place: Place
    spare: Result
    wanted: str
    until: float
    ended: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.talk.hurry(self.until)

    @property
    def over(self) -> bool:
        """Whether there is no more time, or nobody to be asked."""
        return self.ended or time.monotonic() > self.until

    def __call__(self, question: Question) -> Failure | None:
        if self.over:
            return None
        answer = self.talk.ask(case_frame(question))
        if answer is None:
            self.ended = True
            return None
        before = len(self.spare.findings)
        take(self.spare, question, answer, self.place.limits)
        wrong = [f for f in self.spare.findings[before:] if f.status in SHOWN and not f.told]
        first = next((f for f in wrong if f.output == self.wanted), wrong[0] if wrong else None)
        return None if first is None else Failure(question, first, answer.arrays)


def smaller(failure: Failure, ask: Asking, answered: Answered, candidates: Smaller) -> Failure:
    """The same failure in the smallest case that step by step is found; with whole numbers where these show it, too."""

    def next_one() -> Failure | None:
        for case, whole in candidates(failure.question):
            for inputs in (whole, _cut(failure.question.inputs, whole)):
                if ask.over or inputs is None or _same(inputs, failure.question.inputs):
                    continue
                blank = dict.fromkeys(case.outputs, np.zeros(0))
                found = _like(failure, Question(case, inputs, blank), ask, answered)
                if found is not None:
                    return found
        return None

    while (found := next_one()) is not None:
        failure = found
    return failure


def _cut(inputs: Mapping[str, Array], shapes: Mapping[str, Array]) -> dict[str, Array] | None:
    """The first entries of each array, as many as a smaller case has; None where it has others."""
    if any(name not in inputs or inputs[name].ndim != array.ndim for name, array in shapes.items()):
        return None
    cut = {name: inputs[name][tuple(map(slice, array.shape))] for name, array in shapes.items()}
    return cut if all(cut[name].shape == array.shape for name, array in shapes.items()) else None


def _same(inputs: Mapping[str, Array], others: Mapping[str, Array]) -> bool:
    return inputs.keys() == others.keys() and all(np.array_equal(inputs[name], others[name]) for name in inputs)


def simpler(failure: Failure, ask: Asking, answered: Answered) -> Failure:
    """The same failure with as many zeros and ones as possible."""
    output = failure.finding.output
    if output not in failure.arrays or failure.arrays[output].shape != failure.question.expected[output].shape:  # type: ignore[union-attr]
        return failure  # of a wrong shape, or of none, numbers that differ say more
    for name, index, value in _steps(failure.question):
        if ask.over:
            break
        inputs = {key: np.array(array) for key, array in failure.question.inputs.items()}
        if inputs[name][index] in (0, value):
            continue
        inputs[name][index] = value
        found = _like(failure, replace(failure.question, inputs=inputs), ask, answered)
        if found is not None and _telling(found, failure):
            failure = found
    return failure


def _like(failure: Failure, question: Question, ask: Asking, answered: Answered) -> Failure | None:
    """How another question fails, if it does in the same output in the same way; not where rounding decides."""
    question = answered(question)
    arrays = {name: due for name, due in question.expected.items() if not isinstance(due, str)}
    if not all(np.isfinite(due).all() for due in arrays.values()):
        return None  # a logarithm of 0, say
    output = failure.finding.output
    if output not in arrays or not telling(arrays[output]):
        return None
    found = ask(question)
    alike = found is not None and _way(found) == _way(failure)
    return found if alike else None


def _way(failure: Failure) -> tuple[str, str]:
    return failure.finding.output, failure.finding.status


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
