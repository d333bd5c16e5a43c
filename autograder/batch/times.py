"""When things were handed in, where their download does not say: as the caller does."""

from __future__ import annotations

import filecmp
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.errors import UsageError
from autograder.gradebook.moments import moment
from autograder.submissions.names import shown

from .sheets import rows_of, text_of
from .sources import Found


def timed(
    found: Sequence[Found], times: str | None, timezone: ZoneInfo | None = None
) -> tuple[list[Found], tuple[str, ...]]:
    """The submissions with the times that the caller gives, where their platform gave none; names that fit none.

    Parameters
    ----------
    times
        `mtime` for when each file was last changed, or a CSV file with columns `submission` (a file's name) and
        `submitted_at`; None for nothing.
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
        return [one if one.submitted_at else replace(one, submitted_at=_changed(one, timezone)) for one in found], ()
    told = _told(Path(times), timezone)
    names = {one.label: _name(one, found, told) for one in found}
    every = [one if one.submitted_at else replace(one, submitted_at=told.get(names[one.label])) for one in found]
    used = set(names.values())
    return every, tuple(name for name in told if name not in used)


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
        return datetime.fromtimestamp(int(one.path.stat().st_mtime), UTC)
    except OSError:  # a link that leads nowhere: whoever reads it says so
        return None


def _told(path: Path, timezone: ZoneInfo | None) -> dict[str, datetime]:
    try:
        rows, _ = rows_of(path, text_of(path))
        header = rows[0][1] if rows else []
        told: dict[str, datetime] = {}
        for line, cells in rows[1:]:
            row = dict(zip(header, cells, strict=False))
            if not cells:
                continue
            if (name := row["submission"]) in told:
                raise UsageError(f"{path}, line {line}: {shown(name)} is there twice", hint="leave the wrong one out")
            told[name] = moment(row["submitted_at"].strip(), timezone)
        return told
    except (KeyError, ValueError) as error:
        raise UsageError(
            f"{path}: no times of submissions: {error}",
            hint="a CSV file with the columns submission (a file's name) and submitted_at, or: --times mtime",
        ) from error


def _name(one: Found, found: Sequence[Found], told: Mapping[str, datetime]) -> str:
    """What the caller calls a submission. Its folder stands in the label where another one has the same name.

    Without the folder it is told by its name only if the others are copies of it, as in a download of all weeks.
    """
    plain = one.label.rpartition("/")[2]
    if one.label in told or plain not in told:
        return one.label
    namesakes = [other.path for other in found if other.label.rpartition("/")[2] == plain]
    return plain if all(_copies(one.path, other) for other in namesakes) else one.label


def _copies(one: Path, other: Path) -> bool:
    try:
        return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)
    except OSError:  # whoever reads them says so
        return False
