"""Gradescope: `results.json`.

A test for each section, with the visibility that the rubric gives it: Gradescope itself hides what is
hidden. It cannot hide a part of a test, so of hidden cases a test says what students may read. The bonus
is extra credit, which Gradescope knows as a score over its maximum.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from autograder.grading.report import Report, SectionReport, number
from autograder.reports import audience, words
from autograder.reports.context import Context, moment
from autograder.reports.text import shown


def render(report: Report, context: Context) -> str:
    """The document that goes to `/autograder/results/results.json`."""
    return json.dumps(results(report, context), allow_nan=False, indent=1) + "\n"


def results(report: Report, context: Context) -> dict[str, Any]:
    """The document as JSON values.

    Where something could not be graded by our fault, no score is in it: Gradescope then says that the
    autograder failed, and staff run it again, instead of a zero that looks like the student's.
    """
    whole = audience.complete(report)
    report = audience.without_cases(report, context)
    # What everybody may read of a test says nothing of hidden ones, not as its cause either, whenever it is read.
    seen = audience.for_students(report, replace(context, after_due=False))
    open_ = {section.key: section for section in seen.sections}
    body: dict[str, Any] = {
        "output": _output(report, context, whole),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "execution_time": round(sum(words.seconds(seen, section) for section in seen.sections), 2),
        "tests": [_test(open_.get(section.key, section), scored=whole) for section in report.sections],
        "extra_data": _extra(report, context.metadata),
    }
    # With hidden sections Gradescope must add up itself, since it knows who looks.
    if whole and (not _conceals(report) or context.settings.get("show_hidden_totals")):
        body["score"] = number(sum((total.points for total in report.totals.values()), start=_zero(report)))
    if whole and context.settings.get("leaderboard"):
        theirs = audience.for_students(report, context)
        body["leaderboard"] = [
            {"name": group.capitalize(), "value": number(total.points), "order": "desc"}
            for group, total in theirs.totals.items()
        ]
    return body


def _zero(report: Report) -> Any:
    return next(iter(report.totals.values())).points * 0


def _conceals(report: Report) -> bool:
    return any(section.visibility != "visible" for section in report.sections)


def _test(section: SectionReport, *, scored: bool) -> dict[str, Any]:
    test: dict[str, Any] = {
        "name": f"{section.key} (bonus)" if section.group == "bonus" else section.key,
        "name_format": "text",
        "number": section.number,
        "output": "\n".join(words.details(section)),
        "output_format": "text",
        "tags": [section.group],
        "visibility": section.visibility if section.visibility in ("visible", "after_due_date") else "hidden",
        "extra_data": {"key": section.key, "status": section.status},
    }
    if scored and section.points is not None:
        test["score"] = number(section.points)
        test["max_score"] = number(section.max) if section.group == "main" else 0
        test["status"] = "passed" if section.status == "passed" else "failed"
    return test


def _output(report: Report, context: Context, whole: bool) -> str:
    seen = audience.for_students(report, context)
    lines = [context.title] if context.title else []
    late = lateness(context.metadata)
    if late:
        lines.append(f"Handed in {duration(late)} after the due date.")
    if not whole:
        lines.append(
            "The grader failed in some sections, so nothing was scored. This is not your fault: tell the staff."
        )
    if words.unprotected(report):
        lines.append("Graded without a boundary between the submission and the grader.")
    return "\n".join([*lines, *(shown(note) for note in seen.notes)])


def _extra(report: Report, metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "schema": "autograder/gradescope/v1",
        "assignment": report.assignment,
        "edition": report.edition,
        "seed": report.seed,
        "checks": report.checks,
        "late_seconds": lateness(metadata),
    }


def lateness(metadata: Mapping[str, Any]) -> int:
    """By how many seconds a submission was late: from the time it was made, never from now, which a re-run changes."""
    assignment = metadata.get("assignment")
    due = moment(assignment.get("due_date")) if isinstance(assignment, Mapping) else None
    made = moment(metadata.get("created_at"))
    if due is None or made is None:
        return 0
    return max(0, int((made - due).total_seconds()))


def duration(seconds: int) -> str:
    """`2 d 3 h`, `1 h 5 min`, `40 s`."""
    parts = []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        if count := seconds // size:
            parts.append(f"{count} {unit}")
            seconds -= count * size
    return " ".join(parts[:2]) or "0 s"
