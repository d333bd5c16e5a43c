"""Wrong ideas as programs: the references with one thing changed, put through the ordinary exercises.

A `Wrong` says how to change the reference, by functions that stand around its functions and its classes' methods.
It runs in this process, because all of it is ours; no submission is near.
"""

from __future__ import annotations

import importlib
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.assignments.cases import own_draws
from autograder.guest.task import Task

from .evidence import equal
from .predictions import Answers, Predictions, Screen
from .sketches import Sketch, sketch

if TYPE_CHECKING:
    from autograder.assignments.reference import Reference
    from autograder.assignments.registry import Assignment
    from autograder.assignments.rubric import Section
    from autograder.assignments.truth import Question

#: Stands in a method's place: gets the method, then what the method was called with.
Around = Callable[..., Any]

_patching = threading.Lock()


class Patch:
    """Changes to the reference's classes and functions, taken back together.

    Parameters
    ----------
    files
        Where to look for a class first, by its name: it may be there more than once.
    """

    def __init__(self, solution: Reference, files: Mapping[str, Sequence[str]]) -> None:
        self.solution = solution
        self.files = files
        self._undo: list[tuple[Any, str, Any]] = []

    def find(self, name: str) -> Any:
        """The reference's class or function of that name."""
        return self.solution.find(name, self.files.get(name, ()))

    def around(self, names: str, method: str, stand_in: Around) -> None:
        """Put `stand_in` around a method of each of these classes (names are separated by blanks)."""
        for name in names.split():
            owner = self.find(name)
            original = getattr(owner, method)
            self._set(owner, method, _bound(stand_in, original))

    def function(self, name: str, stand_in: Around) -> None:
        """Put `stand_in` around a function, in every module that has it."""
        original = self.find(name)

        def function(*args: Any, **options: Any) -> Any:
            return stand_in(original, *args, **options)

        for module in map(self.solution.load, self.solution.files):
            if getattr(module, name, None) is original:
                self._set(module, name, function)

    def _set(self, owner: Any, name: str, value: Any) -> None:
        self._undo.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    def undo(self) -> None:
        """Take everything back."""
        while self._undo:
            owner, method, original = self._undo.pop()
            setattr(owner, method, original)


def _bound(stand_in: Around, original: Any) -> Any:
    def method(self: Any, *args: Any, **options: Any) -> Any:
        return stand_in(lambda *given, **named: original(self, *given, **named), self, *args, **options)

    return method


@dataclass(frozen=True, slots=True)
class Wrong:
    """One variant of a wrong idea.

    Attributes
    ----------
    idea
        Its id.
    sections
        Ids of the sections where a submission may have it.
    change
        Puts it into the reference.
    by
        The function that it was listed with, for messages.
    """

    idea: str
    sections: frozenset[str]
    change: Callable[[Patch], None]
    by: Callable[..., Any]


class Book:
    """The wrong ideas of an assignment, as its modules list them."""

    def __init__(self) -> None:
        self.entries: list[Wrong] = []

    def add(self, idea: str, sections: str, change: Callable[[Patch], None]) -> None:
        """List a variant; section ids are separated by blanks."""
        self._list(idea, sections, change, change)

    def around(self, idea: str, sections: str, classes: str, method: str, stand_in: Around) -> None:
        """List a variant that changes one method."""
        self._list(idea, sections, lambda patch: patch.around(classes, method, stand_in), stand_in)

    def function(self, idea: str, sections: str, name: str, stand_in: Around) -> None:
        """List a variant that changes one function."""
        self._list(idea, sections, lambda patch: patch.function(name, stand_in), stand_in)

    def _list(self, idea: str, sections: str, change: Callable[[Patch], None], by: Callable[..., Any]) -> None:
        self.entries.append(Wrong(idea, frozenset(sections.split()), change, by))


@cache
def book(name: str) -> tuple[Wrong, ...]:
    """Every variant that an assignment lists; none where it has no such module."""
    try:
        module = importlib.import_module(f"autograder.assignments.{name}.misconceptions.wrong")
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("autograder.assignments"):
            raise
        return ()
    entries: Iterable[Wrong] = module.BOOK.entries
    return tuple(entries)


