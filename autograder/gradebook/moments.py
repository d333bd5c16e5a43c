"""Points in time and spans of it, as courses write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_SPAN = re.compile(r"(\d+)(min|m|h|d|w)")
_SPANS = re.compile(f"(?:{_SPAN.pattern})+")
_DAYS = {"d": 1, "w": 7}
_MINUTES = {"m": 1, "min": 1, "h": 60}
_LONGEST = 10_000  # days: what adds up to no year that there is helps nobody


@dataclass(frozen=True, slots=True)
class Span:
    """So much time. Days are the calendar's: one that is an hour longer counts as one. Hours and minutes pass."""

    days: int = 0
    minutes: int = 0

    def after(self, start: datetime) -> datetime:
        """So much later, by the clock of the start's zone."""
        day = start + timedelta(days=self.days) if self.days else start  # adding nothing would lose `fold`
        # Python adds by the clock on the wall; what passes is added in UTC.
        return (day.astimezone(UTC) + timedelta(minutes=self.minutes)).astimezone(start.tzinfo)

    def __str__(self) -> str:
        """As `span` reads it."""
        parts = [f"{self.days}d"] if self.days else []
        return " ".join([*parts, f"{self.minutes}m"] if self.minutes or not parts else parts)


#: More time, or a new deadline.
Extension = datetime | Span


def extension(value: Any, timezone: ZoneInfo | None = None) -> Extension:
    """A new deadline, or a span.

    Raises
    ------
    ValueError
        It is neither.
    """
    if isinstance(value, str) and _SPANS.fullmatch(value.replace(" ", "")):
        return span(value)
    return moment(value, timezone)


def moment(value: Any, timezone: ZoneInfo | None = None) -> datetime:
    """A point in time, told in the `timezone` if there is one; without an offset it needs one.

    Raises
    ------
    ValueError
        It is none, is a day without a time, or has no offset and there is no `timezone`.
    """
    if _is_day(value):
        raise ValueError(f"{value}: a day without a time (write {value}T23:59:59 for its end)")
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if found.tzinfo is None:
        if timezone is None:
            raise ValueError(
                f"{value}: without an offset (write 2026-10-01T23:59:59-04:00) or a timezone in the policy"
            )
        found = found.replace(tzinfo=timezone)
    # By way of UTC, so that an hour which is skipped in spring becomes one that there is.
    return found if timezone is None else found.astimezone(UTC).astimezone(timezone)


def _is_day(value: Any) -> bool:
    if isinstance(value, date):
        return not isinstance(value, datetime)
    try:
        return bool(date.fromisoformat(str(value).strip()))
    except ValueError:
        return False


def span(value: Any) -> Span:
    """So much time, such as `15m`, `6h`, `2d`, `1w`, or several in a row.

    Raises
    ------
    ValueError
        It is none.
    """
    text = str(value).replace(" ", "")
    if not _SPANS.fullmatch(text):
        raise ValueError(f"{value!r} is no duration: write 15m, 6h, 2d or 1w")
    parts = [(int(number), unit) for number, unit in _SPAN.findall(text)]
    found = Span(_sum(parts, _DAYS), _sum(parts, _MINUTES))
    if found.days + found.minutes // 1440 > _LONGEST:
        raise ValueError(f"{value!r} is too long")
    return found


def _sum(parts: list[tuple[int, str]], units: Mapping[str, int]) -> int:
    return sum(number * units.get(unit, 0) for number, unit in parts)


def zone(name: Any) -> ZoneInfo | None:
    """The time zone of that name.

    Raises
    ------
    ValueError
        It is not known here.
    """
    try:
        return None if name is None else ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"timezone {name!r}: not known here") from error
