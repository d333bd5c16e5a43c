"""What explains a mark, in words: the rules, a student's own deadline, lateness, points by hand, how it was graded.

Everybody who shows a mark says it with these words, so that a page, a table and a document tell the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from .facts import AdjustmentFacts, ConditionsFacts, Decision, Origin, PublicationFacts
from .models import NO_WORK
from .moments import Extension, Span
from .policy import Due, Late, Lateness, Policy
from .standing import Standing

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
#: What stands for the points of who has none, which is no zero.
_NONE = "no points"
_WHICH = {"last": "the last attempt counts", "first": "the first attempt counts", "best": "the best attempt counts"}


def spelt(points: Decimal) -> str:
    """Points as a plain decimal: `10`, `2.5`, `-3`."""
    return f"{points.normalize() + 0:f}"  # no `-0`


def when(moment: datetime, zone: tzinfo | None) -> str:
    """A point in time, to the second and what there is below, in a zone: `2026-10-01 23:59:59 EDT`."""
    local = moment.astimezone(zone)
    below = f".{local.microsecond:06d}".rstrip("0").rstrip(".")
    return f"{local:%Y-%m-%d %H:%M:%S}{below} {local:%Z}"


def lasting(seconds: int) -> str:
    """So much time: `1 d 1 h 31 s`."""
    parts = []
    for size, unit in _UNITS:
        count, seconds = divmod(seconds, size)
        parts += [f"{count} {unit}"] if count else []
    return " ".join(parts) or "0 s"


def terms(policy: Policy) -> str:
    """The rules, in one sentence."""
    parts = [_WHICH[policy.attempts]]
    if policy.deadline is None:
        parts.append("there is no deadline of all")
    else:
        parts.append(f"due {when(policy.deadline, policy.deadline.tzinfo)}")
        if policy.grace != Span():
            parts.append(f"up to {_span(policy.grace)} after it is forgiven")
    if policy.late.costs:
        parts += _costs(policy.late, policy.groups)
    elif policy.deadline is None and not policy.extended():
        parts.append("lateness costs nothing")
    else:
        parts.append("lateness has no price, so nobody gets points for late work before somebody decides")
    if policy.timezone is not None and policy.late.costs:
        parts.append(f"days are the calendar's in {policy.timezone.key}")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _costs(late: Late, groups: tuple[str, ...]) -> Iterator[str]:
    if late.percent:
        cap = f", {spelt(late.cap)} % at most" if late.cap < 100 else ""
        yield f"each {late.per} begun costs {spelt(late.percent)} % of the {' and '.join(groups)} points{cap}"
    if late.until is not None:
        yield f"more than {_span(late.until)} late earns nothing of the {' and '.join(groups)} points"


def _span(span: Span) -> str:
    return lasting(span.days * 86400 + span.minutes * 60)


def due(own: Due) -> str:
    """A student's own deadline, with how they came to it."""
    at = when(own.at, own.at.tzinfo)
    if own.extension is None:
        return at
    given = extended(own.extension, None) if isinstance(own.extension, Span) else "a deadline of one's own"
    return f"{at} ({given}, by the {own.granted_by})"


def extended(extension: Extension, zone: tzinfo | None) -> str:
    """An extension: `2 d more`, or `until` then."""
    return f"{_span(extension)} more" if isinstance(extension, Span) else f"until {when(extension, zone)}"


def late(lateness: Lateness) -> str:
    """How late something was, and what that costs: `1 d 1 h 31 s, 2 days begun, −20 %`; empty where it was not."""
    if lateness.by <= timedelta():
        return ""
    parts = [lasting(lateness.seconds), begun(lateness)]
    if not lateness.accepted:  # by a rule that takes everything, or for want of one
        parts.append("too late to be accepted" if lateness.percent else "not accepted unless somebody decides so")
    return ", ".join([*parts, *([f"−{spelt(lateness.percent)} %"] if lateness.percent else [])])


def begun(lateness: Lateness) -> str:
    """The units begun: `2 days begun`."""
    return f"{lateness.begun} {lateness.per}{'' if lateness.begun == 1 else 's'} begun"


def change(made: AdjustmentFacts) -> str:
    """Points by hand, without who and why: `Conv1d +2.5`, `main = 60`."""
    number = (
        f"= {spelt(made.points)}" if made.kind == "set" else f"{'+' if made.points >= 0 else ''}{spelt(made.points)}"
    )
    return f"{made.section or made.group} {number}"


