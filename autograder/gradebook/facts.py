"""What is read from a gradebook, as plain values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
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
class Summed:
    """A grading's sections, and their sums by group."""

    sections: tuple[SectionPoints, ...]
    earned: Mapping[str, Decimal]
    max: Mapping[str, Decimal]


@lru_cache(maxsize=4096)
def summed(summary: str) -> Summed:
    """A grading's summary, read. A class has far fewer outcomes than students, so most were read before."""
    sections = tuple(
        SectionPoints(key, group, status, None if points is None else Decimal(points), Decimal(full))
        for key, group, status, points, full in json.loads(summary)
    )
    earned = {"main": _NOTHING, "bonus": _NOTHING}
    most = dict(earned)
    for section in sections:
        earned[section.group] += section.points or _NOTHING
        most[section.group] += section.max
    return Summed(sections, earned, most)


_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class GradingFacts:
    """One grading of an attempt. `report(book, id)` has the whole report; `drawn_for` as in `models.Grading`.

    `summary` is what the gradebook keeps of the sections, as text: read when it is asked for, since a class is large
    and most questions are about sums. `publication` is the number of the one by which it stands; None: it is a draft's.
    """

    id: int
    attempt: int
    conditions: int
    summary: str
    drawn_for: str = ""
    publication: int | None = None

    @property
    def sections(self) -> tuple[SectionPoints, ...]:
        """The sections, in the order of the rubric."""
        return summed(self.summary).sections

    def total(self, group: str) -> Decimal:
        """Points earned in a group."""
        return summed(self.summary).earned.get(group, _NOTHING)

    def max(self, group: str) -> Decimal:
        """Points there are in a group."""
        return summed(self.summary).max.get(group, _NOTHING)


#: Where a download has each file of a submission by itself.
_FILES_APART = ("canvas", "moodle")
#: Endings of what may be homework, also where it cannot be opened: archives, of other kinds too, and code.
_HOMEWORK = (
    ".zip", ".tar", ".gz", ".tgz", ".bz2", ".tbz", ".tbz2", ".xz", ".txz", ".zst", ".rar", ".7z", ".py", ".ipynb",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """One thing that was handed in, and the grading of it that stands, if any.

    `problem` says why it could not be opened; `trouble` why we could not grade it so far. Of the attempts of one label
    the one with the greatest `turn` lies there, if any does (`models.NOT_THERE`). `hints` is what the download says of
    who handed it in, as the gradebook keeps it.
    """

    id: int
    label: str
    digest: str
    source: str
    number: int
    submitted_at: datetime | None
    marked_late: bool
    problem: str | None
    turn: int
    hints: str
    students: tuple[str, ...]
    grading: GradingFacts | None
    trouble: str

    @property
    def stray(self) -> bool:
        """Whether it is one file of a submission that may have several, and no homework: a report as PDF, say."""
        return self.problem is not None and self.source in _FILES_APART and not self.label.lower().endswith(_HOMEWORK)

    @property
    def named(self) -> str:
        """The label, with whom it counts for where it does not say so: commands want a student's key."""
        unsaid = [student for student in self.students if student not in self.label]
        return f"{self.label} ({', '.join(unsaid)})" if unsaid else self.label


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided something, when, and why."""

    who: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AdjustmentFacts:
    """Points by hand; see `adjustments.Change`. `revoked`: who took them back, if anybody did."""

    id: int
    student: str
    section: str
    group: str
    kind: str
    points: Decimal
    who: str
    why: str
    made_at: datetime
    work: str
    revoked: Decision | None

    @property
    def made(self) -> Decision:
        """Who gave them, when and why."""
        return Decision(self.who, self.why, self.made_at)


@dataclass(frozen=True, slots=True)
class PublicationFacts:
    """Gradings that were made to stand: how many by conditions, and who took them back, if anybody did."""

    id: int
    gradings: Mapping[int, int]
    made: Decision
    undone: Decision | None


@dataclass(frozen=True, slots=True)
class Origin:
    """How a grading that stands came about: graded when, by which version, under what, made to stand by whom."""

    graded_at: datetime
    version: str
    conditions: ConditionsFacts
    publication: PublicationFacts | None


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

    @property
    def overlay(self) -> str:
        """What names the course's overlay: a part of its digest; empty where there is none."""
        text: str = self.details.get("overlay") or ""
        return hashlib.sha256(text.encode()).hexdigest()[:12] if text else ""
