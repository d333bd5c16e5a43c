"""Faults of `rubric.toml` as it stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, get_args

from autograder.assignments.lines import Lines
from autograder.assignments.rubric import VISIBILITIES, Group, Imports, Limits, Notebook, Section, Timed, points_of

from .fault import Fault

SCHEMA = "autograder/rubric/v1"
TOTAL = Decimal(100)
LEVELS = ("course", "strict")

#: What a value must be: a test, and words for it.
Kind = tuple[Callable[[Any], bool], str]


def one_of(*values: str) -> Kind:
    """One of a few texts."""
    return lambda value: value in values, f"one of {', '.join(map(repr, values))}"


def _points(value: Any) -> bool:
    try:
        points_of(value)
    except (ArithmeticError, ValueError):
        return False
    return not isinstance(value, bool)


TEXT: Kind = lambda value: isinstance(value, str) and bool(value), "a text"
TEXTS: Kind = lambda value: isinstance(value, list) and all(isinstance(v, str) for v in value), "a list of texts"
WHOLE: Kind = lambda value: type(value) is int and value > 0, "a whole number above 0"
NUMBER: Kind = lambda value: type(value) in (int, float) and value > 0, "a number above 0"
TABLE: Kind = lambda value: isinstance(value, dict), "a table"
TABLES: Kind = lambda value: isinstance(value, list) and all(map(TABLE[0], value)), "tables, each headed [[section]]"
POINTS: Kind = _points, "a number from 0 to 10000"
OUTPUTS: Kind = (
    lambda value: isinstance(value, dict) and bool(value) and all(level in LEVELS for level in value.values()),
    "a table of outputs, each 'course' or 'strict'",
)

#: What a rubric file may say, by table; texts and numbers that have no entry here may be anything.
KINDS: Mapping[str, Mapping[str, Kind]] = {
    "": {
        "schema": one_of(SCHEMA), "name": TEXT, "title": TEXT, "edition": TEXT, "submission": TABLE, "imports": TABLE,
        "limits": TABLE, "profiles": TABLE, "settings": TABLE, "section": TABLES, "editions": TABLE,
    },
    "submission": {
        "accept": TEXTS, "search": TEXTS, "markers": TEXTS, "given": TEXTS, "notebook": one_of(*get_args(Notebook)),
    },
    "imports": {field.name: TEXTS for field in fields(Imports)} | {"requirements": TEXT},
    "limits": {field.name: WHOLE for field in fields(Limits)},
    "section": {field.name: TEXTS for field in fields(Section)} | {
        "id": TEXT, "key": TEXT, "number": TEXT, "points": POINTS, "group": one_of(*get_args(Group)), "exercise": TEXT,
        "outputs": OUTPUTS, "visibility": one_of(*VISIBILITIES), "cases": TABLE, "timed": TABLE,
    },
    "section.timed": {"baseline": TEXT, "at_most": NUMBER, "rounds": WHOLE, "turns": WHOLE},
    "editions": {"like": TEXT, "remove": TEXTS, "keys": TABLE, "points": TABLE, "levels": TABLE, "settings": TABLE},
}  # fmt: skip
#: What it must say.
DUE: Mapping[str, tuple[str, ...]] = {
    "": ("name", "title", "submission", "section"),
    "submission": ("accept", "search"),
    "section": ("id", "number", "points", "outputs"),
    "section.timed": ("baseline", "at_most"),
}
if set(KINDS["section.timed"]) != {field.name for field in fields(Timed)}:
    raise AssertionError("what may be said of a timed section has changed")


def faults(path: Path, name: str) -> Iterator[Fault]:
    """Unknown keys, wrong types, keys that are missing, points that do not add up, needs that form a circle."""
    text = path.read_text("utf-8")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        yield unreadable(path, error)
        return
    lines = Lines(text)
    if data.get("name", name) != name:
        yield Fault(path, lines.key("name", ""), f"the name is {data['name']!r}, but the folder is called {name!r}")
    found = list(_table(path, data, "", "", _at(lines, "")))
    for table in ("submission", "imports", "limits"):
        if isinstance(data.get(table), dict):
            found += _table(path, data[table], table, f" in [{table}]", _at(lines, table))
    yield from found
    if TABLES[0](data.get("section")):
        yield from _sections(path, data["section"], lines)
    for edition, changes in data.get("editions", {}).items() if TABLE[0](data.get("editions", {})) else ():
        yield from _edition(path, edition, changes, data, lines)


def unreadable(path: Path, error: tomllib.TOMLDecodeError) -> Fault:
    """A file that is no TOML."""
    at = re.search(r"line (\d+)", str(error))
    twice = "something is there twice: " if re.search("overwrite|twice|duplicate", str(error), re.IGNORECASE) else ""
    return Fault(path, int(at[1]) if at else 0, f"{twice}{error}")


def _table(path: Path, data: Mapping[str, Any], table: str, where: str, line: Callable[[str], int]) -> Iterator[Fault]:
    """Unknown keys, values of wrong types, and what is missing, of one table."""
    kinds = KINDS[table]
    for key, value in data.items():
        if key not in kinds:
            yield Fault(path, line(key), f"unknown `{key}`{where}")
        elif not kinds[key][0](value):
            yield Fault(path, line(key), f"`{key}`{where} is {_shown(value)}; {kinds[key][1]} is due")
    for key in DUE.get(table, ()):
        if key not in data:
            yield Fault(path, line(""), f"`{key}` is missing{where}")


def _at(lines: Lines, table: str) -> Callable[[str], int]:
    """Where a key of a table stands; without one, where the table begins."""

    def line(key: str) -> int:
        if key:
            return lines.key(key, table)
        return lines.key(table, "") if table else 1

    return line


def _same(line: int, key: str) -> int:
    """What is written in one line."""
    return line


def _shown(value: Any) -> str:
    return text if len(text := repr(value)) < 50 else f"{text[:50]}…"


def _sections(path: Path, sections: list[dict[str, Any]], lines: Lines) -> Iterator[Fault]:
    total, seen = Decimal(0), {"id": set[Any](), "key": set[Any]()}
    for number, section in enumerate(sections):
        name = f"section {section.get('id')!r}"
        for fault in _table(path, section, "section", "", partial(lines.section, number)):
            yield Fault(path, fault.line, f"{name}: {fault.what}")
        if isinstance(section.get("timed"), dict):
            at = partial(_same, lines.section(number, "timed"))
            for fault in _table(path, section["timed"], "section.timed", " in `timed`", at):
                yield Fault(path, fault.line, f"{name}: {fault.what}")
        for key, value in (("id", section.get("id")), ("key", section.get("key", section.get("id")))):
            if str(value) in seen[key] and (key == "id" or section.get("id") not in seen["id"]):
                yield Fault(path, lines.section(number, key), f"{name}: the {key} {value!r} is there twice")
        seen["id"].add(str(section.get("id")))
        seen["key"].add(str(section.get("key", section.get("id"))))
        for pattern, value in section["cases"].items() if isinstance(section.get("cases"), dict) else ():
            if value not in VISIBILITIES:
                what = f"{name}: the visibility of {pattern!r} = {value!r} is none of {', '.join(VISIBILITIES)}"
                yield Fault(path, lines.section(number, "cases"), what)
        if section.get("group", "main") == "main" and _points(section.get("points")):
            total += points_of(section["points"])
    if sections and total != TOTAL and all(_points(section.get("points")) for section in sections):
        yield Fault(path, lines.section(0, "points"), f"the points of the main sections are {total}, not {TOTAL}")
    yield from _needs(path, sections, lines)


def _needs(path: Path, sections: list[dict[str, Any]], lines: Lines) -> Iterator[Fault]:
    """Needs that are no section, and those that lead back to where they began."""
    needs = {str(s.get("id")): s.get("needs", []) if TEXTS[0](s.get("needs", [])) else [] for s in sections}
    numbers = {name: number for number, name in enumerate(needs)}
    for name, wanted in needs.items():
        for need in wanted:
            if need not in needs:
                what = f"section {name!r} needs {need!r}, which is no section"
                yield Fault(path, lines.section(numbers[name], "needs"), what)
    for name in needs if len(needs) == len(sections) else ():
        if (circle := _circle(name, needs)) and name == min(circle, key=numbers.__getitem__):
            what = f"sections need each other in a circle: {' → '.join([*circle, name])}"
            yield Fault(path, lines.section(numbers[name], "needs"), what)


def _circle(start: str, needs: Mapping[str, list[str]]) -> list[str]:
    """A way from a section through what it needs back to it; empty where there is none."""
    ways = [[start]]
    seen = set()
    while ways:
        way = ways.pop()
        for need in needs.get(way[-1], ()):
            if need == start:
                return way
            if need not in seen:
                seen.add(need)
                ways.append([*way, need])
    return []


def _edition(path: Path, edition: str, changes: Any, data: Mapping[str, Any], lines: Lines) -> Iterator[Fault]:
    """What an edition says that it may not, and sections and editions that it names and that are not there."""
    table = f"editions.{edition}"
    if not isinstance(changes, dict):
        yield Fault(path, lines.key(edition, "editions"), f"[{table}] should be a table")
        return
    found = list(_table(path, changes, "editions", f" in [{table}]", _at(lines, table)))
    yield from found
    ids = {section.get("id") for section in data.get("section", ())}
    for key in () if found else ("remove", "keys", "points", "levels"):
        for name in changes.get(key, ()):
            if name not in ids:
                yield Fault(path, lines.key(key, table), f"`{key}` in [{table}]: no section has the id {name!r}")
    if changes.get("like") not in (None, data.get("edition"), *data["editions"]):
        yield Fault(path, lines.key("like", table), f"[{table}] is like {changes['like']!r}, which is no edition")
