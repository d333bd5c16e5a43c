"""Whether a section fails only because of a layer that it builds upon.

The references' own layer or function is run here, in the host, with the submission's broken part in its place: each
time that part is called, its inputs go to the guest, and what the submission makes of them comes back. Where the whole
then gives just what the submission gave, its own code has no mistake besides. No reference goes near the submission:
arrays go there, and arrays come back. Parts are the classes or the functions that the rubric's sections declare; how
one is put in place, `parts` says.
"""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autograder.assignments.misconceptions import sketches
from autograder.errors import HarnessError

from . import parts
from .findings import Array
from .sections import Place, Result, conversation, started

if TYPE_CHECKING:
    from autograder.assignments.reference import Reference
    from autograder.assignments.registry import Assignment
    from autograder.assignments.truth import Question

#: Cases with larger inputs are left out.
ENTRIES = 50_000
#: How many cases are composed. A count and not a time: what is found out is part of the report, the same everywhere.
CASES = 15

_substituting = threading.Lock()


def cleared(result: Result, names: Sequence[str], place: Place, assignment: Assignment) -> bool | None:
    """Whether what a section gave is what right code makes of the submission's own parts of these names.

    None where that cannot be found out: there is no such part, or the assignment cannot put it in another's place.
    """
    if not names or not assignment.reference.is_dir() or not result.asked:
        return None
    exercises = importlib.import_module(f"autograder.assignments.{assignment.name}.exercises").EXERCISES
    solution = assignment.solution()
    kind = next((kind for kind in parts.KINDS if kind in exercises), None)
    if kind is None or not parts.there(solution, names, kind):
        return None
    with conversation(result.section.id, kind, place) as talk:
        try:
            if not started(talk, place):
                return False
            stand_ins = {name: parts.KINDS[kind](name, parts.asker(talk.ask)) for name in names}
            with substituted(solution, stand_ins):
                return _all_alike(result, solution, exercises[result.section.exercise])
        finally:
            with contextlib.suppress(HarnessError):
                talk.end()


def _all_alike(result: Result, solution: Reference, exercise: Any) -> bool:
    """Whether every case comes out alike, at least one array of a failing output among them."""
    from autograder.assignments.misconceptions.wrong import ran

    evidence = False
    failed = {(f.case, f.output) for f in result.findings if f.status != "passed"}
    small = [
        (question, arrays)
        for question, arrays in result.asked.values()
        if sum(array.size for array in question.inputs.values()) <= ENTRIES
    ]
    for question, arrays in small[:CASES]:
        made = ran(solution, exercise, question)
        for output in question.case.outputs:
            if not _alike(arrays.get(output), made.get(output), question, output):
                return False
            evidence |= (question.case.name, output) in failed and output in arrays
    return evidence


def _alike(got: Array | None, made: Array | None, question: Question, output: str) -> bool:
    if got is None or made is None:
        return got is None and made is None
    if output in question.judges:
        judge, case = question.judges[output], question.case
        return all(judge(case.params, question.inputs, {output: array}) is None for array in (got, made)) or _same(
            got, made
        )
    return _same(got, made)


def _same(one: Array, other: Array) -> bool:
    first, second = sketches.sketch(one), sketches.sketch(other)
    return first is not None and second is not None and first.alike(second)


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
