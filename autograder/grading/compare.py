"""Comparing what came back with what is expected: shape first, then finiteness, then values.

The tolerance is relative to the scale of the expected array: an entry is right when

    |got - expected| <= RELATIVE[dtype] * max(|expected|)      (max over the array)

For float64 every order of summation and every algorithm of the assignments stays below 1e-12 of that
scale, and no real mistake is below 1e-6: see docs/truth.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Shape = tuple[int, ...]

#: Largest error, relative to the scale of the expected array, by what came back.
RELATIVE = {"float64": 1e-9, "float32": 1e-5, "float16": 1e-9}

#: An expected array of zeros has no scale of its own; results that cancel to this are zero.
ZERO = 1e-12


@dataclass(frozen=True, slots=True)
class Mismatch:
    """How one output differs from what was expected."""

    message: str
    expected_shape: Shape | None = None
    got_shape: Shape | None = None
    index: tuple[int, ...] | None = None
    expected_value: str | None = None
    got_value: str | None = None
    wrong: int | None = None
    entries: int | None = None
    max_error: str | None = None


def compare(got: Array, expected: Array) -> Mismatch | None:
    """What is wrong with `got`, or None where it is right."""
    if got.dtype.kind == "c":
        return Mismatch(f"complex numbers came back ({got.dtype.name}); take the real part", got_shape=got.shape)
    if got.shape != expected.shape:
        return Mismatch(
            f"shape {shape_text(got.shape)}, expected {shape_text(expected.shape)}",
            expected_shape=expected.shape,
            got_shape=got.shape,
        )
    actual = got.astype(np.float64)
    truth = expected.astype(np.float64)
    room = RELATIVE.get(got.dtype.name, RELATIVE["float64"])
    scale = float(np.max(np.abs(truth), initial=0.0))
    with np.errstate(all="ignore"):
        error = np.abs(actual - truth)
        right = error <= max(room * scale, ZERO)  # NaN and infinities compare false: wrong
    if right.all():
        return None
    return _values(actual, truth, error, ~right)


def _values(actual: Array, truth: Array, error: Array, wrong: npt.NDArray[np.bool_]) -> Mismatch:
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    count, entries = int(wrong.sum()), wrong.size
    finite = bool(np.isfinite(actual).all())
    got_value, expected_value = two_digits(actual[first]), two_digits(truth[first])
    where = f"[{', '.join(map(str, first))}]" if first else "the value"
    many = "all" if count == entries else f"{count} of {entries}"
    what = f"{many} entries are wrong" if entries > 1 else "the value is wrong"
    if not finite:
        what += f" ({int((~np.isfinite(actual)).sum())} not finite)"
    return Mismatch(
        f"{what}; first at {where}: expected {expected_value}, got {got_value}",
        expected_shape=truth.shape,
        got_shape=actual.shape,
        index=first,
        expected_value=expected_value,
        got_value=got_value,
        wrong=count,
        entries=entries,
        max_error=two_digits(np.max(error)) if finite else None,
    )


def two_digits(value: float) -> str:
    """A number with two significant digits: enough to learn from, the same on every machine."""
    return f"{float(value):.2g}"


def shape_text(shape: Shape) -> str:
    """A shape as Python writes it."""
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
