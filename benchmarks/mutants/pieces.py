"""Rows of a table that is still being made: each is kept as soon as it is known, so that a run can be continued.

They lie in `build/mutants/NAME.jsonl` until the table is whole, and count for as long as what they were made from is
the same: the assignment, its reference, and the rules of its mutants.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.assignments.registry import PROJECT, Assignment

from . import patches
from .table import Row, as_json, row_of

HERE = PROJECT / "build" / "mutants"
#: What of an assignment's folder no mutant's row depends on: names, examples, and which cases are chosen.
NOT_GRADED = ("misconceptions", "rungs.py", "ladder.json", "snippets.py", "choice.json", "__pycache__")


class Pieces:
    """The rows of one assignment that were made so far."""

    def __init__(self, assignment: Assignment, folder: Path = HERE) -> None:
        self.path = folder / f"{assignment.name}.jsonl"
        self.sources = sources(assignment)

    def rows(self) -> Mapping[str, Row]:
        """The rows that still count, by the mutants' ids; others are forgotten."""
        lines = self.path.read_text("utf-8").splitlines() if self.path.is_file() else []
        known = [entry for line in lines if (entry := _entry(line)) is not None]
        if not known or known[0].get("sources") != self.sources:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(json.dumps({"sources": self.sources}) + "\n", "utf-8")
            return {}
        if len(known) < len(lines):  # the last line was being written when the run was interrupted
            self.path.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in known), "utf-8")
        found = [row_of(entry) for entry in known[1:]]
        return {row.id: row for row in found}

    def add(self, row: Row) -> None:
        """Keep a row; processes beside each other may, for a line is written at once."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(as_json(row), ensure_ascii=False) + "\n")

    def clear(self) -> None:
        """Forget all: the table is whole."""
        self.path.unlink(missing_ok=True)


def _entry(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def sources(assignment: Assignment) -> str:
    """A digest of what decides which of its cases a mutant fails."""
    paths = [path for root in (assignment.folder, assignment.reference) for path in root.rglob("*") if path.is_file()]
    paths = [path for path in paths if not set(NOT_GRADED) & set(path.parts)]
    digest = hashlib.sha256()
    for path in sorted([*paths, *filter(Path.is_file, [patches.HERE / f"{assignment.name}.toml"])]):
        digest.update(path.relative_to(PROJECT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
