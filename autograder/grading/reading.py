"""Forbidden imports that may never be reached, found by reading the source, for the report's notes.

The host never parses a submission: a parser that is fed with hostile source may take any time and memory. It only looks
whether a forbidden name stands in the bytes at all, which is quick and true of few submissions; then a section's child
reads the source, under all limits, where a crash costs nothing but the remark.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from autograder.errors import HarnessError
from autograder.guest.imports import KNOWN
from autograder.guest.wire import Frame

from .sections import Place, conversation, handed_in

#: So many remarks are shown, of so many characters.
MOST, LENGTH = 20, 300


def names(place: Place) -> tuple[str, ...]:
    """The modules that are looked for: what the assignment denies, and what students reach for besides."""
    imports = place.rubric.imports
    return tuple(sorted({*imports.deny, *(KNOWN - {name.partition(".")[0] for name in imports.allow})}))


def named(files: Mapping[str, bytes], modules: Collection[str]) -> bool:
    """Whether any of the names stands in the source, whatever it means there."""
    last = {module.rpartition(".")[2].encode() for module in modules}
    pattern = re.compile(rb"\b(?:" + b"|".join(map(re.escape, sorted(last))) + rb")\b")
    return any(pattern.search(content) for content in files.values())


def forbidden_imports(place: Place, noted: Collection[str] = ()) -> list[str]:
    """Remarks `file:line: imports ...`, without those lines that another note tells of already."""
    files, modules = place.submission.files, names(place)
    if not named(files, modules):
        return []
    try:
        with conversation("reading", place) as talk:
            if not handed_in(talk, "reading/imports", files, place):
                return []
            answer = talk.ask(Frame("case", {"params": {"names": list(modules)}, "random": 0}))
            talk.end()
    except HarnessError:
        return []
    found = answer.fields.get("notes") if answer is not None else None
    remarks = [note[:LENGTH] for note in found[:MOST] if isinstance(note, str)] if isinstance(found, list) else []
    return [remark for remark in remarks if not any(note.startswith(_line(remark)) for note in noted)]


def _line(remark: str) -> str:
    return remark.rpartition(": ")[0] + ":"
