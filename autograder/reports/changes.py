"""What changed since the last run: the scores that it wrote, held against the new report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from autograder.grading.report import SCHEMA, Report, SectionReport, Status

from .vocabulary import MEANINGS

#: Larger files are not scores that we wrote.
_MOST_BYTES = 8 * 1024 * 1024

#: Points are compared only between runs that count them the same way.
_SAME = ("assignment", "edition", "checks")


@dataclass(frozen=True, slots=True)
class Change:
    """One section before and after."""

    key: str
    before: Decimal
    after: Decimal
    status_before: Status
    status_after: Status

    @property
    def delta(self) -> Decimal:
        """Points won, or lost where negative."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since the last run.

    Attributes
    ----------
    sections
        The sections whose points or status are no longer the same, in rubric order. One that could not be
        graded, then or now, is not among them: nothing is known of it.
    """

    sections: tuple[Change, ...]

    @property
    def delta(self) -> Decimal:
        """Points won or lost over all sections that both runs have."""
        return sum((change.delta for change in self.sections), Decimal(0))


def read(path: Path) -> Any:
    """The JSON value in a file, or None where there is none that can be read."""
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return None
        return json.loads(path.read_bytes(), parse_float=Decimal, parse_constant=lambda _: None)
    except (OSError, ValueError, ArithmeticError, RecursionError):
        return None


def changes(previous: Any, report: Report) -> Changes | None:
    """How the report differs from an earlier one.

    Parameters
    ----------
    previous
        What `scores.json` held before: any value at all, since anyone may have written to it.

    Returns
    -------
    Changes or None
        None where `previous` is no report of ours, or one of another assignment, edition or kind of checks.
    """
    if not isinstance(previous, Mapping) or previous.get("schema") != SCHEMA:
        return None
    if any(previous.get(name) != getattr(report, name) for name in _SAME):
        return None
    entries = previous.get("sections")
    before = dict(filter(None, map(_entry, entries))) if isinstance(entries, list) else {}
    pairs = [(section, before[section.key]) for section in report.sections if section.key in before]
    if not pairs:
        return None
    return Changes(tuple(change for section, then in pairs if (change := _change(section, *then)) is not None))


def _entry(entry: Any) -> tuple[str, tuple[Decimal, Status]] | None:
    """A section's key, points and status, where the entry has them."""
    match entry:
        case {"key": str(key), "points": int() | float() | Decimal() as points, "status": str(status)}:
            number = Decimal(str(points)) if not isinstance(points, bool) else Decimal("NaN")
            if number.is_finite() and abs(number) <= 10_000 and status in MEANINGS:
                return key, (number, cast(Status, status))
    return None


def _change(section: SectionReport, before: Decimal, status: Status) -> Change | None:
    if section.points is None or (before, status) == (section.points, section.status):
        return None
    return Change(section.key, before, section.points, status, section.status)
