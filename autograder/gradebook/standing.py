"""What each student gets: which attempt counts, what lateness takes, what was changed by hand.

Worked out anew from the facts whenever it is asked for, in decimals, once, for everybody who shows or sends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from . import forks, ordering, queries
from .bulk import keeping_all
from .choosing import accepted, choose, homework, rivals
from .engine import Gradebook
from .enrolment import Person
from .policy import PUNCTUAL, Due, Lateness, Policy
from .queries import AdjustmentFacts, AttemptFacts, SectionPoints

_NOTHING, _ZERO_CENTS = Decimal(0), Decimal("0.00")
NO_POINTS: Mapping[str, Decimal] = MappingProxyType({})

#: What is said of a time that nobody knows, where the download's names have a mark of lateness: only Canvas's do.
CALLED_LATE = "Canvas says late"

#: Why somebody is `withdrawn`.
LEFT = "not on the roster any more"
#: Why work that is late has no points, where the policy has no `[late]`.
LATE = "handed in after the deadline, and nothing says what lateness costs"

#: What is said of a file that cannot be opened, and lies where one lay that could.
COUNTS_STILL = "what lay there before counts still"


State = Literal["graded", "ungraded", "missing", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Sum:
    """Points of a group on their way: earned, what lateness takes, what was changed by hand, what results."""

    earned: Decimal
    late: Decimal
    adjusted: Decimal
    final: Decimal
    max: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """What a student has.

    Attributes
    ----------
    state
        `ungraded` where nothing of theirs could be opened or graded, or all is late by rules that say nothing of late
        work, with the `reason`; that is no zero. `withdrawn` where the class has a roster, and they are no longer on
        it: what they handed in stays theirs, graded or not.
    attempt
        The one that counts; `attempts` are all, in the order in which they were handed in.
    rivals
        Attempts one of which may have to count instead: neither times nor a platform's numbers tell.
    too_late
        Attempts that the policy does not accept, where others count for that reason.
    due
        Their own deadline; None where there is none.
    sections
        With adjustments by hand applied; lateness takes from the groups, not from these.
    adjustments, taken_back
        Points by hand that count, and such that somebody took back.
    """

    person: Person
    state: State
    reason: str
    attempt: AttemptFacts | None
    attempts: tuple[AttemptFacts, ...]
    lateness: Lateness
    sections: tuple[SectionPoints, ...]
    sums: Mapping[str, Sum]
    adjustments: tuple[AdjustmentFacts, ...]
    rivals: tuple[AttemptFacts, ...] = ()
    too_late: tuple[AttemptFacts, ...] = ()
    due: Due | None = None
    taken_back: tuple[AdjustmentFacts, ...] = ()

    def total(self, groups: Iterable[str] = ("main", "bonus")) -> Sum | None:
        """The points of these groups together: the one total that everything shows and sends; None where none are."""
        chosen = [self.sums[group] for group in groups if group in self.sums]
        if not chosen:
            return None
        zero = Decimal(0)
        return Sum(
            sum((one.earned for one in chosen), zero),
            sum((one.late for one in chosen), zero),
            sum((one.adjusted for one in chosen), zero),
            sum((one.final for one in chosen), zero),
            sum((one.max for one in chosen), zero),
        )

    @property
    def report_of(self) -> int | None:
        """The number of the grading that stands, for `queries.report`; None where nothing is graded or may count."""
        grading = None if self.attempt is None or not self.sections else self.attempt.grading  # who left keeps theirs
        return None if grading is None else grading.id


@dataclass(frozen=True, slots=True)
class Class:
    """A whole class in one assignment.

    Attributes
    ----------
    unmatched
        Attempts that count for nobody yet: shown, never dropped.
    unopened
        Attempts that could not be opened, for a person to decide: they count for somebody who has no points by hand,
        or for nobody yet, or lie where something lay before that counts for somebody still. Others are among their
        students' attempts only.
    aside
        Files that could not be opened and count for nobody, since those whose they are handed in an archive or code
        beside them.
    """

    assignment: str
    policy: Policy
    standings: tuple[Standing, ...]
    unmatched: tuple[AttemptFacts, ...]
    unopened: tuple[AttemptFacts, ...]
    aside: tuple[AttemptFacts, ...]


@keeping_all()
def standings(book: Gradebook, assignment: str, draft: int | None = None) -> Class:
    """What everybody has; with `draft`, what they would have if those conditions' gradings were published."""
    with book.moment():
        found = queries.attempts(book, assignment, draft)
        rules = queries.policy(book, assignment)
        by_hand = queries.adjustments(book, assignment)
        people = queries.people(book)
        full = queries.maxima(book, assignment) if by_hand else NO_POINTS
    current = _current(found)
    changes: dict[str, list[AdjustmentFacts]] = {}
    for change in by_hand:
        changes.setdefault(change.student, []).append(change)
    mine: dict[str, list[AttemptFacts]] = {}
    for attempt in current:
        for student in attempt.students:
            mine.setdefault(student, []).append(attempt)
    counting = {attempt.id for own in mine.values() for attempt in homework(own)}
    closed = any(person.on_roster for person in people)
    every = tuple(
        standing(person, mine.get(person.key, ()), rules, changes.get(person.key, ()), closed=closed, full=full)
        for person in people
    )
    here = (one for one in every if one.state != "withdrawn")
    pointless = {one.attempt.id for one in here if one.attempt is not None and not one.sums}
    return Class(
        assignment,
        rules,
        every,
        tuple(attempt for attempt in current if not attempt.students),
        (
            *(a for a in current if a.problem is not None and (a.id in pointless or not a.students)),
            *_beside(found, every),
        ),
        tuple(a for a in current if a.students and a.id not in counting),
    )


