"""When things were handed in, where their download does not say: as the caller does."""

from __future__ import annotations

import filecmp
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.errors import UsageError
from autograder.gradebook.moments import moment
from autograder.submissions.names import is_litter, is_litter_folder, shown

from . import worksheets
from .roster import IDENTIFIER
from .sheets import table
from .sources import Found


def timed(
    found: Sequence[Found], times: str | None, timezone: ZoneInfo | None = None
) -> tuple[list[Found], tuple[str, ...]]:
    """The submissions with the times that the caller gives; names that fit none.

    Parameters
    ----------
    times
        A CSV file with columns `submission` (a file's name) and `submitted_at`: what it tells goes before what their
        platform says. Or Moodle's grading worksheet, which is what that platform says. Or `mtime` for when each was
        last changed, where their platform says nothing. None for nothing.
    timezone
        That of times without an offset, also those of most packed downloads.

    Raises
    ------
    UsageError
        The file cannot be read, or holds no such columns or times, or a name twice; times of a packed download need a
        `timezone`, and there is none.
    """
    if times is None:
        return list(found), ()
    if times == "mtime":
        return [one if one.submitted_at else _at(one, _changed(one, timezone)) for one in found], ()
    path = Path(times)
    columns, rows = table(path, ("submission", "submitted_at", IDENTIFIER, worksheets.MODIFIED))
    if worksheets.is_worksheet(columns):
        told, names = worksheets.told(path, rows, timezone), worksheets.names(found)
        every = [replace(one, submitted_at=told.get(names.get(one.label, ""), one.submitted_at)) for one in found]
    else:
        told = _told(path, columns, rows, timezone)
        names = _names(found, told)
        every = [_at(one, told.get(names[one.label])) for one in found]
    used = set(names.values())
    return every, tuple(name for name in told if name not in used)


def _at(one: Found, told: datetime | None) -> Found:
    return one if told is None else replace(one, submitted_at=told, time_told=True)


def _changed(one: Found, timezone: ZoneInfo | None) -> datetime | None:
    if one.changed is not None and one.changed.tzinfo is None:
        if timezone is None:  # that of this machine would be a guess, and another one's would be another guess
            raise UsageError(
                f"{shown(one.label)}: its download says when it was changed, and not in which time zone",
                hint="a timezone in --policy; or unpack the download with a program that knows it",
            )
        return moment(one.changed, timezone)
    if one.unpacked:
        return one.changed
    try:
        times = list(_changes(one.path)) if one.path.is_dir() else [one.path.stat().st_mtime]
    except OSError:  # a link that leads nowhere: whoever reads it says so
        return None
    return datetime.fromtimestamp(int(max(times)), UTC) if times else None


def _changes(folder: Path) -> Iterator[float]:
    """When the files below a folder were changed. Its own time is when it was unpacked, and litter may be younger."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not is_litter_folder(name)]
        for name in names:
            if not is_litter(name):
                yield Path(place, name).lstat().st_mtime


def _told(
    path: Path, columns: Collection[str], rows: Sequence[tuple[int, Mapping[str, str]]], timezone: ZoneInfo | None
) -> dict[str, datetime]:
    told: dict[str, datetime] = {}
    hint = (
        "a CSV file with the columns submission (a file's name) and submitted_at, Moodle's grading worksheet, or: "
        "--times mtime"
    )
    if missing := [name for name in ("submission", "submitted_at") if name not in columns]:
        raise UsageError(f"{path}: no times of submissions: it has no column {missing[0]}", hint=hint)
    for line, row in rows:
        name = row.get("submission", "")
        if name in told:
            raise UsageError(f"{path}, line {line}: {shown(name)} is there twice", hint="leave the wrong one out")
        try:
            told[name] = moment(row.get("submitted_at", "").strip(), timezone)
        except ValueError as error:
            raise UsageError(f"{path}, line {line}: no times of submissions: {error}", hint=hint) from error
    return told


def _names(found: Sequence[Found], told: Collection[str]) -> dict[str, str]:
    """What the caller calls each submission, by label. Its folder stands there where another one has the same name.

    Without the folder they are told by their name only if they are copies of each other, as in a download of all weeks.
    """
    called: dict[str, list[Found]] = {}
    for one in found:
        called.setdefault(one.label.rpartition("/")[2], []).append(one)
    names = {one.label: one.label for one in found}
    for plain, namesakes in called.items():
        if plain in told and all(_copies(namesakes[0].path, other.path) for other in namesakes):
            names |= {one.label: plain for one in namesakes if one.label not in told}
    return names


def _copies(one: Path, other: Path) -> bool:
    try:
        return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)
    except OSError:  # whoever reads them says so
        return False
