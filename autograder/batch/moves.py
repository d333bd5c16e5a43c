"""Whose points that stand a batch makes others, and why: nobody's mark changes without a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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


def moves(before: Iterable[Standing], after: Iterable[Standing], zone: tzinfo | None) -> Iterator[Moved]:
    """Everybody whose points are others, in the order of `before`; times are told in this zone."""
    now = {one.person.key: one for one in after}
    for old in before:
        new = now.get(old.person.key)
        if new is None or not old.sums or old.sums == new.sums:
            continue
        if words := accounts.moved(_points(old), _points(new)):
            waits = new.attempt is not None and new.attempt.grading is None and new.attempt.problem is None
            why = "; ".join([_why(old, new, zone), *([new.reason] if new.state == "ungraded" else [])])
            yield Moved(old.person.key, f"{old.person.key}: {words} ({why})", _another(old, new), waits)


def _points(standing: Standing) -> dict[str, str]:
    return {group: accounts.spelt(total.final) for group, total in standing.sums.items()}


def _another(old: Standing, new: Standing) -> bool:
    return old.attempt is not None and new.attempt is not None and old.attempt.label != new.attempt.label


def _why(old: Standing, new: Standing, zone: tzinfo | None) -> str:
    was, counts = old.attempt, new.attempt
    if counts is None:
        return "nothing of what was handed in counts for them any more"
    if was is None or was.label != counts.label:
        return f"{counts.label} counts" + ("" if was is None else f", and {was.label} no longer does")
    if was.digest != counts.digest:
        return f"{counts.label}: other files than before under the same name"
    if was.submitted_at != counts.submitted_at:
        return f"{counts.label}: {corrected(was.submitted_at, counts.submitted_at, zone)}"
    return counts.label


def corrected(before: datetime | None, now: datetime | None, zone: tzinfo | None) -> str:
    """When something was handed in, and when it was said to be."""
    old, new = ("at a time that nobody knows" if at is None else accounts.when(at, zone) for at in (before, now))
    return f"handed in {new}, not {old}"
