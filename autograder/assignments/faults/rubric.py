"""Faults of `rubric.toml` as it stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from autograder.assignments.lines import Lines
from autograder.assignments.rubric import PROFILES, VISIBILITIES, points_of
from autograder.assignments.settings import own_settings_of, wrong_settings

from . import editions
from .fault import Fault
from .kinds import TABLE, TABLES, TEXTS, TOTAL, are_points, at, faults_of


def faults(path: Path, name: str) -> Iterator[Fault]:
    """Unknown keys, wrong types, keys that are missing, points that do not add up, needs that form a circle."""
    found = []
    for fault in _faults(path, name):
        found.append(fault)
        yield fault
    if not found:
        text = path.read_text("utf-8")
        yield from editions.totals(path, tomllib.loads(text), Lines(text))


def _faults(path: Path, name: str) -> Iterator[Fault]:
    text = path.read_text("utf-8")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        yield unreadable(path, error)
        return
    lines = Lines(text)
    if data.get("name", name) != name:
        yield Fault(path, lines.key("name", ""), f"the name is {data['name']!r}, but the folder is called {name!r}")
    found = list(faults_of(path, data, "", "", at(lines, "")))
    for table in ("submission", "imports", "limits"):
        if isinstance(data.get(table), dict):
            found += faults_of(path, data[table], table, f" in [{table}]", at(lines, table))
    yield from found
    if TABLES[0](data.get("section")):
        yield from _sections(path, data["section"], lines)
    yield from _profiles(path, data.get("profiles"), lines)
    yield from _settings(path, data, lines)
    yield from editions.faults(path, data, lines)


def _profiles(path: Path, profiles: Any, lines: Lines) -> Iterator[Fault]:
    """Profiles that there are not, and what they say besides limits."""
    for name, said in profiles.items() if TABLE[0](profiles) else ():
        line = at(lines, f"profiles.{name}")
        if name not in PROFILES:
            place = line("limits") or lines.key(name, "profiles")
            yield Fault(path, place, f"[profiles.{name}]: the profiles are {', '.join(PROFILES)}")
            continue
        for key in sorted(set(said) - {"limits"}) if TABLE[0](said) else ():
            yield Fault(path, line(key), f"unknown `{key}` in [profiles.{name}]; its [profiles.{name}.limits] is due")
        if not TABLE[0](said) or not TABLE[0](said.get("limits", {})):
            yield Fault(path, line("limits"), f"[profiles.{name}.limits] should be a table")
            continue
        table = f"profiles.{name}.limits"
        yield from faults_of(path, said.get("limits", {}), "limits", f" in [{table}]", at(lines, table))


def _settings(path: Path, data: Mapping[str, Any], lines: Lines) -> Iterator[Fault]:
    """Settings that there are not, and those with a value that they cannot have."""
    try:
        own = own_settings_of(data.get("own_settings", {}))
    except ValueError as error:
        yield Fault(path, lines.key("own_settings", ""), str(error))
        return
    settings = data.get("settings", {})
    for name, what in wrong_settings(settings, own) if TABLE[0](settings) else ():
        yield Fault(path, lines.key(name, "settings"), what)


def unreadable(path: Path, error: tomllib.TOMLDecodeError) -> Fault:
    """A file that is no TOML."""
    at = re.search(r"line (\d+)", str(error))
    twice = "something is there twice: " if re.search("overwrite|twice|duplicate", str(error), re.IGNORECASE) else ""
    return Fault(path, int(at[1]) if at else 0, f"{twice}{error}")


def _same(line: int, key: str) -> int:
    """What is written in one line."""
    return line


def _sections(path: Path, sections: list[dict[str, Any]], lines: Lines) -> Iterator[Fault]:
    total, seen = Decimal(0), {"id": set[Any](), "key": set[Any]()}
    for number, section in enumerate(sections):
        name = f"section {section.get('id')!r}"
        for fault in faults_of(path, section, "section", "", partial(lines.section, number)):
            yield Fault(path, fault.line, f"{name}: {fault.what}")
        if isinstance(section.get("timed"), dict):
            at = partial(_same, lines.section(number, "timed"))
            for fault in faults_of(path, section["timed"], "section.timed", " in `timed`", at):
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
        if section.get("group", "main") == "main" and are_points(section.get("points")):
            total += points_of(section["points"])
    if sections and total != TOTAL and all(are_points(section.get("points")) for section in sections):
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
