"""The report as one page that needs nothing else: no network, no scripts, readable on a phone, on paper and aloud.

Every text goes through the template's escaping; what a submission printed is made visible characters first.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograder.grading.report import Report, SectionReport

from . import audience, words
from .text import excerpt, shown

if TYPE_CHECKING:
    from .context import Context

TEMPLATES = Path(__file__).parent / "templates"

#: How a status looks: three kinds are enough to see at a glance; the word says which it is.
KINDS = {"passed": "good", "not_implemented": "open", "missing": "open", "ungraded": "open"}


def render(report: Report, context: Context) -> str:
    """The page of what students may see of a report."""
    seen = audience.for_students(report, context)
    text: str = _template().render(
        title=context.title or report.assignment,
        report=seen,
        totals=[(group.capitalize(), words.total(total)) for group, total in seen.totals.items()],
        others=[(name, _said(totals)) for name, totals in _others(seen)],
        sections=[_section(seen, section) for section in seen.sections],
        notes=[shown(note) for note in seen.notes],
        unprotected=words.unprotected(seen),
    )
    return text


@cache
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html")


def _others(report: Report) -> Iterator[tuple[str, Any]]:
    yield "course", report.totals_course
    yield "strict", report.totals_strict


def _said(totals: Any) -> str:
    return ", ".join(f"{group} {words.total(total)}" for group, total in totals.items())


def _section(report: Report, section: SectionReport) -> dict[str, Any]:
    facts = report.run.get("sections", {}).get(section.key, {})
    outcome = words.outcome(section)
    if audience.not_here(section):
        outcome = "not checked here"
    return {
        "key": section.key,
        "number": section.number,
        "group": section.group,
        "points": f"{words.points(section.points)}/{words.points(section.max)}",
        "kind": KINDS.get(section.status, "bad"),
        "symbol": words.symbol(section),
        "outcome": outcome,
        "lines": words.details(section),
        "traceback": [_frame(frame) for frame in facts.get("traceback", ())],
        "exception": excerpt(str(facts.get("exception", ""))) if section.status != "passed" else "",
        "printed": excerpt(str(facts.get("printed", "")), rows=40, limit=4000),
    }


def _frame(frame: Any) -> dict[str, str]:
    place = f"{frame.get('file')}:{frame.get('line')}"
    return {
        "place": shown(place),
        "function": shown(str(frame.get("function", "")), 80),
        "text": shown(str(frame.get("text", "")).strip(), 200),
    }