def decided(decision: Decision, zone: tzinfo | None) -> str:
    """Who decided something, when and why: `2026-11-22 14:00:03 EST, ta7: right idea`."""
    by = decision.who or "nobody said who"
    return f"{when(decision.at.replace(microsecond=0), zone)}, {by}" + (f": {decision.why}" if decision.why else "")


def by_hand(made: AdjustmentFacts, zone: tzinfo | None) -> str:
    """Points by hand with who, when and why, and who took them back."""
    text = f"{change(made)}, {decided(made.made, zone)}"
    return text if made.revoked is None else f"{text} (taken back {decided(made.revoked, zone)})"


def published(publication: PublicationFacts, graded_at: datetime, zone: tzinfo | None) -> str:
    """Which publication a grading stands by; batches add to the one that the class is graded by."""
    added = graded_at > publication.made.at
    made = decided(publication.made, zone)
    return f"publication {publication.id}, " + (f"made {made}; added to it when it was graded" if added else made)


def apart(others: Mapping[str, ConditionsFacts]) -> list[str]:
    """A line for each who is graded under other conditions than the class (`decisions.apart`)."""
    return [f"{student}: {conditions(under)}" for student, under in others.items()]


def graded(origin: Origin, zone: tzinfo | None) -> str:
    """When, by what and how something was graded."""
    return f"{when(origin.graded_at.replace(microsecond=0), zone)}, {graded_by(origin)}"


def graded_by(origin: Origin) -> str:
    """By what and how something was graded."""
    by = f"by version {origin.version}, " if origin.version else ""
    return f"{by}{conditions(origin.conditions)}"


def conditions(under: ConditionsFacts) -> str:
    """What something was graded under."""
    overlay = f", overlay {under.overlay}" if under.overlay else ""
    return (
        f"conditions {under.id}: edition {under.edition}{overlay}, {under.checks} checks, {under.profile} profile, "
        f"seed {under.seed}"
    )


def moved(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """What somebody had and has, as told by group, where it is another now: `main 90 → 92.5`, `main no points → 60`."""
    pairs = ((group, before.get(group, _NONE), after.get(group, _NONE)) for group in dict.fromkeys([*before, *after]))
    return ", ".join(f"{group} {old} → {new}" for group, old, new in pairs if old != new)


def doubtful(standing: Standing) -> list[str]:
    """What of a student's points by hand somebody should look at, as lines.

    More than there are, fewer than none, of a section that is not there any more, or given for other work than counts.
    """
    if not standing.adjustments:
        return []
    lines = [
        f"{name} {spelt(points)}{f'/{spelt(full)}' if full else ''}"
        + (": fewer than none" if points < 0 else ": more than there are")
        for name, points, full in _changed(standing)
        if points < 0 or (full and points > full)
    ]
    keys = {section.key for section in standing.sections}
    for made in standing.adjustments:
        line = _lost(made, standing) if made.section and made.section not in keys else _outlived(made, standing)
        lines += [line] if line else []
    return lines


def _changed(standing: Standing) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Sections and groups that have points by hand: name, points that stand, and how many there are."""
    sections = {made.section for made in standing.adjustments}
    for section in standing.sections:
        if section.key in sections and section.points is not None:
            yield section.key, section.points, section.max
    for group, total in standing.sums.items():
        if total.adjusted:
            yield group, total.final, total.max


def _lost(made: AdjustmentFacts, standing: Standing) -> str:
    """Points of a section that what counts now does not have: they are in no sum."""
    why = f"there is no section {made.section}" if standing.sections else f"nothing is graded ({standing.reason})"
    return f"{change(made)} (number {made.id}) counts for nothing: {why}"


def _outlived(made: AdjustmentFacts, standing: Standing) -> str:
    """Whether points were given for other work than what counts now; points on top of a whole are of no work."""
    now = NO_WORK if standing.attempt is None else standing.attempt.digest
    if made.work in ("", now) or not (made.section or made.kind == "set"):
        return ""
    labels = {attempt.digest: attempt.label for attempt in standing.attempts}
    before = "nothing" if made.work == NO_WORK else labels.get(made.work, "earlier work")
    counts = "nothing" if standing.attempt is None else standing.attempt.label
    return f"{change(made)} (number {made.id}) was given for {before}; what counts now is {counts}"
