"""What a section's run left behind: the way to the exception, the exception, what was printed.

All of it is the submission's word, and is only ever shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from . import words
from .example import example
from .ink import Ink, widest

#: Calls of a traceback that are shown: the first, where it began, and the last, where it ended.
_FRAMES = 4

#: Longer lines would wrap, and a caret below them point at nothing.
_CARET_ROOM = 12


def evidence(run: Mapping[str, Any], told: str, ink: Ink) -> Iterator[RenderableType]:
    """Everything that the report has of it.

    Parameters
    ----------
    run
        The section's entry under `run` in the report.
    told
        The message that stands above, which need not be said again.
    """
    syntax = run.get("syntax")
    yield from _traceback(list(run.get("traceback") or ()), ink)
    if syntax:
        yield from _syntax_error(syntax, ink)
    exception = words.raised(run)
    if exception and exception.partition(": ")[2] != told:
        yield Padding(ink.lines(exception, "red"), (0, 0, 0, 2))
    for note in run.get("notes") or ():
        yield Text.assemble(("Note: ", "dim"), ink.text(str(note)))
    if found := run.get("example"):
        yield from example(found, ink)
    if printed := str(run.get("printed") or "").strip("\r\n"):
        yield Text("It printed:", style="dim")
        yield Padding(ink.lines(printed), (0, 0, 0, 2))


def _traceback(frames: list[Mapping[str, Any]], ink: Ink) -> Iterator[RenderableType]:
    """The calls in the student's files, outermost first."""
    left_out = max(0, len(frames) - _FRAMES)
    for position, frame in enumerate(frames):
        if left_out and position == 1:
            many = "1 call" if left_out == 1 else f"{left_out:,} calls"
            yield Text(f"  {ink.dot} {many} in between", style="dim")
        if 1 <= position <= left_out:
            continue
        place = _place(frame, ink)
        yield Text.assemble("  ", place, (" in ", "dim"), ink.text(str(frame.get("function")), limit=80))
        if source := str(frame.get("text") or "").strip():
            yield Padding(ink.text(source, limit=200), (0, 0, 0, 6))


def _syntax_error(syntax: Mapping[str, Any], ink: Ink) -> Iterator[RenderableType]:
    """The line that Python could not read, with a caret where it gave up."""
    yield Text.assemble("  ", _place(syntax, ink))
    text = str(syntax.get("text") or "").rstrip()
    if not text.strip():
        return
    indent = len(text) - len(text.lstrip())
    line = ink.text(text.strip(), limit=200)
    yield Padding(line, (0, 0, 0, 6))
    column = int(syntax.get("column") or 0) - 1
    if indent <= column <= len(text) and line.cell_len < ink.width - _CARET_ROOM:
        before = widest([ink.text(text[indent:column], limit=len(text) * 10).plain])
        yield Padding(Text("^", "bold red"), (0, 0, 0, 6 + before))


def _place(frame: Mapping[str, Any], ink: Ink) -> Text:
    """`file:line`, which editors open by a click."""
    line = f":{frame['line']}" if frame.get("line") else ""
    return ink.text(f"{frame.get('file')}{line}", "cyan", 160)
