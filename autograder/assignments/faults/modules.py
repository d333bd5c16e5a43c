"""Faults of the modules: cases, exercises and judges that do not hold together with the rubric."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import numpy as np

from autograder.assignments.cases import Case, Draw, Kind, Level
from autograder.assignments.lines import Lines, line_with
from autograder.assignments.registry import PROJECT, Assignment
from autograder.assignments.rubric import CPU_TIME, Rubric, Section, unmatched
from autograder.assignments.written.fault import Fault
from autograder.guest.notebooks import sources
from autograder.guest.wire import DTYPES

from .fault import kind_of, line_of

#: What inputs may be of: all that may cross the wire, but for complex numbers, which the practice data has no room for.
DRAWN = tuple(np.dtype(name) for name, kind in DTYPES.items() if kind.kind != "c")


def faults(assignment: Assignment, rubric: Rubric) -> Iterator[Fault]:
    """Exercises, cases, judges and files that the sections speak of and that are not there, or not as they should."""
    path = assignment.folder / "rubric.toml"
    lines = Lines(path.read_text("utf-8"))
    exercises = assignment.module("exercises", "EXERCISES").EXERCISES
    yield from _imports(assignment, rubric)
    yield from _files(assignment, rubric, path, lines)
    judges, defined = _judges(assignment), _defined(assignment)
    for number, section in enumerate(rubric.sections):
        exercise_line = lines.section(number, "exercise" if section.exercise != section.id else "id")
        for name in (section.exercise, *([section.timed.baseline] if section.timed else [])):
            if name not in exercises:
                what = f"section {section.id!r}: {assignment.exercises.name} has no {name!r} in EXERCISES"
                yield Fault(path, exercise_line, what)
        for file in section.files:
            if assignment.reference.is_dir() and not (assignment.reference / file).is_file():
                what = f"section {section.id!r}: the reference has no {file}"
                yield Fault(path, lines.section(number, "files"), what)
        for name in sorted({*section.classes} - defined) if defined else ():
            what = f"section {section.id!r}: the reference has no class or function {name!r}"
            yield Fault(path, lines.section(number, "classes"), what)
        made_by = line_of(assignment.module("cases", "cases").cases)
        cases = assignment.module("cases", "cases").cases(section, rubric, "quick")
        if unsound := list(_unsound(section, cases, made_by)):
            yield from unsound
            continue
        if not cases:
            yield Fault(*made_by, f"section {section.id!r} has no cases")
        for pattern in unmatched(section, assignment.every_case(section, rubric)):
            what = f"section {section.id!r}: no case is called {pattern!r}"
            yield Fault(path, lines.section(number, "cases"), what)
        if section.timed is not None and len(cases) != 1:
            yield Fault(*made_by, f"section {section.id!r} is timed: it must have one case, not {len(cases)}")
        yield from _outputs(section, tuple(cases), judges, made_by, path, lines.section(number, "outputs"))
    outputs = {(section.id, output) for section in rubric.sections for output in section.outputs}
    for section_id, output in sorted(set(judges) - outputs):
        place = assignment.folder / "judges.py"
        what = f"JUDGES has {(section_id, output)!r}, which is no output of a section"
        yield Fault(place, line_with(place, f'"{output}"'), what)


def _files(assignment: Assignment, rubric: Rubric, path: Path, lines: Lines) -> Iterator[Fault]:
    """Files that the rubric names besides those of its sections, and that are not there."""
    for marker in rubric.markers:
        if assignment.reference.is_dir() and not any(assignment.reference.glob(marker)):
            yield Fault(path, lines.key("markers", "submission"), f"`markers`: the reference has no {marker}")
    if not (PROJECT / rubric.imports.requirements).is_file():
        what = f"`requirements`: there is no {rubric.imports.requirements} beside runner.py"
        yield Fault(path, lines.key("requirements", "imports"), what)


def _judges(assignment: Assignment) -> Mapping[Any, Any]:
    if not (assignment.folder / "judges.py").is_file():
        return {}
    judges: Mapping[Any, Any] = assignment.module("judges", "JUDGES").JUDGES
    return judges


def _defined(assignment: Assignment) -> set[str]:
    """The classes and functions of the reference; none where it is not here."""
    paths = [path for path in assignment.reference.rglob("*") if path.suffix in (".py", ".ipynb")]
    texts = (
        path.read_text("utf-8") if path.suffix == ".py" else "\n".join(sources(path.read_bytes())) for path in paths
    )
    return {name for text in texts for name in re.findall(r"^(?:class|def)\s+(\w+)", text, re.MULTILINE)}


def _imports(assignment: Assignment, rubric: Rubric) -> Iterator[Fault]:
    """What the exercises import and the sandbox does not have: they are there alone, without the project."""
    home = assignment.exercises
    there = {*sys.stdlib_module_names, *rubric.imports.packages, *rubric.imports.optional}
    for path in sorted(home.rglob("*.py")) if home.is_dir() else [home]:
        inside = len(path.relative_to(home).parts)  # so many dots lead no further than to the package itself
        for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not 0 < node.level <= inside:
                names = ["." * node.level + (node.module or "")]
            for name in names:
                if name.partition(".")[0] not in there:
                    so = "it is not among `packages` in rubric.toml's [imports]"
                    yield Fault(path, getattr(node, "lineno", 0), f"{name} cannot be imported in the sandbox: {so}")


def _unsound(section: Section, cases: Any, place: tuple[Path, int]) -> Iterator[Fault]:
    """Cases that are none, or whose parts are of wrong types."""
    if not isinstance(cases, (tuple, list)):
        yield Fault(*place, f"`cases` gives {kind_of(cases)} for section {section.id!r}; a tuple of Case is due")
        return
    for case in cases:
        if not isinstance(case, Case):
            yield Fault(*place, f"`cases` gives {kind_of(case)} among the cases of section {section.id!r}")
            return
        if found := list(_wrong_in(case)):  # the others are mostly made alike
            yield from (Fault(*place, f"section {section.id!r}, case {case.name!r}: {what}") for what in found)
            return


def _wrong_in(case: Case) -> Iterator[str]:
    for name in ("outputs", "judged"):
        value = getattr(case, name)
        if isinstance(value, str):
            yield f"`{name}` is the text {value!r}; a tuple is due, with a comma behind a single name: ({value!r},)"
        elif not isinstance(value, (tuple, list)) or not all(isinstance(output, str) for output in value):
            yield f"`{name}` should be a tuple of texts"
        elif name == "judged" and (lacking := sorted(set(value) - set(case.outputs))):
            yield f"`judged` has {lacking[0]!r}, which is none of its outputs"
    if case.level not in get_args(Level):
        yield f"the level {case.level!r} is none of {', '.join(get_args(Level))}"
    for name in ("params", "draws"):
        if not isinstance(getattr(case, name), Mapping):
            yield f"`{name}` is {kind_of(getattr(case, name))}; a dict is due"
    try:
        json.dumps(case.params, allow_nan=False)
    except (TypeError, ValueError) as error:
        yield f"`params` cannot be sent to the sandbox as JSON: {error}"
    for name, draw in case.draws.items() if isinstance(case.draws, Mapping) else ():
        if not isinstance(draw, Draw):
            yield f"the input {name!r} is {kind_of(draw)}; a Draw is due"
        elif draw.kind not in get_args(Kind):
            yield f"the input {name!r} is drawn {draw.kind!r}; the kinds are {', '.join(get_args(Kind))}"
        elif not isinstance(draw.shape, tuple) or not all(type(side) is int and side >= 0 for side in draw.shape):
            yield f"the input {name!r} has the shape {draw.shape!r}; a tuple of whole numbers is due"
        elif said := _undrawn(draw):
            yield f"the input {name!r} cannot be drawn: {said}"


def _undrawn(draw: Draw) -> str:
    """Why no values can be drawn, or none that the practice data can hold; empty where they can."""
    try:
        drawn = draw.sample(np.random.default_rng(0)).dtype
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "" if drawn in DRAWN else f"{drawn.str} is none of {', '.join(kind.name for kind in DRAWN)}"


def _outputs(
    section: Section,
    cases: tuple[Case, ...],
    judges: Mapping[Any, Any],
    made_by: tuple[Path, int],
    path: Path,
    line: int,
) -> Iterator[Fault]:
    known = set(section.outputs) - ({CPU_TIME} if section.timed else set())
    asked = {output for case in cases for output in case.outputs}
    for output in sorted(asked - known):
        what = f"a case of section {section.id!r} has the output `{output}`, which rubric.toml does not list"
        yield Fault(*made_by, what)
    for output in sorted(known - asked if cases else ()):
        yield Fault(path, line, f"section {section.id!r}: no case has the output `{output}`")
    if len({case.name for case in cases}) != len(cases):
        yield Fault(*made_by, f"two cases of section {section.id!r} have one name")
    for output in sorted({output for case in cases for output in case.judged}):
        if (section.id, output) not in judges:
            yield Fault(*made_by, f"section {section.id!r}: nothing in judges.py judges `{output}`")
