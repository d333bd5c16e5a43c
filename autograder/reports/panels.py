"""Why sections fail: a panel each, with what a student needs to find the line and mend it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from autograder.grading.compare import shape_text
from autograder.grading.report import Check, Report

from .evidence import evidence
from .example import snippet
from .ink import Ink, grid, points, widest
from .troubles import Trouble, failing, message
from .vocabulary import MEANINGS, advice

#: Checks of a section that are shown in full; the names of the others follow.
_CHECKS = 3


def panels(report: Report, found: Sequence[Trouble], ink: Ink) -> Iterator[RenderableType]:
    """A panel for each trouble, and lines to try it; what it means is said once, where it first appears."""
    explained: set[str] = set()
    for trouble in found:
        said = advice(trouble.sections[0])
        yield _panel(report, trouble, ink, "" if said in explained else said)
        if (lines := snippet(trouble.run.get("example") or {}, ink)) is not None:
            yield lines
        explained.add(said)


def _panel(report: Report, trouble: Trouble, ink: Ink, explained: str) -> Panel:
    first, *others = trouble.sections
    meaning = MEANINGS[trouble.status]
    name = Text.assemble(
        ink.status(trouble.status), "  ", ink.text(first.number, "dim", 20), " ", ink.text(first.key, "bold", 60)
    )
    if len(others) == 1:
        name.append_text(Text.assemble(" and ", ink.text(others[0].key, "bold", 60)))
    elif others:
        name.append(f" and {len(others)} more")
    most = sum((section.max for section in trouble.sections), Decimal(0))
    earned = sum((s.points for s in trouble.sections if s.points is not None), Decimal(0))
    score = Text(f"{points(None if trouble.status == 'ungraded' else earned)} / {points(most)}", style="bold")
    body = list(_body(report, trouble, ink, explained))
    return Panel(
        Group(*body),
        box=ink.panel,
        title=ink.heading(name, score, ink.width - 6),
        title_align="left",
        border_style=meaning.colour,
        padding=(0, 1),
        width=ink.width,
        safe_box=False,
    )


def _body(report: Report, trouble: Trouble, ink: Ink, explained: str) -> Iterator[RenderableType]:
    first, *others = trouble.sections
    if len(others) > 1:
        names = ", ".join(section.key for section in others)
        yield Text.assemble(("The same holds for: ", "dim"), ink.text(names, limit=600))
    checks = failing(first, report.checks)
    said = message(first)
    # The same of another level's case stands below, where that case is told of.
    if said and (others or said not in (check.message for check in first.checks)):
        yield ink.lines(said)
    if not others:
        yield from _checks(checks, ink)
    yield from evidence(trouble.run, said, ink)
    if report.checks == "strict" and checks and all(check.level == "strict" for check in checks):
        yield Text("The course's own checks pass here; the rest of the contract does not.", style="dim")
    if explained:
        yield Text()
        yield Text(explained, style="italic")


def _checks(checks: Sequence[Check], ink: Ink) -> Iterator[RenderableType]:
    """The first checks in full by case; checks that one exception stopped stand together."""
    alike: dict[Any, list[Check]] = {}
    for check in checks:
        plain = check.first_mismatch is None and check.got_shape is None and check.diagnosis is None
        alike.setdefault((check.case, check.status, check.message if plain else check.name), []).append(check)
    groups = list(alike.values())
    rows = [(", ".join(check.name for check in same), same[0]) for same in groups[:_CHECKS]]
    width = min(widest([name for name, _ in rows]), 24)
    for case, same_case in groupby(rows, key=lambda row: row[1].case):
        if case:
            yield ink.text(case, "cyan")
        for name, check in same_case:
            row = Table.grid(padding=(0, 2))
            row.add_column(width=width, overflow="fold")
            row.add_column(ratio=1, overflow="fold")
            row.add_row(ink.text(name, "bold", 120), Group(*_check(check, ink)))
            yield Padding(row, (0, 0, 0, 2))
    if rest := [check.name for same in groups[_CHECKS:] for check in same]:
        yield Text.assemble((f"and {len(rest)} more: ", "dim"), ink.text(", ".join(rest)))


def _check(check: Check, ink: Ink) -> Iterator[RenderableType]:
    sides = _sides(check)
    if brief := _brief(check) or ("" if sides else f"{MEANINGS[check.status].word}, no result"):
        yield ink.lines(brief)
    for label, style, value, where in sides:
        yield Text.assemble((f"  {label:<8}  ", "dim"), ink.text(value, style, 80), (f"  {where}".rstrip(), "dim"))
    if check.diagnosis is not None:
        hint = grid(2)
        hint.add_row(Text(ink.hint, "bold yellow"), ink.text(check.diagnosis.hint, limit=800))
        yield hint


def _brief(check: Check) -> str:
    """The message without what stands in the two lines below it."""
    if check.first_mismatch is not None:
        brief = check.message.partition("; first at ")[0]
        return f"{brief}, by up to {check.max_error}" if check.max_error else brief
    if check.expected_shape is None or check.got_shape is None:
        return check.message
    told = f"{_shape(check.got_shape)}, expected {shape_text(check.expected_shape)}"
    return "wrong shape" if check.message == told else check.message


def _sides(check: Check) -> list[tuple[str, str, str, str]]:
    """What was expected and what came, where the check knows both: label, style, value, place."""
    values: tuple[Any, ...] = ()
    place = ""
    if check.first_mismatch is not None:
        values = (check.first_mismatch.get("expected"), check.first_mismatch.get("got"))
        if index := check.first_mismatch.get("index"):
            place = f"at [{', '.join(map(str, index))}] " + (
                f" of {_shape(check.got_shape)}" if check.got_shape else ""
            )
    elif check.expected_shape != check.got_shape:
        values = (_shape(check.expected_shape), _shape(check.got_shape))
    if not values or None in values:
        return []
    expected, got = (f"{value!s:<{widest([str(v) for v in values])}}" for value in values)
    return [("expected", "green", expected, place), ("got", "red", got, "")]


def _shape(shape: tuple[int, ...] | None) -> str | None:
    return None if shape is None else f"shape {shape_text(shape)}"
