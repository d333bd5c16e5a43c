"""Documents a student: their report as it counts, with lateness and points by hand, for their eyes or a platform's.

Whatever two runs of the same batch may tell differently stays out, so that the files are the same byte by byte: times,
what was printed, where objects lay in memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from autograder.assignments.rubric import Rubric
from autograder.gradebook import accounts
from autograder.gradebook.facts import AdjustmentFacts, ConditionsFacts
from autograder.gradebook.policy import Policy
from autograder.gradebook.standing import LATE, LEFT, Standing
from autograder.grading.report import Report, SectionReport, Total, gathered, number
from autograder.platforms import gradescope
from autograder.platforms.formats import writer
from autograder.reports import audience
from autograder.reports.context import Context

from .cells import points

#: Format: what its files' names end in.
ENDINGS = {"autolab": ".txt", "gradescope": ".json", "markdown": ".md", "html": ".html"}
#: What is said beside totals of which a part is hidden: lateness and what was given for the whole are not in them.
PARTLY = "of what can be shown so far; not your mark"
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")


def render(name: str, report: Report, standing: Standing, policy: Policy, context: Context) -> str:
    """A student's document in a format of `ENDINGS`."""
    counted = as_it_counts(report, standing, policy, context)
    if conceals(report, context):
        context = replace(context, totals_note=PARTLY)
    if name != "gradescope":
        return writer(name)(counted, context)
    body = gradescope.results(counted, context)
    body["tests"] += _gradescope_changes(report, standing, context)
    return json.dumps(body, allow_nan=False, indent=1) + "\n"


def as_it_counts(report: Report, standing: Standing, policy: Policy, context: Context) -> Report:
    """The report with the points that stand, and what changed them as notes."""
    totals = {
        group: Total(standing.sums[group].final, total.max) if group in standing.sums else total
        for group, total in report.totals.items()
    }
    if _changed(standing, report, context):  # what other checks give is before that, and nothing to compare it with
        report = replace(report, totals_course={}, totals_strict={})
    sections = tuple(replace(section, carried=Decimal(0)) for section in with_points(report, standing).sections)
    notes = (*changes(standing, report, policy, context), *report.notes)
    return replace(report, sections=sections, totals=totals, notes=notes, run=_steady(report.run))


def with_points(report: Report, standing: Standing) -> Report:
    """The report with its sections' points as they stand: those that were changed by hand."""
    by_key = {section.key: section for section in standing.sections}
    changed = {change.section for change in standing.adjustments} & by_key.keys()
    sections = tuple(
        replace(section, points=by_key[section.key].points, carried=Decimal(0)) if section.key in changed else section
        for section in report.sections
    )
    return replace(report, sections=sections)


def without_checks(standing: Standing) -> str:
    """Why points by hand are all that there is, for a student."""
    why = "Handed in after the deadline" if standing.reason == LATE else "Not graded by checks"
    return f"{'Nothing was handed in' if standing.state == 'missing' else why}: the points were given by hand."


def by_hand(standing: Standing, rubric: Rubric, conditions: ConditionsFacts, context: Context) -> Report:
    """The report of a student of whom nothing could be graded: points that were given by hand, and no sections."""
    told = context.settings.get("show_hidden_totals") or not any(audience.hidden(s, context) for s in rubric.sections)
    most = {group: sum((s.points for s in rubric.sections if told and s.group == group), Decimal(0))
            for group in standing.sums}  # fmt: skip
    totals = {group: Total(total.final, most[group]) for group, total in standing.sums.items()}
    return Report(
        conditions.assignment, conditions.edition, conditions.seed, conditions.profile, conditions.checks,  # type: ignore[arg-type]
        totals, {}, {}, (), (without_checks(standing),),
    )  # fmt: skip


