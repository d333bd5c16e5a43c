"""What reading a submission's source tells, for the report's notes: forbidden imports that may never be reached.

The host never parses a submission: a parser that is fed with hostile source may take any time and memory. It only looks
whether a forbidden name stands in the bytes at all, which is quick and true of few submissions; then a section's child
reads the source, under all limits, where a crash costs nothing but the remark.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from autograder.errors import HarnessError
from autograder.guest.imports import KNOWN
from autograder.guest.wire import Frame

from .sections import Place, conversation, started

#: So many remarks are taken, of so many characters; so many places of one module are named.
MOST, LENGTH, NAMED = 20, 300, 3


def names(place: Place) -> tuple[str, ...]:
    """The modules that are looked for: what the assignment denies, and what students reach for besides."""
    imports = place.rubric.imports
    return tuple(
        sorted({*imports.deny, *(KNOWN - {name.partition(".")[0] for name in (*imports.allow, *imports.optional)})})
    )


def named(files: Mapping[str, bytes], modules: Collection[str]) -> bool:
    """Whether any of the modules may be imported: a line with `import` or `from` names it, or it stands written out.

    A part of a package that is allowed otherwise, as `scipy.signal`, may come as `from scipy import signal`, too.
    """
    whole = sorted({module for module in modules if "." not in module})
    parts = sorted({module for module in modules if "." in module})
    packages = sorted({module.partition(".")[0] for module in parts})
    patterns = [rf"\b(?:import|from)\b[^\n]*\b(?:{_any(whole)})\b"] if whole else []
    if parts:
        patterns += [rf"\b(?:{_any(parts)})\b", rf"\bfrom\s+(?:{_any(packages)})\s+import\b"]
    pattern = re.compile("|".join(patterns).encode())
    return bool(patterns) and any(pattern.search(content) for content in files.values())


def _any(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, names))


def forbidden_imports(place: Place, noted: Collection[str] = ()) -> list[str]:
    """Remarks on imports, without those lines that another note tells of already."""
    modules = names(place)
    if not named(place.submission.files, modules):
        return []
    found = remarks(place, "imports", {"names": list(modules)})
    return together(remark for remark in found if not any(note.startswith(_line(remark)) for note in noted))


def remarks(place: Place, what: str, params: Mapping[str, Any]) -> list[str]:
    """What reading the source in a section's process gives; nothing where it cannot be read."""
    try:
        with conversation("reading", f"reading/{what}", place) as talk:
            if not started(talk, place):
                return []
            answer = talk.ask(Frame("case", {"params": dict(params), "random": 0}))
            talk.end()
    except HarnessError:
        return []
    found = answer.fields.get("notes") if answer is not None else None
    return [note[:LENGTH] for note in found[:MOST] if isinstance(note, str)] if isinstance(found, list) else []


def together(remarks: Iterable[str]) -> list[str]:
    """One remark for each module: where it is imported, the first places by name."""
    places: dict[str, list[str]] = {}
    for remark in remarks:
        place, _, what = remark.rpartition(": ")
        places.setdefault(what, []).append(place)
    return [f"{what} where no check comes by: {_list(found)}; this costs nothing" for what, found in places.items()]


def _list(places: list[str]) -> str:
    """Places in a few words."""
    more = len(places) - NAMED
    return ", ".join(places[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _line(remark: str) -> str:
    return remark.rpartition(": ")[0] + ":"
