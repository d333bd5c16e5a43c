"""Whether a section fails only because of parts that it builds upon.

Its failing cases are asked three times more, with other values, which are not scored. The references' own layer or
function is run on them here, in the host, with the submission's broken parts in the place of its own: each time such a
part is called, its inputs go to the guest, and what the submission makes of them comes back. Where the whole then
gives just what the submission gave, its own code has no mistake besides. No reference goes near the submission: arrays
go there, and arrays come back. Parts are the classes or the functions that the rubric's sections declare; how one is
put in place, `parts` says. Where a section builds upon another without such a part, the assignment says what follows
from what (`compositions.py`), and that takes the place of the references.
"""

from __future__ import annotations

import contextlib
import importlib
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from autograder.assignments.cases import digest
from autograder.errors import HarnessError
from autograder.guest.task import Task

from . import parts
from .compare import alike
from .findings import Array
from .place import Place, conversation
from .result import Composed, Result
from .sections import case_bytes, kept, started

if TYPE_CHECKING:
    from autograder.assignments.compositions import Composition
    from autograder.assignments.reference import Reference
    from autograder.assignments.registry import Assignment
    from autograder.assignments.truth import Question
    from autograder.sandbox.conversation import Conversation

#: Cases with larger inputs are left out: the small ones tell every known mistake apart.
ENTRIES = 50_000
#: How many cases are composed.
CASES = 30
#: Each with values that are as large; with smaller ones, so that sums and constant arrays are others; and with larger
#: ones, so that what goes wrong beyond some bound, if only in one entry, does so again.
SCALES = (1.0, 0.75, 2.0)
#: Seconds without which nothing is begun.
LEAST = 0.5

#: Cases with more numbers are made anew for each submission: they would be kept for as long as a class is graded.
KEPT = 10_000

_substituting = threading.Lock()


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
        changed = before is not None and before.shape == got.shape and not _same(before, got)
        return changed and self._wrong(output)

    def _wrong(self, output: str) -> bool:
        got, right = self.after[output], self.right.get(output)
        return not (right is not None and right.dtype == got.dtype and _same(right, got))


def composed(result: Result, names: Sequence[str], place: Place, assignment: Assignment, until: float) -> Composed:
    """What of a section's failures right code makes of the submission's own parts, too.

    Parameters
    ----------
    names
        Of the parts; they say nothing where the assignment says how the section follows from another (`composition`).
    until
        When to give up, by the monotonic clock.
    """
    if not assignment.reference.is_dir() or until - time.monotonic() < LEAST:
        return "unknown"
    composition = assignment.composition(result.section)
    exercises = importlib.import_module(f"autograder.assignments.{assignment.name}.exercises").EXERCISES
    solution, exercise = assignment.solution(), exercises[result.section.exercise]
    kind = next((kind for kind in parts.KINDS if kind in exercises), None)
    if composition is not None:
        if any(f.status == "failed" and f.output not in composition.outputs for f in result.findings):
            return "own"
    elif not names or kind is None or not parts.there(solution, names, kind):
        return "unknown"
    with talking(result, result.section.exercise, place, until) as talk:
        trials = [] if talk is None else _trials(result, solution, exercise, talk)
    if not trials:
        return "unknown"
    right = {finding.output for finding in result.findings if finding.status == "passed"}
    with talking(result, composition.exercise if composition else str(kind), place, until) as talk:
        if talk is None:
            return "unknown"
        sides: parts.Sides = {}
        if composition is not None:
            ask = parts.asker(talk.ask, until, sides, due="")
            found = _compared(trials, right, partial(_made, composition, ask), sides, composition.steady)
        else:
            stand_ins = {name: parts.KINDS[str(kind)](name, parts.asker(talk.ask, until, sides)) for name in names}
            with substituted(solution, stand_ins):
                found = _compared(trials, right, partial(_ran, solution, exercise), sides)
    if found != "cleared":
        return found
    if any(f.status != "passed" and f.case not in result.asked for f in result.findings):
        return "unknown"  # nobody saw what fails in hidden cases
    return "cleared" if composition is None or composition.mends else "breaks"


@contextlib.contextmanager
def talking(result: Result, exercise: str, place: Place, until: float) -> Iterator[Conversation | None]:
    """A process of the submission that does an exercise until a time; None where it does not start."""
    with conversation(result.section.id, exercise, place) as talk:
        talk.hurry(until)
        try:
            yield talk if started(talk, place) else None
        finally:
            with contextlib.suppress(HarnessError):
                talk.end()


