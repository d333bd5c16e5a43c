"""Reading rubrics: an assignment's `rubric.toml`, in one of its editions, with a course's overlay on top.

What may stand in a rubric, `written` says; here it is only read. An overlay is a TOML file of a course; it may change
what `overlays.OVERLAY` lists and nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from . import written
from .lines import Lines
from .overlays import overlaid
from .rubric import DEFAULT, Imports, Limits, Rubric, RubricError, Section, Timed, points_of, toml


def load(path: Path, edition: str | None = None, overlay: Path | None = None) -> Rubric:
    """Read a rubric in one edition, with an overlay on top.

    Raises
    ------
    RubricError
        A file cannot be read, or holds what it must not: the first fault is told, with its line.
    """
    data, text = toml(path), path.read_text("utf-8")
    for fault in written.faults(path, data, Lines(text)):
        raise RubricError(f"{path}:{fault.line or 1}: {fault.what}", hint="see docs/writing-an-assignment.md")
    editions, usual = data.get("editions", {}), data.get("edition", DEFAULT)
    chosen, every = edition or usual, {usual, *editions}
    if chosen not in every:
        raise RubricError(f"{data['name']} has no edition {edition!r}", hint=f"it has: {', '.join(sorted(every))}")
    rubric = _in_edition(_rubric(data, chosen), _changes(editions, chosen))
    keys = [section.key for section in rubric.sections]
    if len(set(keys)) != len(keys):
        raise RubricError(f"{path}: two sections of one key in edition {chosen}")
    rubric = replace(rubric, files=(path,))
    return rubric if overlay is None else overlaid(rubric, overlay)


def editions(path: Path) -> tuple[str, ...]:
    """The editions that a rubric file knows, its default first."""
    data = toml(path)
    default = data.get("edition", DEFAULT)
    return (default, *(name for name in data.get("editions", {}) if name != default))


def _rubric(data: dict[str, Any], edition: str) -> Rubric:
    submission = data["submission"]
    return Rubric(
        name=data["name"],
        title=data["title"],
        edition=edition,
        sections=tuple(_section(entry) for entry in data["section"]),
        accept=tuple(submission["accept"]),
        search=tuple(submission["search"]),
        markers=tuple(submission.get("markers", ())),
        imports=Imports(**{name: _fixed(value) for name, value in data.get("imports", {}).items()}),
        limits=Limits(**data.get("limits", {})),
        settings=data.get("settings", {}),
        given=tuple(submission.get("given", ())),
        profile_limits={name: said.get("limits", {}) for name, said in data.get("profiles", {}).items()},
        notebook=submission.get("notebook", ""),
        own_settings=data.get("own_settings", {}),
    )


def _fixed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _section(entry: dict[str, Any]) -> Section:
    return Section(
        **{
            "key": entry["id"],
            "group": "main",
            "exercise": entry["id"],
            **{name: _fixed(value) for name, value in entry.items()},
            "points": points_of(entry["points"]),
            "timed": Timed(**entry["timed"]) if "timed" in entry else None,
        }
    )


def _changes(editions: dict[str, Any], edition: str) -> dict[str, Any]:
    """What an edition changes: its own table over that of the edition it is `like`, and so on."""
    changes: dict[str, Any] = {}
    following: str | None = edition
    while following is not None:
        changes = {**editions.get(following, {}), **changes}
        following = editions.get(following, {}).get("like")
    return changes


def _in_edition(rubric: Rubric, changes: dict[str, Any]) -> Rubric:
    removed = set(changes.get("remove", ()))
    keys, points, levels = changes.get("keys", {}), changes.get("points", {}), changes.get("levels", {})
    sections = tuple(
        replace(
            section,
            key=keys.get(section.id, section.key),
            points=points_of(points.get(section.id, section.points)),
            outputs={**section.outputs, **levels.get(section.id, {})},
            needs=tuple(need for need in section.needs if need not in removed),
        )
        for section in rubric.sections
        if section.id not in removed
    )
    return replace(rubric, sections=sections, settings={**rubric.settings, **changes.get("settings", {})})
