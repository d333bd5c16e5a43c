"""Reading rubrics: an assignment's `rubric.toml`, in one of its editions, with a course's overlay on top.

An overlay is a TOML file of a course; it may change what `overlays.OVERLAY` lists and nothing else.
"""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_args

from .lines import Lines
from .overlays import overlaid
from .rubric import (
    CPU_TIME,
    Imports,
    Limits,
    Notebook,
    Rubric,
    RubricError,
    Section,
    Timed,
    cases_of,
    limits_in,
    points_of,
    profiles_of,
    toml,
    visibility_of,
)
from .settings import own_settings_of, wrong_settings

#: The edition of an assignment that has no others.
DEFAULT = "default"


def load(path: Path, edition: str | None = None, overlay: Path | None = None) -> Rubric:
    """Read a rubric in one edition, with an overlay on top.

    Raises
    ------
    RubricError
        A file cannot be read, or holds what it must not.
    """
    data = toml(path)
    try:
        editions, usual = data.get("editions", {}), data.get("edition", DEFAULT)
        chosen, every = edition or usual, {usual, *editions}
        if chosen not in every:
            raise RubricError(f"{data['name']} has no edition {edition!r}", hint=f"it has: {', '.join(sorted(every))}")
        rubric = _rubric(data, chosen)
        rubric = _in_edition(rubric, _changes(editions, chosen, usual))
        _hold_together(rubric)
    except (KeyError, TypeError, ValueError) as error:
        raise RubricError(f"{path}: {type(error).__name__}: {error}") from error
    for name, what in wrong_settings(rubric.settings, rubric.own_settings):
        lines = Lines(path.read_text("utf-8"))
        line = lines.key(name, "settings") or lines.key("settings", f"editions.{chosen}")
        raise RubricError(f"{path}:{line or 1}: {what}", hint="see docs/overlays.md")
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
        limits=Limits(**limits_in(data.get("limits", {}))),
        settings=data.get("settings", {}),
        given=tuple(submission.get("given", ())),
        profile_limits=profiles_of(data.get("profiles", {})),
        notebook=_notebook(submission.get("notebook", "")),
        own_settings=own_settings_of(data.get("own_settings", {})),
    )


def _fixed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _section(entry: dict[str, Any]) -> Section:
    known = {f.name for f in fields(Section)}
    if unknown := set(entry) - known:
        raise ValueError(f"section {entry.get('id')!r}: unknown {', '.join(sorted(unknown))}")
    return Section(
        **{
            **entry,
            "key": entry.get("key", entry["id"]),
            "points": points_of(entry["points"]),
            "group": entry.get("group", "main"),
            "exercise": entry.get("exercise", entry["id"]),
            "needs": tuple(entry.get("needs", ())),
            "files": tuple(entry.get("files", ())),
            "classes": tuple(entry.get("classes", ())),
            "timed": Timed(**entry["timed"]) if "timed" in entry else None,
            "visibility": visibility_of(entry.get("visibility", "visible")),
            "cases": cases_of(entry.get("cases", {})),
        }
    )


def _notebook(value: Any) -> Notebook:
    if value not in get_args(Notebook):
        raise ValueError(f"notebook = {value!r}: definitions or run")
    chosen: Notebook = value
    return chosen


def _changes(editions: dict[str, Any], edition: str, usual: str) -> dict[str, Any]:
    """What an edition changes: its own table over that of the edition it is `like`, and so on."""
    changes: dict[str, Any] = {}
    way: list[str] = []
    following: str | None = edition
    while following is not None:
        if following in way:
            raise ValueError(f"editions are like each other in a circle: {' → '.join([*way, following])}")
        if following not in {usual, *editions}:
            raise ValueError(f"edition {way[-1]} is like {following!r}, which is no edition")
        way.append(following)
        changes = {**editions.get(following, {}), **changes}
        following = editions.get(following, {}).get("like")
    return changes


def _in_edition(rubric: Rubric, changes: dict[str, Any]) -> Rubric:
    removed = set(changes.get("remove", ()))
    keys, points, levels = changes.get("keys", {}), changes.get("points", {}), changes.get("levels", {})
    ids = {section.id for section in rubric.sections}
    for name in [*removed, *keys, *points, *levels]:
        if name not in ids:
            raise ValueError(f"edition {rubric.edition}: no section {name!r}")
    for section in rubric.sections:
        if unknown := sorted(set(levels.get(section.id, {})) - set(section.outputs)):
            raise ValueError(f"edition {rubric.edition}: section {section.id!r} has no output {unknown[0]!r}")
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


def _hold_together(rubric: Rubric) -> None:
    ids = [section.id for section in rubric.sections]
    keys = [section.key for section in rubric.sections]
    if len(set(ids)) != len(ids) or len(set(keys)) != len(keys):
        raise ValueError("two sections of one name")
    for section in rubric.sections:
        if unknown := set(section.needs) - set(ids):
            raise ValueError(f"section {section.key!r} needs {', '.join(sorted(unknown))}, which is no section")
        if not section.outputs or set(section.outputs.values()) - {"course", "strict"}:
            raise ValueError(f"section {section.key!r}: outputs with a level, course or strict, each")
        if (section.timed is not None) != (CPU_TIME in section.outputs):
            raise ValueError(f"section {section.key!r}: `timed` and the output {CPU_TIME!r} go together")
