"""The arrays of the smallest failing example, as pictures that any writer can draw: planes of cells, or a list.

What a submission gave is data here like everything else; writers make its texts safe.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from autograder.grading.compare import digits_apart, shape_text

#: How far off a wrong cell is, in steps of the worst one's distance; 0 is right.
HEATS = 4
#: Significant digits of a cell; more where a wrong number would look like the right one.
DIGITS = 4
#: The most entries that are listed of an array that cannot be drawn, and how many times as many it must have.
LISTED, MOSTLY = 16, 4

#: How far off the wrong cells are, by their places.
Heats = Mapping[tuple[int, ...], int]


@dataclass(frozen=True, slots=True)
class Cell:
    """One number, whether it is wrong, and how far off in steps up to `HEATS`."""

    text: str
    wrong: bool = False
    heat: int = 0


@dataclass(frozen=True, slots=True)
class Plane:
    """Two axes of an array at an index of the others; a vector is one row, a number one cell.

    Attributes
    ----------
    index
        As NumPy writes it: of the two last axes nothing is said, of others there is a colon.
    """

    index: tuple[int | str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of an array is drawn: rows and columns of a plane, planes, significant digits."""

    side: int
    planes: int
    digits: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A number of an array with its place."""

    index: tuple[int, ...]
    cell: Cell


@dataclass(frozen=True, slots=True)
class Listing:
    """An array as what is not 0 in it, or wrong; `more` entries are left out."""

    shape: tuple[int, ...]
    entries: tuple[Entry, ...]
    more: int

    @property
    def rows(self) -> Iterator[tuple[str, Cell]]:
        """Each entry's place as a text, all of one width, and its cell."""
        width = max((len(str(entry.index)) for entry in self.entries), default=0)
        yield from ((f"{entry.index!s:<{width}}", entry.cell) for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Picture:
    """An array: planes, or a list where it is too large to be looked at; neither where there is too much in it.

    Its shape is told above planes where that is what is wrong: sides of length 1 show in none of them.
    """

    name: str
    kind: Literal["given", "expected", "yours"]
    planes: tuple[Plane, ...]
    listing: Listing | None = None
    shape: tuple[int, ...] | None = None

    @property
    def cells(self) -> Iterator[Cell]:
        """Every cell."""
        yield from (cell for plane in self.planes for row in plane.rows for cell in row)
        yield from (entry.cell for entry in (self.listing.entries if self.listing else ()))

    def width(self, least: int) -> int:
        """Columns that a cell takes, with room for brackets around it: `least` or more."""
        return max([least, *(len(cell.text) + 3 for cell in self.cells)])

    def heading(self, listing: Listing) -> str:
        """What stands above a list: `A (1, 24, 128), 0 but for`."""
        return f"{self.name} {listing.shape}, {'0 but for' if listing.entries else 'all of it is 0'}"

    def label(self, plane: Plane) -> str:
        """What a plane is called: `A [0, 1]`, or `A` where there is only one."""
        name = self.name if self.shape is None else f"{self.name} {shape_text(self.shape)}"
        return name if len(self.planes) == 1 else f"{name} [{', '.join(map(str, plane.index))}]"


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
    sides = dict(found.get("sides") or {})
    wrong = [tuple(index) for index in found.get("wrong") or ()] if got is not None else []
    digits = _digits(wrong, got, expected)

    def drawn(
        name: str, values: Any, heats: Heats, digits: int = DIGITS, *, listed: bool = False
    ) -> tuple[tuple[Plane, ...], Listing | None]:
        bounds = Bounds(side, most, digits)
        named = _planes(values, tuple(sides.get(name) or ()), heats, bounds)
        planes = named or _planes(values, (), heats, bounds)  # of few pixels the colours make the better rows
        return planes, None if planes else _listing(values, heats, digits, anyway=listed)

    for name, values in dict(found.get("inputs") or {}).items():
        yield Picture(str(name), "given", *drawn(str(name), values, {}))
    both: dict[Literal["expected", "yours"], tuple[Any, Heats]] = {"expected": (expected, {})}
    if got is not None:
        both["yours"] = got, _heats(wrong, got, expected)
    # Where one is listed, the other stands beside it.
    listed = any(drawn(output, values, heats, digits)[1] is not None for values, heats in both.values())
    differ = got is not None and _shape(got) != _shape(expected)
    for kind, (values, heats) in both.items():
        planes, listing = drawn(output, values, heats, digits, listed=listed)
        yield Picture(f"{output}, {kind}", kind, planes, listing, _shape(values) if differ else None)


def _listing(values: Any, heats: Heats, digits: int, *, anyway: bool) -> Listing | None:
    """An array's numbers other than 0, and zeros that are wrong; None of one that has many, but `anyway`."""
    shape, numbers = _shape(values), dict(_numbers(values))
    if not anyway and (len(numbers) > LISTED or MOSTLY * len(numbers) > math.prod(shape)):
        return None
    places = sorted({*numbers, *heats})
    entries = tuple(
        Entry(place, Cell(_number(numbers.get(place, 0), digits), place in heats, heats.get(place, 0)))
        for place in places[:LISTED]
    )
    return Listing(shape, entries, len(places) - len(entries))


def _numbers(values: Any) -> Iterator[tuple[tuple[int, ...], Any]]:
    """The numbers of an array that are not 0, with their places."""
    if isinstance(values, dict):
        yield from ((tuple(place), value) for place, value in values["nonzero"])
    elif isinstance(values, list):
        yield from (((i, *place), value) for i, row in enumerate(values) for place, value in _numbers(row))
    elif values != 0:
        yield (), values


def _planes(values: Any, sides: tuple[int, ...], heats: Heats, bounds: Bounds) -> tuple[Plane, ...]:
    """The planes of an array whose rows and columns are the axes `sides`, the two last ones where none are named."""
    shape = _shape(values)
    axes = range(len(shape))
    across = sides if len(sides) == 2 and set(sides) <= set(axes) else tuple(axes)[-2:]
    others = [axis for axis in axes if axis not in across]
    height, width = [1, 1, *(shape[axis] for axis in across)][-2:]
    if max(height, width) > bounds.side or math.prod(shape[axis] for axis in others) > bounds.planes:
        return ()

    def cell(index: tuple[int, ...], row: int, column: int) -> Cell:
        place = dict(zip(others, index, strict=True)) | dict(zip(across, (row, column)[2 - len(across) :], strict=True))
        here = tuple(place[axis] for axis in axes)
        return Cell(_number(_at(values, here), bounds.digits), here in heats, heats.get(here, 0))

    return tuple(
        Plane(
            index if across == tuple(axes)[-2:] else _written(index, across, len(shape)),
            tuple(tuple(cell(index, row, column) for column in range(width)) for row in range(height)),
        )
        for index in product(*(range(shape[axis]) for axis in others))
    )


def _written(index: tuple[int, ...], across: tuple[int, ...], ndim: int) -> tuple[int | str, ...]:
    """An index with a colon for each axis that lies in the plane."""
    rest = iter(index)
    return tuple(":" if axis in across else next(rest) for axis in range(ndim))


def _heats(wrong: list[tuple[int, ...]], got: Any, expected: Any) -> Heats:
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
    if isinstance(array, dict):
        return dict(_numbers(array)).get(index, 0)
    for place in index:
        if not isinstance(array, list) or place >= len(array):
            return None
        array = array[place]
    return array


def _shape(values: Any) -> tuple[int, ...]:
    if isinstance(values, dict):
        return tuple(values["shape"])
    if not isinstance(values, list):
        return ()
    return (len(values), *(_shape(values[0]) if values else ()))


def _digits(wrong: list[tuple[int, ...]], got: Any, expected: Any) -> int:
    """Significant digits that tell each wrong number from the right one, few where few do."""
    pairs = [(_at(got, index), _at(expected, index)) for index in wrong]
    numbers = [(a, b) for a, b in pairs if isinstance(a, int | float) and isinstance(b, int | float)]
    return digits_apart(numbers, DIGITS)


def _number(value: Any, digits: int) -> str:
    return f"{value:.{digits}g}" if isinstance(value, int | float) else str(value)[:8]
