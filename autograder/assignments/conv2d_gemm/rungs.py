"""conv2d_gemm's ladder: from one number to paddings, windows, strides, gaps, channels, a batch, activations, a list.

Values are small whole numbers, all different where that is possible, so that a wrong one shows where it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.assignments.cases import Array, Case

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
