"""The report as a person reads it at a terminal, or in a log: table, reasons, totals, what changed.

The table comes first, for the overview; the totals and what to do next come last, where the eye is when
the command ends. Symbols and words say everything that colours say.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from autograder.grading.report import Report, SectionReport, Total

from .audience import not_here
from .ink import Ink, grid, points, signed
from .table import GROUPS, Scores, amount, rubric_table
from .troubles import failing, troubles
from .vocabulary import MEANINGS

if TYPE_CHECKING:
    from .changes import Change, Changes

#: Changed sections and notes that are listed; more are counted.
_LISTED = 12

#: How a note on a file that is not graded begins.
_LEFT_OUT = "left out: "


def new_console(stream: TextIO | None = None, width: int | None = None) -> Console:
    """A console for reports; outside a terminal it is plain, whatever the environment says of colours."""
    stream = sys.stdout if stream is None else stream
    return Console(
        file=stream,
        width=width,
        force_terminal=None if stream.isatty() else False,
        force_jupyter=False,  # in a notebook too, the stream is where it goes
        highlight=False,
        markup=False,
        emoji=False,
    )


def render(report: Report, changes: Changes | None, console: Console) -> None:
    """Write the report.

    Parameters
    ----------
    changes
        What changed since the last run, where that is known.
    console
        Where to; see `new_console`.
    """
    ink = Ink(console)
    blocks = list(_blocks(report, changes, ink))
    if console.is_terminal:
        _print(blocks, console, ink)
        return
    # Outside a terminal lines end where their text ends: rich fills them up with blanks.
    plain = io.StringIO()
    _print(blocks, _like(console, plain), ink)
    console.file.write("".join(f"{line.rstrip()}\n" for line in plain.getvalue().splitlines()))


def _like(console: Console, file: TextIO) -> Console:
    return Console(
        file=file, width=console.width, color_system=None, force_terminal=False, force_jupyter=False, highlight=False,
        markup=False, emoji=False, legacy_windows=False,
    )  # fmt: skip


def _print(blocks: list[RenderableType], console: Console, ink: Ink) -> None:
    for block in blocks:
        console.print(block, width=ink.width, crop=False)  # lines to be pasted may be longer
        console.print()


def _blocks(report: Report, changes: Changes | None, ink: Ink) -> Iterator[RenderableType]:
    yield _header(report, ink)
    yield rubric_table(report, ink)
    if found := troubles(report):
        from .panels import panels  # where all is right, it is not loaded

        yield from panels(report, found, ink)
    changed = _changes(changes, ink) if changes is None or changes.sections or not _untouched(report) else None
    for block in (_waiting(report, ink), _stubs(report, ink), _notes(report, ink), changed):
        if block is not None:
            yield block
    yield _totals(report, ink)


def _header(report: Report, ink: Ink) -> Text:
    facts = [f"{report.checks} checks", f"{report.profile} profile", f"seed {report.seed}"]
    if isolation := report.run.get("isolation"):
        facts.append("no sandbox" if isolation == "process" else str(isolation))
    what = f", edition {report.edition}" + "".join(f" {ink.dot} {fact}" for fact in facts)
    return Text.assemble(ink.text(report.assignment, "bold"), ink.text(what, "dim"))


def _waiting(report: Report, ink: Ink) -> RenderableType | None:
    """Sections that another one drags along: no panel, but the way to the cause."""
    causes: dict[str, list[str]] = {}
    for section in report.sections:
        if section.root_cause is not None:
            causes.setdefault(section.root_cause, []).append(section.key)
    if not causes or _untouched(report):
        return None
    lines: list[RenderableType] = [Text("These fail because another section does; mend that one first", "bold")]
    for cause, keys in causes.items():
        names = ink.text(", ".join(keys), limit=600)
        lines.append(Padding(Text.assemble(ink.text(cause, "bold", 80), (": ", "dim"), names), (0, 0, 0, 2)))
    return Group(*lines)


def _stubs(report: Report, ink: Ink) -> RenderableType | None:
    """All that is still to be written, in one paragraph."""
    symbol = ink.symbol("not_implemented")
    if _untouched(report):
        return Text(f"{symbol} Nothing is implemented yet: all {len(report.sections)} sections are stubs.", "yellow")
    stubs = [s for s in report.sections if s.status == "not_implemented" and s.root_cause is None]
    if not stubs:
        return None
    many = "1 section is" if len(stubs) == 1 else f"{len(stubs)} sections are"
    keys = ", ".join(s.key for s in stubs)
    begun = [f"{s.key} ({right})" for s in stubs if (right := _right(report, s))]
    lines = [Text.assemble((f"{symbol} {many} not implemented yet: ", "yellow"), ink.text(keys, limit=1200))]
    if begun:
        lines.append(Text.assemble(("Right there already: ", "dim"), ink.text(", ".join(begun), limit=1200)))
    return Group(
        *lines,
        Text(MEANINGS["not_implemented"].advice, style="italic"),
    )


def _untouched(report: Report) -> bool:
    """Whether there is nothing but stubs, as in the handout."""
    stubs = all(section.status == "not_implemented" for section in report.sections)
    return len(report.sections) > 1 and stubs and not any(_right(report, section) for section in report.sections)


def _right(report: Report, section: SectionReport) -> str:
    """Names of a stub's outputs that are right already."""
    return ", ".join(report.facts(section.key).get("right", ()))


