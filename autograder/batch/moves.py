"""Whose points that stand a batch makes others, and why: nobody's mark changes without a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from autograder.gradebook import accounts
from autograder.gradebook.standing import Standing


@dataclass(frozen=True, slots=True)
class Moved:
    """A student who had points and has others now, or none.

    Attributes
    ----------
    another
        Another attempt counts; that can be read in the gradebook at any time, while other reasons cannot.
    waits
        It is not graded yet.
    """

    student: str
    line: str
    another: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Had:
    """What a student had: points by group, of which attempt. It is kept as JSON until what became of it is said."""

    student: str
    points: Mapping[str, str]
    label: str | None = None
    digest: str | None = None
    submitted_at: str | None = None


def had(standing: Standing) -> Had:
    """What a student has."""
    points = {group: accounts.spelt(total.final) for group, total in standing.sums.items()}
    if standing.attempt is None:
        return Had(standing.person.key, points)
    when = standing.attempt.submitted_at
    told = None if when is None else when.isoformat()
    return Had(standing.person.key, points, standing.attempt.label, standing.attempt.digest, told)


def moves(before: Iterable[Had], after: Iterable[Standing], zone: tzinfo | None) -> Iterator[Moved]:
    """Everybody whose points are others, in the order of `before`; times are told in this zone."""
    now = {one.person.key: one for one in after}
    for old in before:
        new = now.get(old.student)
        if new is None or not old.points:
            continue
        if words := accounts.moved(old.points, had(new).points):
            waits = new.attempt is not None and new.attempt.grading is None and new.attempt.problem is None
            why = "; ".join([_why(old, new, zone), *([new.reason] if new.state == "ungraded" else [])])
            yield Moved(old.student, f"{old.student}: {words} ({why})", _another(old, new), waits)


def _another(old: Had, new: Standing) -> bool:
    return old.label is not None and new.attempt is not None and old.label != new.attempt.label


def _why(old: Had, new: Standing, zone: tzinfo | None) -> str:
    counts = new.attempt
    if counts is None:
        return "nothing of what was handed in counts for them any more"
    if old.label != counts.label:
        return f"{counts.label} counts" + ("" if old.label is None else f", and {old.label} no longer does")
    if old.digest != counts.digest:
        return f"{counts.label}: other files than before under the same name"
    was = None if old.submitted_at is None else datetime.fromisoformat(old.submitted_at)
    return (
        f"{counts.label}: {corrected(was, counts.submitted_at, zone)}" if was != counts.submitted_at else counts.label
    )


def corrected(before: datetime | None, now: datetime | None, zone: tzinfo | None) -> str:
    """When something was handed in, and when it was said to be."""
    old, new = ("at a time that nobody knows" if at is None else accounts.when(at, zone) for at in (before, now))
    return f"handed in {new}, not {old}"
