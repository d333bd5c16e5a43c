"""In which order a student's attempts were handed in, also where nobody knows the time of some.

A platform's own number tells where both are of the same platform: Autolab's version 2 came after version 1, whenever
that was. Where neither time nor number tells, the order is made up, but always the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from .facts import AttemptFacts


def order(attempt: AttemptFacts, since: float = 0.0) -> tuple[float, int, str, int]:
    """Sorts attempts by when they were handed in; of equal ones, as their platform numbers them.

    Parameters
    ----------
    since
        What stands for a time that nobody knows.
    """
    when = since if attempt.submitted_at is None else attempt.submitted_at.timestamp()
    return when, attempt.number, attempt.label, attempt.id


def ordered(attempts: Iterable[AttemptFacts]) -> tuple[AttemptFacts, ...]:
    """One student's attempts in order: those of unknown time after what their platform numbers below them."""
    every = tuple(attempts)
    if len(every) < 2:  # nearly everybody, of a large class
        return every
    if all(attempt.submitted_at is not None for attempt in every):
        return tuple(sorted(every, key=order))

    def key(attempt: AttemptFacts) -> tuple[float, int, str, int]:
        below = (
            one.submitted_at.timestamp()
            for one in every
            if one.submitted_at is not None and _series(one) == _series(attempt) and one.number < attempt.number
        )
        return order(attempt, max(below, default=0.0))

    return tuple(sorted(every, key=key))


def told(one: AttemptFacts, other: AttemptFacts) -> bool:
    """Whether times or numbers tell which of two came first."""
    if one.submitted_at is not None and other.submitted_at is not None:
        return True
    return _series(one) == _series(other) and one.number != other.number


def _series(attempt: AttemptFacts) -> tuple[str, str]:
    """What an attempt is numbered in: Autolab counts each student's versions, the others all that they get."""
    if attempt.source != "autolab":
        return attempt.source, ""
    local, _, rest = attempt.label.rpartition("/")[2].casefold().partition("@")
    return attempt.source, f"{local}@{rest.partition('_')[0]}"
