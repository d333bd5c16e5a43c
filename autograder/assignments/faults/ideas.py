"""Faults of the misconceptions: ideas without words, words without ideas, sections that are none."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from autograder.assignments.lines import Lines, line_with
from autograder.assignments.misconceptions import arrays, ideas, wrong
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Rubric
from autograder.assignments.written.fault import Fault

from .fault import line_of
from .rubric import unreadable

KNOWN = {field.name for field in fields(ideas.Idea)} - {"id"}


def faults(assignment: Assignment, rubric: Rubric) -> Iterator[Fault]:
    """Faults of `ideas.toml`, `arrays.toml`, `observed.py` and `wrong`."""
    path = assignment.folder / ideas.FILE
    words: dict[str, Any] = {}
    for place in (path, assignment.folder / arrays.FILE):
        if place.is_file():
            try:
                found = tomllib.loads(place.read_text("utf-8"))
            except tomllib.TOMLDecodeError as error:
                yield unreadable(place, error)
                return
            if place == path:
                words = found
                yield from _words(path, words)
            else:
                yield from _names(place, found)
    used = set(words)
    yield from _observed(assignment, rubric, used)
    ids = {section.id for section in rubric.sections}
    for entry in wrong.book(assignment.name):
        at = _place(assignment, entry)
        if entry.idea not in used:
            yield Fault(*at, f"the wrong idea {entry.idea!r} has no words in ideas.toml")
        for section in sorted(entry.sections - ids):
            yield Fault(*at, f"the wrong idea {entry.idea!r} is for {section!r}, which is no section")


def programs(assignment: Assignment, rubric: Rubric) -> Iterator[Fault]:
    """Ideas without a program, and programs about classes, methods and functions that the reference does not have."""
    yield from _idle(assignment)
    book = wrong.book(assignment.name)
    files = getattr(assignment.module("exercises", "EXERCISES"), "FILES", {}) if book else {}
    for entry in book:
        try:
            with wrong.changed(assignment.solution(), entry, files):
                pass
        except Exception as error:
            what = f"the wrong idea {entry.idea!r} cannot be put into the reference: {type(error).__name__}: {error}"
            yield Fault(*_place(assignment, entry), what)


def _place(assignment: Assignment, entry: wrong.Wrong) -> tuple[Path, int]:
    """Where a wrong idea is written; where that is made by tools, the first line that names it."""
    if inspect.isfunction(entry.by):
        path, line = line_of(entry.by)
        if path.is_relative_to(assignment.folder):
            return path, line
    folder = assignment.folder / "misconceptions"
    for path in sorted([*folder.glob("wrong.py"), *folder.glob("wrong/*.py")]):
        if line := line_with(path, f'"{entry.idea}"'):
            return path, line
    return folder / "wrong.py", 0


def _idle(assignment: Assignment) -> Iterator[Fault]:
    """Words that no program and no sign belongs to, and that are no broader idea either."""
    used = {entry.idea for entry in wrong.book(assignment.name)}
    used |= {idea for signs in assignment.observed().values() for idea in signs}
    words = ideas.load(assignment.folder)
    used |= {idea.kin for idea in words.values()}
    path = assignment.folder / ideas.FILE
    for name in words:
        if name not in used:
            line = Lines(path.read_text("utf-8")).key(name, "")
            yield Fault(path, line, f"idea {name!r}: nothing in wrong.py or observed.py shows it")


def _words(path: Path, words: Mapping[str, Any]) -> Iterator[Fault]:
    lines = Lines(path.read_text("utf-8"))
    for name, entry in words.items():
        if not isinstance(entry, dict):
            yield Fault(path, lines.key(name, ""), f"`{name}` stands outside of a table: an idea is a table [{name}]")
            continue
        for key in sorted(set(entry) - KNOWN):
            yield Fault(path, lines.key(key, name), f"idea {name!r}: unknown `{key}`")
        for key in ("title", "hint"):
            if key not in entry:
                yield Fault(path, lines.key(name, ""), f"idea {name!r}: `{key}` is missing")
        for key in sorted(key for key in set(entry) & KNOWN if not isinstance(entry[key], str)):
            yield Fault(path, lines.key(key, name), f"idea {name!r}: `{key}` should be a text")
        if entry.get("kin", "") not in ("", *words):
            yield Fault(path, lines.key("kin", name), f"idea {name!r}: its kin {entry['kin']!r} is not in this file")


def _names(path: Path, table: Mapping[str, Any]) -> Iterator[Fault]:
    lines = Lines(path.read_text("utf-8"))
    for key in ("roles", "axes"):
        if not isinstance(table.get(key), dict):
            yield Fault(path, 1, f"the table [{key}] is missing")
    for name, known in dict(table.get("axes", {})).items():
        if not isinstance(known, list) or not all(isinstance(names, list) for names in known):
            what = f'axes of `{name}`: lists of names are due, one for each number of axes: [["N", "C"]]'
            yield Fault(path, lines.key(name, "axes"), what)


def _observed(assignment: Assignment, rubric: Rubric, used: set[str]) -> Iterator[Fault]:
    path = assignment.folder / "misconceptions" / "observed.py"
    if not path.is_file():
        return
    outputs = {(section.id, output) for section in rubric.sections for output in section.outputs}
    for key, signs in assignment.module("misconceptions.observed", "OBSERVED").OBSERVED.items():
        if key not in outputs:
            yield Fault(path, line_with(path, f'"{key[-1]}"'), f"OBSERVED has {key!r}, which is no output of a section")
        for name, sign in signs.items():
            if name not in used:
                yield Fault(*line_of(sign), f"the wrong idea {name!r} has no words in ideas.toml")
