"""What a wrong shape says, with the axes by their names; only where it holds for every failing case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

import numpy as np

from .evidence import Seen, equal, lengths
from .ideas import Idea

Array = np.ndarray[Any, np.dtype[Any]]
#: A case's array, and the array that is expected.
Pair = tuple[Seen, Array, Array]
#: The axes of an image.
SIDES = ("H", "W")


def explain(seen: Sequence[Seen]) -> Idea | None:
    """The first of the readings below that holds for all failing cases, which must all have a wrong shape."""
    failing = [one for one in seen if not one.passed]
    pairs = [(one, one.got, one.expected) for one in failing if one.got is not None and one.expected is not None]
    wrong = [pair for pair in pairs if pair[1].shape != pair[2].shape]
    if not wrong or len(wrong) < len(pairs):
        return None
    if len(pairs) < len(failing):  # what is only a size may be said where others end early, if two cases show it
        return _first((_unchanged, _square, _off_by, _by_number), wrong) if len(pairs) > 1 else None
    found = _first((_empty, _length_one, _not_summed), wrong) or _swapped(wrong, [one for one in seen if one.passed])
    return found or _first((_padding, _rounded, _unchanged, _square, _off_by, _by_number), wrong)


def _first(readings: Sequence[Callable[[list[Pair]], Idea | None]], wrong: list[Pair]) -> Idea | None:
    return next((idea for reading in readings if (idea := reading(wrong)) is not None), None)


def _empty(wrong: list[Pair]) -> Idea | None:
    if not all(got.size == 0 for _, got, _ in wrong):
        return None
    return Idea("shape-empty", "What came back is empty", "Which slice has nothing in it? x[0:-0] is empty.")


def _not_summed(wrong: list[Pair]) -> Idea | None:
    """One axis more than due, over which a sum was forgotten."""
    for axis in range(wrong[0][1].ndim):
        if all(_sums_to(got, expected, axis) for _, got, expected in wrong):
            name = "the batch (N)" if axis == 0 and _batched(wrong[0][0]) else f"axis {axis}"
            return Idea(
                f"not-summed-{axis}", f"It is not summed over {name}: that axis is still there",
                "Along which axes does the formula's sum run?",
            )  # fmt: skip
    return None


def _batched(one: Seen) -> bool:
    return one.sides("gradient", "N") + one.sides("input", "N") != ()


def _sums_to(got: Array, expected: Array, axis: int) -> bool:
    return got.ndim == expected.ndim + 1 and got.dtype.kind in "biuf" and equal(got.sum(axis=axis), expected)


def _length_one(wrong: list[Pair]) -> Idea | None:
    """Axes of length 1 too many or too few."""
    if not all(tuple(s for s in got.shape if s != 1) == tuple(s for s in due.shape if s != 1) for _, got, due in wrong):
        return None
    if not all(equal(got.reshape(due.shape), due) for _, got, due in wrong):
        return None
    if all(got.ndim > due.ndim for _, got, due in wrong):
        return Idea(
            "axis-too-many", "The values are right, with an axis of length 1 too many",
            "Is it `keepdims`, or an index with None?",
        )  # fmt: skip
    if all(got.ndim < due.ndim for _, got, due in wrong):
        return Idea(
            "axis-missing", "The values are right, but an axis of length 1 is missing",
            "Is it a `squeeze`, or a sum without `keepdims`?",
        )  # fmt: skip
    return None


def _swapped(wrong: list[Pair], passed: Sequence[Seen]) -> Idea | None:
    """Axes in another order: in every failing case, and so that nobody sees it in a passing one."""
    ndims = {(got.ndim, expected.ndim) for _, got, expected in wrong}
    if len(ndims) != 1 or len(set(*ndims)) != 1:
        return None
    ndim = wrong[0][1].ndim
    orders = [
        order
        for order in permutations(range(ndim))
        if all(got.shape == _ordered(expected, order) for _, got, expected in wrong)
        and all(one.expected is None or one.expected.shape == _ordered(one.expected, order) for one in passed)
    ]
    if len(orders) != 1:
        return None
    changed = [i for i in range(ndim) if orders[0][i] != i]
    labels = " and ".join(_labels(wrong[0])[i] for i in changed)
    verb = "swapped" if len(changed) == 2 else "in another order"
    return Idea(
        "shape-swapped-" + "-".join(map(str, changed)), f"Axes {labels} are {verb}",
        "In which order do your indices stand? Try an input whose sides all differ.",
    )  # fmt: skip


def _ordered(array: Array, order: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(array.shape[i] for i in order) if array.ndim == len(order) else ()


def _labels(pair: Pair) -> tuple[str, ...]:
    one, _, expected = pair
    return one.names.labels(one.output, expected.ndim)


def _excess(pair: Pair) -> tuple[int, ...] | None:
    _, got, expected = pair
    if got.ndim != expected.ndim:
        return None
    return tuple(one - two for one, two in zip(got.shape, expected.shape, strict=True))


def _padding(wrong: list[Pair]) -> Idea | None:
    """Larger by twice the padding along every side of an image."""
    for pair in wrong:
        one, _, expected = pair
        p, excess, names = one.number("padding"), _excess(pair), one.names.of(one.output, expected.ndim)
        if not p or excess != tuple(2 * p if name in SIDES else 0 for name in names) or not any(excess):
            return None
    return Idea(
        "padding-left", "The padding was not cut off", "It is the gradient of the input before that was padded."
    )


def _rounded(wrong: list[Pair]) -> Idea | None:
    """One too few where a division has a rest: rounded down where the formula rounds up, and the other way round."""
    for rounding, words in (
        (lambda side, k: side // k, "Floor where the formula has ceil"),
        (lambda side, k: -(-side // k), "Ceil where the formula has floor"),
    ):
        if all(_by(pair, rounding) for pair in wrong):
            return Idea("rounding", words, "Try a width that the factor or stride does not divide.")
    return None


def _by(pair: Pair, rounding: Callable[[int, int], int]) -> bool:
    one, got, expected = pair
    k = one.number("downsampling_factor") or one.number("stride")
    sides, names = one.sides("input", *SIDES), one.names.of(one.output, expected.ndim)
    if k is None or got.ndim != expected.ndim or not one.plays("output"):
        return False
    K, p, d = one.kernel or 1, one.number("padding") or 0, one.number("dilation") or 1
    made = tuple(rounding(side + 2 * p - K - (K - 1) * (d - 1) + 1, k) for side in sides)
    others = [axis for axis, name in enumerate(names) if name not in SIDES]
    same = all(got.shape[axis] == expected.shape[axis] for axis in others)
    return same and bool(made) and lengths(names, got.shape, SIDES) == made


def _unchanged(wrong: list[Pair]) -> Idea | None:
    """As large as what came in, along all axes or along those that are wrong."""
    incoming = [_incoming(one) for one, _, _ in wrong]
    if any(known is None or len(known) != got.ndim for known, (_, got, _) in zip(incoming, wrong, strict=True)):
        return None
    shapes = [(known or (), pair[1].shape) for known, pair in zip(incoming, wrong, strict=True)]
    if all(known == got for known, got in shapes):
        return Idea("size-unchanged", "It is as large as what came in", "Does this step change the size, as it should?")
    excess = [_excess(pair) for pair in wrong]
    axes = sorted({axis for off in excess for axis, by in enumerate(off or ()) if by})
    if None in excess or not axes or any(known[axis] != got[axis] for known, got in shapes for axis in axes):
        return None
    return Idea(
        "size-unchanged-" + "-".join(map(str, axes)), f"Along {_along(wrong, axes)} it is as long as what came in",
        "Which array's sides does it get, before or after this step?",
    )  # fmt: skip


def _incoming(one: Seen) -> tuple[int, ...] | None:
    """The shape of what the step gets: its input, or the gradient, which may be its own output."""
    if one.plays("output"):
        array = one.given("input")
    elif one.plays("input gradient"):
        own = (array for name, array in one.others.items() if one.names.plays(name, "output"))
        given = one.given("gradient")
        array = next(own, None) if given is None else given
    else:
        return None
    return None if array is None else array.shape


def _along(wrong: list[Pair], axes: Sequence[int], last: str = "and") -> str:
    return f" {last} ".join(f"axis {_labels(wrong[0])[axis]}" for axis in axes)


def _square(wrong: list[Pair]) -> Idea | None:
    """Square images where their sides differ."""
    if not all(map(_squared, wrong)):
        return None
    return Idea("square", "It is square where height and width differ", "Is one side's length used for both?")


def _squared(pair: Pair) -> bool:
    """Whether an image became square; else one might take the difference of its sides for a lost position."""
    one, got, expected = pair
    if got.ndim != expected.ndim:
        return False
    names = one.names.of(one.output, expected.ndim)
    return len({*lengths(names, got.shape, SIDES)}) == 1 < len({*lengths(names, expected.shape, SIDES)})


def _off_by(wrong: list[Pair]) -> Idea | None:
    """Too long or too short by the same number along the same axes, or here along one and there along another."""
    found = {_excess(pair) for pair in wrong}
    off = {by for excess in found for by in excess or () if by}
    if None in found or len(off) != 1 or abs(by := off.pop()) > 2 or all(map(_squared, wrong)):
        return None
    if len(wrong) < 2 and wrong[0][1].ndim < 3:  # one vector that is too long may be another thing altogether
        return None
    axes = sorted({axis for excess in found for axis, much in enumerate(excess or ()) if much})
    along = _along(wrong, axes, "and" if len(found) == 1 else "or")
    count = {1: "one position", 2: "two positions"}[abs(by)]
    kind = "long" if by > 0 else "short"
    return Idea(
        f"too-{kind}-" + "-".join(map(str, axes)), f"It is {count} too {kind} along {along}",
        "Put the numbers of the first case into the formula of the size.",
    )  # fmt: skip


#: Numbers of a case by which a side may be too long or too short.
NUMBERS: tuple[tuple[str, str, Callable[[Seen], int | None]], ...] = (
    ("kernel-1", "the kernel size less 1", lambda one: None if one.kernel is None else one.kernel - 1),
    ("kernel", "the kernel size", lambda one: one.kernel),
    ("padding", "the padding", lambda one: one.number("padding")),
    ("factor-1", "the factor less 1", lambda one: None if (k := _factor(one)) is None else k - 1),
    ("factor", "the factor", lambda one: _factor(one)),
)


def _factor(one: Seen) -> int | None:
    return one.number("upsampling_factor") or one.number("downsampling_factor") or one.number("stride")


def _by_number(wrong: list[Pair]) -> Idea | None:
    """Too long or too short by a number of the case, along the same axes in every case."""
    excess = [_excess(pair) for pair in wrong]
    axes = {tuple(axis for axis, by in enumerate(off or ()) if by) for off in excess}
    sizes = [{by for by in off or () if by} for off in excess]
    if None in excess or len(axes) != 1 or any(len(one) != 1 for one in sizes):
        return None
    amounts = [one.pop() for one in sizes]
    for sign, kind in ((1, "long"), (-1, "short")):
        for name, words, number in NUMBERS:
            due = [number(pair[0]) for pair in wrong]
            if len(set(due)) > 1 and [sign * by for by in amounts] == due:
                along = _along(wrong, axes.pop())
                return Idea(
                    f"too-{kind}-by-{name}", f"It is too {kind} by {words} along {along}",
                    "Put the numbers of the first case into the formula of the size.",
                )  # fmt: skip
    return None
