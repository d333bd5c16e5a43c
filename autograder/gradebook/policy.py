"""Which attempt counts, and what lateness costs: a small declared policy.

Everything is worked out from when a submission was handed in, and never from now. A submission whose time is not
known is not called late: it is listed, for a person to decide.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograder.errors import UsageError

SCHEMA = "autograder/policy/v1"
Attempts = Literal["last", "best", "first"]
Unit = Literal["minute", "hour", "day"]

_UNITS: Mapping[str, timedelta] = {
    "minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1),
}  # fmt: skip
_DURATION = re.compile(r"(\d+)(min|m|h|d|w)")
_DURATIONS = re.compile(f"(?:{_DURATION.pattern})+")
_LETTERS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_CENT = Decimal("0.01")
#: Of which points there are.
GROUPS = ("main", "bonus")


@dataclass(frozen=True, slots=True)
class Late:
    """What lateness costs.

    Attributes
    ----------
    percent
        Of the points earned, for each unit begun.
    cap
        Percent that lateness takes at most.
    until
        After this long nothing is accepted: the penalty is 100 percent. None: accepted for ever.
    """

    per: Unit = "day"
    percent: Decimal = Decimal(0)
    cap: Decimal = Decimal(100)
    until: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of an assignment.

    Attributes
    ----------
    extensions
        By student's key: a new deadline, or so much more time.
    groups
        Whose points lateness takes from.
    """

    attempts: Attempts = "last"
    deadline: datetime | None = None
    grace: timedelta = timedelta()
    late: Late = field(default_factory=Late)
    extensions: Mapping[str, datetime | timedelta] = field(default_factory=dict)
    groups: tuple[str, ...] = GROUPS

    def deadline_of(self, student: str) -> datetime | None:
        """A student's own deadline, without the grace."""
        given = self.extensions.get(student)
        if isinstance(given, datetime):
            return given
        if given is None or self.deadline is None:
            return self.deadline
        return self.deadline + given

    def lateness(self, student: str, submitted_at: datetime | None) -> Lateness:
        """How late a submission was, and what that costs."""
        deadline = self.deadline_of(student)
        if deadline is None:
            return PUNCTUAL
        if submitted_at is None:
            return Lateness(known=False)
        by = submitted_at - deadline
        if by <= self.grace:
            return PUNCTUAL
        # Grace forgives the punctual enough; who is later than that is as late as they are.
        if self.late.until is not None and by > self.late.until:
            return Lateness(by, Decimal(100), accepted=False)
        begun = -(-by // _UNITS[self.late.per])
        return Lateness(by, min(self.late.percent * begun, self.late.cap))


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late, and the percentage that it costs. `known` is false where nobody told the time."""

    by: timedelta = timedelta()
    percent: Decimal = Decimal(0)
    known: bool = True
    accepted: bool = True

    def taken(self, points: Decimal) -> Decimal:
        """What is taken from these points, to the cent."""
        return (points * self.percent / 100).quantize(_CENT, ROUND_HALF_UP)


#: In time, or without a deadline: nearly everybody, so it is made once.
PUNCTUAL = Lateness()


def load(path: Path) -> Policy:
    """Read a policy file.

    Raises
    ------
    UsageError
        It cannot be read, or holds what it must not.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}") from error
    try:
        return parse(data)
    except (ValueError, TypeError, InvalidOperation) as error:
        raise UsageError(f"{path}: {error}", hint="see docs/grading-a-class.md") from error


