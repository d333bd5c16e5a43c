"""The mistakes that people planted for the tests, `tests/planted`, as mutants: nothing that was once caught is lost.

All of HW2P1's tables, in the form of edits or of whole methods.
"""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Iterator
from typing import Any

from autograder.assignments.registry import PROJECT, Assignment

from . import spans
from .mutant import Mutant, difference, digest

FOLDER = PROJECT / "tests" / "planted"
#: The assignment whose tables lie there.
OWNER = "hw2p1"
#: What a row's operator says.
OPERATOR = "planted"


def make(assignment: Assignment) -> Iterator[Mutant]:
    """Every planted mistake that is caught."""
    for table in sorted(FOLDER.glob("*.toml")) if assignment.name == OWNER else ():
        for file, entries in tomllib.loads(table.read_text("utf-8")).items():
            text = (assignment.reference / file).read_text("utf-8")
            yield from (_mutant(file, text, entry) for entry in entries if not entry.get("lives"))


def _mutant(file: str, text: str, entry: dict[str, Any]) -> Mutant:
    changed = text
    for where, old, new in entry.get("edits", ()):
        changed = _replaced(changed, where, old, new)
    for method in entry.get("methods", ()):
        inner = "    " * method["where"].count(".")
        changed = _replaced(changed, method["where"], None, textwrap.indent(method["text"].lstrip("\n"), inner))
    where = entry["edits"][0][0] if "edits" in entry else entry["methods"][0]["where"]
    section = entry.get("section") or entry["fails"].split()[0]
    facts = digest(file, entry["name"], changed)
    return Mutant(facts, file, where, OPERATOR, difference(text, changed), changed, section)


def _replaced(text: str, where: str, old: str | None, new: str) -> str:
    """A text with `old`, or all of a function, replaced."""
    first, last = spans.function(text, where) if where else (0, len(text))
    inside = new if old is None else text[first:last].replace(old, new)
    return text[:first] + inside + text[last:]
