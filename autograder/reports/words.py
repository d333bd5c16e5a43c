"""A section in words, as every writer tells it: one line of outcome, and the details of what failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from autograder.grading.report import Check, Report, SectionReport, Total, number

from .text import shown
from .vocabulary import MEANINGS, advice

#: More failed checks of one section than these say nothing new.
MOST_CHECKS = 5


def points(value: Decimal | None) -> str:
    """Points as people write them: `10`, `2.5`; a dash where nothing could be graded."""
    return "–" if value is None else str(number(value))


def total(totals: Total) -> str:
    """`87.5/100`, and where points are carried forward, what it would be without them; `60` of no known maximum."""
    without = f", {points(totals.points - totals.carried)} with nothing carried forward" if totals.carried else ""
    of = f"/{points(totals.max)}" if totals.max else ""
    return f"{points(totals.points)}{of}{without}"


def totals(report: Report) -> str:
    """`87.5/100 (main), 5/15 (bonus)`."""
    return ", ".join(f"{total(value)} ({group})" for group, value in report.totals.items())


def outcome(section: SectionReport) -> str:
    """The status's word."""
    return MEANINGS[section.status].word


def symbol(section: SectionReport) -> str:
    """One character for the status."""
    return MEANINGS[section.status].symbol


def details(section: SectionReport) -> list[str]:
    """What a student should read about a section that did not pass: safe, single lines; empty where it passed."""
    if section.status == "passed":
        return []
    if section.root_cause is not None:
        return [because(section)]
    failed = [check for check in section.checks if check.status != "passed"]
    told = {f"{check.name}: {check.message}" for check in failed}
    lines = [shown(section.message)] if section.message and section.message not in told else []
    lines += [line for check in failed[:MOST_CHECKS] for line in _check(check)]
    if left_out := len(failed) - MOST_CHECKS:
        lines += [f"… and {left_out} more"] if left_out > 0 else []
    said = advice(section)
    # Ours may be a section that this copy does not check, which calls for no action.
    calls = section.status != "ungraded"
    return [*dict.fromkeys(lines), *([said] if said and calls else [])]


def because(section: SectionReport) -> str:
    """The one line of a section that another one makes fail: what went wrong in it says nothing about its own code.

    That nothing else makes it fail is said where points hang on that; elsewhere it need not have been found out.
    """
    cause = shown(str(section.root_cause))
    if not section.carried:
        return f"It builds upon {cause}, which fails: mend that one first."
    kept = f"{points(section.carried)} of {points(section.max)} points are carried forward, 0 without that"
    return f"It fails only because of {cause}: mend that one. {kept}."


def _check(check: Check) -> Iterator[str]:
    where = f", in {shown(check.case)}" if check.case else ""
    yield f"{shown(check.name)}{where}: {shown(check.message) or MEANINGS[check.status].word}"
    if check.diagnosis is not None:
        yield shown(check.diagnosis.hint)


def raised(run: Mapping[str, Any]) -> str:
    """The exception that ended a section's run: its name and its text; empty where nothing was raised."""
    name, _, text = str(run.get("exception") or "").partition(": ")
    return f"{name}: {text}" if name and text else name


def unprotected(report: Report) -> bool:
    """Whether a secret was in play and nothing but limits stood between it and the submission."""
    return report.seed.startswith("secret:") and report.run.get("isolation") == "process"


def printed(report: Report, section: SectionReport) -> str:
    """What a submission printed in a section: raw, for the writer to make safe."""
    return str(report.facts(section.key).get("printed", ""))


def seconds(report: Report, section: SectionReport) -> float:
    """How long a section took."""
    return float(report.facts(section.key).get("wall_seconds", 0.0))