def of(book: Gradebook, assignment: str, student: str) -> Standing | None:
    """What one student has, without reading about everybody; None where there is no such student."""
    with book.moment():
        person = queries.person(book, student)
        found = queries.attempts(book, assignment, student=student)
        rules = queries.policy(book, assignment)
        by_hand = queries.adjustments(book, assignment)
        closed = queries.has_roster(book)
        full = queries.maxima(book, assignment)
    if person is None:
        return None
    current = _current(found)
    mine = [attempt for attempt in current if student in attempt.students]
    own = [change for change in by_hand if change.student == student]
    return standing(person, mine, rules, own, closed=closed, full=full)


def _current(found: tuple[AttemptFacts, ...]) -> list[AttemptFacts]:
    """Attempts that may count; others lie nowhere any more, or something else does in their place."""
    newest = queries.newest(found)
    return [attempt for attempt in found if newest.get(attempt.label) is attempt]


def _beside(found: tuple[AttemptFacts, ...], every: Iterable[Standing]) -> Iterator[AttemptFacts]:
    """What cannot be opened, and lies where what counts for somebody lay; unless points of a whole settle it."""
    counting = {
        one.attempt.label: one.attempt
        for one in every
        if one.attempt is not None and not any(not change.section for change in one.adjustments)
    }
    for label, attempt in sorted(queries.lying(found).items()):
        if attempt.problem is not None and label in counting and counting[label] is not attempt:
            yield replace(attempt, problem=f"{attempt.problem}; {COUNTS_STILL}")


def standing(
    person: Person,
    attempts: Iterable[AttemptFacts],
    policy: Policy,
    changes: Iterable[AdjustmentFacts],
    *,
    closed: bool = False,
    full: Mapping[str, Decimal] = NO_POINTS,
) -> Standing:
    """What one student has.

    Parameters
    ----------
    closed
        The class has a roster: who is not on it is none of it.
    full
        How many points there are in a group, for who has no grading that says so.
    """
    own, changes = ordering.ordered(attempts), tuple(changes)
    valid = tuple([change for change in changes if change.revoked is None])
    taken_back = tuple([change for change in changes if change.revoked is not None])
    eligible, too_late = accepted(person.key, homework(own), policy)
    chosen = choose(person.key, eligible, policy)
    lateness = PUNCTUAL if chosen is None else policy.lateness(person.key, chosen.submitted_at)
    state, reason = _state(chosen)
    if state == "graded" and _undecided(chosen, policy):
        state, reason = "ungraded", LATE
    grading = None if chosen is None or state != "graded" else chosen.grading
    sections = () if grading is None else grading.sections
    if grading is not None and not valid:
        sums = _unchanged(grading.summary, lateness.percent, policy.groups)
    else:
        if touched := any(change.section for change in valid):
            sections = tuple(_by_hand(section, valid) for section in sections)
        points = sections if touched else None
        sums = {group: _sum(group, grading, points, lateness, policy.groups, valid) for group in ("main", "bonus")}
    if state != "graded":
        # Nothing was earned; points by hand may stand all the same.
        given = ((group, total) for group, total in sums.items() if any(_of_group(c, group) for c in valid))
        sums = {group: replace(total, max=total.max or full.get(group, _NOTHING)) for group, total in given}
    if closed and own and not person.on_roster:
        state, reason = "withdrawn", "; ".join(filter(None, (LEFT, reason)))
    doubtful = () if chosen is None else rivals(person.key, chosen, eligible, policy)
    due = policy.due(person.key)
    return Standing(
        person, state, reason, chosen, own, lateness, sections, sums, valid, doubtful, too_late, due, taken_back
    )  # fmt: skip


