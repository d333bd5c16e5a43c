"""Which of a student's attempts counts, by the policy."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from . import ordering
from .facts import AttemptFacts
from .policy import Policy

_NOTHING = Decimal(0)


def homework(attempts: Iterable[AttemptFacts]) -> tuple[AttemptFacts, ...]:
    """A student's attempts without the files that are none, where the same platform has one that is."""
    own = tuple(attempts)
    if len(own) < 2:
        return own
    platforms = {attempt.source for attempt in own if not attempt.stray}
    return tuple(attempt for attempt in own if not (attempt.stray and attempt.source in platforms))


def accepted(
    student: str, attempts: tuple[AttemptFacts, ...], policy: Policy
) -> tuple[tuple[AttemptFacts, ...], tuple[AttemptFacts, ...]]:
    """The attempts to choose from, and those that are too late for it: of nothing but late ones, all may count."""
    if len(attempts) < 2 or policy.attempts == "first":  # before the first there is nothing
        return attempts, ()
    late = tuple(one for one in attempts if not policy.lateness(student, one.submitted_at).accepted)
    return (attempts, ()) if len(late) == len(attempts) else (tuple(a for a in attempts if a not in late), late)


def choose(student: str, attempts: tuple[AttemptFacts, ...], policy: Policy) -> AttemptFacts | None:
    """The attempt that counts. The best has most points left after lateness, of all groups; of equals, the earliest."""
    if not attempts:
        return None
    if policy.attempts != "best":
        return attempts[0] if policy.attempts == "first" else attempts[-1]
    graded = [attempt for attempt in attempts if attempt.grading is not None]
    return max(graded, key=lambda attempt: _left(student, attempt, policy)) if graded else attempts[-1]


def rivals(
    student: str, chosen: AttemptFacts, attempts: tuple[AttemptFacts, ...], policy: Policy
) -> tuple[AttemptFacts, ...]:
    """Attempts that may have to count instead of the chosen one, since nothing tells which of them came first."""
    if len(attempts) < 2:
        return ()
    others = [one for one in attempts if one is not chosen and not ordering.told(one, chosen)]
    if policy.attempts == "best" and chosen.grading is not None:
        best = _left(student, chosen, policy)
        others = [one for one in others if one.grading is not None and _left(student, one, policy) == best]
    return tuple(others)


def _left(student: str, attempt: AttemptFacts, policy: Policy) -> Decimal:
    """What lateness leaves of a graded attempt's points."""
    assert attempt.grading is not None  # noqa: S101 - callers choose so
    lateness = policy.lateness(student, attempt.submitted_at)
    totals = {group: attempt.grading.total(group) for group in ("main", "bonus")}
    taken = [lateness.taken(total) for group, total in totals.items() if group in policy.groups]
    return sum(totals.values(), _NOTHING) - sum(taken, _NOTHING)
