"""Constant factors: those that are a number of the case, and others."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .evidence import Seen, equal, lengths
from .ideas import Idea

Array = np.ndarray[Any, np.dtype[Any]]
Maker = Callable[[Seen, Array], Array | None]
#: What is counted, and the axes of an output that it is the product of.
AXES = {
    "N": ("N",),
    "channels": ("C",),
    "positions": ("H", "W"),
    "N and positions": ("N", "H", "W"),
    "width": ("W",),
}
FACTOR = "Which number of the case is it? Look for it in your formula."


def _sides(one: Seen, of: str) -> float | None:
    places = (("gradient", one.inputs), ("output", one.others))
    found = ((n, a) for role, given in places for n, a in given.items() if one.names.plays(n, role))
    name, array = next(found, ("", None))
    if array is None:
        return None
    names = one.names.of(name, array.ndim)
    if not set(AXES[of]) - {"H"} <= set(names):  # an image of one dimension has no height
        return None
    return math.prod(lengths(names, array.shape, AXES[of]))


def named() -> Iterator[tuple[Idea, Maker]]:
    """Factors that are a number of the case."""
    numbers: Mapping[str, tuple[str, Callable[[Seen], float | None]]] = {
        "batch": ("the batch size N", lambda one: _sides(one, "N")),
        "channels": ("the number of channels", lambda one: _sides(one, "channels")),
        "positions": ("the number of positions", lambda one: _sides(one, "positions")),
        "batch-positions": ("N times the number of positions", lambda one: _sides(one, "N and positions")),
        "width": ("the output's width", lambda one: _sides(one, "width")),
        "kernel": ("the kernel size", lambda one: one.kernel),
        "stride": ("the stride", lambda one: one.number("stride")),
        "upsampling": ("the factor", lambda one: one.number("upsampling_factor")),
        "downsampling": ("the factor", lambda one: one.number("downsampling_factor")),
        "in-channels": ("the number of input channels", lambda one: one.number("in_channels")),
    }
    for name, (words, number) in numbers.items():
        for power, shown in (
            (-1, "divided by"),
            (1, "multiplied by"),
            (-2, "divided twice by"),
            (2, "multiplied twice by"),
        ):
            yield (
                Idea(f"factor-{name}-{power}", f"It is {shown} {words}", FACTOR, kin="factor"),
                _scaled(number, power),
            )  # fmt: skip


def _scaled(number: Callable[[Seen], float | None], power: int) -> Maker:
    def maker(one: Seen, expected: Array) -> Array | None:
        factor = number(one)
        return None if not factor else expected * float(factor) ** power

    return maker


def _ratio(one: Seen) -> float | None:
    """The one number by which a case's values are too large."""
    if one.got is None or one.expected is None or one.got.dtype.kind not in "biuf":
        return None
    place = np.unravel_index(int(np.abs(one.expected).argmax()), one.expected.shape)
    if not one.expected[place] or one.expected.size < 2:
        return None
    ratio = float(one.got[place] / one.expected[place])
    return ratio if equal(one.got, one.expected * ratio) else None


def constant(seen: Sequence[Seen]) -> Idea | None:
    """A factor that is no number of the case, or not always the same one."""
    failing = [one for one in seen if not one.passed]
    ratios = [_ratio(one) for one in failing]
    known = [ratio for ratio in ratios if ratio is not None]
    if len(known) < len(ratios) or len(known) < 2:
        return None
    told = dict.fromkeys(f"{ratio:.7g}" for ratio in known)
    if "1" in told:
        return None  # a factor of 1 is none
    shown = ", ".join(told)
    same = max(known) - min(known) <= 1e-9 * abs(max(known))
    if same and any(one.passed and one.expected is not None and one.expected.any() for one in seen):
        return Idea("factor", f"It is off by a factor of {shown}", "Some cases pass: what is 1 there?")
    words = f"It is off by a factor of {shown}" if same else f"Each case is off by one factor ({shown})"
    return Idea("factor", words, "Which number of the case is that? Look for it in your formula.")
