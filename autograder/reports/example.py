"""The smallest failing example on a console: its arrays as rows of numbers, and lines to paste into a shell.

A report holds it under `run`; what a submission gave is only ever shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from .arrays import Cell, Picture, pictures
from .ink import Ink

#: Rows and columns of a picture; larger arrays are left to the snippet.
SIDE = 6
#: Planes (samples and channels) that are shown of one array.
PLANES = 4
WIDTH = 9
_STYLES = {"given": "", "expected": "green", "yours": "red"}


def example(found: Mapping[str, Any], ink: Ink) -> Iterator[RenderableType]:
    """Everything that there is to show of it."""
    yield Text.assemble(("Smallest example: ", "dim"), ink.text(str(found.get("case")), "cyan", 160))
    for picture in pictures(found, SIDE, PLANES):
        yield from _rows(picture, ink)
    if found.get("got") is None:
        yield Padding(ink.text(f"{found.get('output')}: {found.get('message')}", "red", 300), (0, 0, 0, 2))


def snippet(found: Mapping[str, Any], ink: Ink) -> RenderableType | None:
    """The lines to paste, with nothing before them, and broken by nobody but the terminal."""
    lines = ink.lines(str(found.get("snippet") or "").rstrip(), rows=80, limit=8000)  # whole, or it cannot be run
    if not lines:
        return None
    lines.no_wrap, lines.overflow = True, "ignore"
    return Group(Text("To try it by yourself, start python in the homework's folder and paste:", style="dim"), lines)


def _rows(picture: Picture, ink: Ink) -> Iterator[RenderableType]:
    """An array, plane by plane or as a list; wrong cells stand in brackets, so that no colour is needed."""
    style, width = _STYLES[picture.kind], picture.width(WIDTH)

    def row(cells: Iterable[Cell], begins: str = "") -> Padding:
        line = ink.text(begins, "dim", 80)
        for cell in cells:
            text = f"[{cell.text}]" if cell.wrong else f" {cell.text} "
            line.append_text(ink.text(f"{text:>{width}}", "bold red" if cell.wrong else style, width + 4))
        return Padding(line, (0, 0, 0, 2))

    for plane in picture.planes:
        yield Padding(ink.text(picture.label(plane), "dim", 80), (0, 0, 0, 2))
        yield from map(row, plane.rows)
    if picture.listing is not None:
        yield Padding(ink.text(picture.heading(picture.listing), "dim", 80), (0, 0, 0, 2))
        yield from (row([cell], f"    {place}") for place, cell in picture.listing.rows)
        if picture.listing.more:
            yield Padding(ink.text(f"    and {picture.listing.more} more", "dim", 80), (0, 0, 0, 2))
