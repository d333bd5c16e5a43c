"""The arrays of the smallest failing example, as pictures that any writer can draw: planes of cells.

What a submission gave is data here like everything else; writers make its texts safe.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

#: How far off a wrong cell is, in steps of the worst one's distance; 0 is right.
HEATS = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """One number, whether it is wrong, and how far off in steps up to `HEATS`."""

    text: str
    wrong: bool = False
    heat: int = 0


@dataclass(frozen=True, slots=True)
class Plane:
    """The two last axes of an array at an index of the others; a vector is one row, a number one cell."""

    index: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """An array: `planes` is empty where it is too large to be looked at."""

    name: str
    kind: Literal["given", "expected", "yours"]
    planes: tuple[Plane, ...]

    def label(self, plane: Plane) -> str:
        """What a plane is called: `A [0, 1]`, or `A` where there is only one."""
        return self.name if len(self.planes) == 1 else f"{self.name} [{', '.join(map(str, plane.index))}]"


def pictures(found: Mapping[str, Any], side: int, most: int) -> Iterator[Picture]:
    """The arrays of an example as a report keeps it: inputs, what is expected, what came back if anything did.

    Parameters
    ----------
    side
        The most rows and columns of a plane that are drawn.
    most
        The most planes of an array.
    """
    output, expected, got = str(found.get("output")), found.get("expected"), found.get("got")
    for name, values in dict(found.get("inputs") or {}).items():
        yield Picture(str(name), "given", _planes(values, {}, side, most))
    yield Picture(f"{output}, expected", "expected", _planes(expected, {}, side, most))
    if got is not None:
        wrong = [tuple(index) for index in found.get("wrong") or ()]
        yield Picture(f"{output}, yours", "yours", _planes(got, _heats(wrong, got, expected), side, most))


def _planes(values: Any, heats: Mapping[tuple[int, ...], int], side: int, most: int) -> tuple[Plane, ...]:
    planes = tuple(_walk(values, (), heats))
    fits = all(len(plane.rows) <= side and all(len(row) <= side for row in plane.rows) for plane in planes)
    return planes if fits and len(planes) <= most else ()


def _walk(values: Any, index: tuple[int, ...], heats: Mapping[tuple[int, ...], int]) -> Iterator[Plane]:
    depth = _depth(values)
    if depth > 2:
        for place, inside in enumerate(values):
            yield from _walk(inside, (*index, place), heats)
        return
    rows = values if depth == 2 else [values if depth == 1 else [values]]
    yield Plane(
        index,
        tuple(
            tuple(
                Cell(_number(value), here in heats, heats.get(here, 0))
                for column, value in enumerate(row)
                for here in [(*index, *(row_at, column)[2 - depth :])]
            )
            for row_at, row in enumerate(rows)
        ),
    )


def _heats(wrong: list[tuple[int, ...]], got: Any, expected: Any) -> dict[tuple[int, ...], int]:
    """How far off each wrong cell is, in steps; what is no finite number is as far off as can be."""
    off = {}
    for index in wrong:
        values = [_at(array, index) for array in (got, expected)]
        numbers = [value for value in values if isinstance(value, int | float)]
        off[index] = abs(numbers[0] - numbers[1]) if len(numbers) == 2 else math.inf
    worst = max((distance for distance in off.values() if math.isfinite(distance)), default=0.0)
    return {
        index: min(HEATS, max(1, math.ceil(HEATS * distance / worst))) if worst and math.isfinite(distance) else HEATS
        for index, distance in off.items()
    }


def _at(array: Any, index: tuple[int, ...]) -> Any:
    for place in index:
        if not isinstance(array, list) or place >= len(array):
            return None
        array = array[place]
    return array


def _depth(values: Any) -> int:
    return 1 + _depth(values[0]) if isinstance(values, list) and values else int(isinstance(values, list))


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else str(value)[:8]
