"""Where the homework lies in a tree: accept patterns, and the folder that they are relative to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache


class Patterns:
    """Paths that a rubric describes: `mytorch/**/*.py`, `models/*.py`, `hw1.py`.

    `*` and `?` stay within one name; `**` stands for any number of folders, none included. Everything
    else is itself, upper and lower case told apart on every system.
    """

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self._regex = _compiled(patterns)

    def match(self, path: str) -> bool:
        """Whether a path, taken relative to the homework's root, is described."""
        return self._regex.fullmatch(path) is not None

    def roots(self, path: str) -> list[str]:
        """The folders above a file that would, were they the homework's root, make the file described."""
        parts = path.split("/")
        return ["/".join(parts[:i]) for i in range(len(parts)) if self.match("/".join(parts[i:]))]


@lru_cache(maxsize=32)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_translated(pattern)})" for pattern in patterns) or r"(?!)")


def _translated(pattern: str) -> str:
    *folders, last = pattern.split("/")
    expression = "".join("(?:[^/]+/)*" if folder == "**" else f"{_name(folder)}/" for folder in folders)
    return expression + ("(?:[^/]+/)*[^/]+" if last == "**" else _name(last))


def _name(pattern: str) -> str:
    return "".join({"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char)) for char in pattern)


@dataclass(frozen=True, slots=True)
class Root:
    """The folder that holds the homework.

    Attributes
    ----------
    path
        Relative to the tree; "" is the tree itself.
    rivals
        Other folders that lie as deep and look like the homework too.
    """

    path: str
    rivals: tuple[str, ...] = ()

    def below(self, path: str) -> str:
        """A path of the tree relative to this root; empty where it lies outside."""
        if not self.path:
            return path
        return path[len(self.path) + 1 :] if path.startswith(self.path + "/") else ""


def find_root(paths: Iterable[str], accept: Patterns, markers: tuple[str, ...]) -> Root | None:
    """The homework's root among the folders of a tree; None where nothing in it is accepted.

    Folders that hold one of the assignment's markers (files, folders or patterns) come before those that
    only hold accepted files: `handin/hw2/runner.py` does not make `handin` the root of
    `handin/hw2/hw2p1/mytorch/…`. Then the shallowest wins, then that with the most accepted files,
    then the first by name.
    """
    mark = Patterns((*markers, *(f"{marker}/**" for marker in markers)))
    accepted: Counter[str] = Counter()
    marked: set[str] = set()
    for path in paths:
        accepted.update(accept.roots(path))
        marked.update(mark.roots(path))
    candidates = [folder for folder in accepted if folder in marked] or list(accepted)
    if not candidates:
        return None
    best = min(candidates, key=lambda folder: (_depth(folder), -accepted[folder], folder))
    rivals = (folder for folder in candidates if folder != best and _depth(folder) == _depth(best))
    return Root(best, tuple(sorted(rivals)))


def _depth(folder: str) -> int:
    return folder.count("/") + 1 if folder else 0
