"""Faults of `rubric.toml` as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from autograder.assignments.lines import Lines
from autograder.assignments.rubric import CPU_TIME, PROFILES, VISIBILITIES
from autograder.assignments.settings import own_settings_of, wrong_settings

from . import editions
from .fault import Fault
from .kinds import TABLE, TABLES, TEXTS, at, faults_of


def faults(path: Path, data: Mapping[str, Any], lines: Lines) -> Iterator[Fault]:
    """Unknown keys, wrong types, keys that are missing, sections that there are not, needs that form a circle."""
    yield from faults_of(path, data, "", "", at(lines, ""))
    for table in ("submission", "imports", "limits"):
        if isinstance(data.get(table), dict):
            yield from faults_of(path, data[table], table, f" in [{table}]", at(lines, table))
    yield from _profiles(path, data.get("profiles"), lines)
    yield from _settings(path, data, lines)
    if TABLES[0](data.get("section")):
        yield from _sections(path, data["section"], lines)
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


def _timed_line(lines: Lines, number: int, key: str) -> int:
    """Of a key of a section's `timed`, which is written in one line."""
    return lines.section(number, "timed")


def _sections(path: Path, sections: list[dict[str, Any]], lines: Lines) -> Iterator[Fault]:
    seen: dict[str, set[str]] = {"id": set(), "key": set()}
    for number, section in enumerate(sections):
        name = f"section {section.get('id')!r}"
        found = list(faults_of(path, section, "section", "", partial(lines.section, number)))
        if isinstance(section.get("timed"), dict):
            in_one_line = partial(_timed_line, lines, number)
            found += faults_of(path, section["timed"], "section.timed", " in `timed`", in_one_line)
        if not found and ("timed" in section) != (CPU_TIME in section["outputs"]):
            line = lines.section(number, "timed" if "timed" in section else "outputs")
            found.append(Fault(path, line, f"`timed` and the output {CPU_TIME!r} go together"))
        yield from (Fault(path, fault.line, f"{name}: {fault.what}") for fault in found)
        for key, value in (("id", section.get("id")), ("key", section.get("key", section.get("id")))):
            if str(value) in seen[key] and (key == "id" or str(section.get("id")) not in seen["id"]):
                yield Fault(path, lines.section(number, key), f"{name}: the {key} {value!r} is there twice")
        seen["id"].add(str(section.get("id")))
        seen["key"].add(str(section.get("key", section.get("id"))))
        for pattern, value in section["cases"].items() if isinstance(section.get("cases"), dict) else ():
            if value not in VISIBILITIES:
                what = f"{name}: the visibility of {pattern!r} = {value!r} is none of {', '.join(VISIBILITIES)}"
                yield Fault(path, lines.section(number, "cases"), what)
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