def _changed(standing: Standing, report: Report, context: Context) -> bool:
    """Whether the totals that are shown have lateness or points by hand in them."""
    if not conceals(report, context):
        return any(total.late or total.adjusted for total in standing.sums.values())
    seen = {section.key for section in report.sections if not audience.hidden(section, context)}
    return any(change.section in seen for change in standing.adjustments)


def _steady(run: Mapping[str, Any]) -> dict[str, Any]:
    sections = {key: _told_alike(gathered(facts)) for key, facts in run.get("sections", {}).items()}
    kept = {"isolation": run["isolation"]} if "isolation" in run else {}
    return {**kept, "sections": sections}


def _told_alike(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Where something was raised and what it says, without addresses."""
    kept = {"traceback": facts["traceback"]} if "traceback" in facts else {}
    if "exception" in facts:
        kept["exception"] = _ADDRESS.sub("0x…", str(facts["exception"]))
    return kept


def changes(standing: Standing, report: Report, policy: Policy, context: Context) -> Iterator[str]:
    """What lateness took, by which rules, and what was changed by hand, in words.

    Who sees only a part of the sections gets no number that is worked out from all of them.
    """
    if standing.state == "withdrawn":
        yield f"{LEFT.capitalize()}."
    partly = conceals(report, context)
    late, due = standing.lateness, standing.due
    taken = {group: total.late for group, total in standing.sums.items() if total.late}
    if late.by and late.percent and taken:
        what = ", ".join(f"{points(value)} points ({group})" for group, value in taken.items())
        yield (
            f"Handed in {accounts.lasting(late.seconds)} late: {points(late.percent)} percent off"
            + ("" if partly else f", {what}")
            + f"; {accounts.begun(late)}"
        )
    if due is not None and (due.extension is not None or late.by):
        yield f"Your deadline: {accounts.due(due)}. {accounts.terms(policy)}"
    for change in standing.adjustments:
        if change.section or not partly or change.kind == "add":
            yield f"{change.section or change.group.capitalize()}: {_spelt(change)} by hand"
        elif change.kind == "set":
            yield f"{change.group.capitalize()}: set by hand, which takes the place of all that the sections come to"


def _spelt(change: AdjustmentFacts) -> str:
    sign = "+" if change.points >= 0 else ""
    return f"{sign}{points(change.points)}" if change.kind == "add" else f"set to {points(change.points)}"


def conceals(report: Report, context: Context) -> bool:
    """Whether a student sees only a part of the sections, and no total that tells of the others."""
    hides: Iterator[SectionReport] = (section for section in report.sections if audience.hidden(section, context))
    return next(hides, None) is not None and not context.settings.get("show_hidden_totals")


def _gradescope_changes(report: Report, standing: Standing, context: Context) -> Iterator[dict[str, Any]]:
    """What Gradescope must add to the sections' points to come to the total that stands."""
    visibility = "hidden" if conceals(report, context) else "visible"
    for group, total in standing.sums.items():
        by_hand = total.final - by_sections(standing, group) + total.late
        for name, value in ((f"Lateness ({group})", -total.late), (f"By hand ({group})", by_hand)):
            if value:
                yield {
                    "name": name, "name_format": "text", "score": number(value), "max_score": 0,
                    "status": "passed" if value > 0 else "failed", "output": "", "output_format": "text",
                    "tags": [group], "visibility": visibility, "extra_data": {"key": name, "status": ""},
                }  # fmt: skip


def beyond_sections(standing: Standing) -> list[str]:
    """What Autolab's files cannot say, since it knows problems only: lateness, and points by hand of a whole group."""
    lines = []
    for group, total in standing.sums.items():
        summed = by_sections(standing, group)
        if total.final != summed or not standing.sections:
            lines.append(f"{standing.person.key}: {group} {points(total.final)}, the sections' sum {points(summed)}")
    return lines


def by_sections(standing: Standing, group: str) -> Decimal:
    """What the sections of a group come to."""
    return sum((section.points or Decimal(0) for section in standing.sections if section.group == group), Decimal(0))