def _undecided(attempt: AttemptFacts | None, policy: Policy) -> bool:
    """Whether work is late and nothing says what that costs. Of a fork lies there what was accepted, or was listed."""
    if attempt is None or attempt.source == forks.SOURCE:
        return False
    return policy.unpriced(attempt.students, attempt.submitted_at)


def _state(attempt: AttemptFacts | None) -> tuple[State, str]:
    if attempt is None:
        return "missing", "nothing was handed in"
    if attempt.grading is None:
        return "ungraded", attempt.problem or attempt.trouble or "not graded yet"
    return "graded", ""


def _of_group(change: AdjustmentFacts, group: str) -> bool:
    return not change.section and change.group == group


def _by_hand(section: SectionPoints, changes: tuple[AdjustmentFacts, ...]) -> SectionPoints:
    own = [change for change in changes if change.section == section.key]
    points = _changed(section.points or _NOTHING, own) if own else section.points
    return SectionPoints(section.key, section.group, section.status, points, section.max)


@lru_cache(maxsize=4096)
def _unchanged(summary: str, percent: Decimal, groups: tuple[str, ...]) -> Mapping[str, Sum]:
    """Sums that nobody changed by hand: the same for everybody with the same outcomes who is as late."""
    grading, lateness = queries.GradingFacts(0, 0, 0, summary), Lateness(percent=percent)
    return {group: _sum(group, grading, None, lateness, groups, ()) for group in ("main", "bonus")}


def _sum(
    group: str,
    grading: queries.GradingFacts | None,
    sections: tuple[SectionPoints, ...] | None,
    lateness: Lateness,
    groups: tuple[str, ...],
    changes: tuple[AdjustmentFacts, ...],
) -> Sum:
    """A group's points. Lateness takes from what the grader gave, as far as nobody took it by hand.

    What was given by hand it leaves alone, and below 0 nobody comes by it.

    Parameters
    ----------
    sections
        Their points, where some were changed by hand.
    groups
        Those that lateness takes from.
    """
    earned, full = (_NOTHING, _NOTHING) if grading is None else (grading.total(group), grading.max(group))
    given, taxed = earned, earned
    if grading is not None and sections is not None:
        pairs = [(old, new) for old, new in zip(grading.sections, sections, strict=True) if new.group == group]
        given = sum((new.points or _NOTHING for _, new in pairs), _NOTHING)
        taxed = sum(
            (max(min(old.points or _NOTHING, new.points or _NOTHING), _NOTHING) for old, new in pairs), _NOTHING
        )
    late = lateness.taken(taxed) if group in groups and lateness.percent else _ZERO_CENTS
    whole = [change for change in changes if _of_group(change, group)]
    punctual, final = _changed(given, whole), _changed(given - late, whole)
    if final < 0 and final != punctual:
        late = max(punctual, _ZERO_CENTS)
        final = _changed(given - late, whole)
    return Sum(earned, late, final - (earned - late), final, full)


def _changed(points: Decimal, changes: Iterable[AdjustmentFacts]) -> Decimal:
    """Points after changes by hand, one after the other."""
    for change in changes:
        points = change.points if change.kind == "set" else points + change.points
    return points
