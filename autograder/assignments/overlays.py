"""Overlays: what a course changes of a rubric, in a TOML file of its own outside the package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.errors import UsageError

from .lines import Lines
from .rubric import (
    Rubric,
    RubricError,
    Section,
    cases_of,
    limits_in,
    points_of,
    profiles_of,
    toml,
    visibility_of,
)
from .settings import wrong_settings

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
    changes: dict[str, dict[str, Any]] = _sections(path, rubric, data)
    sections = tuple(_changed(section, changes.get(section.key, {}), path) for section in rubric.sections)
    limits, profiles = _read(path, "limits", limits_in, data), _read(path, "profiles", profiles_of, data)
    return replace(
        rubric,
        title=_read(path, "title", _text, data) or rubric.title,
        sections=sections,
        limits=replace(rubric.limits, **limits),
        profile_limits={
            name: {**rubric.profile_limits.get(name, {}), **profiles.get(name, {})}
            for name in {**rubric.profile_limits, **profiles}
        },
        settings={**rubric.settings, **_settings(path, rubric, data)},
        files=(*rubric.files, path),
    )


def _read(path: Path, key: str, reader: Callable[[Any], Any], data: dict[str, Any]) -> Any:
    """What a key of the overlay says, nothing where it is not there; a fault is told with its line."""
    try:
        return reader(data[key]) if key in data else {}
    except ValueError as error:
        line = Lines(path.read_text("utf-8")).key(key, "")
        raise RubricError(f"{path}:{line or 1}: {key}: {error}", hint="see docs/overlays.md") from error


def _sections(path: Path, rubric: Rubric, data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What is changed of sections, by key."""
    changes: dict[str, Any] = _read(path, "sections", _table, data)
    lines = Lines(path.read_text("utf-8"))
    for key, change in changes.items():
        place = f"{path}:{lines.overlaid(key) or lines.key('sections', '') or 1}"
        try:
            rubric.select([key])
        except UsageError as error:
            raise RubricError(f"{place}: {error}", hint=error.hint) from error
        if not isinstance(change, dict):
            raise RubricError(f"{place}: section {key!r} is {change!r}: a table", hint="see docs/overlays.md")
    return changes


def _settings(path: Path, rubric: Rubric, data: dict[str, Any]) -> dict[str, Any]:
    """The settings, where each is one and has such a value."""
    settings: dict[str, Any] = _read(path, "settings", _table, data)
    for name, what in wrong_settings(settings, rubric.own_settings):
        line = Lines(path.read_text("utf-8")).key(name, "settings")
        raise RubricError(f"{path}:{line or 1}: {what}", hint="see docs/overlays.md")
    return settings


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{value!r}: a text")
    return value


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{value!r}: a table")
    return value


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
    if "cases" in changed:  # what the rubric hides stays hidden, unless the same pattern is opened
        changed["cases"] = {**section.cases, **changed["cases"]}
    return replace(section, **changed)


def _in_overlay(path: Path, section: Section, key: str, what: str) -> RubricError:
    """A fault of an overlay, with its line."""
    line = Lines(path.read_text("utf-8")).overlaid(section.key, key)
    return RubricError(
        f"{path}:{line or 1}: section {section.key!r}: {key}: {what}", hint="see docs/overlays.md for what it may say"
    )
