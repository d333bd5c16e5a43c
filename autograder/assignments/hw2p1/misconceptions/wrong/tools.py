"""What the wrong ideas share: indices over all spatial axes, of one dimension or two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Around, Patch

Array = np.ndarray[Any, np.dtype[Any]]


def every(array: Array, step: Any) -> tuple[Any, ...]:
    """An index that takes the same slice of every spatial axis."""
    return (..., *[step] * (array.ndim - 2))


def spatial(array: Array) -> tuple[int, ...]:
    """The axes behind batch and channels."""
    return tuple(range(2, array.ndim))


def column(b: Array, like: Array) -> Array:
    """A value for each channel, in a shape that adds to an output."""
    return np.reshape(b, (-1, *[1] * (like.ndim - 2)))


def zeros(array: Array, sides: tuple[int, ...]) -> Array:
    """Zeros with an array's batch and channels and other sides."""
    return np.zeros((*array.shape[:2], *sides))


def window(place: tuple[int, ...], kernel: int) -> tuple[Any, ...]:
    """The index of the window that starts at a place."""
    return (..., *[slice(i, i + kernel) for i in place])


def places(array: Array) -> Iterator[tuple[int, ...]]:
    """Every spatial place of an array."""
    return np.ndindex(*array.shape[2:])


def repeated(array: Array, times: int, axes: tuple[int, ...]) -> Array:
    """Each entry repeated along these axes."""
    for axis in axes:
        array = np.repeat(array, times, axis)
    return array


def fitted(array: Array, shape: tuple[int, ...]) -> Array:
    """The array cut off, or filled up with zeros, at its far ends."""
    made = np.zeros(shape)
    common = tuple(slice(0, min(one, two)) for one, two in zip(array.shape, shape, strict=True))
    made[common] = array[common]
    return made


def factor(layer: Any) -> int:
    """The factor of a resampling layer."""
    name = "upsampling_factor" if hasattr(layer, "upsampling_factor") else "downsampling_factor"
    return int(getattr(layer, name))


def size(layer: Any) -> tuple[int, ...]:
    """The sides of the last input of a downsampling layer."""
    return tuple(layer.input_size) if hasattr(layer, "input_size") else (layer.input_width,)


def with_input(patch: Patch, classes: str, backward: Around) -> None:
    """Another backward, which finds forward's input as `kept`."""

    def forward(call: Any, self: Any, A: Any) -> Any:
        self.kept = A
        return call(A)

    patch.around(classes, "forward", forward)
    patch.around(classes, "backward", backward)
