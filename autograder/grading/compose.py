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
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.errors import HarnessError

from . import parts
from .findings import Array
from .place import Place, conversation
from .result import Composed, Result
from .sections import started
from .trials import Trial, ended, ran, same, tried

if TYPE_CHECKING:
    from autograder.assignments.compositions import Composition
    from autograder.assignments.reference import Reference
    from autograder.assignments.registry import Assignment
    from autograder.assignments.truth import Question
    from autograder.sandbox.conversation import Conversation

#: Seconds without which nothing is begun.
LEAST = 0.5

_substituting = threading.Lock()


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
        trials = [] if talk is None else tried(result, solution, exercise, talk)
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
                found = _compared(trials, right, partial(ran, solution, exercise), sides)
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


def _made(composition: Composition, ask: parts.Ask, question: Question) -> tuple[Mapping[str, Array], str]:
    """What follows from a part of the submission, and how it ended where that broke."""
    made: dict[str, Array] = {}
    how = ended(lambda: made.update(composition.made(question.case.params, question.inputs, ask)))
    return made, how


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
    return (got.dtype == made.dtype or got.dtype == np.float64) and same(got, made)


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
