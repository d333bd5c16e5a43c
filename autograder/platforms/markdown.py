"""Markdown: a page that GitHub, GitLab and editors show. Also GitHub's step summary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from autograder.grading.report import Report, SectionReport
from autograder.reports import audience, words
from autograder.reports.arrays import Cell, Picture, pictures
from autograder.reports.context import Context
from autograder.reports.text import excerpt, shown

_ACTIVE = re.compile(r"[^\w\s.,;=()'-]|_", re.ASCII)

#: A step summary may have 1 MiB; a report is far smaller, but printed texts add up.
MOST = 900_000

#: Rows and columns, and planes, of an array that is drawn.
SIDE, PLANES = 8, 8


def render(report: Report, context: Context) -> str:
    """The report as a page: totals, a table of sections, then what failed and why."""
    return page(audience.for_students(report, context), context)


def page(report: Report, context: Context) -> str:
    """The page of a report that holds only what its readers may see."""
    lines = [
        f"## {plain(context.title or report.assignment)}",
        "",
        *_totals(report, context.totals_note),
        "",
        *_table(report),
        "",
    ]
    for section in report.sections:
        if section.status not in ("passed", "not_implemented") and not audience.not_here(section):
            lines += _details(report, section)
    if report.notes:
        lines += ["### Notes", "", *(f"- {plain(shown(note))}" for note in report.notes), ""]
    how = f", checks {report.checks}, profile {plain(report.profile)}, seed {plain(report.seed)}"
    lines.append(f"<sub>{plain(report.assignment)} {plain(report.edition)}{how if report.sections else ''}</sub>")
    text = "\n".join(lines) + "\n"
    return text if len(text) <= MOST else text[:MOST].rpartition("\n")[0] + "\n\n… cut: the report is too long\n"


def plain(text: str) -> str:
    """A text that means nothing to Markdown or HTML: whatever could be active is a character reference."""
    return _ACTIVE.sub(lambda match: f"&#{ord(match[0])};" if ord(match[0]) < 0x80 else match[0], text)


def _totals(report: Report, note: str) -> Iterator[str]:
    aside = f" ({note})" if note else ""
    for group, total in report.totals.items():
        yield f"**{group.capitalize()}: {words.total(total)}**{aside}  "
    other = report.totals_strict if report.checks == "course" else report.totals_course
    which = "strict" if report.checks == "course" else "course"
    if said := ", ".join(f"{group} {words.total(total)}" for group, total in other.items()):
        yield f"Under the {which} checks: {said}."


def _table(report: Report) -> Iterator[str]:
    if not report.sections:
        return
    yield "| | section | | points |"
    yield "| --- | --- | --- | ---: |"
    for section in report.sections:
        outcome = plain(words.outcome(section))
        if audience.not_here(section):
            outcome = plain(shown(section.message))
        earned = f"{words.points(section.points)}/{words.points(section.max)}"
        key = f"{plain(section.number)} {plain(section.key)}"
        yield f"| {words.symbol(section)} | {key} | {outcome} | {earned} |"


def _details(report: Report, section: SectionReport) -> Iterator[str]:
    yield f"### {words.symbol(section)} {plain(section.key)}"
    yield ""
    for line in words.details(section):
        yield f"- {plain(line)}"
    if found := report.facts(section.key).get("example"):
        yield from _example(found)
    if printed := words.printed(report, section):
        yield from _folded("What it printed", excerpt(printed, rows=20, limit=2000))
    yield ""


def _example(found: Mapping[str, Any]) -> Iterator[str]:
    """The smallest failing example, its arrays as on a console: wrong numbers stand in brackets."""
    yield ""
    yield f"Smallest example: {plain(shown(str(found.get('case')), 160))}"
    rows = [row for picture in pictures(found, SIDE, PLANES) for row in _rows(picture)]
    if found.get("got") is None:
        rows.append(shown(f"{found.get('output')}: {found.get('message')}", 300))
    yield ""
    yield _fixed("\n".join(rows))
    if snippet := str(found.get("snippet") or "").rstrip():
        yield from _folded("Lines that show it, to run in the homework's folder", excerpt(snippet, rows=80, limit=8000))


def _rows(picture: Picture) -> Iterator[str]:
    width = picture.width(10)

    def line(cells: Iterable[Cell]) -> str:
        return "".join(f"{f'[{cell.text}]' if cell.wrong else f' {cell.text} ':>{width}}" for cell in cells)

    for plane in picture.planes:
        yield shown(picture.label(plane), 80)
        yield from (shown(line(row)) for row in plane.rows)
    if picture.listing is not None:
        yield shown(picture.heading(picture.listing), 80)
        yield from (shown(f"    {place}{line([cell])}") for place, cell in picture.listing.rows)
        if picture.listing.more:
            yield f"    and {picture.listing.more} more"


def _folded(title: str, text: str) -> Iterator[str]:
    yield ""
    yield f"<details><summary>{plain(title)}</summary>"
    yield ""
    yield _fixed(text)
    yield ""
    yield "</details>"


def _fixed(text: str) -> str:
    """Lines in fixed pitch. References are resolved in HTML text, so nothing in them can close the block."""
    return "<pre>" + "&#10;".join(plain(row) for row in text.split("\n")) + "</pre>"
