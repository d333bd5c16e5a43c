"""conv2d_layer's ladder: from a kernel of one number to windows, strides, a batch, channels, a second use.

Values are small whole numbers, all different where that is possible, so that a wrong one shows where it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.assignments.cases import Array, Case

from .cases import TABLES, Row, _case

PLAIN = (
    Row((1, 1, 1, 1, 0), (1, 1, 1, 1)),
    Row((1, 1, 2, 1, 0), (1, 1, 2, 2)),
    Row((1, 1, 2, 1, 0), (1, 1, 2, 3)),
    Row((1, 1, 2, 1, 0), (1, 1, 3, 2)),
    Row((2, 1, 1, 1, 0), (1, 2, 1, 1)),
    Row((1, 2, 1, 1, 0), (1, 1, 1, 1)),
    Row((1, 2, 1, 1, 0), (1, 1, 1, 2)),
    Row((1, 1, 1, 1, 0), (2, 1, 1, 1)),
    Row((1, 1, 2, 1, 0), (1, 1, 3, 3)),
    Row((2, 2, 2, 1, 0), (2, 2, 2, 3)),
    Row((1, 1, 1, 1, 0), (1, 1, 1, 1), first=(1, 1, 1, 1)),
    Row((1, 1, 1, 1, 0), (1, 1, 1, 1), first=(1, 1, 1, 2)),
)
STRIDED = (
    Row((1, 1, 1, 2, 0), (1, 1, 1, 2)),
    Row((1, 1, 1, 2, 0), (1, 1, 1, 3)),
    Row((1, 1, 1, 2, 0), (1, 1, 3, 1)),
    Row((1, 1, 2, 2, 0), (1, 1, 4, 4)),
    Row((1, 1, 2, 2, 0), (1, 1, 3, 3)),
    Row((1, 1, 1, 1, 1), (1, 1, 1, 1)),
    Row((1, 1, 2, 1, 1), (1, 1, 1, 1)),
    Row((1, 1, 2, 1, 1), (1, 1, 2, 2)),
    Row((1, 1, 3, 2, 1), (1, 1, 2, 3)),
)
DECAYING = (
    Row((1, 1, 1, 1, 0), (1, 1, 1, 1), decay=0.5),
    Row((1, 1, 1, 1, 0), (2, 1, 1, 1), decay=0.5),
    Row((1, 1, 1, 1, 0), (2, 1, 1, 1), decay=2.0),
    Row((1, 1, 1, 1, 0), (1, 1, 1, 1), unused=0.5),
    Row((1, 1, 2, 1, 0), (2, 1, 2, 2), decay=0.5),
    Row((1, 1, 1, 1, 0), (1, 1, 1, 1), first=(1, 1, 1, 1), decay=0.5),
)
ROWS = {
    "forward": PLAIN,
    "stride_padding": STRIDED,
    "weight_decay": DECAYING,
    **dict.fromkeys(("dX", "grads_W", "grads_b"), (*PLAIN, *STRIDED)),
}


def rungs(section: str) -> Iterator[tuple[Case, dict[str, Array]]]:
    """The cases of a section with their inputs, the smallest first: one use before two, few numbers before many."""
    found = [rung(row, TABLES[section][1]) for row in ROWS.get(section, ())]
    yield from sorted(found, key=lambda r: ("X_first" in r[1], sum(array.size for array in r[1].values())))


def rung(row: Row, outputs: tuple[str, ...]) -> tuple[Case, dict[str, Array]]:
    """One use of a layer, or two, with numbers to reckon with."""
    case = _case(row, outputs)
    arrays = {name: counted(draw.shape) for name, draw in case.draws.items()}
    for name in ("X_first", "grads_first"):
        if name in arrays:
            arrays[name] = arrays[name] + 4  # other numbers than in the second use
    return case, {**arrays, "bias": 10 * arrays["bias"]}


def counted(shape: tuple[int, ...]) -> Array:
    """1, 2, 3, …"""
    return np.arange(1.0, np.prod(shape) + 1).reshape(shape)
