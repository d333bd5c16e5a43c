"""The table of planted mistakes, `mistakes.toml`, as objects."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import helpers

from autograder.submissions import Submission

TABLE = Path(__file__).with_name("mistakes.toml")


@dataclass(frozen=True)
class Mistake:
    """One wrong idea, as a patch on the reference.

    Attributes
    ----------
    name
        Short, unique, in words.
    file
        The reference's file that it is in.
    edits
        `(where, old, new)`: in that class, method or function, `old` stands exactly once.
    outputs
        Which of the first section's outputs come out wrong.
    fails
        Ids of the sections that do not pass, the one that it is made for first; all others pass.
    edition
        Under which it is graded: some editions check what others leave out.
    lives
        Why it is not caught yet; empty where it is.
    """

    name: str
    file: str
    edits: tuple[tuple[str, str, str], ...]
    outputs: frozenset[str]
    fails: tuple[str, ...]
    edition: str = "s23"
    lives: str = ""

    @cached_property
    def text(self) -> str:
        """The file with the mistake."""
        text = helpers.reference()[self.file]
        for where, old, new in self.edits:
            text = helpers.patched(text, where, old, new)
        return text

    @cached_property
    def submission(self) -> Submission:
        """The reference with the mistake."""
        return helpers.submission_from({self.file: self.text}, self.name)


def load() -> Iterator[Mistake]:
    """The mistakes of the table, in its order."""
    for file, entries in tomllib.loads(TABLE.read_text("utf-8")).items():
        for entry in entries:
            yield mistake(file, **entry)


def mistake(file: str, name: str, edits: list[Any], outputs: str, fails: str, **rest: str) -> Mistake:
    """A mistake from its entry: outputs are separated by commas, sections by blanks."""
    sections = tuple(fails.split())
    every = {s.id: s.outputs for s in helpers.rubric(rest.get("edition", "s23")).sections}[sections[0]]
    wrong = frozenset(every) if outputs == "*" else frozenset(output.strip() for output in outputs.split(","))
    return Mistake(name, file, tuple(map(tuple, edits)), wrong, sections, **rest)  # type: ignore[arg-type]


MISTAKES = tuple(load())