def parse(data: Mapping[str, Any]) -> Policy:
    """A policy from a document: of TOML, or the JSON that a gradebook keeps.

    Raises
    ------
    ValueError
        It holds what it must not.
    """
    known = {"schema", "attempts", "deadline", "timezone", "grace", "late", "extensions", "groups"}
    _only(data, known, "the policy")
    zone = _zone(data.get("timezone"))
    late, extensions = _table(data, "late"), _table(data, "extensions")
    _only(late, {"per", "percent", "cap", "until"}, "[late]")
    if late.get("per", "day") not in _UNITS:
        raise ValueError(f"late.per is {late['per']!r}: one of {', '.join(_UNITS)}")
    if data.get("attempts", "last") not in ("last", "best", "first"):
        raise ValueError(f"attempts is {data['attempts']!r}: one of last, best, first")
    return Policy(
        attempts=data.get("attempts", "last"),
        deadline=moment(data["deadline"], zone) if "deadline" in data else None,
        grace=duration(data.get("grace", "0m")),
        late=Late(
            late.get("per", "day"),
            _percent(late.get("percent", 0)),
            _percent(late.get("cap", 100)),
            duration(late["until"]) if "until" in late else None,
        ),
        extensions={key: extension(value, zone) for key, value in extensions.items()},
        groups=_groups(data.get("groups", list(GROUPS))),
    )


def document(policy: Policy) -> dict[str, Any]:
    """The policy as JSON values, as `parse` takes it."""
    late: dict[str, Any] = {
        "per": policy.late.per, "percent": str(policy.late.percent), "cap": str(policy.late.cap),
    }  # fmt: skip
    if policy.late.until is not None:
        late["until"] = _spelt(policy.late.until)
    return {
        "schema": SCHEMA,
        "attempts": policy.attempts,
        **({} if policy.deadline is None else {"deadline": policy.deadline.isoformat()}),
        "grace": _spelt(policy.grace),
        "late": late,
        "extensions": {
            key: value.isoformat() if isinstance(value, datetime) else _spelt(value)
            for key, value in sorted(policy.extensions.items())
        },
        "groups": list(policy.groups),
    }


def extended(policy: Policy, more: Mapping[str, datetime | timedelta]) -> Policy:
    """The policy with further extensions, such as a roster's; those of the policy itself go first."""
    return replace(policy, extensions={**more, **policy.extensions})


def extension(value: Any, zone: ZoneInfo | None = None) -> datetime | timedelta:
    """A new deadline, or a duration.

    Raises
    ------
    ValueError
        It is neither.
    """
    if isinstance(value, str) and _DURATIONS.fullmatch(value.replace(" ", "")):
        return duration(value)
    return moment(value, zone)


def moment(value: Any, zone: ZoneInfo | None = None) -> datetime:
    """A point in time; one without an offset needs a `timezone`.

    Raises
    ------
    ValueError
        It is none, or has no offset and there is no `timezone`.
    """
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if found.tzinfo is None:
        if zone is None:
            raise ValueError(f"{value}: without an offset (write 2026-10-01T23:59:59-04:00), or give a timezone")
        found = found.replace(tzinfo=zone)
    return found


def duration(value: Any) -> timedelta:
    """A duration such as `15m`, `6h`, `2d`, `1w`, or several in a row.

    Raises
    ------
    ValueError
        It is none.
    """
    text = str(value).replace(" ", "")
    if not _DURATIONS.fullmatch(text):
        raise ValueError(f"{value!r} is no duration: write 15m, 6h, 2d or 1w")
    parts = _DURATION.findall(text)
    return sum((timedelta(**{_LETTERS[unit]: int(number)}) for number, unit in parts), timedelta())


def _spelt(value: timedelta) -> str:
    return f"{int(value.total_seconds()) // 60}m"


def _percent(value: Any) -> Decimal:
    found = Decimal(str(value))
    if not 0 <= found <= 100:
        raise ValueError(f"{value} percent: from 0 to 100")
    return found


def _zone(name: Any) -> ZoneInfo | None:
    try:
        return None if name is None else ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"timezone {name!r}: not known here") from error


def _groups(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or set(map(str, value)) - set(GROUPS):
        raise ValueError(f"groups is {value!r}: a list, of {' and '.join(GROUPS)}")
    return tuple(value)


def _table(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name, {})
    if not isinstance(value, dict):
        raise ValueError(f"{name} is {value!r}: a table, headed [{name}]")
    return value


def _only(data: Mapping[str, Any], known: set[str], what: str) -> None:
    if unknown := set(data) - known:
        raise ValueError(f"{what} has unknown {', '.join(sorted(unknown))}")
