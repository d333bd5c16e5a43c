"""What is read from a gradebook, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class SectionPoints:
    """One line of the rubric in a grading."""

    key: str
    group: str
    status: str
    points: Decimal | None
    max: Decimal


@dataclass(frozen=True, slots=True)
class GradingFacts:
    """One grading of an attempt. `report(book, id)` has the whole report; `drawn_for` as in `models.Grading`."""

    id: int
    attempt: int
    conditions: int
    graded_at: datetime
    sections: tuple[SectionPoints, ...]
    drawn_for: str = ""

    def total(self, group: str) -> Decimal:
        """Points earned in a group."""
        return sum((s.points or Decimal(0) for s in self.sections if s.group == group), Decimal(0))


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """One thing that was handed in, and the grading of it that stands, if any.

    `problem` says why it could not be opened; `trouble` why we could not grade it so far.
    """

    id: int
    label: str
    digest: str
    source: str
    number: int
    submitted_at: datetime | None
    marked_late: bool
    problem: str | None
    students: tuple[str, ...]
    grading: GradingFacts | None
    trouble: str


@dataclass(frozen=True, slots=True)
class AdjustmentFacts:
    """Points by hand; see `adjustments.Change`."""

    id: int
    student: str
    section: str
    group: str
    kind: str
    points: Decimal
    who: str
    why: str
    made_at: datetime
    revoked: bool


@dataclass(frozen=True, slots=True)
class ConditionsFacts:
    """What gradings depend on besides the submission; `details` as `batch.conditions.terms` made them."""

    id: int
    digest: str
    assignment: str
    edition: str
    seed: str
    checks: str
    profile: str
    details: dict[str, Any]
