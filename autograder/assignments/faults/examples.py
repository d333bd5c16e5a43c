"""Faults of `rungs.py` and `snippets.py`, which make the smallest examples: what they must have, and what it gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from autograder.assignments.cases import Case
from autograder.assignments.oracles import Inputs
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Rubric, Section
from autograder.assignments.written.fault import Fault

from .fault import kind_of, line_of


def faults(assignment: Assignment, rubric: Rubric) -> Iterator[Fault]:
    """The first faulty rung and the first faulty snippet of each section."""
    for look in (_rungs, _snippets):
        for section in rubric.sections:
            found = list(look(assignment, section))
            yield from found
            if found:
                break


def _rungs(assignment: Assignment, section: Section) -> Iterator[Fault]:
    if not (assignment.folder / "rungs.py").is_file():
        return
    place = line_of(assignment.module("rungs", "rungs").rungs)
    for rung in assignment.rungs(section):
        if said := _wrong_rung(rung, section):
            yield Fault(*place, f"a rung of section {section.id!r} {said}")
            return


def _wrong_rung(rung: Any, section: Section) -> str:
    """What is wrong with one; empty where nothing is."""
    if not isinstance(rung, tuple) or len(rung) != 2 or not isinstance(rung[0], Case):
        return f"is {kind_of(rung)}; a pair of Case and inputs is due"
    case, inputs = rung
    if not isinstance(inputs, Mapping) or not all(
        isinstance(array, np.ndarray | np.generic) for array in inputs.values()
    ):
        return f"({case.name}) has the inputs {kind_of(inputs)}; arrays by name are due"
    lacking = sorted(set(case.outputs) - set(section.outputs))
    return f"({case.name}) has the output `{lacking[0]}`, which is none of the section" if lacking else ""


def _snippets(assignment: Assignment, section: Section) -> Iterator[Fault]:
    if not (assignment.folder / "snippets.py").is_file():
        return
    place = line_of(assignment.module("snippets", "snippet").snippet)
    root = assignment.reference
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    for case, inputs in islice(assignment.rungs(section), 1):  # without a ladder there is no example to be run
        yield from _lines(assignment, section, case, inputs, files, place)


def _lines(
    assignment: Assignment,
    section: Section,
    case: Case,
    inputs: Inputs,
    files: Mapping[str, bytes],
    place: tuple[Path, int],
) -> Iterator[Fault]:
    """What is wrong with the snippets of one case."""
    for output in case.outputs:
        text: Any = assignment.snippet(case.params, inputs, output, files)
        if text is None:
            continue
        if not isinstance(text, str):
            said = f"is {kind_of(text)}; a text is due, or None"
        else:
            try:
                compile(text, "snippet", "exec")
                continue
            except (SyntaxError, ValueError) as error:
                said = f"cannot be run: {error}"
        yield Fault(*place, f"section {section.id!r}: the snippet of `{output}` in {case.name} {said}")
        return
