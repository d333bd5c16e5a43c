"""What a wrong idea is called, and what is said about it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

#: The file of an assignment that lists its ideas.
FILE = "misconceptions/ideas.toml"


@dataclass(frozen=True, slots=True)
class Idea:
    """A wrong idea in words.

    Attributes
    ----------
    id
        Stable; reports carry it.
    title
        What is wrong, as one says it.
    hint
        Where to look; never the line itself.
    where
        The paragraph of the handout that settles it.
    kin
        The id of a broader idea, which is named where several of its kind explain a failure equally well.
    raises
        What the error says, of an idea that may give no array at all, so that nothing else could show it;
        alternatives are separated by `|`.
    sure
        What is wrong is known, and not only what can be seen of it.
    """

    id: str
    title: str
    hint: str
    where: str = ""
    kin: str = ""
    raises: str = ""
    sure: bool = True

    @property
    def text(self) -> str:
        """Title, hint and pointer, as one paragraph."""
        pointer = f" See {self.where}." if self.where else ""
        return f"{self.title}. {self.hint}{pointer}"


@cache
def load(folder: Path) -> Mapping[str, Idea]:
    """The ideas of an assignment by id; none where it has no list."""
    path = folder / FILE
    if not path.is_file():
        return {}
    entries = tomllib.loads(path.read_text("utf-8"))
    return {name: Idea(name, **entry) for name, entry in entries.items()}