def _trials(result: Result, solution: Reference, exercise: Callable[[Task], None], talk: Conversation) -> list[Trial]:
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
        steady = frozenset(name for name, array in right.items() if name in due and _same(due[name], array))
        trials.append(Trial(question, tuple(failing[name]), before, after, right, steady, parts.how(answer)))
    return trials


def _varied(
    scored: Question, solution: Reference, exercise: Callable[[Task], None]
) -> Iterator[tuple[Question, Mapping[str, Array]]]:
    """The case with other values, where it has any that can be others, and what is right then."""
    for scale in SCALES:
        question = with_other_values(scored, scale)
        if any(not np.array_equal(array, scored.inputs[at]) for at, array in question.inputs.items()):
            yield question, _ran(solution, exercise, question)[0]


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


def _ran(solution: Reference, exercise: Callable[[Task], None], question: Question) -> tuple[Mapping[str, Array], str]:
    """What right code gives, with whatever stands in its parts' place, and how it ended where it broke."""
    task = Task(question.case.params, question.inputs, solution)
    return task.outputs, _ended(lambda: exercise(task))


def _made(composition: Composition, ask: parts.Ask, question: Question) -> tuple[Mapping[str, Array], str]:
    """What follows from a part of the submission, and how it ended where that broke."""
    made: dict[str, Array] = {}
    how = _ended(lambda: made.update(composition.made(question.case.params, question.inputs, ask)))
    return made, how


def _ended(compute: Callable[[], None]) -> str:
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


def _compared(
    trials: Sequence[Trial],
    told: set[str],
    run: Callable[[Question], tuple[Mapping[str, Array], str]],
    sides: parts.Sides,
    steady: frozenset[str] = frozenset(),
) -> Composed:
    """What the cases say together.

    Parameters
    ----------
    told
        The outputs that are right in other cases.
    sides
        What the parts are bounded by, for each case anew.
    steady
        Those that need not tell anything.
    """
    wrong: set[str] = set()
    telling: set[str] = set()
    following: set[str] = set()
    known = True
    for trial in trials:
        sides.clear()
        made, how = run(trial.question)
        for output in trial.failing:
            got, mine = trial.after.get(output), made.get(output)
            if mine is None:
                known = known and got is None and how != "" and how == trial.how
                continue
            wrong.add(output)
            if got is None or not _alike(got, mine):
                if output not in trial.question.judges:
                    return "own"
                known = False
            elif output not in telling and (output in steady or trial.tells(output)):
                telling.add(output)
            elif trial.follows(output):
                following.add(output)
    if telling:
        telling |= following
    if not known or not wrong <= telling:
        return "unknown"
    # What breaks everywhere was never seen.
    seen = telling | told
    return "cleared" if all(seen.issuperset(trial.failing) for trial in trials) else "breaks"


def _alike(got: Array, made: Array) -> bool:
    """Whether a section gives what right code makes; in double precision always, which loses nothing."""
    return (got.dtype == made.dtype or got.dtype == np.float64) and _same(got, made)


def _same(one: Array, other: Array) -> bool:
    """Whether two arrays hold the same numbers, up to rounding, and what is no number in the same places."""
    if one.shape != other.shape or not {one.dtype.kind, other.dtype.kind} <= set("biuf"):
        return False
    finite = np.isfinite(one)
    if finite.all():  # as it nearly always is
        return bool(np.isfinite(other).all()) and alike(one, other)
    if not np.array_equal(one[~finite], other[~finite], equal_nan=True) or not np.isfinite(other[finite]).all():
        return False
    return alike(np.where(finite, one, 0), np.where(finite, other, 0))


@contextlib.contextmanager
def substituted(solution: Reference, stand_ins: Mapping[str, Any]) -> Iterator[None]:
    """The references with other parts in the place of their own, in every module that has them."""
    undo: list[tuple[Any, str, Any]] = []
    with _substituting:
        try:
            for path in solution.files:
                module = solution.load(path)
                for name, stand_in in stand_ins.items():
                    if hasattr(module, name):
                        undo.append((module, name, getattr(module, name)))
                        setattr(module, name, stand_in)
            yield
        finally:
            for module, name, original in undo:
                setattr(module, name, original)
