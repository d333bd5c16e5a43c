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
        That of times without an offset.

    Raises
    ------
    UsageError
        The file cannot be read, or holds no such columns or times.
    """
    if times is None:
        return list(found), ()
    if times == "mtime":
        return [one if one.submitted_at else replace(one, submitted_at=_changed(one.path)) for one in found], ()
    told = _told(Path(times), timezone)
    names = {one.label: _name(one, found, told) for one in found}
    every = [one if one.submitted_at else replace(one, submitted_at=told.get(names[one.label])) for one in found]
    used = set(names.values())
    return every, tuple(name for name in told if name not in used)


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(int(path.stat().st_mtime), UTC)


def _told(path: Path, timezone: ZoneInfo | None) -> dict[str, datetime]:
    try:
        rows, _ = rows_of(path, text_of(path))
        header = rows[0][1] if rows else []
        told = (dict(zip(header, row, strict=False)) for _, row in rows[1:] if row)
        return {row["submission"]: moment(row["submitted_at"].strip(), timezone) for row in told}
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
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)
