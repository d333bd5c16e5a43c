"""Advice without points: what the contract does not demand but a reader of the code would say.

By reading only, in a section's process (`guest/reading.py`), where the source holds anything at all that there may be
something to say of. Nothing of it touches a score.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from autograder.guest.reading import NESTED

from .reading import remarks

if TYPE_CHECKING:
    from autograder.assignments.rubric import Section

    from .sections import Place

#: A word for single precision; the indentation of a loop.
SINGLE = re.compile(rb"float32|float16|['\"](?:half|single)['\"]")
LOOP = re.compile(rb"^([ \t]+)for\b", re.MULTILINE)


def notes(place: Place, sections: Iterable[Section]) -> list[str]:
    """What can be said about the submission's classes, each note beginning with its section's key."""
    if not any(worth_reading(content) for content in place.submission.files.values()):
        return []
    owners = {name: section.key for section in sections for name in section.classes}
    said = remarks(place, "advice", {"owners": owners})
    return [note for note in dict.fromkeys(said) if note.partition(": ")[0] in owners.values()]


def worth_reading(content: bytes) -> bool:
    """Whether anything may be found in a file: single precision, or, by their indentation, loops inside each other."""
    if SINGLE.search(content):
        return True
    nest: list[int] = []
    for indent in map(len, LOOP.findall(content)):
        while nest and nest[-1] >= indent:
            nest.pop()
        nest.append(indent)
        if len(nest) >= NESTED:
            return True
    return False
