"""What `patches/*.toml` says of an assignment: changes that no operator makes, and statements that are not changed.

It also says, as far as the cases do not, to which sections a function belongs (`own`), and what a mutant may use where
the usual is too little (`limits`), and which cases take long (`dear`). A patch that is `slow` changes nothing but the
computing time.

Not changed are statements that the contract leaves open, so that a grader must not look at what they do, such as
the weights that a layer starts with and the grader replaces; each with its reason.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from . import spans

HERE = Path(__file__).parent / "patches"


def changes(assignment: str, file: str, text: str) -> Iterator[tuple[str, str]]:
    """Every patch on a file, applied alone.

    Raises
    ------
    ValueError
        What a patch replaces does not stand exactly once where the patch says.
    """
    for patch in table(assignment).get("patch", []):
        if patch["file"] != file:
            continue
        first, last = spans.function(text, patch["where"])
        inside = text[first:last]
        for old, _ in patch["edits"]:
            if inside.count(old) != 1:
                raise ValueError(f"{patch['name']}: {old!r} stands {inside.count(old)} times in {patch['where']}")
        for old, new in patch["edits"]:
            inside = inside.replace(old, new)
        yield patch["name"], text[:first] + inside + text[last:]


def left_open(assignment: str, where: str, change: str) -> bool:
    """Whether the contract leaves open what a changed statement does."""
    before = change.partition(" → ")[0]
    return any(
        re.fullmatch(entry["where"], where) and re.match(entry["statement"], before)
        for entry in table(assignment).get("open", [])
    )


def slow(assignment: str) -> frozenset[str]:
    """Names of the patches that change nothing but the computing time."""
    return frozenset(patch["name"] for patch in table(assignment).get("patch", []) if patch.get("slow"))


def own(assignment: str, where: str) -> list[str]:
    """Ids of the sections that should catch what is wrong in a function, the likeliest first; mostly the cases say."""
    entries = table(assignment).get("own", [])
    return next((entry["sections"].split() for entry in entries if re.fullmatch(entry["where"], where)), [])


def limits(assignment: str) -> dict[str, int]:
    """What a mutant may use, which may loop for ever: most references need milliseconds."""
    return {"cpu_seconds": 2, "wall_seconds": 8, **table(assignment).get("limits", {})}


def dear(assignment: str, section: str) -> str:
    """What the names of a section's cases match that take so long that a mutant gets them last; mostly none."""
    cases: str = table(assignment).get("dear", {}).get(section, "")
    return cases


@cache
def table(assignment: str) -> dict[str, Any]:
    """The assignment's file; empty where it has none."""
    path = HERE / f"{assignment}.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
