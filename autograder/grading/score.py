"""From findings to checks, from checks to points: all of a section's checks hold, or it earns nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal

from autograder.assignments.rubric import Rubric, Section
from autograder.errors import HarnessError

from .compare import Mismatch
from .findings import Finding
from .report import Check, Diagnosis, SectionReport, Status, Total
from .sections import Result

Scored = Literal["strict", "course"]


def checks(
    section: Section, findings: Sequence[Finding], diagnoses: Mapping[str, Diagnosis] | None = None
) -> tuple[Check, ...]:
    """One check for each output and level: the first finding that did not pass, or passed."""
    made = []
    for output in section.outputs:
        for level in ("course", "strict"):
            mine = [f for f in findings if f.output == output and f.level == level]
            if mine:
                shown = check(next((f for f in mine if f.status != "passed"), mine[0]))
                diagnosis = (diagnoses or {}).get(output) if shown.status != "passed" else None
                made.append(shown if diagnosis is None else replace(shown, diagnosis=diagnosis))
    return tuple(made)


def check(finding: Finding) -> Check:
    """A finding as a line of the report."""
    if finding.status == "passed":
        return Check(finding.output, finding.level, "passed")
    mismatch = finding.mismatch or Mismatch("")
    first: Mapping[str, Any] | None = None
    if mismatch.index is not None:
        first = {
            "index": list(mismatch.index),
            "expected": mismatch.expected_value,
            "got": mismatch.got_value,
        }
    return Check(
        finding.output,
        finding.level,
        finding.status,
        finding.case,
        finding.message,
        expected_shape=mismatch.expected_shape,
        got_shape=mismatch.got_shape,
        first_mismatch=first,
        mismatched=mismatch.wrong,
        max_error=mismatch.max_error,
    )


def first_failure(findings: Sequence[Finding], scored: Scored) -> Finding | None:
    """The failure that a section shows: of the simplest case, in the order of its outputs."""
    counted = (f for f in findings if scored == "strict" or f.level == "course")
    return next((f for f in counted if f.status != "passed"), None)


def status(findings: Sequence[Finding], scored: Scored) -> tuple[Status, str]:
    """A section's status and message under one kind of checks."""
    if not any(scored == "strict" or finding.level == "course" for finding in findings):
        return "ungraded", "nothing of this section could be checked"
    failure = first_failure(findings, scored)
    if failure is None:
        return "passed", ""
    return failure.status, f"{failure.output}: {failure.message}"


def section_report(result: Result, scored: Scored, statuses: Mapping[str, Status], rubric: Rubric) -> SectionReport:
    """A section's line of the report.

    Parameters
    ----------
    statuses
        Status of every section that was run, by id.
    """
    section = result.section
    if result.trouble:
        found: tuple[Status, str] = ("ungraded", result.trouble)
    else:
        found = status(result.findings, scored)
    points = section.points if found[0] == "passed" else None if found[0] == "ungraded" else Decimal(0)
    return SectionReport(
        section.key,
        section.number,
        section.group,
        points,
        section.points,
        *found,
        checks(section, result.findings, result.diagnoses),
        root_cause(result, scored, statuses, rubric),
        section.visibility,
    )


def root_cause(result: Result, scored: Scored, statuses: Mapping[str, Status], rubric: Rubric) -> str | None:
    """The key of the section whose failure this one most likely inherits."""
    failure = first_failure(result.findings, scored)
    if failure is None or failure.status not in ("failed", "error", "not_implemented"):
        return None
    by_id = {section.id: section for section in rubric.sections}
    broken = [need for need in result.section.needs if statuses.get(need, "passed") != "passed"]
    if failure.trouble is not None and failure.trouble.frames:
        file = failure.trouble.frames[-1]["file"]
        broken = [need for need in broken if file in by_id[need].files]
    elif failure.status != "failed":
        return None
    # Of what is broken, the one that everything else builds upon.
    roots = [need for need in broken if not set(by_id[need].needs) & set(broken)]
    return by_id[roots[0]].key if roots else None


def total(reports: Sequence[SectionReport]) -> Mapping[str, Total]:
    """Points by group: one sum, in decimals."""
    groups: dict[str, Total] = {}
    for group in ("main", "bonus"):
        mine = [report for report in reports if report.group == group]
        if mine:
            groups[group] = Total(
                sum((report.points or Decimal(0) for report in mine), Decimal(0)),
                sum((report.max for report in mine), Decimal(0)),
            )
    return groups


def refuse_ungraded(reports: Sequence[SectionReport]) -> None:
    """Raise where a section could not be graded by our fault.

    Raises
    ------
    HarnessError
        Names the sections and the first reason.
    """
    ungraded = [report for report in reports if report.status == "ungraded"]
    if ungraded:
        keys = ", ".join(report.key for report in ungraded)
        raise HarnessError(f"not graded, by our fault: {keys}: {ungraded[0].message}")
