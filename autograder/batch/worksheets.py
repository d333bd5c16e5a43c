"""Moodle's grading worksheet as a list of times: when each participant last changed what they handed in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.errors import UsageError
from autograder.gradebook.moments import moment

from .roster import IDENTIFIER, numbered
from .sources import Found

#: When a submission was last changed.
MODIFIED = "last modified (submission)"
# Whole, since another language's months may begin so.
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
#: `Thursday, 1 October 2026, 11:58 PM`, or with the month first, as Moodle's English language packs write it.
_WRITTEN = re.compile(
    r"(?:\w+, )?(?:(?P<day>\d{1,2}) (?P<month>[a-z]+)|(?P<month2>[a-z]+) (?P<day2>\d{1,2})),? "
    r"(?P<year>\d{4}), (?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?: ?(?P<half>[ap])m)?",
    re.IGNORECASE,
)


def is_worksheet(columns: Iterable[str]) -> bool:
    """Whether a table with these columns is a grading worksheet."""
    return {IDENTIFIER, MODIFIED} <= set(columns)


def told(path: Path, rows: Sequence[tuple[int, Mapping[str, str]]], timezone: ZoneInfo | None) -> dict[str, datetime]:
    """The times by Moodle's numbers, of who handed something in.

    They are in the time zone of whoever downloaded the worksheet, which does not say it, and of whole minutes.

    Raises
    ------
    UsageError
        One cannot be read, or there is no `timezone`.
    """
    found = {}
    for line, row in rows:
        number, text = numbered(row.get(IDENTIFIER, "")), row.get(MODIFIED, "").strip()
        if not number or text in ("", "-"):
            continue
        try:
            found[number] = moment(_iso(text), timezone)
        except ValueError as error:
            raise UsageError(
                f"{path}, line {line}: {error}",
                hint="a worksheet downloaded with Moodle in English, and the downloader's timezone in --policy",
            ) from error
    return found


def names(found: Iterable[Found]) -> dict[str, str]:
    """What the worksheet calls each submission of Moodle's, by label."""
    numbers = {one.label: one.hints[0].number.rpartition(":")[2] for one in found if one.source == "moodle"}
    return {label: number for label, number in numbers.items() if number}


def _iso(text: str) -> str:
    match = _WRITTEN.fullmatch(text)
    month = "" if match is None else (match["month"] or match["month2"]).lower()
    if match is None or month not in _MONTHS:
        raise ValueError(f"{text!r} is no time as Moodle writes it in English")
    day, hour = match["day"] or match["day2"], int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    return (
        f"{match['year']}-{_MONTHS.index(month) + 1:02}-{int(day):02}T{hour:02}:{match['minute']}:"
        f"{match['second'] or '00'}"
    )
