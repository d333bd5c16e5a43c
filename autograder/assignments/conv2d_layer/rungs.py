"""conv2d_layer's ladder: from a kernel of one number to windows, strides, a batch, channels, a second use.

Values are small whole numbers, all different where that is possible, so that a wrong one shows where it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.assignments.cases import Array, Case
from autograder.assignments.ladder import fewer, shrunk

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


def smaller(
    section: str, params: Mapping[str, Any], inputs: Mapping[str, Array]
) -> Iterator[tuple[Case, dict[str, Array]]]:
    """The case with whole numbers; then without what is special, and with one size less."""
    given, shape = params["arguments"], inputs["X"].shape
    channels, filters, kernel = (given[name] for name in ("in_channels", "out_channels", "kernel_size"))
    sizes = (channels, filters, kernel, params["stride"], params["padding"])
    rate = given.get("weight_decay_lambda")
    here = Row(
        sizes,
        shape,
        first=inputs["X_first"].shape if "X_first" in inputs else None,
        decay=(rate or "default") if given.get("weight_decay") else None,
        unused=None if given.get("weight_decay") else rate,
    )
    rows = [here, replace(here, first=None), replace(here, decay=None, unused=None)]
    if here.first is None:
        rows += [replace(here, shape=(sides[0], shape[1], *sides[1:])) for sides in shrunk((shape[0], *shape[2:]))]
        rows += [replace(here, sizes=less) for less in shrunk(sizes)]
        rows += [replace(here, sizes=(*sizes[:4], less)) for less in fewer(sizes[4], 0)]
    for row in rows:
        row = replace(row, shape=(row.shape[0], row.sizes[0], *row.shape[2:]))
        if min(row.output(row.shape)) > 0:
            yield rung(row, tuple(params["outputs"]))


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
