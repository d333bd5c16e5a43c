"""The rubric as a table: what each section earned, with a bar as long as its points weigh."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_CEILING, Decimal

from rich.table import Table
from rich.text import Text

from autograder.grading.report import Report, SectionReport, Total

from .ink import Ink, points, widest
from .troubles import failing, message
from .vocabulary import MEANINGS

#: Cells of the longest bar.
_BAR = 10

#: Columns from which on there is room for bars, and for the reason beside the status.
_ROOM_FOR_BARS, _ROOM_FOR_REASONS = 64, 100

#: Points earned, where known, and points there are.
Amount = tuple[Decimal | None, Decimal]

GROUPS = {"main": "Main", "bonus": "Bonus"}


def rubric_table(report: Report, ink: Ink) -> Table:
    """The sections by group in rubric order, with each group's total below it."""
    scores = Scores(_amounts(report))
    table = _empty_table(scores, ink)
    largest = max((section.max for section in report.sections), default=Decimal(0))
    for group, title in GROUPS.items():
        sections = [section for section in report.sections if section.group == group]
        for section in sections:
            table.add_row(*_row(section, report, scores, largest, ink))
        if sections and group in report.totals:
            table.add_section()
            table.add_row("", Text(title, "bold"), Text(scores.text(amount(report.totals[group])), "bold"))
            table.add_section()
    return table


def _empty_table(scores: Scores, ink: Ink) -> Table:
    reasons = ink.width >= _ROOM_FOR_REASONS
    table = Table(
        box=ink.table,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        header_style="dim",
        border_style="dim",
        safe_box=False,
        expand=reasons,
    )
    table.add_column("No.", style="dim", max_width=8, overflow="fold")
    table.add_column("Section", max_width=44, overflow="fold")
    table.add_column(Text("Points".rjust(scores.width)), no_wrap=True, overflow="crop")
    if ink.width >= _ROOM_FOR_BARS:
        table.add_column("", no_wrap=True, overflow="crop")
    table.add_column("Status", overflow="fold")
    if reasons:
        table.add_column("", ratio=1, no_wrap=True, overflow="ellipsis" if ink.unicode else "crop", style="dim")
    return table


def _row(section: SectionReport, report: Report, scores: Scores, largest: Decimal, ink: Ink) -> Iterator[Text]:
    yield ink.text(section.number, limit=20)
    yield ink.text(section.key, limit=80)
    yield Text(scores.text((section.points, section.max)))
    if ink.width >= _ROOM_FOR_BARS:
        yield _bar(section, largest, ink)
    yield ink.status(section.status)
    if ink.width >= _ROOM_FOR_REASONS:
        yield _reason(section, report, ink)


class Scores:
    """Points over points there are, aligned at the stroke."""

    def __init__(self, amounts: Iterable[Amount]) -> None:
        every = list(amounts)
        self._left = widest([points(earned) for earned, _ in every])
        self._right = widest([points(most) for _, most in every])
        self.width = self._left + 3 + self._right

    def text(self, amount: Amount) -> str:
        """One of them: `97.5 / 100`."""
        return f"{points(amount[0]):>{self._left}} / {points(amount[1]):<{self._right}}"


def amount(total: Total) -> Amount:
    """A total's two numbers."""
    return total.points, total.max


def _amounts(report: Report) -> Iterator[Amount]:
    yield from ((section.points, section.max) for section in report.sections)
    yield from map(amount, report.totals.values())


def _bar(section: SectionReport, largest: Decimal, ink: Ink) -> Text:
    """Cells in proportion to what the section can earn, filled in proportion to what it did."""
    if not largest or not section.max:
        return Text("")
    cells = max(1, int((section.max / largest * _BAR).to_integral_value(ROUND_CEILING)))
    filled = int(cells * min(section.points or Decimal(0), section.max) / section.max)
    colour = MEANINGS[section.status].colour
    return Text.assemble((ink.full * filled, colour), (ink.empty * (cells - filled), "dim"))


def _reason(section: SectionReport, report: Report, ink: Ink) -> Text:
    if section.root_cause is not None:
        return ink.text(f"because of {section.root_cause}", limit=120)
    if section.status in ("passed", "not_implemented"):
        return Text("")
    checks = [check.name for check in failing(section, report.checks)]
    if section.status in ("failed", "bad_output") and checks:
        return ink.text(", ".join(checks), limit=120)
    return ink.text(message(section), limit=120)
