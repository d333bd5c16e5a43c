"""The folder that a site is written to: only ours are written over, and what no longer belongs to it is taken out."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from pathlib import Path

from autograder.errors import UsageError, writing
from autograder.reports.jsonfile import write_atomically
from autograder.submissions.names import is_device

#: Stands near the beginning of every file that we write, and of none that we may take out otherwise.
MARK = "autograder summary"
_HEAD = 400
INDEX = "index.html"
#: Stands in a site's place until all of it is there, and says whose the folder is, whatever ends the making.
_BEGUN = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><!-- {MARK} --><title>Not finished</title></head>
<body><p>These pages are being made. Where they stay like this, make them again.</p></body></html>
"""
#: Where files of ours may lie.
_PLACES = ("*.html", "students/*.html", "data/*.js", "p/*.html")


class Folder:
    """A site's folder. Files whose content stays are not touched, so that copying tools see what is new.

    Raises
    ------
    UsageError
        Something else is there, or it cannot be written.
    """

    def __init__(self, place: Path, *, private: bool, whole: bool = True) -> None:
        self.place = place
        self.whole = whole
        self.written: set[Path] = set()
        self.largest = 0
        try:
            # Marks with names are nobody else's business, until somebody puts them where only staff can look.
            place.mkdir(mode=0o700 if private else 0o777, parents=True, exist_ok=True)
            index = place / INDEX
            if whole and any(place.iterdir()) and not (index.is_file() and _ours(index)):
                raise UsageError(f"{place}: something else is there", hint="give a new folder, or one of an older site")
            if not os.access(place, os.W_OK):
                raise UsageError(f"{place}: cannot be written: {os.strerror(errno.EACCES)}")
        except OSError as error:
            raise UsageError(f"{place}: cannot be made: {error.strerror or error}") from error

    def write(self, name: str, text: str) -> None:
        """Write a file, by its path in the folder."""
        path = self.place / name
        data = text.encode("utf-8", "replace")
        self.largest = max(self.largest, len(data))
        self.written.add(path)
        try:
            if self.whole and not (self.place / INDEX).is_file():
                write_atomically(self.place / INDEX, _BEGUN)
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
    with path.open("rb") as file:
        return MARK.encode() in file.read(_HEAD)


def page_name(key: str) -> str:
    """A file name for a student's key: readable, and never that of another one, whatever the file system."""
    plain = re.sub(r"[^a-z0-9._@+-]", "_", key.lower())[:80].strip(".")
    if is_device(plain):
        plain = ""
    if plain == key and plain not in ("", "index"):
        return f"{plain}.html"
    return f"{plain or 'student'}-{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:10]}.html"
