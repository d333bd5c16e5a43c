"""Overlays: what a course changes of a rubric, in a TOML file of its own outside the package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from .lines import Lines
from .rubric import (
    PROFILES,
    Rubric,
    RubricError,
    Section,
    cases_of,
    hold_settings,
    limits_in,
    points_of,
    toml,
    visibility_of,
)

#: What an overlay may change in a section, and in the rubric.
OVERLAY = {
    "section": {"points", "visibility", "cases"},
    "rubric": {"title", "limits", "profiles", "settings", "sections", "schema"},
}


def overlaid(rubric: Rubric, path: Path) -> Rubric:
    """A rubric with an overlay's changes.

    Raises
    ------
    RubricError
        The overlay cannot be read, or says what it must not; the message names file, line and section.
    """
    data = toml(path)
    if unknown := set(data) - OVERLAY["rubric"]:
        raise RubricError(f"{path}: unknown {', '.join(sorted(unknown))}", hint="see docs/overlays.md")
    changes: dict[str, dict[str, Any]] = _read(path, "sections", _tables, data)
    rubric.select(changes)
    sections = tuple(_changed(section, changes.get(section.key, {}), path) for section in rubric.sections)
    limits, profiles = _read(path, "limits", limits_in, data), _read(path, "profiles", _profiles, data)
    changed = replace(
        rubric,
        title=_read(path, "title", _text, data) or rubric.title,
        sections=sections,
        limits=replace(rubric.limits, **limits),
        profile_limits={
            name: {**rubric.profile_limits.get(name, {}), **profiles.get(name, {})}
            for name in {**rubric.profile_limits, **profiles}
        },
        settings={**rubric.settings, **_read(path, "settings", _table, data)},
    )
    try:
        hold_settings(changed)
    except ValueError as error:
        line = Lines(path.read_text("utf-8")).key("carry_forward", "settings")
        raise RubricError(f"{path}:{line or 1}: {error}") from error
    return changed


def _read(path: Path, key: str, reader: Callable[[Any], Any], data: dict[str, Any]) -> Any:
    """What a key of the overlay says, nothing where it is not there; a fault is told with its line."""
    try:
        return reader(data[key]) if key in data else {}
    except ValueError as error:
        line = Lines(path.read_text("utf-8")).key(key, "")
        raise RubricError(f"{path}:{line or 1}: {key}: {error}", hint="see docs/overlays.md") from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{value!r}: a text")
    return value


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{value!r}: a table")
    return value


def _tables(value: Any) -> dict[str, dict[str, Any]]:
    return {name: _table(inner) for name, inner in _table(value).items()}


def _profiles(value: Any) -> dict[str, dict[str, int]]:
    """The limits of profiles, by name."""
    found = {}
    for name, said in _tables(value).items():
        if name not in PROFILES:
            raise ValueError(f"{name!r} is none of {', '.join(PROFILES)}")
        if unknown := set(said) - {"limits"}:
            raise ValueError(f"unknown {', '.join(sorted(unknown))}")
        found[name] = limits_in(said.get("limits", {}))
    return found


def _changed(section: Section, change: dict[str, Any], path: Path) -> Section:
    if unknown := sorted(set(change) - OVERLAY["section"]):
        raise _in_overlay(path, section, unknown[0], f"unknown {', '.join(unknown)}")
    readers = {"points": points_of, "visibility": visibility_of, "cases": cases_of}
    changed: dict[str, Any] = {}
    for key, value in change.items():
        try:
            changed[key] = readers[key](value)
        except ValueError as error:
            raise _in_overlay(path, section, key, str(error)) from error
    return replace(section, **changed)


def _in_overlay(path: Path, section: Section, key: str, what: str) -> RubricError:
    """A fault of an overlay, with its line."""
    lines = Lines(path.read_text("utf-8"))
    tables = (f'sections."{section.key}"', f"sections.{section.key}", f"sections.'{section.key}'")
    line = next((found for table in tables if (found := lines.key(key, table))), 0)
    return RubricError(
        f"{path}:{line or 1}: section {section.key!r}: {key}: {what}", hint="see docs/overlays.md for what it may say"
    )
