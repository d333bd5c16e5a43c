"""What students may see of a report.

A section is `visible`, or visible `after_due_date`, or `hidden`. What is not to be seen leaves no trace in a
student's document: not in the list, not in totals (their difference would tell), not as another section's
root cause, not in notes.

So may cases be, of a section that is seen. Its points are those of all its cases; of the hidden ones it says no more
than that one of them fails.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from autograder.assignments.practice import NOT_HERE
from autograder.errors import UsageError
from autograder.grading import score
from autograder.grading.report import Check, Report, SectionReport, Total, counts

from .context import Context

if TYPE_CHECKING:
    from autograder.assignments.rubric import Rubric, Section


#: What stands for the checks of hidden cases, and what it says where one fails.
HIDDEN_CASES, ONE_FAILS = "hidden cases", "a hidden case fails"

#: By these a submission can tell what a hidden case holds: prints carry words, times and memory carry numbers.
_CARRIERS = ("printed", "cpu_seconds", "wall_seconds", "memory_mb", "overtaken")


def hidden(entry: Section | SectionReport | Check, context: Context) -> bool:
    """Whether students may not see a section, or a check, now; what is not known counts as hidden."""
    return _unseen(entry.visibility, context)


def _unseen(visibility: str, context: Context) -> bool:
    if visibility == "after_due_date":
        return not context.after_due
    return visibility != "visible"


def refuse_hidden(rubric: Rubric, only: Collection[str], context: Context) -> None:
    """Grade nothing that a students' copy would not show: a report without sections says that all is well.

    Raises
    ------
    UsageError
        All of the sections that were asked for are hidden here.
    """
    chosen = rubric.select(only)
    unseen = [section.key for section in chosen if context.students and hidden(section, context)]
    if unseen and len(unseen) == len(chosen):
        raise UsageError(f"hidden here: {', '.join(unseen)}", hint="the course checks it from what you hand in")


def for_students(report: Report, context: Context) -> Report:
    """The report without what students may not see; totals are those of what is left.

    With the rubric's setting `show_hidden_totals` the totals stay those of everything.
    """
    report = without_cases(report, context)
    concealed = {section.key for section in report.sections if hidden(section, context)}
    if not concealed:
        return report
    kept = tuple(
        _uncaused(section) if section.root_cause in concealed else section
        for section in report.sections
        if section.key not in concealed
    )
    seen = replace(report, sections=kept, notes=tuple(n for n in report.notes if not _names(n, concealed)))
    told = {key: facts for key, facts in report.run.get("sections", {}).items() if key not in concealed}
    seen = replace(seen, run=_without_sum(report.run, told))
    if context.settings.get("show_hidden_totals"):
        return seen
    return replace(
        seen,
        totals=score.total(kept),
        totals_course=_under(kept, report, "course") if report.totals_course else {},
        totals_strict=_under(kept, report, "strict") if report.totals_strict else {},
    )


def _uncaused(section: SectionReport) -> SectionReport:
    """A section without what makes it fail; ideas that fit what comes of that are none of its own."""
    checks = tuple(replace(check, diagnosis=None) for check in section.checks)
    return replace(section, root_cause=None, checks=checks)


def without_cases(report: Report, context: Context) -> Report:
    """The report with all its sections, and nothing of hidden cases but whether one fails."""
    ran = report.run.get("sections", {})
    facts = {key: _apart(found, context) for key, found in ran.items()}
    partly = {s.key for s in report.sections if any(hidden(check, context) for check in s.checks)}
    # A hidden case that does not apply has no checks, and yet it ran.
    partly |= {key for key, found in facts.items() if found != ran[key]}
    if not partly:
        return report
    sections = tuple(_open(s, report.checks, context) if s.key in partly else s for s in report.sections)
    for section in sections:
        if section.key in partly and section.key in facts:
            facts[section.key] = _told(section, facts[section.key])
    return replace(report, sections=sections, run=_without_sum(report.run, facts))


def _apart(facts: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """What was seen of a section without what processes left that were asked what is hidden."""
    later = {seen: found for seen, found in facts.get("later", {}).items() if not _unseen(seen, context)}
    kept = {name: found for name, found in facts.items() if name != "later"}
    return {**kept, "later": later} if later else kept


def _without_sum(run: Mapping[str, Any], sections: Mapping[str, Any]) -> dict[str, Any]:
    """A run with these sections' facts, and without the time of all together, in which hidden ones count."""
    return {**{name: value for name, value in run.items() if name != "cpu_seconds"}, "sections": dict(sections)}


def _open(section: SectionReport, checks: str, context: Context) -> SectionReport:
    """A section whose hidden checks are one line for each level, which says no more than that it fails."""
    concealed = [check for check in section.checks if hidden(check, context)]
    failing = dict.fromkeys(check.level for check in concealed if check.status != "passed")
    kept = tuple(check for check in section.checks if check not in concealed)
    kept += tuple(Check(HIDDEN_CASES, level, "failed", message=ONE_FAILS) for level in failing)
    section = replace(section, checks=kept)
    if section.status not in ("passed", "ungraded") and _only_hidden_fail(section, checks):
        return replace(section, status="failed", message=ONE_FAILS, root_cause=None)
    return section


def _only_hidden_fail(section: SectionReport, checks: str) -> bool:
    counted = [check for check in section.checks if counts(check.level, checks)]
    return all(check.status == "passed" for check in counted if check.name != HIDDEN_CASES)


def _told(section: SectionReport, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What may be told of the run of a section with hidden cases: what is seen to fail, and nothing of them."""
    if section.status != "passed" and not _only_hidden_fail(section, "strict"):
        return {name: value for name, value in facts.items() if name not in _CARRIERS}
    return {}


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
    counted = [check for check in section.checks if counts(check.level, checks)]
    if section.points is None or not counted:
        return section
    passed = all(check.status == "passed" for check in counted)
    return replace(section, points=section.max if passed else section.carried)


def complete(report: Report) -> bool:
    """Whether everything that is graded here could be graded; if not, no score may leave as if it were whole."""
    return all(section.points is not None or not_here(section) for section in report.sections)


def not_here(section: SectionReport) -> bool:
    """Whether a section is one that this copy of the grader leaves to the course."""
    return section.points is None and section.message.startswith(NOT_HERE)
