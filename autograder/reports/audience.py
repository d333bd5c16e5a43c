"""What students may see of a report.

A section is `visible`, or visible `after_due_date`, or `hidden`. What is not to be seen leaves no trace in a
student's document: not in the list, not in totals (their difference would tell), not as another section's
root cause, not in notes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from autograder.assignments.practice import NOT_HERE
from autograder.grading import score
from autograder.grading.report import Report, SectionReport, Total

from .context import Context


def hidden(section: SectionReport, context: Context) -> bool:
    """Whether students may not see a section now; what is not known counts as hidden."""
    if section.visibility == "after_due_date":
        return not context.after_due
    return section.visibility != "visible"


def for_students(report: Report, context: Context) -> Report:
    """The report without what students may not see; totals are those of what is left.

    With the rubric's setting `show_hidden_totals` the totals stay those of everything.
    """
    concealed = {section.key for section in report.sections if hidden(section, context)}
    if not concealed:
        return report
    kept = tuple(
        replace(section, root_cause=None) if section.root_cause in concealed else section
        for section in report.sections
        if section.key not in concealed
    )
    seen = replace(report, sections=kept, notes=tuple(n for n in report.notes if not _names(n, concealed)))
    run = dict(report.run)
    run["sections"] = {key: facts for key, facts in run.get("sections", {}).items() if key not in concealed}
    seen = replace(seen, run=run)
    if context.settings.get("show_hidden_totals"):
        return seen
    return replace(
        seen,
        totals=score.total(kept),
        totals_course=_under(kept, report, "course"),
        totals_strict=_under(kept, report, "strict"),
    )


def _names(note: str, keys: set[str]) -> bool:
    return any(note.startswith(f"{key}:") for key in keys)


def _under(
    sections: tuple[SectionReport, ...], report: Report, checks: Literal["course", "strict"]
) -> dict[str, Total]:
    """Totals under other checks than the chosen ones: a section's points are there iff all of its checks hold."""
    if checks == report.checks:
        return dict(score.total(sections))
    return dict(score.total([_scored(section, checks) for section in sections]))


def _scored(section: SectionReport, checks: str) -> SectionReport:
    counted = [check for check in section.checks if checks == "strict" or check.level == "course"]
    if section.points is None or not counted:
        return section
    passed = all(check.status == "passed" for check in counted)
    return replace(section, points=section.max if passed else section.max * 0)


def complete(report: Report) -> bool:
    """Whether everything that is graded here could be graded; if not, no score may leave as if it were whole."""
    return all(section.points is not None or not_here(section) for section in report.sections)


def not_here(section: SectionReport) -> bool:
    """Whether a section is one that this copy of the grader leaves to the course."""
    return section.points is None and section.message.startswith(NOT_HERE)
