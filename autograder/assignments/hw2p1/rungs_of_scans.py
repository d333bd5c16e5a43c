"""The ladder of the scanning networks: a few numbers among zeros, each on a way that a hand can follow.

Their shapes are what the contract says, since a right solution may count on them. What is not 0 goes one way: a
feature at one step of a window, a channel of each layer, an output at the window's place. So a row of a matrix that is
looked up elsewhere, a stride, an activation or the order of the outputs shows in one number.

No number that a gradient comes back to is 0 before an activation: there a ReLU has no slope, and each may take its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.assignments.cases import Case

from .cases.models import OUTPUT, SCANNED, SCANS, Scan
from .scan import STEPS, STRIDE

Array = np.ndarray[Any, np.dtype[Any]]
Rungs = Iterator[tuple[Case, dict[str, Array]]]


@dataclass(frozen=True, slots=True)
class Way:
    """Where a number goes in, where it goes through, and where it comes out.

    Attributes
    ----------
    feature, step
        In the window, whose first step is 0.
    channels
        One of each layer; the last is the output's.
    place
        The window's, from 0 on.
    """

    feature: int
    step: int
    channels: tuple[int, int, int]
    place: int = 0


@dataclass(frozen=True, slots=True)
class Numbers:
    """What stands on a way: in the input, in each matrix, in the gradient."""

    A: float = 1.0
    weights: tuple[float, float, float] = (1.0, 1.0, 1.0)
    gradient: float = 1.0


ONES = Numbers()
Part = tuple[Way, Numbers]


def rungs(section: str) -> Rungs:
    """The cases of a scanning network, those with few numbers first; none of another section."""
    if section in SCANS:
        scan = SCANS[section]
        found = [_rung(scan, remark, parts, first) for remark, parts, first in (*_alone(scan), *_together(scan))]
        yield from sorted(found, key=lambda one: (len(one[1]), sum(map(np.count_nonzero, one[1].values()))))


def _alone(scan: Scan) -> Iterator[tuple[str, list[Part], Part | None]]:
    """One number on one way."""
    last = [block[1] - 1 for block in scan.blocks]
    near = Way(3, 1, (1, 5, 1))
    far = Way(20, 6, (last[0], last[1], last[2]), (SCANNED[2] - STEPS) // STRIDE)
    yield "one number", [(near, ONES)], None
    yield "one number, in the last window", [(far, ONES)], None
    yield "one number, to the first channels", [(Way(23, 3, (0, 0, 0), 2), ONES)], None
    yield "other numbers than 1", [(near, Numbers(2.0, (3.0, 5.0, 2.0), 3.0))], None
    for negative in ((1,), (2,), (3,), (1, 2)):  # the last shows whether the first is cut off before the second
        signs = [-1.0 if layer in negative else 1.0 for layer in (1, 2, 3)]
        remark = " and ".join(f"w{layer}" for layer in negative) + " negative"
        yield remark, [(near, Numbers(weights=(signs[0], signs[1], signs[2])))], None
    yield "used twice", [(near, ONES)], (Way(4, 2, (0, 2, 3), 7), Numbers(A=2.0, gradient=3.0))


def _together(scan: Scan) -> Iterator[tuple[str, list[Part], Part | None]]:
    """Several ways that meet."""
    way = (1, 5, 1)
    yield "two numbers in a window", [(Way(3, 1, way, 1), ONES), (Way(16, 6, (0, 2, 1), 1), Numbers(A=2.0))], None
    seen = [(Way(3, step, way, place), Numbers(gradient=2.0 - place)) for place in (0, 1) for step in (1, 1 + STRIDE)]
    yield "a number that two windows see", seen, None
    first, second, out = (block[1] for block in scan.blocks)
    ways = [Way((5 * i + 2) % 24, i % STEPS, (i % first, i % second, i % out), 3) for i in range(max(second, STEPS))]
    numbers = [Numbers(1.0 + i % 3, (1.0 + i % 2, 1.0 + i % 5, 1.0 + i % 7), 1.0 + i % out) for i in range(len(ways))]
    yield "a number for each channel", list(zip(ways, numbers, strict=True)), None


def _rung(scan: Scan, remark: str, parts: Iterable[Part], first: Part | None) -> tuple[Case, dict[str, Array]]:
    """One case; what stands on its ways belongs together."""
    params = {"layer": scan.layer, "copies": list(scan.copies), "together": True}
    inputs = {f"w{i}": np.zeros(block) for i, block in enumerate(scan.blocks, 1)}
    for suffix, ways in (("_first", [first] if first else []), ("", list(parts))):
        if ways:
            inputs |= {f"A{suffix}": np.zeros(SCANNED), f"dLdZ{suffix}": np.zeros(OUTPUT)}
        for way, numbers in ways:
            _lay(scan, way, numbers, inputs, suffix)
    blocks = [f"w{i}" for i, copies in enumerate(scan.copies, 1) if copies > 1]
    by_blocks = f", {' and '.join(blocks)} by their blocks" if blocks else ""
    return Case(f"{scan.layer}() on {SCANNED}{by_blocks}: {remark}", params, {}, ("Z", "dLdA"), "strict"), inputs


def _lay(scan: Scan, way: Way, numbers: Numbers, inputs: dict[str, Array], suffix: str) -> None:
    """Put a way's numbers into the arrays."""
    inputs[f"A{suffix}"][0, way.feature, STRIDE * way.place + way.step] = numbers.A
    inputs[f"dLdZ{suffix}"].reshape(scan.blocks[-1][1], -1)[way.channels[-1], way.place] = numbers.gradient
    step, channel, channels = way.step, way.feature, SCANNED[1]
    for i, (block, out, weight) in enumerate(zip(scan.blocks, way.channels, numbers.weights, strict=True), 1):
        kernel = block[0] // channels
        inputs[f"w{i}"][step % kernel * channels + channel, out] = weight
        step, channel, channels = step // kernel, out, block[1]
