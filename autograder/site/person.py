"""One student's page: what they have, how it came about, and the report.

Staff see everything. What students get is what `audience.for_students` lets through; staff's words about points by
hand, and what files were called, are not in it, nor totals from which hidden sections could be worked out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from autograder.exports.feedback import PARTLY, with_points, without_checks
from autograder.gradebook import accounts
from autograder.gradebook.facts import AdjustmentFacts, Origin
from autograder.gradebook.policy import Lateness, Policy
from autograder.gradebook.standing import LATE, LEFT, Standing
from autograder.grading.report import Report
from autograder.reports import audience, html
from autograder.reports.context import Context
from autograder.reports.words import points

from . import pages
from .listing import how_late

BY_HAND = "the points were given by hand."


@dataclass(frozen=True, slots=True)
class Head:
    """What every page says of the assignment, and how its times are told."""

    title: str
    facts: tuple[str, ...]
    policy: Policy

    def when(self, moment: datetime | None) -> str:
        """A time, in the zone of the deadline."""
        return "unknown" if moment is None else accounts.when(moment, self.policy.zone)


def staff_page(
    standing: Standing,
    report: Report | None,
    context: Context,
    head: Head,
    fork: tuple[str, ...] = (),
    origin: Origin | None = None,
) -> str:
    """The page that staff look at: everything, what was seen of the student's fork, and how the grading came about."""
    by_hand = sorted((*standing.adjustments, *standing.taken_back), key=lambda change: change.id)
    person = standing.person
    about = [person.key, *(f"{word} {value}" for word, value in _particulars(standing) if value)]
    return pages.render(
        "student.html",
        head=head,
        up="../",
        here="",
        staff=True,
        name=person.name or person.key,
        about=about,
        reason=f"{standing.reason}; {BY_HAND}" if standing.sums and standing.report_of is None else standing.reason,
        totals=_totals(standing, how_late(standing)),
        hidden=list(_unseen(report, context)) if report is not None else [],
        fork=fork,
        facts=[*_facts(standing, head), *_came_about(origin, head)],
        doubtful=accounts.doubtful(standing),
        attempts=_attempts(standing, head),
        adjustments=[_adjustment(change, head) for change in by_hand],
        **_report(report, standing, context),
    )


def student_page(
    standing: Standing, report: Report | None, context: Context, head: Head, name: str, *, published: bool = False
) -> str:
    """The page that a student gets. `report` is the whole one; of it stays what students may see.

    Parameters
    ----------
    name
        What the page calls the student: their name, or what stands for it.
    published
        Others may look at it: whether the student has a deadline of their own, or has left, is not told, nor when they
        handed in and how late that was, by which they could tell; only what lateness cost.
    """
    cost = _cost(standing.lateness)
    seen = None if report is None else audience.for_students(with_points(report, standing), context)
    concealed = {section.key for section in report.sections if audience.hidden(section, context)} if report else set()
    whole = not concealed or bool(context.settings.get("show_hidden_totals"))
    if whole or seen is None:  # how many points there are would tell of hidden sections, too
        totals = _totals(standing, cost if published else how_late(standing), most=seen is not None)
    else:  # lateness and points by hand count for all sections, and would tell what the hidden ones gave
        totals = [
            {"title": group.capitalize(), "value": f"{points(total.points)}/{points(total.max)}", "note": PARTLY}
            for group, total in seen.totals.items()
        ]
    changes = [c for c in standing.adjustments if c.section not in concealed]
    late = whole and any(total.late for total in standing.sums.values())
    if seen is not None and (changes or late):  # what other checks give is before that, and nothing to compare it with
        seen = replace(seen, totals_course={}, totals_strict={})
    return pages.render(
        "student.html",
        head=head,
        up="",
        here="",
        staff=False,
        name=name,
        about=[],
        reason=_plain_reason(standing, head, told=not published),
        totals=totals,
        hidden=[],
        fork=(),
        facts=_public_facts(standing, head, cost) if published else _facts(standing, head),
        doubtful=[],
        attempts=[] if published else _attempts(standing, head),
        adjustments=[_adjustment(change, head, whole=whole or bool(change.section)) for change in changes],
        **_report(seen, standing, context),
    )


def _unseen(report: Report, context: Context) -> Iterator[str]:
    """What students are not shown of a report."""
    for section in report.sections:
        if audience.hidden(section, context):
            yield section.key
        elif any(audience.hidden(check, context) for check in section.checks):
            yield f"hidden cases of {section.key}"


def _particulars(standing: Standing) -> list[tuple[str, str]]:
    person = standing.person
    return [
        ("email", person.email if person.email != person.key else ""),
        ("login", person.login),
        ("number", person.number),
        ("section", person.section),
        ("team", person.team),
        ("", "" if person.on_roster else "not on the roster"),
    ]


