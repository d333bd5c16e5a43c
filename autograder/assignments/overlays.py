"""Overlays: what a course changes of a rubric, in a TOML file of its own outside the package."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from .lines import Lines
from .rubric import Rubric, RubricError, Section, cases_of, hold_settings, points_of, toml, visibility_of

#: What an overlay may change in a section, and in the rubric.
OVERLAY = {
    "section": {"points", "visibility", "cases"},
    "rubric": {"title", "limits", "settings", "sections", "schema"},
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
    changes: dict[str, dict[str, Any]] = data.get("sections", {})
    rubric.select(changes)
    sections = tuple(_changed(section, changes.get(section.key, {}), path) for section in rubric.sections)
    try:
        limits = replace(rubric.limits, **data.get("limits", {}))
    except (TypeError, ValueError) as error:
        raise RubricError(f"{path}: {error}") from error
    settings = {**rubric.settings, **data.get("settings", {})}
    changed = replace(
        rubric, title=data.get("title", rubric.title), sections=sections, limits=limits, settings=settings
    )
    try:
        hold_settings(changed)
    except ValueError as error:
        line = Lines(path.read_text("utf-8")).key("carry_forward", "settings")
        raise RubricError(f"{path}:{line or 1}: {error}") from error
    return changed


def _changed(section: Section, change: dict[str, Any], path: Path) -> Section:
    if unknown := sorted(set(change) - OVERLAY["section"]):
        raise _in_overlay(path, section, unknown[0], f"unknown {', '.join(unknown)}")
    readers = {"points": points_of, "visibility": visibility_of, "cases": cases_of}
    changed: dict[str, Any] = {}
    for key, value in change.items():
        try:
            changed[key] = readers[key](value)
        except (TypeError, ValueError, ArithmeticError) as error:
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
