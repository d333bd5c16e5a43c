"""The folder that a site is written to: only ours are written over, and what no longer belongs to it is taken out."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from enum import Enum
from pathlib import Path

from autograder.errors import UsageError, writing
from autograder.reports.jsonfile import write_atomically
from autograder.submissions.names import is_device

#: Stands near the beginning of every file that we write, and of none that we may take out otherwise.
MARK = "autograder summary"
_HEAD = 400
INDEX = "index.html"
#: Stands in a site's place until all of it is there, and says whose the folder is, whatever ends the making.
_BEGUN = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><!-- {mark} --><title>Not finished</title></head>
<body><p>These pages are being made. Where they stay like this, make them again.</p></body></html>
"""
#: Where files of ours may lie.
_PLACES = ("*.html", "students/*.html", "data/*.js", "p/*.html")


class Kind(Enum):
    """What a folder's pages are. A folder stays of its kind: one that everybody can look into is to get no names."""

    STAFF = "pages for staff"
    PUBLIC = "pages under pseudonyms"
    #: Pages of students each by itself, without a first page.
    SINGLE = "pages of students by name"

    @property
    def mark(self) -> str:
        """Stands in the first page."""
        return f"{MARK}: {self.value}"


class Folder:
    """A site's folder. Files whose content stays are not touched, so that copying tools see what is new.

    Raises
    ------
    UsageError
        Something else is there, pages of another kind for example, or it cannot be written.
    """

    def __init__(self, place: Path, kind: Kind) -> None:
        self.place = place
        self.kind = kind
        self.written: set[Path] = set()
        self.largest = 0
        try:
            # Marks with names are nobody else's business, until somebody puts them where only staff can look.
            place.mkdir(mode=0o777 if kind is Kind.PUBLIC else 0o700, parents=True, exist_ok=True)
            index = place / INDEX
            ours = index.is_file() and _ours(index)
            if kind is not Kind.SINGLE and any(place.iterdir()) and not ours:
                raise UsageError(f"{place}: something else is there", hint="give a new folder, or one of an older site")
            if ours:
                self._hold_kind(index)
            if not os.access(place, os.W_OK):
                raise UsageError(f"{place}: cannot be written: {os.strerror(errno.EACCES)}")
        except OSError as error:
            raise UsageError(f"{place}: cannot be made: {error.strerror or error}") from error

    def _hold_kind(self, index: Path) -> None:
        head = _head(index)
        other = next((kind for kind in Kind if kind is not self.kind and kind.mark in head), None)
        if other is not None:
            left_out = "--pseudonyms" if self.kind is Kind.PUBLIC else "--student"
            again = "--pseudonyms FILE makes those anew" if other is Kind.PUBLIC else f"leave out {left_out}"
            raise UsageError(
                f"{self.place}: {other.value} lie there, and these are {self.kind.value}",
                hint=f"give a new folder, or {again}",
            )

    def write(self, name: str, text: str) -> None:
        """Write a file, by its path in the folder."""
        path = self.place / name
        data = text.encode("utf-8", "replace")
        self.largest = max(self.largest, len(data))
        self.written.add(path)
        try:
            if self.kind is not Kind.SINGLE and not (self.place / INDEX).is_file():
                write_atomically(self.place / INDEX, _BEGUN.format(mark=self.kind.mark))
            path.parent.mkdir(exist_ok=True)
            if path.name == INDEX:
                write_atomically(path, data.decode("utf-8"))
            elif not path.is_file() or path.read_bytes() != data:
                path.write_bytes(data)
        except OSError as error:
            raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error

    def sweep(self) -> int:
        """Take out files of an older site; how many."""
        with writing(self.place):
            return self._sweep()

    def _sweep(self) -> int:
        stale = [
            path for place in _PLACES for path in self.place.glob(place) if path not in self.written and _ours(path)
        ]
        for path in stale:
            path.unlink()
        for name in ("students", "data", "p"):
            folder = self.place / name
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        return len(stale)


def single_pages(place: Path) -> frozenset[str]:
    """Names of pages of ours that lie in a folder each by itself, as `build.some` writes them; of a site, none."""
    if not place.is_dir() or (place / INDEX).exists():
        return frozenset()
    with writing(place):
        return frozenset(path.name for path in place.glob("*.html") if path.is_file() and _ours(path))


def _ours(path: Path) -> bool:
    return MARK in _head(path)


def _head(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_HEAD).decode("utf-8", "replace")


def page_name(key: str) -> str:
    """A file name for a student's key: readable, and never that of another one, whatever the file system."""
    plain = re.sub(r"[^a-z0-9._@+-]", "_", key.lower())[:80].strip(".")
    if is_device(plain):
        plain = ""
    if plain == key and plain not in ("", "index"):
        return f"{plain}.html"
    return f"{plain or 'student'}-{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:10]}.html"
