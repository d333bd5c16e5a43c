"""conv2d_gemm's ladder: from one number to paddings, windows, strides, gaps, channels, a batch, activations, a list.

Values are small whole numbers, all different where that is possible, so that a wrong one shows where it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.assignments.cases import Array, Case
from autograder.assignments.ladder import fewer, shrunk

from .cases import FUNCTIONS, Geometry, layer_case

PADDED = (
    Geometry((1, 1, 1, 1), (1, 1), 1, 1),
    Geometry((1, 1, 1, 1), (1, 1), 1, (1, 0)),
    Geometry((1, 1, 1, 1), (1, 1), 1, (0, 1)),
    Geometry((1, 1, 1, 1), (1, 1), 1, (1, 0, 0, 0)),
    Geometry((1, 1, 1, 1), (1, 1), 1, (0, 1, 0, 0)),
    Geometry((1, 1, 1, 1), (1, 1), 1, (0, 0, 1, 0)),
    Geometry((1, 1, 1, 1), (1, 1), 1, (0, 0, 0, 1)),
    Geometry((1, 1, 1, 1), (1, 2), 1, "same"),
    Geometry((1, 1, 1, 1), (2, 1), 1, "same"),
    Geometry((1, 1, 1, 1), (1, 3), 1, "same"),
    Geometry((1, 1, 1, 1), (1, 2), 1, "same", 1, 2),
    Geometry((1, 1, 2, 1), (1, 2), 1, "same", 2),
    Geometry((1, 1, 3, 1), (1, 2), 1, "same", 2),
    Geometry((1, 1, 3, 1), (1, 3), 1, "same", 2),
    Geometry((1, 1, 2, 1), (1, 1), 1, "same", 3),  # never below nothing
    Geometry((1, 2, 1, 1), (1, 1), 1, "valid"),
    Geometry((1, 1, 2, 2), (1, 1), 1, (0, 1)),
)
WINDOWS = (
    Geometry((1, 1, 1, 1), (1, 1), 1),
    Geometry((1, 1, 2, 1), (1, 2), 1),
    Geometry((1, 2, 1, 1), (2, 1), 1),
    Geometry((1, 1, 3, 1), (1, 2), 1),
    Geometry((1, 3, 1, 1), (2, 1), 1),
    Geometry((1, 2, 2, 1), (2, 2), 1),
    Geometry((1, 2, 3, 1), (2, 2), 1),
    Geometry((1, 3, 3, 1), (2, 2), 1),
    Geometry((1, 1, 3, 1), (1, 1), 1, 0, 2),
    Geometry((1, 3, 1, 1), (1, 1), 1, 0, 2),
    Geometry((1, 1, 2, 1), (1, 1), 1, 0, 2),
    Geometry((1, 1, 3, 1), (1, 2), 1, 0, 1, 2),
    Geometry((1, 1, 4, 1), (1, 2), 1, 0, 1, 2),
    Geometry((1, 4, 1, 1), (2, 1), 1, 0, 1, 3),
    Geometry((1, 1, 5, 1), (1, 2), 1, 0, 2, 2),
    Geometry((1, 1, 1, 2), (1, 1), 1),
    Geometry((1, 1, 1, 1), (1, 1), 2),
    Geometry((1, 1, 1, 2), (1, 1), 2),
    Geometry((1, 1, 2, 2), (1, 2), 1),
    Geometry((1, 2, 2, 2), (2, 2), 2),
    Geometry((2, 1, 1, 1), (1, 1), 1),
    Geometry((2, 1, 2, 1), (1, 1), 1),
    Geometry((2, 1, 3, 2), (1, 2), 2),
)
#: Of a layer more is looked at than of a function: its activation, its bias, what it keeps.
LAYER = (
    *((row, None) for row in (*WINDOWS, *PADDED)),
    *((Geometry((1, 1, 1, 1), (1, 1), 1), activation) for activation in ("relu", "sigmoid", "tanh")),
    *((Geometry((1, 1, 2, 1), (1, 1), 2), activation) for activation in ("relu", "sigmoid", "tanh")),
)
TWICE = (Geometry((1, 1, 1, 1), (1, 1), 1), Geometry((1, 1, 2, 1), (1, 1), 1), Geometry((1, 1, 2, 1), (1, 2), 1))


def rungs(section: str) -> Iterator[tuple[Case, dict[str, Array]]]:
    """The cases of a section with their inputs, the smallest first; of speed nothing can be shown by a small case."""
    if section in FUNCTIONS:
        found = [made(FUNCTIONS[section](row)) for row in (*WINDOWS, *PADDED)]
    elif section != "speed":
        layers = [layer_case(section, row, activation, "glorot_uniform") for row, activation in LAYER]
        if section.endswith("backward"):
            layers += [layer_case(section, row, None, "glorot_uniform", twice=True) for row in TWICE]
        found = [made(case) for case in layers]
    else:
        return
    yield from sorted(found, key=lambda rung: ("X first" in rung[1], sum(array.size for array in rung[1].values())))


def smaller(
    section: str, params: Mapping[str, Any], inputs: Mapping[str, Array]
) -> Iterator[tuple[Case, dict[str, Array]]]:
    """The case with whole numbers; then with one side, number of channels or argument less."""
    pad = tuple(params["pad"]) if isinstance(params["pad"], list) else params["pad"]
    (samples, height, width, channels), (taps_down, taps_across) = params["shape"], params["kernel"]
    shape, kernel = (samples, height, width, channels), (taps_down, taps_across)
    steps = (params["stride"], params["dilation"])
    here = Geometry(shape, kernel, params["out"], pad, *steps)
    rows = [here, *(replace(here, shape=less) for less in shrunk(shape))]
    rows += [replace(here, kernel=taps) for taps in shrunk(kernel)]
    rows += [replace(here, out=filters) for filters in fewer(here.out)]
    rows += [replace(here, stride=stride, dilation=dilation) for stride, dilation in shrunk(steps)]
    if isinstance(pad, tuple):
        rows += [replace(here, pad=less) for less in shrunk(pad, 0)]
    if isinstance(pad, int):
        rows += [replace(here, pad=less) for less in fewer(pad, 0)]
    for row in rows:
        if min(row.output) > 0:
            if section in FUNCTIONS:
                yield made(FUNCTIONS[section](row))
            else:
                yield made(layer_case(section, row, params["acti_fn"], params["init_w"], twice="X first" in inputs))


def made(case: Case) -> tuple[Case, dict[str, Array]]:
    """A case with numbers to reckon with: 1, 2, 3, … in each array, tens for a bias."""
    arrays = {
        name: np.arange(1.0, np.prod(draw.shape) + 1).reshape(draw.shape) * (10 if name == "b" else 1)
        for name, draw in case.draws.items()
    }
    if case.params.get("acti_fn") is not None:  # on both sides of 0, and where an activation is not flat
        arrays |= {"b": 2.0 - np.arange(1.0, arrays["b"].size + 1).reshape(arrays["b"].shape), "X": -arrays["X"]}
    for name in ("X first", "dLda first"):
        if name in arrays:
            arrays[name] = arrays[name] + 4  # other numbers than in the second use
    return case, arrays
