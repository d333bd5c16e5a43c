"""Faults of the oracles: those that break, disagree, leave an output out or give one that nobody asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograder.assignments.cases import Case
from autograder.assignments.oracles import Inputs, Oracle, OraclesAbsent
from autograder.assignments.reference import Reference
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Rubric, Section
from autograder.assignments.seeds import PUBLIC
from autograder.assignments.written.fault import Fault
from autograder.errors import UsageError
from autograder.guest.task import Task

from .fault import kind_of, line_of, raised


def faults(assignment: Assignment, rubric: Rubric) -> Iterator[Fault]:
    """The first faulty case of each section: what is wrong with one is mostly wrong with all."""
    place = line_of(assignment.module("oracles", "oracles").oracles)
    for section in rubric.sections:
        try:
            oracles = assignment.module("oracles", "oracles").oracles(section.id)
        except OraclesAbsent:
            raise
        except KeyError:
            yield Fault(*place, f"no oracle for section {section.id!r}")
            continue
        except UsageError as error:
            yield Fault(*place, f"section {section.id!r}: {error}")
            continue
        if not isinstance(oracles, (tuple, list)) or not all(isinstance(oracle, Oracle) for oracle in oracles):
            what = f"`oracles` gives {kind_of(oracles)} for section {section.id!r}; a tuple of Oracle is due"
            yield Fault(*place, what)
            continue
        cases = assignment.cases(section, rubric, "quick")
        for case in cases:
            if found := list(_case(assignment, section, case, tuple(oracles), place)):
                yield from found
                break
        else:
            yield from _scalars(assignment, section, cases[0])


class Watched(Task):
    """A case that remembers which outputs came as NumPy's scalars, and may not come as Python's."""

    def __init__(self, case: Case, inputs: Inputs, solution: Reference) -> None:
        super().__init__(case.params, inputs, solution)
        self.scalars: list[str] = []

    def record(self, name: str, value: Any, *, scalar: bool = False, own: bool = True) -> None:
        """Keep an output, and look at it."""
        if isinstance(value, np.generic) and not scalar:
            self.scalars.append(name)
        super().record(name, value, scalar=scalar, own=own)


def _scalars(assignment: Assignment, section: Section, case: Case) -> Iterator[Fault]:
    """Outputs that a student may as well give as a float, which would be refused."""
    exercise = assignment.module("exercises", "EXERCISES").EXERCISES[section.exercise]
    task = Watched(case, case.inputs(PUBLIC, section.id), assignment.solution())
    exercise(task)
    for name in task.scalars:
        what = f"the reference's `{name}` is a number, and a float would be refused: record it with scalar=True"
        yield Fault(*line_of(exercise), f"{case.name}: {what}")


def _case(
    assignment: Assignment, section: Section, case: Case, oracles: tuple[Oracle, ...], place: tuple[Path, int]
) -> Iterator[Fault]:
    inputs = case.inputs(PUBLIC, section.id)
    found: dict[str, tuple[Oracle, Any]] = {}
    broken = False
    for oracle in oracles:
        at = _place(oracle, assignment, section)
        try:
            outputs = oracle.compute(case.params, {name: array.copy() for name, array in inputs.items()})
        except UsageError:
            raise
        except Exception as error:
            broken = True
            fault = raised(error, assignment, f"{oracle.name} on {case.name}: ")
            yield fault if fault.line else Fault(*at, fault.what)
            continue
        if unsound := _unsound(outputs):
            yield Fault(*at, f"{oracle.name} on {case.name}: {unsound}")
            return
        for name, value in outputs.items():
            if name not in case.outputs:
                yield Fault(*at, f"{oracle.name} gives `{name}`, which {case.name} does not have")
            if name in case.judged or name not in case.outputs:
                continue
            first, other = found.setdefault(name, (oracle, value))
            if difference := first.differs(oracle, name, other, value):
                what = f"{first.name} and {oracle.name} disagree on `{name}` of {case.name}: {difference}"
                yield Fault(*_place(oracles[0], assignment, section), what)
    for name in sorted(set(case.outputs) - set(case.judged) - set(found)):
        if not broken:
            yield Fault(*place, f"no oracle gives `{name}` of {case.name}")


def _place(oracle: Oracle, assignment: Assignment, section: Section) -> tuple[Path, int]:
    """Where an oracle is defined; for the reference, the exercise that it is put through."""
    path, line = line_of(oracle.compute)
    if path.is_relative_to(assignment.folder):
        return path, line
    return line_of(assignment.module("exercises", "EXERCISES").EXERCISES[section.exercise])


def _unsound(outputs: Any) -> str:
    """What is wrong with the outputs' types; empty where nothing is."""
    if not isinstance(outputs, Mapping):
        return f"gives {kind_of(outputs)}; outputs by name are due"
    for name, value in outputs.items():
        if not isinstance(value, (np.ndarray, np.generic, str)):
            return f"gives {kind_of(value)} as `{name}`; an array or a text is due"
    return ""
