"""The report as one page that needs nothing else: no network, no scripts, readable on a phone, on paper and aloud.

Every text goes through the template's escaping; what a submission printed is made visible characters first.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.grading.report import Report, SectionReport

from . import audience, words
from .arrays import Cell, Picture, pictures
from .text import excerpt, shown

if TYPE_CHECKING:
    from .context import Context

TEMPLATES = Path(__file__).parent / "templates"

#: How a status looks: three kinds are enough to see at a glance; the word says which it is.
KINDS = {"passed": "good", "not_implemented": "open", "missing": "open", "ungraded": "open"}


#: Rows and columns, and planes, of an array that is drawn; there is more room than on a console.
SIDE, PLANES = 16, 16


def render(report: Report, context: Context) -> str:
    """The page of what students may see of a report."""
    text: str = _template().render(view(audience.for_students(report, context), context))
    return text


def view(seen: Report, context: Context) -> dict[str, Any]:
    """What the templates `report.html` and `report_body.html` show, of a report that its readers may see all of."""
    return {
        "title": context.title or seen.assignment,
        "report": seen,
        "totals": [(group.capitalize(), words.total(total)) for group, total in seen.totals.items()],
        "totals_note": context.totals_note,
        "others": [(name, _said(totals)) for name, totals in _others(seen) if totals],
        "sections": [_section(seen, section, context) for section in seen.sections],
        "notes": [shown(note) for note in seen.notes],
        "unprotected": words.unprotected(seen),
    }


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
    environment.filters["coded"] = coded
    return environment.get_template("report.html")


def coded(text: str) -> Markup:
    """A text whose `names in backticks` are set as code; all of it is escaped."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # one is left over, and stays what it is
        parts[-2:] = ["`".join(parts[-2:])]
    code, plain = Markup("<code>{}</code>"), Markup("{}")
    return Markup("").join((code if at % 2 else plain).format(part) for at, part in enumerate(parts))


def _others(report: Report) -> Iterator[tuple[str, Any]]:
    yield "course", report.totals_course
    yield "strict", report.totals_strict


def _said(totals: Any) -> str:
    return ", ".join(f"{group} {words.total(total)}" for group, total in totals.items())


def _section(report: Report, section: SectionReport, context: Context) -> dict[str, Any]:
    facts = report.facts(section.key)
    own = section.status != "passed" and section.root_cause is None
    outcome = words.outcome(section)
    if audience.not_here(section):
        outcome = "not checked here"
    return {
        "key": section.key,
        "number": section.number,
        "group": section.group,
        "hidden": audience.hidden(section, context),
        "points": f"{words.points(section.points)}/{words.points(section.max)}",
        "aside": "",  # for who knows more about these points than a report does
        "kind": KINDS.get(section.status, "bad"),
        "symbol": words.symbol(section),
        "outcome": outcome,
        "lines": words.details(section),
        "traceback": [_frame(frame) for frame in facts.get("traceback", ())] if own else [],
        "exception": excerpt(words.raised(facts)) if own else "",
        "example": _example(facts["example"]) if facts.get("example") else None,
        "printed": excerpt(str(facts.get("printed", "")), rows=40, limit=4000),
    }


def _frame(frame: Any) -> dict[str, str]:
    place = f"{frame.get('file')}:{frame.get('line')}"
    return {
        "place": shown(place),
        "function": shown(str(frame.get("function", "")), 80),
        "text": shown(str(frame.get("text", "")).strip(), 200),
    }


def _example(found: Any) -> dict[str, Any]:
    """The smallest example: arrays as tables whose wrong cells are the darker, the further off they are."""
    message = f"{found.get('output')}: {found.get('message')}" if found.get("got") is None else ""
    return {
        "case": shown(str(found.get("case")), 160),
        "pictures": [_picture(picture) for picture in pictures(found, SIDE, PLANES)],
        "message": shown(message, 300),
        "snippet": excerpt(str(found.get("snippet") or "").rstrip(), rows=80, limit=8000),  # whole, or it cannot run
    }


def _picture(picture: Picture) -> dict[str, Any]:
    def drawn(cell: Cell) -> dict[str, Any]:
        return {"text": shown(cell.text, 24), "wrong": cell.wrong, "heat": cell.heat}

    planes = [
        {"label": shown(picture.label(plane), 80), "rows": [list(map(drawn, row)) for row in plane.rows]}
        for plane in picture.planes
    ]
    wrong = any(cell.wrong for cell in picture.cells)
    listing = None
    if picture.listing is not None:
        entries = [{"place": place, "cell": drawn(cell)} for place, cell in picture.listing.rows]
        heading = shown(picture.heading(picture.listing), 80)
        listing = {"heading": heading, "entries": entries, "more": picture.listing.more}
    return {"name": shown(picture.name, 80), "any_wrong": wrong, "planes": planes, "listing": listing}
