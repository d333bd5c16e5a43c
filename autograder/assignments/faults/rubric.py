"""Faults of `rubric.toml`: all that may not stand in it (`written`), and points that do not add up."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from autograder.assignments import written
from autograder.assignments.lines import Lines
from autograder.assignments.rubric import RubricError, points_of
from autograder.assignments.rubric_files import load
from autograder.assignments.written.fault import Fault
from autograder.assignments.written.kinds import TABLES, are_points

#: What the points of the main sections make. A course's overlay, and what a release leaves out, may change it.
TOTAL = Decimal(100)


def faults(path: Path, name: str) -> Iterator[Fault]:
    """All faults of the file; of points in editions only where there are no others."""
    try:
        text = path.read_text("utf-8")
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        yield unreadable(path, error)
        return
    lines = Lines(text)
    found = [*_name(path, data, name, lines), *written.faults(path, data, lines), *_total(path, data, lines)]
    yield from found or _totals(path, data, lines)


def unreadable(path: Path, error: tomllib.TOMLDecodeError | UnicodeDecodeError) -> Fault:
    """A file that is no TOML."""
    at = re.search(r"line (\d+)", str(error))
    twice = "something is there twice: " if re.search("overwrite|twice|duplicate", str(error), re.IGNORECASE) else ""
    return Fault(path, int(at[1]) if at else 0, f"{twice}{error}")


def _name(path: Path, data: Mapping[str, Any], name: str, lines: Lines) -> Iterator[Fault]:
    if data.get("name", name) != name:
        yield Fault(path, lines.key("name", ""), f"the name is {data['name']!r}, but the folder is called {name!r}")


def _total(path: Path, data: Mapping[str, Any], lines: Lines) -> Iterator[Fault]:
    sections = data["section"] if TABLES[0](data.get("section")) else []
    if not sections or not all(are_points(section.get("points")) for section in sections):
        return
    total = sum((points_of(one["points"]) for one in sections if one.get("group", "main") == "main"), Decimal(0))
    if total != TOTAL:
        yield Fault(path, lines.section(0, "points"), f"the points of the main sections are {total}, not {TOTAL}")


def _totals(path: Path, data: Mapping[str, Any], lines: Lines) -> Iterator[Fault]:
    """Editions that cannot be read, or whose points do not add up."""
    for name in data.get("editions", {}):
        table = f"editions.{name}"
        try:
            total = load(path, name).maximum("main")
        except RubricError as error:
            what = str(error).removeprefix(f"{path}: ")
            yield Fault(path, lines.key(name, "editions"), f"[{table}]: {what}")
            continue
        if total != TOTAL:
            line = lines.key("points", table)
            yield Fault(path, line, f"the points of the main sections are {total} in [{table}], not {TOTAL}")