def _notes(report: Report, ink: Ink) -> RenderableType | None:
    """Remarks that cost nothing, the files that were left out last."""
    left_out = [note for note in report.notes if note.startswith(_LEFT_OUT)]
    others = [note for note in report.notes if note not in left_out]
    if not report.notes:
        return None
    lines = [_bullet(ink.text(note, limit=600), ink) for note in _some(others, "remarks") + _some(left_out, "files")]
    return Group(Text("Notes", "bold"), *lines)


def _some(notes: list[str], what: str) -> list[str]:
    """The first of them, and how many more there are: a copied system folder can hold hundreds."""
    if len(notes) <= _LISTED:
        return notes
    return [*notes[:_LISTED], f"and {len(notes) - _LISTED:,} more {what}"]


def _bullet(text: Text, ink: Ink) -> RenderableType:
    line = grid(2)
    line.add_row(f"  {ink.dot}", text)
    return line


def _changes(changes: Changes | None, ink: Ink) -> RenderableType | None:
    if changes is None:
        return None
    if not changes.sections:
        return Text("Nothing has changed since the last run.", style="dim")
    sum_text = f": {signed(changes.delta)} points" if changes.delta else ""
    table = grid(3, gap=2)
    for change in changes.sections[:_LISTED]:
        table.add_row(*_change(change, ink))
    lines: list[RenderableType] = [Text(f"Since the last run{sum_text}", "bold"), Padding(table, (0, 0, 0, 2))]
    if len(changes.sections) > _LISTED:
        lines.append(Text(f"  and {len(changes.sections) - _LISTED} more", style="dim"))
    return Group(*lines)


def _change(change: Change, ink: Ink) -> tuple[Text, ...]:
    sign, colour = (ink.up, "green") if change.delta > 0 else (ink.down, "red") if change.delta else (ink.dot, "dim")
    name = Text.assemble((sign, colour), " ", ink.text(change.key, limit=80))
    before, after = MEANINGS[change.status_before].word, MEANINGS[change.status_after].word
    words = f"{before} {ink.arrow} {after}" if before != after else ""
    earned = f"{points(change.before)} {ink.arrow} {points(change.after)}" if change.delta else ""
    return name, Text(earned, colour), Text(words, "dim")


def _totals(report: Report, ink: Ink) -> RenderableType:
    """Both totals of each group, what makes them differ, and where to go on."""
    other = report.totals_course if report.checks == "strict" else report.totals_strict
    under = "under the course's own checks" if report.checks == "strict" else "under the strict checks"
    groups = [name for name in GROUPS if any(section.group == name for section in report.sections)]
    groups = [name for name in groups if name in report.totals and name in other]
    scores = Scores(amount(total) for name in groups for total in (report.totals[name], other[name]))
    lines: list[RenderableType] = []
    for name in groups:
        earned = Text(scores.text(amount(report.totals[name])), _colour(report.totals[name]))
        title = (f"{GROUPS[name]:<5}  ", "bold")
        lines.append(Text.assemble(title, earned, (f"   {under}  {scores.text(amount(other[name]))}".rstrip(), "dim")))
    if carried := [name for name in groups if report.totals[name].carried]:
        without = ", ".join(f"{points(report.totals[n].points - report.totals[n].carried)} ({n})" for n in carried)
        lines.append(Text(f"With nothing carried forward: {without}", "dim"))
    if differing := [section.key for section in report.sections if _strict_only(section)]:
        names = ink.text(", ".join(differing), limit=600)
        lines.append(Text.assemble(("Right for the course's checks, not for the strict ones: ", "dim"), names))
    if elsewhere := [section.key for section in report.sections if not_here(section)]:
        names = ink.text(", ".join(elsewhere), limit=600)
        lines.append(Text.assemble(("Not checked here, but by the course: ", "dim"), names))
    if ungraded := [s.key for s in report.sections if s.status == "ungraded" and not not_here(s)]:
        names = ink.text(", ".join(ungraded), limit=600)
        lines.append(Text.assemble(("Not final, since the grader failed on: ", "magenta"), names))
    return Group(*lines, _next(report, ink))


def _colour(total: Total) -> str:
    return "bold green" if total.points >= total.max else "bold"


def _strict_only(section: SectionReport) -> bool:
    checks = failing(section, "strict")
    return bool(checks) and not failing(section, "course")


def _next(report: Report, ink: Ink) -> Text:
    """The section to go on with: the first that fails by itself, else the first stub."""
    open_ones = [s for s in report.sections if s.status not in ("passed", "ungraded") and s.root_cause is None]
    if not open_ones:
        return Text("Everything passes.", "green") if all(s.status == "passed" for s in report.sections) else Text("")
    first = next((s for s in open_ones if s.status != "not_implemented"), open_ones[0])
    waiting = sum(section.root_cause == first.key for section in report.sections)
    what = f"; {waiting} more {'hangs' if waiting == 1 else 'hang'} on it" if waiting else ""
    return Text.assemble(("Next: ", "dim"), ink.text(f"{first.number} {first.key}".strip(), "bold", 100), (what, "dim"))
