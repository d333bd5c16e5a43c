"""What fails, and for which reason: what there is to show a panel for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.grading.report import Check, Report, SectionReport, Status, counts

from .audience import not_here

#: How a message ends where a file is not there, so that nothing is that belongs into it.
FILE_MISSING = re.compile(r" is not there: \S+ is missing$")


@dataclass(slots=True)
class Trouble:
    """Sections that fail for one reason, and what their run left behind."""

    sections: list[SectionReport]
    run: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        """The status that they share."""
        return self.sections[0].status


def troubles(report: Report) -> list[Trouble]:
    """What to show a panel for, in rubric order.

    Sections that pass, stubs, and those that fail only because another one does have none; those that one
    and the same thing stopped (a syntax error in a file that they share) have one together.
    """
    found: dict[Any, Trouble] = {}
    for section in report.sections:
        if section.status in ("passed", "not_implemented") or section.root_cause is not None or not_here(section):
            continue
        run = report.facts(section.key)
        reason = _reason(section, run)
        if reason in found:
            found[reason].sections.append(section)
        else:
            found[reason] = Trouble([section], run)
    return list(found.values())


def failing(section: SectionReport, checks: str) -> list[Check]:
    """The checks that cost the section its points, each name once."""
    chosen: dict[str, Check] = {}
    for check in section.checks:
        if check.status != "passed" and counts(check.level, checks):
            chosen.setdefault(check.name, check)
    return list(chosen.values())


def message(section: SectionReport) -> str:
    """The section's message without the name of the check that it repeats."""
    for check in section.checks:
        if check.message and section.message == f"{check.name}: {check.message}":
            return check.message
    return section.message


def _reason(section: SectionReport, run: Mapping[str, Any]) -> Any:
    """What two sections must share to be told of together."""
    told = [check for check in section.checks if check.status != "passed"]
    detailed = len(told) > 1 or any(check.got_shape is not None or check.diagnosis is not None for check in told)
    if not section.message or (section.status in ("failed", "bad_output") and detailed):
        return section.key
    if section.status == "missing" and (file := FILE_MISSING.search(section.message)):
        return section.status, file[0]
    frames = tuple((frame.get("file"), frame.get("line")) for frame in run.get("traceback") or ())
    return section.status, message(section), run.get("exception"), frames
