"""Comparing what came back with what is expected: shape first, then finiteness, then values.

The tolerance is relative to the scale of the expected array: an entry is right when

    |got - expected| <= relative(dtype) * max(|expected|)      (max over the array)

`relative` is a bound on the rounding of sums of up to `LENGTH` terms in any order, far below any real mistake,
which is a millionth at the least: see docs/truth.md for the argument.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.errors import HarnessError
from autograder.guest.wire import name_of

Array = np.ndarray[Any, np.dtype[Any]]
Shape = tuple[int, ...]

#: No sum of any case is longer. The longest is a transposed convolution's in the full profile: its bias's gradient adds
#: up 2 × 161 × 179 terms (a test takes the longest of all cases).
LENGTH = 60_000
#: Largest error, relative to the scale of the expected array, by what came back or by what is due: an assignment in
#: single precision has expected values in it. Summing n terms of unit roundoff u in any order is wrong by at most
#: n·u·Σ|terms|, and of independent terms Σ|terms| is about √n times the sum: n^1.5·u. That bound says nothing for
#: float32 (0.5), where errors are taken as they come, at random: √n·u. float16 buys nothing.
RELATIVE: Mapping[str, float] = {"float64": LENGTH**1.5 * 2.0**-53, "float32": LENGTH**0.5 * 2.0**-24}
EXACT = RELATIVE["float64"]

#: An expected array of zeros has no scale of its own; results that cancel to this are zero. No case expects an array
#: whose largest entry is so small without being zero (a test holds that).
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


def compare(got: Array, expected: Array, *fed: str) -> Mismatch | None:
    """What is wrong with `got`, or None where it is right.

    Parameters
    ----------
    fed
        Dtypes of what came back before and was given to the submission again, to have this.

    Raises
    ------
    HarnessError
        What is expected is not finite: nothing could be wrong beside an infinite scale, and nothing right beside NaN.
    """
    truth = expected.astype(np.float64, copy=False)
    scale = float(np.abs(truth).max(initial=0.0))
    if not math.isfinite(scale):
        raise HarnessError(f"what is expected, of shape {shape_text(expected.shape)}, is not finite everywhere")
    if got.dtype.kind == "c":
        return Mismatch(f"complex numbers came back ({got.dtype.name}); take the real part", got_shape=got.shape)
    if got.shape != expected.shape:
        return Mismatch(
            f"shape {shape_text(got.shape)}, expected {shape_text(expected.shape)}",
            expected_shape=expected.shape,
            got_shape=got.shape,
        )
    actual = got.astype(np.float64, copy=False)
    room = tolerance(scale, name_of(got.dtype), name_of(expected.dtype), *fed)
    with np.errstate(all="ignore"):
        error = np.abs(actual - truth)
        if error.max(initial=0.0) <= room:  # NaN and infinities compare false: wrong
            return None
        return _values(actual, truth, error, ~(error <= room))


def alike(one: Array, other: Array) -> bool:
    """Whether two arrays of one shape and of finite real numbers are the same up to rounding; `other` has the scale."""
    truth = other.astype(np.float64, copy=False)
    room = tolerance(float(np.abs(truth).max(initial=0.0)), name_of(one.dtype), name_of(other.dtype))
    with np.errstate(over="ignore"):
        return bool(np.abs(one.astype(np.float64, copy=False) - truth).max(initial=0.0) <= room)


def tolerance(scale: float, *dtypes: str) -> float:
    """The largest error of a right entry: by the largest expected entry, and by what came back and what is due.

    No dtype has more room than its own rounding needs; what is not a floating-point type is as exact as float64.
    """
    room = max([RELATIVE.get(name, EXACT) for name in dtypes]) * scale
    return max(room, ZERO) if scale <= ZERO else room


def _values(actual: Array, truth: Array, error: Array, wrong: Array) -> Mismatch:
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    count, entries = int(wrong.sum()), wrong.size
    finite = bool(np.isfinite(actual).all())
    got_value, expected_value = apart(actual[first], truth[first])
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


def apart(one: float, other: float) -> tuple[str, str]:
    """Two numbers with two significant digits, or with as many more as it takes to tell them from each other."""
    digits = digits_apart([(float(one), float(other))], 2)
    return f"{float(one):.{digits}g}", f"{float(other):.{digits}g}"


def digits_apart(pairs: Sequence[tuple[float, float]], least: int) -> int:
    """How many significant digits, `least` or more, tell the numbers of each pair apart: 17 tell any two."""

    def told(one: float, other: float, digits: int) -> bool:
        short, other_short = f"{one:.{digits}g}", f"{other:.{digits}g}"
        if short == other_short or digits == least or not math.isfinite(one - other):
            return short != other_short
        # Not 0.172 and 0.173 for 0.1724999 and 0.1725001: what is seen of the difference must be about as large.
        return abs(abs(float(short) - float(other_short)) - abs(one - other)) <= abs(one - other) / 2

    return next((n for n in range(least, 17) if all(told(a, b, n) for a, b in pairs)), 17)


def shape_text(shape: Shape) -> str:
    """A shape as Python writes it."""
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
