"""Whether a section fails only because of a layer that it builds upon.

The references' own layer is run here, in the host, with the submission's broken part in its place: each time that
part is called, its inputs go to the guest, and what the submission makes of them comes back. Where the whole
then gives just what the submission gave, its own layer has no mistake besides. No reference goes near
the submission: arrays go there, and arrays come back.
"""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.assignments.misconceptions import sketches
from autograder.errors import HarnessError
from autograder.guest.wire import Frame

from .findings import Array
from .sections import Place, Result, conversation, handed_in

if TYPE_CHECKING:
    from autograder.assignments.reference import Reference
    from autograder.assignments.registry import Assignment
    from autograder.assignments.rubric import Section
    from autograder.assignments.truth import Question

#: The exercise that puts arrays through one layer; an assignment without it has no composition.
EXERCISE = "part"
#: Cases with larger inputs are left out.
ENTRIES = 50_000
#: How many cases are composed. A count and not a time: what is found out is part of the report, the same everywhere.
CASES = 15

#: Asks the guest for a part's answer: parameters and inputs, to outputs.
Ask = Callable[[Mapping[str, Any], Mapping[str, Array]], Mapping[str, Array]]

_substituting = threading.Lock()


class PartError(Exception):
    """The submission's part broke, or gave nothing."""


def cleared(result: Result, parts: Sequence[Section], place: Place, assignment: Assignment) -> bool:
    """Whether what a section gave is what a right layer makes of the submission's own parts."""
    names = [name for part in parts for name in part.classes]
    if not names or not assignment.reference.is_dir() or not result.asked:
        return False
    exercises = importlib.import_module(f"autograder.assignments.{assignment.name}.exercises")
    if EXERCISE not in exercises.EXERCISES:
        return False
    solution = assignment.solution()
    exercise = exercises.EXERCISES[result.section.exercise]
    with conversation(result.section.id, place) as talk:
        try:
            if not handed_in(talk, EXERCISE, place.submission.files, place):
                return False
            ask = asker(talk.ask)
            with substituted(solution, {name: remote(name, ask) for name in names}):
                return _all_alike(result, solution, exercise)
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


def asker(ask: Callable[[Frame], Frame | None]) -> Ask:
    """Put arrays through a part of the submission."""

    def asked(params: Mapping[str, Any], inputs: Mapping[str, Array]) -> Mapping[str, Array]:
        answer = ask(Frame("case", {"params": dict(params), "random": 0}, dict(inputs)))
        if answer is None or answer.fields.get("outcome") != "done" or "result" not in answer.arrays:
            raise PartError
        return answer.arrays

    return asked


def remote(name: str, ask: Ask) -> type:
    """A class that stands for the submission's class of that name.

    Each call puts all calls so far through a fresh object of the submission's, so that the guest keeps nothing.
    """

    class Remote:
        def __init__(self, *arguments: Any, **options: Any) -> None:
            self.arguments = [value for value in arguments if isinstance(value, int)]
            self.options = {key: value for key, value in options.items() if isinstance(value, int)}
            self.calls: list[tuple[str, Array]] = []
            inner: Any = self if name.endswith("_stride1") else SimpleNamespace()
            self.inner = inner
            if name.startswith("Conv") and self.inner is not self:
                setattr(self, "conv2d_stride1" if name.endswith("2d") else "conv1d_stride1", self.inner)
            if name.startswith("Conv"):
                channels, filters, kernel = self.arguments[:3]
                inner.W = np.zeros((filters, channels, *[kernel] * (2 if "2d" in name else 1)))

        def forward(self, A: Array) -> Array:
            return self.called("forward", A)

        def backward(self, dLdZ: Array) -> Array:
            return self.called("backward", dLdZ)

        def called(self, method: str, array: Array) -> Array:
            self.calls.append((method, np.array(array)))
            inputs = {f"call {index}": given for index, (_, given) in enumerate(self.calls)}
            inputs |= {key: getattr(self.inner, key) for key in ("W", "b") if hasattr(self.inner, key)}
            params = {"layer": name, "arguments": self.arguments, "options": self.options}
            found = ask({**params, "calls": [call for call, _ in self.calls]}, inputs)
            for key in ("dLdW", "dLdb"):
                if key in found:
                    setattr(self.inner, key, found[key])
            return found["result"]

    Remote.__name__ = name
    return Remote


@contextlib.contextmanager
def substituted(solution: Reference, classes: Mapping[str, type]) -> Iterator[None]:
    """The references with other classes in the place of their own, in every module that has them."""
    undo: list[tuple[Any, str, Any]] = []
    with _substituting:
        try:
            for path in solution.files:
                module = solution.load(path)
                for name, stand_in in classes.items():
                    if hasattr(module, name):
                        undo.append((module, name, getattr(module, name)))
                        setattr(module, name, stand_in)
            yield
        finally:
            for module, name, original in undo:
                setattr(module, name, original)
