"""What may be told of a section whose cases are a secret: that it was graded, how it ended, what it earned.

Everything else is a way out for the secret: messages hold expected values, exceptions and prints hold whatever
the submission puts into them (an input, for one), and so do the names that it gives to things.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from .report import Check, Report, SectionReport

#: How a section ended, in words that say nothing of its cases.
WORDS: Mapping[str, str] = {
    "passed": "",
    "failed": "a hidden check failed",
    "not_implemented": "not implemented yet",
    "missing": "something that the handout asks for is missing",
    "error": "an exception was raised",
    "timeout": "it took too long",
    "memory": "it took too much memory",
    "limit": "it hit a limit (files, processes, threads)",
    "crashed": "the process ended or crashed",
    "forbidden": "it used what is not allowed",
    "bad_output": "what came back was no array of numbers",
    "ungraded": "it could not be graded, by our fault",
}

#: Facts about a section's run that the submission has no part in wording.
_FACTS = ("cpu_seconds", "wall_seconds", "memory_mb")


def hidden_keys(report: Report) -> frozenset[str]:
    """The sections that not everybody may see now."""
    return frozenset(section.key for section in report.sections if section.visibility != "visible")


def redact(report: Report, keys: Collection[str] | None = None) -> Report:
    """The report without anything that tells about the cases of these sections (by default: of all hidden ones)."""
    secret = hidden_keys(report) if keys is None else frozenset(keys)
    if not secret:
        return report
    return replace(
        report,
        sections=tuple(_redacted(section) if section.key in secret else section for section in report.sections),
        notes=tuple(note for note in report.notes if note.partition(": ")[0] not in secret),
        run=_run(report.run, secret),
    )


def _redacted(section: SectionReport) -> SectionReport:
    checks = tuple(Check(check.name, check.level, check.status) for check in section.checks)
    return replace(section, message=WORDS.get(section.status, ""), checks=checks, root_cause=None)


def _run(run: Mapping[str, Any], secret: frozenset[str]) -> dict[str, Any]:
    sections = {
        key: {name: value for name, value in facts.items() if name in _FACTS} if key in secret else facts
        for key, facts in run.get("sections", {}).items()
    }
    return {**run, "sections": sections} if "sections" in run else dict(run)