def _plain_reason(standing: Standing, head: Head, *, told: bool) -> str:
    """Why there is no report, for a student; empty where there is one. `told`: with times, and whether they left."""
    left = f"{LEFT.capitalize()}." if told and standing.state == "withdrawn" else ""
    if standing.report_of is not None:
        return left
    if standing.sums:
        return f"{left} {without_checks(standing)}".lstrip()
    if left or standing.state == "missing":
        return left or "Nothing was handed in."
    if standing.reason == LATE:
        what = _after_the_deadline(standing, head) if told else "Handed in after the deadline"
        return f"{what}: no points so far, which is no zero. The course's staff decide."
    return "Not graded yet; this is no zero."


def _after_the_deadline(standing: Standing, head: Head) -> str:
    at = None if standing.attempt is None else standing.attempt.submitted_at
    due = None if standing.due is None else standing.due.at
    return f"Handed in {head.when(at)}, after the deadline of {head.when(due)}"


def _totals(standing: Standing, late: str, *, most: bool = True) -> list[dict[str, str]]:
    """The points of each group; `late` says why lateness took some, `most` whether to tell how many there are."""
    found = []
    for group, total in standing.sums.items():
        parts = []
        if total.late or total.adjusted:
            parts.append(f"{points(total.earned)} earned")
        if total.late:
            parts.append(f"−{points(total.late)} late ({late})")
        if total.adjusted:
            sign = "+" if total.adjusted > 0 else "−"
            parts.append(f"{sign}{points(abs(total.adjusted))} by hand")
        value = f"{points(total.final)}/{points(total.max)}" if most and total.max else points(total.final)
        found.append({"title": group.capitalize(), "value": value, "note": ", ".join(parts)})
    return found


def _attempts(standing: Standing, head: Head) -> list[dict[str, Any]]:
    counting = None if standing.attempt is None else standing.attempt.id
    return [
        {
            "when": head.when(attempt.submitted_at),
            "label": attempt.label,
            "problem": attempt.problem or attempt.trouble,
            "counts": attempt.id == counting,
        }
        for attempt in standing.attempts
    ]


def _adjustment(change: AdjustmentFacts, head: Head, *, whole: bool = True) -> dict[str, str]:
    """A line of the table; without `whole` a total that was set is said to be, and not to what."""
    number = f"= {points(change.points)}" if change.kind == "set" else f"{change.points.normalize():+f}"
    if change.kind == "set" and not whole:
        number = "set by hand"
    zone = head.policy.zone
    return {
        "of": change.section or change.group,
        "points": number,
        "made": accounts.decided(change.made, zone),
        "revoked": "" if change.revoked is None else accounts.decided(change.revoked, zone),
    }


def _facts(standing: Standing, head: Head) -> list[tuple[str, str]]:
    """What explains the points besides the report: deadline, lateness, rules."""
    due = [] if standing.due is None else [("Due", accounts.due(standing.due))]
    late = _late(standing, accounts.late(standing.lateness) or "in time")
    return [*due, *late, ("Rules", accounts.terms(head.policy))]


def _public_facts(standing: Standing, head: Head, cost: str) -> list[tuple[str, str]]:
    """The same without times, and without a deadline that may be this student's alone."""
    numbers = {attempt.id: number for number, attempt in enumerate(standing.attempts, 1)}
    count = len(numbers)
    found = []
    if standing.attempt is not None and count > 1:
        found.append(("Handed in", f"{count} times, of which number {numbers[standing.attempt.id]} counts"))
    late = [] if head.policy.deadline is None else _late(standing, cost)
    return [*found, *late, ("Rules", accounts.terms(head.policy))]


def _late(standing: Standing, said: str) -> list[tuple[str, str]]:
    if standing.attempt is None or standing.due is None:
        return []
    unknown = "nobody knows when it was handed in, so nothing is taken"
    return [("Late", said if standing.lateness.known else unknown)]


def _cost(lateness: Lateness) -> str:
    """What lateness takes, without how late that is."""
    if not lateness.accepted and not lateness.percent:
        return "not decided"
    return f"−{accounts.spelt(lateness.percent)} %" if lateness.percent else "nothing is taken"


def _came_about(origin: Origin | None, head: Head) -> list[tuple[str, str]]:
    if origin is None:
        return []
    zone, stands = head.policy.zone, origin.publication
    graded = [("Graded", accounts.graded(origin, zone))]
    return graded if stands is None else [*graded, ("Stands by", accounts.published(stands, origin.graded_at, zone))]


def _report(report: Report | None, standing: Standing, context: Context) -> dict[str, Any]:
    """The report with the points that stand; beside those that were given by hand, what the checks gave."""
    if report is None:
        return {"report": None, "unprotected": False, "sections": [], "notes": [], "others": []}
    seen = html.view(with_points(report, standing), context)
    changed = {change.section for change in standing.adjustments}
    grading = None if standing.attempt is None else standing.attempt.grading
    earned = {section.key: section.points for section in (grading.sections if grading is not None else ())}
    for section in seen["sections"]:
        if section["key"] in changed & earned.keys():
            section["aside"] = f"by hand; {points(earned[section['key']])} by checks"
    return {name: seen[name] for name in ("report", "unprotected", "sections", "notes", "others")}
