"""Which attempt counts, and what lateness costs: a small declared policy.

Everything is worked out from when a submission was handed in, and never from now. A submission whose time is not
known is not called late: it is listed, for a person to decide.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from autograder.errors import UsageError

from .moments import Extension, Span, extension, moment, span, zone

SCHEMA = "autograder/policy/v1"
Attempts = Literal["last", "best", "first"]
Unit = Literal["minute", "hour", "day"]

_UNITS: Mapping[str, timedelta] = {
    "minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1),
}  # fmt: skip
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
    until: Span | None = None

    @property
    def costs(self) -> bool:
        """Whether it ever takes anything."""
        return self.percent > 0 or self.until is not None

    def begun(self, deadline: datetime, submitted_at: datetime) -> int:
        """How many units were begun. Days are those of the calendar, as in `Span`."""
        if self.per == "day":
            local = submitted_at.astimezone(deadline.tzinfo)
            passed = local.replace(tzinfo=None) - deadline.replace(tzinfo=None)
        else:
            passed = _passed(deadline, submitted_at)
        return max(1, -(-passed // _UNITS[self.per]))


@dataclass(frozen=True, slots=True)
class Due:
    """A student's own deadline, without the grace.

    Attributes
    ----------
    extension, granted_by
        What it was extended by, or to, and where that stands; None where it is the deadline of all.
    """

    at: datetime
    extension: Extension | None = None
    granted_by: Literal["policy", "roster"] | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of an assignment.

    Attributes
    ----------
    timezone
        Whose days are meant; None: days have 24 hours.
    extensions, roster_extensions
        By student's key in lower case: a new deadline, or so much more time. Those of the policy itself go first.
    groups
        Whose points lateness takes from.
    """

    attempts: Attempts = "last"
    deadline: datetime | None = None
    timezone: ZoneInfo | None = None
    grace: Span = field(default_factory=Span)
    late: Late = field(default_factory=Late)
    extensions: Mapping[str, Extension] = field(default_factory=dict)
    roster_extensions: Mapping[str, Extension] = field(default_factory=dict)
    groups: tuple[str, ...] = GROUPS

    @property
    def zone(self) -> tzinfo:
        """Where times are told in: that of the deadline, or of the course, or none of all places."""
        of_deadline = None if self.deadline is None else self.deadline.tzinfo
        return of_deadline or self.timezone or UTC

    def deadline_of(self, student: str) -> datetime | None:
        """A student's own deadline, without the grace."""
        due = self.due(student)
        return None if due is None else due.at

    def due(self, student: str) -> Due | None:
        """A student's own deadline, and who gave them more time."""
        key = student.casefold()
        given = self.extensions.get(key, self.roster_extensions.get(key))
        if given is None:
            return None if self.deadline is None else Due(self.deadline)
        by: Literal["policy", "roster"] = "policy" if key in self.extensions else "roster"
        if isinstance(given, datetime):
            return Due(given, given, by)
        return None if self.deadline is None else Due(given.after(self.deadline), given, by)

    def closes(self, student: str) -> datetime | None:
        """The last moment at which a student's work is accepted; None: it is for ever.

        Late work is where `late` says what it costs; a policy that says nothing of it accepts none.
        """
        deadline = self.deadline_of(student)
        if deadline is None or (self.late.costs and self.late.until is None):
            return None
        punctual = self.grace.after(deadline)
        return punctual if self.late.until is None else max(punctual, self.late.until.after(deadline))

    def unpriced(self, students: Iterable[str], submitted_at: datetime | None) -> bool:
        """Whether work is late for all whom it counts for, by rules that say nothing of late work."""
        if self.late.costs:
            return False
        every = [self.lateness(student, submitted_at).accepted for student in students]
        return bool(every) and not any(every)

    def strangers(self, students: Iterable[str]) -> list[str]:
        """Keys that an extension is given for, and that are none of these students'."""
        return sorted(self.extended() - {student.casefold() for student in students})

    def extended(self) -> frozenset[str]:
        """Keys that an extension is given for, in lower case."""
        return frozenset({*self.extensions, *self.roster_extensions})

    def lateness(self, student: str, submitted_at: datetime | None) -> Lateness:
        """How late a submission was, and what that costs."""
        deadline = self.deadline_of(student)
        if deadline is None:
            return PUNCTUAL
        if submitted_at is None:
            return Lateness(known=False)
        if _passed(self.grace.after(deadline), submitted_at) <= timedelta():
            return PUNCTUAL
        # Grace forgives the punctual enough; who is later than that is as late as they are.
        by, until = _passed(deadline, submitted_at), self.late.until
        begun, per = self.late.begun(deadline, submitted_at), self.late.per
        if not self.late.costs:
            return Lateness(by, accepted=False, begun=begun, per=per)
        if until is not None and _passed(until.after(deadline), submitted_at) > timedelta():
            return Lateness(by, Decimal(100), accepted=False, begun=begun, per=per)
        return Lateness(by, min(self.late.percent * begun, self.late.cap), begun=begun, per=per)


