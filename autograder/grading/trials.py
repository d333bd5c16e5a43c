"""The failing cases of a section with other values: what the submission gives for them, and what is right.

They are asked once more where more than one set of values has to tell something, and are never scored. They have the
shapes and parameters of the cases that are, and what their values have in common.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from autograder.assignments.cases import digest
from autograder.guest.task import Task

from . import parts
from .compare import alike
from .findings import Array
from .result import Result
from .sections import case_bytes, kept

if TYPE_CHECKING:
    from autograder.assignments.reference import Reference
    from autograder.assignments.truth import Question
    from autograder.sandbox.conversation import Conversation

#: Cases with larger inputs are left out: the small ones tell every known mistake apart.
ENTRIES = 50_000
#: How many cases are composed.
CASES = 30
#: Each with values that are as large; with smaller ones, so that sums and constant arrays are others; and with larger
#: ones, so that what goes wrong beyond some bound, if only in one entry, does so again.
SCALES = (1.0, 0.75, 2.0)
#: Cases with more numbers are made anew for each submission: they would be kept for as long as a class is graded.
KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Trial:
    """A case like one that fails, with other values.

    Attributes
    ----------
    failing
        The outputs that failed in the case that is scored.
    before, after
        What the submission gave for these: in the case that is scored, and in this one.
    right
        What is right in this one.
    steady
        Outputs that are right as they were in the case that is scored: they do not hang on values.
    how
        How it ended, where it broke.
    """

    question: Question
    failing: tuple[str, ...]
    before: Mapping[str, Array]
    after: Mapping[str, Array]
    right: Mapping[str, Array]
    steady: frozenset[str]
    how: str

    def follows(self, output: str) -> bool:
        """Whether an output that hangs on no values is wrong, and not by zeros: where others tell, it need not."""
        return output in self.steady and bool(self.after[output].any()) and self._wrong(output)

    def tells(self, output: str) -> bool:
        """Whether a match of this output means something: it is wrong, and hangs on what goes in.

        Stubs that return zeros match whatever is made of zeros.
        """
        got, before = self.after[output], self.before.get(output)
        changed = before is not None and before.shape == got.shape and not same(before, got)
        return changed and self._wrong(output)

    def _wrong(self, output: str) -> bool:
        got, right = self.after[output], self.right.get(output)
        return not (right is not None and right.dtype == got.dtype and same(right, got))


def tried(result: Result, solution: Reference, exercise: Callable[[Task], None], talk: Conversation) -> list[Trial]:
    """The failing cases with other values, the smallest first, and what the submission gives; none if it ends early."""
    trials: list[Trial] = []
    asked: list[tuple[str, Question, Mapping[str, Array]]] = []
    failing: dict[str, list[str]] = {}
    for finding in result.findings:
        if finding.status != "passed" and finding.case in result.asked:
            failing.setdefault(finding.case, []).append(finding.output)
    sizes = {name: sum(array.size for array in result.asked[name][0].inputs.values()) for name in failing}
    for name in sorted((name for name, size in sizes.items() if size <= ENTRIES), key=lambda n: sizes[n])[:CASES]:
        scored, _ = result.asked[name]
        varied = _VARIED.get(scored) or tuple(_varied(scored, solution, exercise))
        if sizes[name] <= KEPT:
            _VARIED[scored] = varied
        asked += [(name, question, right) for question, right in varied]
    # All at once: a process that waits for each answer costs more than the answers.
    talk.put([case_bytes(question) for _, question, _ in asked], last=True)
    for name, question, right in asked:
        answer = talk.hear()
        if answer is None:
            return []
        scored, before = result.asked[name]
        after = kept(scored, answer.arrays)
        due = {name: array for name, array in scored.expected.items() if not isinstance(array, str)}
        steady = frozenset(name for name, array in right.items() if name in due and same(due[name], array))
        trials.append(Trial(question, tuple(failing[name]), before, after, right, steady, parts.how(answer)))
    return trials


def _varied(
    scored: Question, solution: Reference, exercise: Callable[[Task], None]
) -> Iterator[tuple[Question, Mapping[str, Array]]]:
    """The case with other values, where it has any that can be others, and what is right then."""
    for scale in SCALES:
        question = with_other_values(scored, scale)
        if any(not np.array_equal(array, scored.inputs[at]) for at, array in question.inputs.items()):
            yield question, ran(solution, exercise, question)[0]


#: A class is asked the same.
_VARIED: WeakKeyDictionary[Question, tuple[tuple[Question, Mapping[str, Array]], ...]] = WeakKeyDictionary()


def with_other_values(question: Question, scale: float) -> Question:
    """A case of the same parameters and shapes whose values stand elsewhere, times a factor.

    What values have in common is kept: signs, zeros, ties, whole numbers, rows with a single one, and, where all lie
    between 0 and 1, that they may be probabilities.
    """
    random = np.random.default_rng([digest(question.case.name), int(100 * scale)])

    def changed(array: Array) -> Array:
        if array.dtype == np.uint8:  # a picture, of one grey where it was; two others are enough
            return array if scale > 1 else 255 - array if scale == 1 else array // 2
        if array.dtype.kind != "f" or array.ndim == 0:
            return array
        if np.isin(array, (0, 1)).all():
            return array[..., random.permutation(array.shape[-1])]
        moved = random.permutation(array.ravel()).reshape(array.shape)
        fixed = (moved == np.round(moved)).all() or (scale > 1 and ((moved >= 0) & (moved <= 1)).all())
        return moved if fixed else np.asarray(scale * moved, array.dtype)

    return replace(question, inputs={name: changed(array) for name, array in question.inputs.items()}, expected={})


def ran(solution: Reference, exercise: Callable[[Task], None], question: Question) -> tuple[Mapping[str, Array], str]:
    """What right code gives, with whatever stands in its parts' place, and how it ended where it broke."""
    task = Task(question.case.params, question.inputs, solution)
    return task.outputs, ended(lambda: exercise(task))


def ended(compute: Callable[[], None]) -> str:
    """How a computation with parts of the submission ended: by which exception, empty where by none."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            compute()
        except parts.PartError as error:
            return error.how
        except Exception as error:
            return type(error).__name__
    return ""


def same(one: Array, other: Array) -> bool:
    """Whether two arrays hold the same numbers, up to rounding, and what is no number in the same places."""
    if one.shape != other.shape or not {one.dtype.kind, other.dtype.kind} <= set("biuf"):
        return False
    finite = np.isfinite(one)
    if finite.all():  # as it nearly always is
        return bool(np.isfinite(other).all()) and alike(one, other)
    if not np.array_equal(one[~finite], other[~finite], equal_nan=True) or not np.isfinite(other[finite]).all():
        return False
    return alike(np.where(finite, one, 0), np.where(finite, other, 0))
