"""What a class's gradings come to: how sections went, who has which wrong idea, how long it all ran.

Everything is counted over the gradings that stand, a group's submission once for each of the group.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from autograder.grading.diagnose import AGAIN, SURE
from autograder.grading.report import Report

#: What failing cases have in common has ids like this; it is no idea of anybody's.
_CONDITION = "only-"

#: Fewer gradings say nothing about how a section goes with the rest.
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A section as its rubric has it, in the order of the rubric."""

    key: str
    number: str
    group: str
    max: Decimal
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class SectionCount:
    """How a section went.

    Attributes
    ----------
    statuses
        How many gradings ended with each.
    rate
        The share that passed, of those that could be graded; None where none could.
    discrimination
        The correlation, over gradings, between the section's points and the sum of all others: where points are all
        or nothing, the point-biserial correlation with the rest of the total. None where fewer than `FEWEST` could
        be graded, or where everybody has the same.
    seconds
        Median and 90th percentile of the computing time; None where nothing ran.
    """

    row: Row
    statuses: Mapping[str, int]
    rate: float | None
    discrimination: float | None
    seconds: tuple[float, float] | None

    @property
    def graded(self) -> int:
        """How many could be graded."""
        return sum(count for status, count in self.statuses.items() if status != "ungraded")


@dataclass(frozen=True, slots=True)
class Idea:
    """A misconception: how many have it, and in which sections it shows."""

    id: str
    hint: str
    sections: tuple[str, ...]
    students: int

    @property
    def title(self) -> str:
        """What is wrong: the hint's first sentence."""
        return self.hint.partition(". ")[0].rstrip(".") + "."

    @property
    def rest(self) -> str:
        """What the hint says besides."""
        return self.hint.partition(". ")[2]


@dataclass(slots=True)
class _Idea:
    hint: str = ""
    sections: dict[str, None] = field(default_factory=dict)
    students: int = 0


@dataclass(slots=True)
class Count:
    """Takes in one report after the other, so that a class of any size fits."""

    rows: tuple[Row, ...]
    gradings: int = 0
    seconds: list[float] = field(default_factory=list)
    _points: list[list[float | None]] = field(default_factory=list)
    _statuses: dict[str, Counter[str]] = field(default_factory=dict)
    _ran: dict[str, list[float]] = field(default_factory=dict)
    _ideas: dict[str, _Idea] = field(default_factory=dict)

    def add(self, report: Report) -> None:
        """Count one student's grading."""
        self.gradings += 1
        sections = {section.key: section for section in report.sections}
        whole = 0.0
        points: list[float | None] = []
        for row in self.rows:
            section = sections.get(row.key)
            points.append(None if section is None or section.points is None else float(section.points))
            if section is not None:
                self._statuses.setdefault(row.key, Counter())[section.status] += 1
            ran = report.facts(row.key).get("cpu_seconds")
            if ran is not None:
                self._ran.setdefault(row.key, []).append(float(ran))
                whole += float(ran)
        self._points.append(points)
        self.seconds.append(whole)
        self._add_ideas(report)

    def _add_ideas(self, report: Report) -> None:
        shown = {row.key for row in self.rows}
        mine: set[str] = set()
        for section in report.sections:
            # What another section makes fail shows no idea of its own; older reports name some there.
            own = section.key in shown and section.root_cause is None
            for check in section.checks if own else ():
                told = check.diagnosis
                if told is None or told.id.startswith(_CONDITION):
                    continue
                found = self._ideas.setdefault(told.id, _Idea())
                found.sections[section.key] = None
                found.students += told.id not in mine
                mine.add(told.id)
                if not told.hint.startswith(AGAIN) and not found.hint:
                    found.hint = told.hint.partition(SURE)[0].strip()

    def sections(self) -> tuple[SectionCount, ...]:
        """Every section that somebody was graded in, in the order of the rubric."""
        return tuple(self._section(at, row) for at, row in enumerate(self.rows) if row.key in self._statuses)

    def _section(self, at: int, row: Row) -> SectionCount:
        statuses = self._statuses[row.key]
        graded = sum(statuses.values()) - statuses["ungraded"]
        return SectionCount(
            row,
            dict(sorted(statuses.items())),
            statuses["passed"] / graded if graded else None,
            self._discrimination(at),
            spread(self._ran.get(row.key, ())),
        )

    def _discrimination(self, at: int) -> float | None:
        own = [points for row in self._points if (points := row[at]) is not None]
        rest = [sum(p or 0.0 for p in row) - points for row in self._points if (points := row[at]) is not None]
        if len(own) < FEWEST or len(set(own)) == 1 or len(set(rest)) == 1:
            return None
        return statistics.correlation(own, rest)

    def ideas(self) -> tuple[Idea, ...]:
        """Misconceptions, the commonest first."""
        order = {row.key: at for at, row in enumerate(self.rows)}
        found = [
            Idea(name, idea.hint or name, tuple(sorted(idea.sections, key=order.__getitem__)), idea.students)
            for name, idea in self._ideas.items()
        ]
        return tuple(sorted(found, key=lambda idea: (-idea.students, idea.id)))


def spread(values: Iterable[float]) -> tuple[float, float] | None:
    """Median and 90th percentile; None of nothing."""
    every = sorted(values)
    if not every:
        return None
    return statistics.median(every), every[min(len(every) - 1, int(len(every) * 0.9))]


@dataclass(frozen=True, slots=True)
class Spread:
    """How points of a group are distributed over the class."""

    group: str
    max: Decimal
    points: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The average."""
        return statistics.fmean(self.points)

    @property
    def median(self) -> float:
        """Half have at least so many."""
        return statistics.median(self.points)

    @property
    def quartiles(self) -> tuple[float, float]:
        """A quarter has at most the first, a quarter at least the second."""
        if len(self.points) < 2:
            return self.points[0], self.points[0]
        low, _, high = statistics.quantiles(self.points, n=4, method="inclusive")
        return low, high

    def bins(self, most: int = 20) -> list[tuple[float, float, int]]:
        """Counts between equally far limits: from, to, how many; what equals the last limit is in the last bin."""
        low = min(0.0, *self.points)
        high = max(float(self.max), *self.points) or 1.0
        width = next(w for w in (0.5, 1, 2, 2.5, 5, 10, 20, 25, 50, 100, 1e9) if (high - low) / w <= most)
        first = int(low // width)
        last = max(first + 1, -int(-high // width))
        counts = Counter(min(last - 1, int(value // width)) for value in self.points)
        return [(at * width, (at + 1) * width, counts[at]) for at in range(first, last)]