def _passed(start: datetime, end: datetime) -> timedelta:
    """What really passed: between two times of one zone Python takes the clock on the wall."""
    return end.astimezone(UTC) - start.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late, and the percentage that it costs. `known` is false where nobody told the time.

    What is not accepted costs everything, by rules that say so (`until`); where they say nothing of late work, it costs
    nothing, and earns nothing either: a person decides.

    `begun` are the policy's units (`per`) that were begun, whether they cost anything or not.
    """

    by: timedelta = timedelta()
    percent: Decimal = Decimal(0)
    known: bool = True
    accepted: bool = True
    begun: int = 0
    per: Unit = "day"

    @property
    def seconds(self) -> int:
        """How late, in seconds; a part of one is one, as it costs."""
        return -(-self.by // timedelta(seconds=1))

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
        if "roster_extensions" in data:
            raise ValueError("roster_extensions come from --roster: write [extensions]")
        return parse(data)
    except (ValueError, TypeError, InvalidOperation) as error:
        raise UsageError(f"{path}: {error}", hint="see docs/grading-a-class.md") from error


_KNOWN = {
    "schema", "attempts", "deadline", "timezone", "grace", "late", "extensions", "roster_extensions", "groups",
}  # fmt: skip


def parse(data: Mapping[str, Any]) -> Policy:
    """A policy from a document: of TOML, or the JSON that a gradebook keeps.

    Raises
    ------
    ValueError
        It holds what it must not.
    """
    _only(data, _KNOWN, "the policy")
    timezone, late = zone(data.get("timezone")), _table(data, "late")
    _only(late, {"per", "percent", "cap", "until"}, "[late]")
    if late.get("per", "day") not in _UNITS:
        raise ValueError(f"late.per is {late['per']!r}: one of {', '.join(_UNITS)}")
    if data.get("attempts", "last") not in ("last", "best", "first"):
        raise ValueError(f"attempts is {data['attempts']!r}: one of last, best, first")
    return Policy(
        attempts=data.get("attempts", "last"),
        deadline=moment(data["deadline"], timezone) if "deadline" in data else None,
        timezone=timezone,
        grace=span(data.get("grace", "0m")),
        late=Late(
            late.get("per", "day"),
            _percent(late.get("percent", 0)),
            _percent(late.get("cap", 100)),
            span(late["until"]) if "until" in late else None,
        ),
        extensions=_extensions(data, "extensions", timezone),
        roster_extensions=_extensions(data, "roster_extensions", timezone),
        groups=_groups(data.get("groups", list(GROUPS))),
    )


def document(policy: Policy) -> dict[str, Any]:
    """The policy as JSON values, as `parse` takes it."""
    late: dict[str, Any] = {
        "per": policy.late.per, "percent": str(policy.late.percent), "cap": str(policy.late.cap),
    }  # fmt: skip
    if policy.late.until is not None:
        late["until"] = str(policy.late.until)
    return {
        "schema": SCHEMA,
        "attempts": policy.attempts,
        **({} if policy.deadline is None else {"deadline": policy.deadline.isoformat()}),
        **({} if policy.timezone is None else {"timezone": policy.timezone.key}),
        "grace": str(policy.grace),
        "late": late,
        "extensions": _written(policy.extensions),
        "roster_extensions": _written(policy.roster_extensions),
        "groups": list(policy.groups),
    }


def with_roster(policy: Policy, extensions: Mapping[str, Extension]) -> Policy:
    """The policy with these extensions of a roster, in place of those of an earlier one."""
    return replace(policy, roster_extensions={key.casefold(): value for key, value in extensions.items()})


def renamed(document: Mapping[str, Any], before: Mapping[str, str]) -> dict[str, Any]:
    """The document of a policy whose students are called otherwise now.

    Parameters
    ----------
    before
        What they were called, by their keys now.
    """
    now = {old.casefold(): new.casefold() for new, old in before.items()}
    found = dict(document)
    for name in {"extensions", "roster_extensions"} & document.keys():
        table = document[name]
        moved = {now[key]: value for key, value in table.items() if key in now}
        found[name] = dict(sorted({**moved, **{key: table[key] for key in table if key not in now}}.items()))
    return found


def _extensions(data: Mapping[str, Any], name: str, timezone: ZoneInfo | None) -> dict[str, Extension]:
    found: dict[str, Extension] = {}
    for key, value in _table(data, name).items():
        if key.casefold() in found:
            raise ValueError(f"{name} has {key} twice")
        found[key.casefold()] = extension(value, timezone)
    return found


def _written(extensions: Mapping[str, Extension]) -> dict[str, str]:
    return {
        key: value.isoformat() if isinstance(value, datetime) else str(value)
        for key, value in sorted(extensions.items())
    }


def _percent(value: Any) -> Decimal:
    found = Decimal(str(value))
    if not 0 <= found <= 100:
        raise ValueError(f"{value} percent: from 0 to 100")
    return found


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
