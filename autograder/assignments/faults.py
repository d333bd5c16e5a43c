"""Faults in an assignment's files, each with file and line: found before anything is graded by them.

The files are read as they are, without the loader that would stop at the first fault.
"""

from __future__ import annotations

import importlib
import inspect
import re
import tomllib
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.errors import HarnessError, UsageError

from .cases import Case
from .lines import Lines
from .oracles import Oracle, disagreement
from .registry import Assignment
from .rubric import CPU_TIME, VISIBILITIES, Imports, Limits, Rubric, Section, Timed, unmatched
from .seeds import PUBLIC

#: What a rubric file may say, by table.
KNOWN: Mapping[str, frozenset[str]] = {
    "": frozenset("schema name title edition submission imports limits profiles settings section editions".split()),
    "submission": frozenset("accept search markers given notebook".split()),
    "imports": frozenset(field.name for field in fields(Imports)),
    "limits": frozenset(field.name for field in fields(Limits)),
    "section": frozenset(field.name for field in fields(Section)),
    "section.timed": frozenset(field.name for field in fields(Timed)),
    "editions": frozenset("like remove keys points levels settings".split()),
}
TOTAL = Decimal(100)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where; line 0 is the file as a whole."""

    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line}: {self.what}" if self.line else f"{self.path.name}: {self.what}"


def find(assignment: Assignment) -> list[str]:
    """The faults of an assignment's files; what can only be looked at in sound ones is left out where they are not."""
    found = list(in_rubric(assignment.folder / "rubric.toml"))
    if not found:
        try:
            rubric = assignment.rubric()
            found = [*in_sections(assignment, rubric), *in_oracles(assignment, rubric)]
        except UsageError as error:
            found = [Fault(assignment.folder / "rubric.toml", 0, str(error))]
        except Exception as error:
            found = [raised(error, assignment.folder)]
    return list(dict.fromkeys(map(str, found)))


def raised(error: Exception, folder: Path) -> Fault:
    """An error in one of the assignment's own modules, at its last line in them."""
    what = f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError) and error.filename:
        return Fault(Path(error.filename), error.lineno or 0, f"{type(error).__name__}: {error.msg}")
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(str(folder))]
    return Fault(Path(own[-1].filename), own[-1].lineno or 0, what) if own else Fault(folder, 0, what)


def in_rubric(path: Path) -> Iterator[Fault]:
    """Unknown keys, keys that are missing, points that do not add up."""
    text = path.read_text("utf-8")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        yield Fault(path, int(at[1]) if at else 0, str(error))
        return
    lines = Lines(text)
    for table in ("", "submission", "imports", "limits"):
        for key in sorted(set(data if not table else data.get(table, {})) - KNOWN[table]):
            yield Fault(path, lines.key(key, table), f"unknown `{key}`{f' in [{table}]' if table else ''}")
    for name, edition in data.get("editions", {}).items():
        for key in sorted(set(edition) - KNOWN["editions"]):
            yield Fault(path, lines.key(key, f"editions.{name}"), f"unknown `{key}` in [editions.{name}]")
    for key in ("name", "title", "submission", "section"):
        if key not in data:
            yield Fault(path, 1, f"`{key}` is missing")
    yield from _sections(path, data.get("section", []), lines)


def _sections(path: Path, sections: list[dict[str, Any]], lines: Lines) -> Iterator[Fault]:
    total, ids = Decimal(0), [section.get("id") for section in sections]
    for number, section in enumerate(sections):
        for key in sorted(set(section) - KNOWN["section"]):
            yield Fault(path, lines.section(number, key), f"section {section.get('id')!r}: unknown `{key}`")
        for key in sorted(set(section.get("timed", {})) - KNOWN["section.timed"]):
            what = f"section {section.get('id')!r}: unknown `{key}` in `timed`"
            yield Fault(path, lines.section(number, "timed"), what)
        for key in ("id", "number", "points", "outputs"):
            if key not in section:
                yield Fault(path, lines.section(number), f"section {section.get('id')!r}: `{key}` is missing")
        if ids.count(section.get("id")) > 1:
            yield Fault(path, lines.section(number, "id"), f"section {section.get('id')!r} is there twice")
        for where, key, value in _visibilities(section):
            if value not in VISIBILITIES:
                what = f"section {section.get('id')!r}: {where} = {value!r} is none of {', '.join(VISIBILITIES)}"
                yield Fault(path, lines.section(number, key), what)
        for need in section.get("needs", ()):
            if need not in ids:
                what = f"section {section.get('id')!r} needs {need!r}, which is no section"
                yield Fault(path, lines.section(number, "needs"), what)
        if section.get("group", "main") == "main":
            total += Decimal(str(section.get("points", 0)))
    if sections and total != TOTAL:
        yield Fault(path, lines.section(0, "points"), f"the points of the main sections are {total}, not {TOTAL}")


