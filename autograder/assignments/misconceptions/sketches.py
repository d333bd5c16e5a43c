"""Sketches: an array's shape and a few weighted sums of its entries.

Two arrays of one shape with the same sums are the same array, as far as misconceptions go: the weights are
fixed and irregular, so a coincidence would have to be made on purpose, and it would only earn a wrong hint.
So a sketch is all that recognising takes, and a small part of the array.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

#: Steps of the weights `sin(step * (i + 1) + phase)`: irrational to each other and to π.
STEPS = (1.0, 2.0**0.5)
PHASE = 0.5
#: How far two sums may differ, relative to the scale of the array times the root of its size.
ROUNDING = {"float32": 1e-5, "float16": 1e-2}
EXACT = 1e-8
#: An array of zeros has no scale of its own.
ZERO = 1e-12
DIGITS = 11
#: Entries of arrays whose weights are kept.
KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Sketch:
    """What stands for an array.

    Attributes
    ----------
    sums
        Weighted sums of its entries in C order.
    scale
        Its largest absolute entry.
    """

    shape: tuple[int, ...]
    sums: tuple[float, ...]
    scale: float
    room: float = EXACT

    def alike(self, other: Sketch) -> bool:
        """Whether both stand for the same array, up to rounding."""
        if self.shape != other.shape:
            return False
        scale = max(self.scale, other.scale)
        room = max(max(self.room, other.room) * scale * max(math.prod(self.shape), 1) ** 0.5, ZERO)
        return all(abs(one - two) <= room for one, two in zip(self.sums, other.sums, strict=True))

    def packed(self) -> list[Any]:
        """As JSON values."""
        return [list(self.shape), *(float(f"{value:.{DIGITS}g}") for value in (*self.sums, self.scale))]


def sketch(array: Array) -> Sketch | None:
    """The sketch of an array of real numbers; None where it holds what is not finite."""
    if array.dtype.kind not in "biuf":
        return None
    flat = np.ascontiguousarray(array, np.float64).ravel()
    if not np.isfinite(flat).all():
        return None
    weights = _weights if flat.size <= KEPT else _weights.__wrapped__
    sums = tuple(float(one @ flat) for one in weights(flat.size))
    scale = float(np.abs(flat).max(initial=0.0))
    return Sketch(array.shape, sums, scale, ROUNDING.get(array.dtype.name, EXACT))


@functools.lru_cache(64)
def _weights(size: int) -> tuple[Array, ...]:
    """For each sum the weights of so many entries: a class sends arrays of the same sizes."""
    places = np.arange(1, size + 1)
    return tuple(np.sin(step * places + PHASE) for step in STEPS)


def unpacked(values: Sequence[Any]) -> Sketch:
    """A sketch from its JSON values."""
    shape, *numbers = values
    return Sketch(tuple(shape), tuple(map(float, numbers[:-1])), float(numbers[-1]))
