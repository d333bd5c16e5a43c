"""Rubrics and overlays as students get them: in the release's edition, without what is hidden and without comments.

They are read and written anew, so that nothing of what a course wrote goes out but what is meant to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from autograder.assignments.rubric import DEFAULT, Rubric

#: Tables get headers down to this depth, `[editions.s24]`; what lies deeper stands in one line.
HEADERS = 2


def visible(rubric: Rubric, hidden: Collection[str]) -> Rubric:
    """A rubric without the sections of these ids."""
    sections = (
        replace(section, needs=tuple(need for need in section.needs if need not in hidden))
        for section in rubric.sections
        if section.id not in hidden
    )
    return replace(rubric, sections=tuple(sections))


def rubric_for_students(data: Mapping[str, Any], edition: str, hidden: Collection[str]) -> bytes:
    """A rubric that grades by this edition unless another is named, without sections of these ids, without `cases`."""
    made = dict(data)
    if made.get("edition", DEFAULT) != edition:
        made["edition"] = edition
    made["section"] = [_section(entry, hidden) for entry in data["section"] if entry["id"] not in hidden]
    if "editions" in data:
        made["editions"] = {
            name: {key: _without(value, hidden) if key in ("remove", "keys", "points", "levels") else value
                   for key, value in changes.items()}
            for name, changes in data["editions"].items()
        }  # fmt: skip
    return dumps(made)


def overlay_for_students(data: Mapping[str, Any], hidden: Collection[str]) -> bytes:
    """An overlay without the sections of these keys and without `cases`; one of which nothing is left is left out."""
    sections = {
        key: {name: value for name, value in changes.items() if name != "cases"}
        for key, changes in data.get("sections", {}).items()
        if key not in hidden
    }
    kept = {key: changes for key, changes in sections.items() if changes}
    return dumps(
        {key: kept if key == "sections" else value for key, value in data.items() if key != "sections" or kept}
    )


def _section(entry: Mapping[str, Any], hidden: Collection[str]) -> dict[str, Any]:
    kept = {name: value for name, value in entry.items() if name != "cases"}
    return {**kept, "needs": _without(kept["needs"], hidden)} if "needs" in kept else kept


def _without(names: Any, hidden: Collection[str]) -> Any:
    """A list, or a table, of sections' ids without these."""
    if isinstance(names, dict):
        return {name: value for name, value in names.items() if name not in hidden}
    return [name for name in names if name not in hidden]


def dumps(data: Mapping[str, Any]) -> bytes:
    """Values as TOML that reads back as the same values."""
    return ("\n".join(_lines(data, ())).strip() + "\n").encode()


def _lines(table: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    tables = {key: value for key, value in table.items() if isinstance(value, dict) and len(names) < HEADERS}
    lists = {key: value for key, value in table.items() if not names and _is_list_of_tables(value)}
    for key, value in table.items():
        if key not in tables and key not in lists:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in tables.items():
        yield from ("", f"[{'.'.join(map(_key, (*names, key)))}]", *_lines(value, (*names, key)))
    for key, value in lists.items():
        for entry in value:
            yield from ("", f"[[{_key(key)}]]", *(f"{_key(name)} = {_value(said)}" for name, said in entry.items()))


def _is_list_of_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, dict) for entry in value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, str):  # JSON's escapes are TOML's, but that TOML wants one for DEL too
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(key)} = {_value(said)}" for key, said in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | float) else value.isoformat()  # the rest are times