def _visibilities(section: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Every visibility that a section has: how it is called, the key where it stands, and what it is."""
    if "visibility" in section:
        yield "visibility", "visibility", section["visibility"]
    for pattern, value in dict(section.get("cases", {})).items():
        yield f"the visibility of {pattern!r}", "cases", value


def in_sections(assignment: Assignment, rubric: Rubric) -> Iterator[Fault]:
    """Exercises, cases, judges and files that the sections speak of and that are not there."""
    path = assignment.folder / "rubric.toml"
    lines = Lines(path.read_text("utf-8"))
    exercises = module(assignment, "exercises").EXERCISES
    judges = assignment.judges()
    for number, section in enumerate(rubric.sections):
        exercise_line = lines.section(number, "exercise" if section.exercise != section.id else "id")
        for name in (section.exercise, *([section.timed.baseline] if section.timed else [])):
            if name not in exercises:
                yield Fault(path, exercise_line, f"section {section.id!r}: exercises.py has no {name!r} in EXERCISES")
        for file in section.files:
            if assignment.reference.is_dir() and not (assignment.reference / file).is_file():
                what = f"section {section.id!r}: the reference has no {file}"
                yield Fault(path, lines.section(number, "files"), what)
        cases = assignment.cases(section, rubric, "quick")
        made_by = line_of(module(assignment, "cases").cases)
        if not cases:
            yield Fault(*made_by, f"section {section.id!r} has no cases")
        for pattern in unmatched(section, assignment.every_case(section, rubric)):
            what = f"section {section.id!r}: no case is called {pattern!r}"
            yield Fault(path, lines.section(number, "cases"), what)
        if section.timed is not None and len(cases) != 1:
            yield Fault(*made_by, f"section {section.id!r} is timed: it must have one case, not {len(cases)}")
        yield from _outputs(section, cases, judges, made_by, path, lines.section(number, "outputs"))


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


def in_oracles(assignment: Assignment, rubric: Rubric) -> Iterator[Fault]:
    """Oracles that break, give an output of another shape than the others do, or leave one out."""
    for section in rubric.sections:
        try:
            oracles = assignment.oracles(section)
        except KeyError:
            yield Fault(*line_of(module(assignment, "oracles").oracles), f"no oracle for section {section.id!r}")
            continue
        for case in assignment.cases(section, rubric, "quick"):
            yield from _case(section, case, oracles, line_of(module(assignment, "oracles").oracles))


def _case(section: Section, case: Case, oracles: tuple[Oracle, ...], place: tuple[Path, int]) -> Iterator[Fault]:
    inputs = case.inputs(PUBLIC, section.id)
    found: dict[str, tuple[str, Any]] = {}
    for oracle in oracles:
        try:
            outputs = oracle.compute(case.params, {name: array.copy() for name, array in inputs.items()})
        except (UsageError, HarnessError):
            raise
        except Exception as error:
            yield Fault(*line_of(oracle.compute), f"{oracle.name} on {case.name}: {type(error).__name__}: {error}")
            continue
        for name, value in outputs.items():
            if name not in case.outputs:
                yield Fault(*line_of(oracle.compute), f"{oracle.name} gives `{name}`, which {case.name} does not have")
            if name in case.judged or name not in case.outputs:
                continue
            first, other = found.setdefault(name, (oracle.name, value))
            if difference := disagreement(other, value):
                what = f"{first} and {oracle.name} disagree on `{name}` of {case.name}: {difference}"
                yield Fault(*line_of(oracles[0].compute), what)
    for name in sorted(set(case.outputs) - set(case.judged) - set(found)):
        yield Fault(*place, f"no oracle gives `{name}` of {case.name}")


def module(assignment: Assignment, name: str) -> ModuleType:
    """One of the assignment's modules."""
    return importlib.import_module(f"autograder.assignments.{assignment.name}.{name}")


def line_of(function: Callable[..., Any]) -> tuple[Path, int]:
    """Where a function is defined."""
    code = inspect.unwrap(function).__code__
    return Path(code.co_filename), code.co_firstlineno
