"""Take a submission in: find out what it is, read it, sort it out, keep a copy."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from autograder.errors import UsageError

from . import archives, folders, notebooks
from .bounds import Bounds, Meter
from .entries import kept_elsewhere
from .layout import Patterns
from .names import shown
from .selection import Rules, Selection, select
from .submission import Submission

if TYPE_CHECKING:  # rubrics bring NumPy along, and this module must load in no time
    from autograder.assignments.rubric import Rubric

STANDARD_BOUNDS = Bounds()
_NAMED = 4  # so many names stand for all when nothing looks like the homework


def read(path: Path, rubric: Rubric, bounds: Bounds = STANDARD_BOUNDS) -> Submission:
    """Read a student's files.

    Parameters
    ----------
    path
        A folder, an archive (zip, or tar as it is or compressed by gzip, bzip2 or xz; its content says which, not its
        name) or, where an assignment is one module or notebook, that file. Where `path` itself is a link, the
        person who gave it meant what it leads to; no other link is followed.
    rubric
        Says which files are graded and where the homework's root may be.
    bounds
        How much is read at most.

    Raises
    ------
    UsageError
        There is no such path, it cannot be opened or exceeds the bounds, or nothing in it is a file that the
        assignment grades.
    """
    rules = Rules(
        Patterns(rubric.accept), rubric.markers, rubric.search, (*rubric.imports.allow, *rubric.imports.packages)
    )
    meter = Meter(bounds, shown(path.as_posix()))
    kind = _kind(path, meter)
    if stat.S_ISDIR(kind):
        selection = select(folders.entries(path, rules.wanted, meter), rules)
        if found := _archives_alone(selection, rules):
            selection, meter = _select_inside(path, found, selection, rubric, rules, meter)
    elif stat.S_ISREG(kind):
        with _opened(path, meter) as file:
            selection = _select_file(path, file, rubric, rules, meter)
    else:
        raise UsageError(f"{meter.subject}: neither a file nor a folder")
    if selection.root is None or not selection.files:
        raise _nothing_graded(selection, rubric, rules, meter)
    return Submission.of(
        shown(path.as_posix()),
        selection.files,
        selection.left_out,
        root=shown(selection.root.path),
        notes=(*selection.notes, *kept_elsewhere(selection.files)),
    )


def _kind(path: Path, meter: Meter) -> int:
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:  # ValueError: a null byte in the path
        raise UsageError(f"{meter.subject}: no such file or folder") from error
    except OSError as error:
        raise UsageError(f"{meter.subject}: cannot be read: {error.strerror or error}") from error


@contextmanager
def _opened(path: Path, meter: Meter, flags: int = 0) -> Iterator[BinaryIO]:
    try:
        # Not to wait where a FIFO has taken the file's place.
        handle = os.open(path, flags | os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
        file = os.fdopen(handle, "rb")
    except OSError as error:
        raise UsageError(f"{meter.subject}: cannot be read: {error.strerror or error}") from error
    with file:
        yield file


def _archives_alone(selection: Selection, rules: Rules) -> list[str]:
    """The archives at the top of a folder that has no code of its own: platforms put a report beside what is packed."""
    code = selection.root is not None or any(path.endswith((".py", ".ipynb")) for path in selection.seen)
    if code or any(rules.wanted(entry.path) for entry in selection.refused):
        return []
    return [path for path in selection.others if "/" not in path and archives.named(path)]


def _select_inside(
    folder: Path, found: list[str], outer: Selection, rubric: Rubric, rules: Rules, meter: Meter
) -> tuple[Selection, Meter]:
    """Sort out the one archive of a folder; what lies beside it is left aside. Its meter, too, with its name."""
    if len(found) > 1:
        named = ", ".join(map(shown, found[:_NAMED])) + (f" and {len(found) - _NAMED} more" if found[_NAMED:] else "")
        raise UsageError(
            f"{meter.subject}: has {len(found)} archives, and which is the homework nobody knows: {named}; "
            "leave the right one there"
        )
    inside = Meter(meter.bounds, f"{meter.subject}: {shown(found[0])}")
    with _opened(folder / found[0], inside, getattr(os, "O_NOFOLLOW", 0)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise UsageError(f"{inside.subject}: not a regular file")
        selection = _select_file(folder / found[0], file, rubric, rules, inside)
    beside = [path for path in outer.others if path != found[0]]
    if beside:
        selection.notes.append(f"graded is what {shown(found[0])} holds; left aside: {_found(beside)}")
    selection.others += beside
    return selection, inside


def _select_file(path: Path, file: BinaryIO, rubric: Rubric, rules: Rules, meter: Meter) -> Selection:
    """Sort out a single file, by whichever reader knows its content."""
    head = file.read(archives.HEAD)
    file.seek(0)
    if entries := archives.reader(head):
        meter.packed = os.fstat(file.fileno()).st_size
        return select(entries(file, rules.wanted, meter), rules)
    if path.suffix in (".py", ".ipynb"):
        return _select_module(path, file, rubric, rules, meter)
    if not head:
        raise UsageError(f"{meter.subject}: is empty")
    other = archives.other(head)
    raise UsageError(
        f"{meter.subject}: is "
        + (
            f"{other}, which is not read here: unpack it, or ask for a zip"
            if other
            else "neither a folder nor an archive that can be read (zip, tar, tar.gz, tar.bz2, tar.xz)"
        )
    )


def _select_module(path: Path, file: BinaryIO, rubric: Rubric, rules: Rules, meter: Meter) -> Selection:
    """Sort out a submission that is one module or one notebook.

    Where the assignment knows one such file only, it is that file whatever it is called: platforms rename downloads.
    """
    name = path.name
    alike = [pattern for pattern in rubric.accept if pattern.endswith(path.suffix)]
    only = alike[0] if len(alike) == 1 and not set("*?") & set(alike[0]) else ""
    taken_as = only if only and not rules.accept.match(name) else name
    content = file.read(meter.bounds.most(name) + 1)
    meter.took(len(content))
    selection = select([folders.sized(taken_as, content, meter)], rules)
    if taken_as != name and selection.files:
        selection.notes.append(f"{shown(name)} was taken for {taken_as}")
    return selection


def _nothing_graded(selection: Selection, rubric: Rubric, rules: Rules, meter: Meter) -> UsageError:
    broken = next((entry for entry in selection.refused if notebooks.is_notebook(entry.path)), None)
    if broken is not None:
        return UsageError(f"{meter.subject}: {broken.path} cannot be graded: {broken.reason}")
    usual = (file for section in rubric.sections for file in section.files if rules.accept.match(file))
    expected = next(usual, rubric.accept[0] if rubric.accept else "nothing")
    refused = "; ".join(f"{entry.path}: {entry.reason}" for entry in selection.refused[:1])
    more = f"; and {len(selection.refused) - 1} more" if len(selection.refused) > 1 else ""
    inner = next((path for path in selection.seen if archives.named(path)), None)
    return UsageError(
        f"{meter.subject}: this does not look like a {rubric.name} submission: found {_found(selection.seen)}; "
        f"expected for example {expected}"
        + (f" (left out: {refused}{more})" if refused else "")
        + (f"; {shown(inner)} is an archive in it, which is not opened" if inner is not None else ""),
        hint="give the folder that holds the homework, or its archive",
    )


def _found(paths: list[str]) -> str:
    tops = sorted({top + slash for top, slash, _ in (path.partition("/") for path in paths) if top})
    named = ", ".join(shown(top) for top in tops[:_NAMED])
    rest = len(tops) - _NAMED
    return (f"{named} and {rest} more" if rest > 0 else named) or "nothing"
