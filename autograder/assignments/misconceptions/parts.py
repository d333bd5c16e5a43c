"""Readings of what is wrong in an array: at one end, some entries only, or all by the same number.

Each says what is true of every failing case, and where to look for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .evidence import Seen, equal
from .ideas import Idea

Array = np.ndarray[Any, np.dtype[Any]]
#: A reading needs as many failing cases, or what it says may be chance.
CASES = 2
#: So many different values must come back in another order.
ENTRIES = 6


def explain(failing: Sequence[Seen]) -> Idea | None:
    """The first reading that is true of every failing case."""
    if len(failing) < CASES or any(one.got is None or one.got.dtype.kind not in "biuf" for one in failing):
        return None
    for reading in (_ends, _partly_zero, _partly_filled, _offset, _both_ends):
        if (found := reading(failing)) is not None:
            return found
    return None


def reordered(failing: Sequence[Seen]) -> Idea | None:
    """The values are those that are due, each as often; zeros and equal values tell nothing."""
    if not all(one.wrong_values and one.expected is not None and one.expected.ndim > 1 for one in failing):
        return None
    distinct = sum(len(np.unique(expected)) for _, expected in _pairs(failing))
    if distinct < ENTRIES or not all(_same_values(*pair) for pair in _pairs(failing)):
        return None
    return Idea(
        "reshaped", "The values are all there, in another order",
        "A reshape reorders nothing, and a transpose does. Which index runs fastest where you fill it?",
    )  # fmt: skip


def _same_values(got: Array, expected: Array) -> bool:
    return got.dtype.kind in "biuf" and equal(np.sort(got, axis=None), np.sort(expected, axis=None))


def _pairs(failing: Sequence[Seen]) -> Iterator[tuple[Array, Array]]:
    for one in failing:
        assert one.got is not None and one.expected is not None  # noqa: S101 - asked of wrong values only
        yield one.got, one.expected


def _ends(failing: Sequence[Seen]) -> Idea | None:
    """All that is wrong lies at one end of an axis, or of two."""
    (_, first), *_ = _pairs(failing)
    labels = failing[0].names.labels(failing[0].output, first.ndim)
    found = []
    for axes in ((axis,) for axis in range(first.ndim)) if first.ndim < 4 else ((0,), (1,), (2,), (3,), (2, 3)):
        for end, words in ((-1, "last"), (0, "first")):
            if _only(failing, axes, end):
                along = " and ".join(labels[axis] for axis in axes)
                found.append(
                    Idea(
                        f"only-{words}-" + "-".join(map(str, axes)),
                        f"Only the {words} entries along axis {along} are wrong",
                        "Check that end of your loop or slice.",
                    )
                )
    return found[0] if found and len({idea.id.split("-")[1] for idea in found}) == 1 and _nested(found) else None


def _nested(found: Sequence[Idea]) -> bool:
    """Whether there is one reading, or one and the wider one that holds it."""
    return len(found) == 1 or (len(found) == 2 and found[1].id.count("-") > found[0].id.count("-"))


def _both_ends(failing: Sequence[Seen]) -> Idea | None:
    """All that is wrong lies at the two ends of an axis, or of two, and something between is right."""
    (_, first), *_ = _pairs(failing)
    labels = failing[0].names.labels(failing[0].output, first.ndim)
    for axes in (*((axis,) for axis in range(2, first.ndim)), *([(2, 3)] if first.ndim == 4 else [])):
        inner = tuple(slice(1, -1) if axis in axes else slice(None) for axis in range(first.ndim))
        pairs = [(got[inner], expected[inner]) for got, expected in _pairs(failing)]
        ends = all(_wrong_at(failing, axis, end) for axis in axes for end in (0, -1))
        if ends and all(equal(*pair) for pair in pairs) and sum(bool(right.any()) for _, right in pairs) >= CASES:
            along = " and ".join(labels[axis] for axis in axes)
            return Idea(
                "only-border-" + "-".join(map(str, axes)), f"Only the border along axis {along} is wrong",
                "Which windows hang over the border there, and what do they see outside?",
            )  # fmt: skip
    return None


def _wrong_at(failing: Sequence[Seen], axis: int, end: int) -> bool:
    """Whether something at this end of an axis is wrong in some case."""
    return any(not equal(got.take(end, axis), expected.take(end, axis)) for got, expected in _pairs(failing))


def rest(failing: Sequence[Seen]) -> Idea | None:
    """Only one end of an axis is right, and nothing else is."""
    if len(failing) < CASES or not all(one.wrong_values for one in failing):
        return None
    (_, first), *_ = _pairs(failing)
    labels = failing[0].names.labels(failing[0].output, first.ndim)
    for axis in range(first.ndim):
        for end, words in ((0, "first"), (-1, "last")):
            if all(_right_at(*pair, axis, end) for pair in _pairs(failing)):
                return Idea(
                    f"right-{words}-{axis}", f"Only the {words} entries along axis {labels[axis]} are right",
                    "What changes from there to the next ones, and does your code change it?",
                )  # fmt: skip
    return None


def _right_at(got: Array, expected: Array, axis: int, end: int) -> bool:
    """Whether one end is right, with a value that tells something, and all else that tells something is wrong."""
    if expected.shape[axis] < 2:
        return False
    index = (slice(None),) * axis + (end,)
    others = np.delete(got, end, axis), np.delete(expected, end, axis)
    wrong = ~np.isclose(*others, rtol=1e-9, atol=0)
    return bool(equal(got[index], expected[index]) and expected[index].any() and wrong.all())


def _only(failing: Sequence[Seen], axes: tuple[int, ...], end: int) -> bool:
    """Whether an array is right once these ends are; a side of length 1 is all end, and tells nothing."""
    telling = 0
    for got, expected in _pairs(failing):
        mended = np.array(got, np.float64)
        for axis in axes:
            index = (slice(None),) * axis + (end,)
            mended[index] = expected[index]
        if not equal(mended, expected):
            return False
        telling += all(expected.shape[axis] > 1 for axis in axes)
    return telling >= CASES


def _partly_zero(failing: Sequence[Seen]) -> Idea | None:
    for got, expected in _pairs(failing):
        lost = (got == 0) & (expected != 0)
        if not lost.any() or lost.all() or not equal(np.where(lost, expected, got), expected):
            return None
    return Idea(
        "partly-zero", "Some entries are zero, and the others are right",
        "Which places does your loop or slice never reach, or what is written over them later?",
    )  # fmt: skip


def _partly_filled(failing: Sequence[Seen]) -> Idea | None:
    for got, expected in _pairs(failing):
        if expected.all() or not equal(np.where(expected == 0, 0, got), expected):
            return None
    return Idea(
        "partly-filled", "Some entries should be zero, and the others are right",
        "What is written to those places, and does the array start from zeros?",
    )  # fmt: skip


def _offset(failing: Sequence[Seen]) -> Idea | None:
    """All entries, or all of a channel, are off by one number."""
    by_channel = False
    for one, (got, expected) in zip(failing, _pairs(failing), strict=True):
        difference, names = got - expected, one.names.of(one.output, expected.ndim)
        if equal(np.full(difference.shape, difference.flat[0]), difference):
            continue
        if "C" not in names:
            return None
        by_channel = True
        channel = names.index("C")
        flat = np.moveaxis(difference, channel, 0).reshape(difference.shape[channel], -1)
        if flat.shape[1] < 2 or not equal(np.broadcast_to(flat[:, :1], flat.shape), flat):
            return None
    if by_channel:
        return Idea(
            "offset-channels", "Each channel is off by one number", "What is added to each channel, and how often?"
        )
    return Idea("offset", "All entries are off by one number", "What is added to every entry?")