def predictions(
    assignment: Assignment, section: Section, questions: Sequence[Question], screen: Screen | None = None
) -> Predictions:
    """What every idea of a section answers to these questions; those that a screen rules out are left out."""
    chosen = [wrong for wrong in book(assignment.name) if section.id in wrong.sections]
    if not chosen:
        return Predictions(frozenset(), {})
    exercises = importlib.import_module(f"autograder.assignments.{assignment.name}.exercises")
    solution = assignment.solution()
    if screen is not None:  # what failed tells ideas apart, so it goes first
        first = screen.first
        questions = sorted(questions, key=lambda q: (q.case.name not in first, _size(q)))
    seen: dict[str, int] = {}
    answers: dict[str, Answers] = {}
    for wrong in chosen:
        seen[wrong.idea] = count = seen.get(wrong.idea, 0) + 1
        with changed(solution, wrong, getattr(exercises, "FILES", {})):
            found = _screened(solution, exercises.EXERCISES[section.exercise], questions, screen)
        if found:
            answers[wrong.idea if count == 1 else f"{wrong.idea}#{count}"] = found
    return Predictions(frozenset(q.case.name for q in questions), answers)


def _size(question: Question) -> int:
    return sum(array.size for array in question.inputs.values())


def _screened(
    solution: Reference, exercise: Callable[[Task], None], questions: Sequence[Question], screen: Screen | None
) -> Answers:
    """An idea's wrong outputs by case; nothing where the screen rules it out."""
    found, outputs = {}, frozenset() if screen is None else screen.outputs
    for question in questions:
        name = question.case.name
        try:
            wrong = _answers(solution, exercise, question, screen)
        except Ruled:
            return {}
        if wrong:
            found[name] = wrong
        if screen is not None and not (outputs := screen.alive(name, wrong, outputs)):
            return {}
    return found


@contextmanager
def changed(solution: Reference, wrong: Wrong, files: Mapping[str, Sequence[str]]) -> Iterator[None]:
    """The reference with a wrong idea in it."""
    with _patching:
        patch = Patch(solution, files)
        try:
            wrong.change(patch)
            yield
        finally:
            patch.undo()


class Ruled(Exception):
    """An idea is ruled out before its case has ended."""


class Watched(Task):
    """A case that ends as soon as its idea makes another wrong output than came back."""

    def __init__(self, solution: Reference, question: Question, inputs: Mapping[str, Any], screen: Screen) -> None:
        super().__init__(question.case.params, inputs, solution)
        self.question, self.screen = question, screen

    def record(self, name: str, value: Any, *, scalar: bool = False, own: bool = True) -> None:
        """Keep an output, and look at it.

        Raises
        ------
        Ruled
            It is wrong, and otherwise than what came back.
        """
        super().record(name, value, scalar=scalar, own=False)
        if name in self.question.judges or name not in self.question.expected:
            return
        found = _marked(self.question, name, self.outputs)
        if found is not None and self.screen.contradicts(self.question.case.name, name, found):
            raise Ruled


def _answers(
    solution: Reference, exercise: Callable[[Task], None], question: Question, screen: Screen | None
) -> dict[str, Sketch | None]:
    """The outputs of a case that come out wrong."""
    inputs = {name: np.array(array) for name, array in question.inputs.items()}
    task = Task(question.case.params, inputs, solution)
    if screen is not None:
        task = Watched(solution, question, inputs, screen)
    with drawing(question.case.name):
        outputs = dict(put_through(exercise, task))
    wrong: dict[str, Sketch | None] = {}
    for name in question.case.outputs:
        if isinstance(question.expected.get(name), str):
            continue
        # An array of something else than numbers the guest does not let out; what is not finite cannot be told apart.
        if name not in outputs or outputs[name].dtype.kind not in "biuf" or sketch(outputs[name]) is None:
            wrong[name] = None
        elif (found := _marked(question, name, outputs)) is not None:
            wrong[name] = found
    return wrong


@contextmanager
def drawing(case: str) -> Iterator[None]:
    """Draw what a submission draws in that case: weights that a layer was built with are the same then."""
    before = np.random.get_state()
    np.random.seed(own_draws(case))
    try:
        yield
    finally:
        np.random.set_state(before)


def _marked(question: Question, name: str, outputs: Mapping[str, Any]) -> Sketch | None:
    """The sketch of an output that is wrong; None where it is right, or not finite."""
    case, expected = question.case, question.expected.get(name)
    if name in question.judges:
        right = question.judges[name](case.params, question.inputs, outputs) is None
    else:
        right = expected is not None and not isinstance(expected, str) and equal(outputs[name], expected)
    return None if right else sketch(outputs[name])


def put_through(exercise: Callable[[Task], None], task: Task) -> Mapping[str, Any]:
    """What came back before the case ended, or broke."""
    # A wrong idea may break; what came before counts.
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            exercise(task)
        except Ruled:
            raise
        except Exception:  # noqa: S110 - whatever a wrong idea breaks with
            pass
    return task.outputs
