"""Faults of a rubric's editions: what each says that it may not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from autograder.assignments.lines import Lines
from autograder.assignments.rubric import DEFAULT
from autograder.assignments.settings import own_settings_of, wrong_settings

from .fault import Fault
from .kinds import KINDS, LEVELS, TABLE, TEXT, are_points, at, faults_of


def faults(path: Path, data: Mapping[str, Any], lines: Lines) -> Iterator[Fault]:
    """Faults of each edition by itself."""
    try:
        own_settings_of(data.get("own_settings", {}))
    except ValueError:
        return  # said of the table itself
    editions = data.get("editions", {})
    for name, changes in editions.items() if TABLE[0](editions) else ():
        yield from _edition(path, name, changes, data, lines)


def _edition(path: Path, edition: str, changes: Any, data: Mapping[str, Any], lines: Lines) -> Iterator[Fault]:
    """What an edition says that it may not, and sections and editions that it names and that are not there."""
    table = f"editions.{edition}"
    if not isinstance(changes, dict):
        yield Fault(path, lines.key(edition, "editions"), f"[{table}] should be a table")
        return
    line = at(lines, table)
    found = list(faults_of(path, changes, "editions", f" in [{table}]", line))
    yield from found
    if found:
        return
    sections = {str(section.get("id")): section for section in data["section"]}
    for key in ("remove", "keys", "points", "levels"):
        for name in changes.get(key, ()):
            if name not in sections:
                yield Fault(path, line(key), f"`{key}` in [{table}]: no section has the id {name!r}")
    for name, key in changes.get("keys", {}).items():
        if not TEXT[0](key):
            yield Fault(path, line("keys"), f"`keys` in [{table}]: {name!r} is called {key!r}; {TEXT[1]} is due")
    for name, points in changes.get("points", {}).items():
        if not are_points(points):
            due = KINDS["section"]["points"][1]
            yield Fault(path, line("points"), f"`points` in [{table}]: {name!r} has {points!r}; {due} is due")
    for name, levels in changes.get("levels", {}).items():
        for what in _levels(name, levels, sections.get(name, {}).get("outputs")):
            yield Fault(path, line("levels"), f"`levels` in [{table}]: {what}")
    for name, what in wrong_settings(changes.get("settings", {}), data.get("own_settings", {})):
        yield Fault(path, lines.key(name, f"{table}.settings") or line("settings"), f"[{table}]: {what}")
    yield from _like(path, edition, data, partial(line, "like"))


def _levels(section: str, levels: Any, outputs: Any) -> Iterator[str]:
    if not isinstance(levels, dict) or not all(level in LEVELS for level in levels.values()):
        yield f"{section!r} has {levels!r}; a table of outputs, each 'course' or 'strict', is due"
    elif isinstance(outputs, dict):
        for output in sorted(set(levels) - set(outputs)):
            yield f"section {section!r} has no output `{output}`"


def _like(path: Path, edition: str, data: Mapping[str, Any], line: Callable[[], int]) -> Iterator[Fault]:
    """An edition that is like one which is not there, or like itself by way of others."""
    editions, way = data["editions"], [edition]
    while TABLE[0](changes := editions.get(way[-1], {})) and (following := changes.get("like")) is not None:
        if following not in (data.get("edition", DEFAULT), *editions):
            if len(way) == 1:  # else it is said of the other
                yield Fault(path, line(), f"[editions.{edition}] is like {following!r}, which is no edition")
            return
        if following in way:
            if following == edition:
                circle = " → ".join([*way, following])
                yield Fault(path, line(), f"editions are like each other in a circle: {circle}")
            return
        way.append(following)
