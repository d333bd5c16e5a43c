"""The smallest failing example: its arrays as a picture, and lines to paste into a shell.

A report holds it under `run`; what a submission gave is only ever shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from .ink import Ink

#: Rows and columns of a picture; larger arrays are left to the snippet.
SIDE = 6
#: Planes (samples and channels) that are shown of one array.
PLANES = 4
WIDTH = 9


def example(found: Mapping[str, Any], ink: Ink) -> Iterator[RenderableType]:
    """Everything that there is to show of it."""
    output = str(found.get("output"))
    yield Text.assemble(("Smallest example: ", "dim"), ink.text(str(found.get("case")), "cyan", 160))
    for name, values in dict(found.get("inputs") or {}).items():
        yield from _picture(str(name), values, (), "", ink)
    yield from _picture(f"{output}, expected", found.get("expected"), (), "green", ink)
    if found.get("got") is None:
        yield Padding(ink.text(f"{output}: {found.get('message')}", "red", 300), (0, 0, 0, 2))
    else:
        wrong = tuple(tuple(index) for index in found.get("wrong") or ())
        yield from _picture(f"{output}, yours", found["got"], wrong, "red", ink)
    if snippet := str(found.get("snippet") or "").rstrip():
        yield Text("To try it by yourself, from the homework's folder:", style="dim")
        yield Padding(ink.lines(snippet, rows=80, limit=8000), (0, 0, 0, 4))  # whole, or it cannot be run


def _picture(
    name: str, values: Any, wrong: tuple[tuple[int, ...], ...], style: str, ink: Ink
) -> Iterator[RenderableType]:
    """An array as rows of numbers, plane by plane; wrong cells stand in brackets, so that no colour is needed."""
    planes = list(_planes(values, ()))
    shown = [(index, rows) for index, rows in planes if len(rows) <= SIDE and all(len(row) <= SIDE for row in rows)]
    if len(shown) != len(planes) or not 0 < len(planes) <= PLANES:
        return
    for index, rows in shown:
        label = name if len(planes) == 1 else f"{name} [{', '.join(map(str, index))}]"
        yield Padding(ink.text(label, "dim", 80), (0, 0, 0, 2))
        for place, row in enumerate(rows):
            line = Text()
            for column, value in enumerate(row):
                here = (*index, place, column) if len(rows) > 1 or _depth(values) > 1 else (column,)
                bad = here in wrong or (
                    len(rows) == 1 and (*index, column) in wrong and _depth(values) == len(index) + 1
                )
                cell = f"[{_number(value)}]" if bad else f" {_number(value)} "
                line.append_text(ink.text(f"{cell:>{WIDTH}}", "bold red" if bad else style, WIDTH + 4))
            yield Padding(line, (0, 0, 0, 2))


def _planes(values: Any, index: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], list[list[Any]]]]:
    """The two last axes of an array at each index of the others; a vector is one row, a number one cell."""
    depth = _depth(values)
    if depth == 0:
        yield index, [[values]]
    elif depth == 1:
        yield index, [list(values)]
    elif depth == 2:
        yield index, [list(row) for row in values]
    else:
        for place, inside in enumerate(values):
            yield from _planes(inside, (*index, place))


def _depth(values: Any) -> int:
    return 1 + _depth(values[0]) if isinstance(values, list) and values else int(isinstance(values, list))


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, (int, float)) else str(value)[:8]
