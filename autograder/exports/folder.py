"""A folder with a document a student, and a list of whose is which."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable
from pathlib import Path

from autograder.errors import UsageError, writing
from autograder.reports.jsonfile import write_atomically
from autograder.submissions.names import is_device

from .cells import neutral, restored, written

LIST = "students.csv"
HEADER = ("student", "file", "state", "reason")
_UNFIT = re.compile(r"[^\w.@+-]+")


def write(folder: Path, ending: str, documents: Iterable[tuple[str, str | None, str, str]]) -> int:
    """Write the documents and their list; how many documents there are.

    Parameters
    ----------
    documents
        Student's key, text (None where there is nothing to write), state and reason.

    Raises
    ------
    UsageError
        The folder cannot be made, or holds what was not written by this function.
    """
    _prepare(folder)
    # The list is ahead of the documents: whatever ends this, the next export knows what is ours.
    write_atomically(folder / LIST, written([HEADER]))
    taken = {LIST}
    count = 0
    with writing(folder / LIST), (folder / LIST).open("a", encoding="utf-8", newline="") as listed:
        for student, text, state, reason in documents:
            name = "" if text is None else file_name(student, ending, taken)
            listed.write(written([(neutral(student), neutral(name), state, neutral(reason))]))
            listed.flush()
            if text is not None:
                write_atomically(folder / name, text)
                count += 1
    return count


def file_name(student: str, ending: str, taken: set[str]) -> str:
    """A name for a student's file that every system takes, and no other student's has; `taken` grows."""
    plain = _UNFIT.sub("_", student).strip(".-")[:80]
    name = f"{plain}{ending}"
    device = is_device(name)
    if not plain or plain != student or name.casefold() in taken or device:
        mark = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:10]
        name = f"{plain}-{mark}{ending}" if plain and not device else f"{mark}{ending}"
    taken.add(name.casefold())
    return name


def _prepare(folder: Path) -> None:
    """Make the folder; documents of an earlier export go, so that none stays of a student who left."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        inside = {path.name for path in folder.iterdir()}
        if not inside:
            return
        if LIST not in inside:
            raise UsageError(f"{folder}: is not empty, and holds no earlier export", hint="give a new folder")
        rows = list(csv.reader(io.StringIO((folder / LIST).read_text("utf-8"), newline="")))
        if not rows or tuple(rows[0]) != HEADER:
            raise UsageError(f"{folder / LIST}: is no list of an earlier export", hint="give a new folder")
        for name in {restored(row[1]) for row in rows[1:] if len(row) > 1} & inside:
            (folder / name).unlink()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{folder}: cannot be written: {error}") from error
