"""Which keys `rubric.toml` may have, by table, and of which kinds their values are; and faults of one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

from autograder.assignments.lines import Lines
from autograder.assignments.rubric import BOUNDS, VISIBILITIES, Group, Imports, Notebook, Section, Timed, points_of
from autograder.assignments.settings import Kind

from .fault import Fault

SCHEMA = "autograder/rubric/v1"
LEVELS = ("course", "strict")


def one_of(*values: str) -> Kind:
    """One of a few texts."""
    return lambda value: value in values, f"one of {', '.join(map(repr, values))}"


def whole(least: int, most: int) -> Kind:
    """A whole number between two."""
    return lambda value: type(value) is int and least <= value <= most, f"a whole number from {least} to {most}"


def are_points(value: Any) -> bool:
    """Whether something is a number of points."""
    try:
        points_of(value)
    except (ArithmeticError, ValueError):
        return False
    return not isinstance(value, bool)


def is_text(value: Any) -> bool:
    """Whether something can be shown in one line."""
    return isinstance(value, str) and bool(value) and value == value.strip() and value.isprintable()


TEXT: Kind = is_text, "a text of one line"
TEXTS: Kind = lambda value: isinstance(value, list) and all(isinstance(v, str) for v in value), "a list of texts"
SOME: Kind = lambda value: TEXTS[0](value) and bool(value), "a list of texts, one at least,"
WHOLE: Kind = lambda value: type(value) is int and value > 0, "a whole number above 0"
NUMBER: Kind = lambda value: type(value) in (int, float) and value > 0, "a number above 0"
TABLE: Kind = lambda value: isinstance(value, dict), "a table"
CASES: Kind = TABLE[0], "a table of names (`*` stands for anything) and who may see them"
TABLES: Kind = (
    lambda value: isinstance(value, list) and bool(value) and all(map(TABLE[0], value)),
    "tables, each headed [[section]]",
)
POINTS: Kind = are_points, "a number from 0 to 10000, of three decimals at most,"
OUTPUTS: Kind = (
    lambda value: (
        isinstance(value, dict)
        and bool(value)
        and all(is_text(name) and level in LEVELS for name, level in value.items())
    ),
    "a table of outputs, each with its level, 'course' or 'strict',",
)

#: What a rubric file may say, by table; texts and numbers that have no entry here may be anything.
KINDS: Mapping[str, Mapping[str, Kind]] = {
    "": {
        "schema": one_of(SCHEMA), "name": TEXT, "title": TEXT, "edition": TEXT, "submission": TABLE, "imports": TABLE,
        "limits": TABLE, "profiles": TABLE, "settings": TABLE, "own_settings": TABLE, "section": TABLES,
        "editions": TABLE,
    },
    "submission": {
        "accept": SOME, "search": TEXTS, "markers": TEXTS, "given": TEXTS, "notebook": one_of(*get_args(Notebook)),
    },
    "imports": {field.name: TEXTS for field in fields(Imports)} | {"requirements": TEXT},
    "limits": {name: whole(*bounds) for name, bounds in BOUNDS.items()},
    "section": {field.name: TEXTS for field in fields(Section)} | {
        "id": TEXT, "key": TEXT, "number": TEXT, "points": POINTS, "group": one_of(*get_args(Group)), "exercise": TEXT,
        "outputs": OUTPUTS, "visibility": one_of(*VISIBILITIES), "cases": CASES, "timed": TABLE,
    },
    "section.timed": {field.name: WHOLE for field in fields(Timed)} | {"baseline": TEXT, "at_most": NUMBER},
    "editions": {"like": TEXT, "remove": TEXTS, "keys": TABLE, "points": TABLE, "levels": TABLE, "settings": TABLE},
}  # fmt: skip
#: What it must say.
DUE: Mapping[str, tuple[str, ...]] = {
    "": ("name", "title", "submission", "section"),
    "submission": ("accept", "search"),
    "section": ("id", "number", "points", "outputs"),
    "section.timed": ("baseline", "at_most"),
}


def faults_of(
    path: Path, data: Mapping[str, Any], table: str, where: str, line: Callable[[str], int]
) -> Iterator[Fault]:
    """Unknown keys, values of wrong types, and what is missing, of one table."""
    kinds = KINDS[table]
    for key, value in data.items():
        if key not in kinds:
            yield Fault(path, line(key), f"unknown `{key}`{where}")
        elif not kinds[key][0](value):
            yield Fault(path, line(key), f"`{key}`{where} is {shown(value)}; {kinds[key][1]} is due")
    for key in DUE.get(table, ()):
        if key not in data:
            yield Fault(path, line(""), f"`{key}` is missing{where}")


def at(lines: Lines, table: str) -> Callable[[str], int]:
    """Where a key of a table stands; without one, where the table begins."""

    def line(key: str) -> int:
        if key:
            return lines.key(key, table)
        return lines.key(table, "") if table else 1

    return line


def shown(value: Any) -> str:
    """A value, cut short."""
    return text if len(text := repr(value)) < 50 else f"{text[:50]}…"
