"""What HW2P1's outputs must keep, whoever computes them: see `autograder.assignments.witnesses`."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.assignments.cases import Case
from autograder.assignments.oracles import Inputs, Params
from autograder.assignments.witnesses import Laws

Array = npt.NDArray[Any]
LAYER = {"dLdA": "A", "dLdW": "W", "dLdb": "b"}


def laws(section: str, case: Case) -> Laws | None:
    """The laws of a case; None where values are drawn, judged or no numbers."""
    layer = case.params.get("layer", "")
    if case.judged or not layer:
        return None
    if layer == "BatchNorm2d":
        return Laws("BZ", "dLdZ", {"dLdZ": "A", "dLdBW": "BW", "dLdBb": "Bb"}, frozenset({"BW", "Bb"}), separate=False)
    if layer == "ResBlock":
        roles = ("conv1", "conv2", "shortcut")
        return Laws("Z", "dLdZ", {"dLdA": "A", **{f"{r} dLdW": f"{r} W" for r in roles}}, separate=False)
    if layer == "Flatten":
        return Laws("flatten Z", "dLdZ", {"flatten dLdA": "A"}, frozenset("A"), _flattened)
    if layer == "CNN":
        parts = [*(f"conv{i}" for i in range(1, 10)), "linear"]
        gradients = {f"{part} dLd{name}": f"{part} {name}" for part in parts for name in "Wb"}
        return Laws("loss", "", {"dLdA": "A", **gradients})
    if layer.startswith("CNN_"):
        return Laws("Z", "dLdZ", {"dLdA": "A"})
    return _layer(layer, case.params)


def _layer(layer: str, params: Params) -> Laws:
    arguments = params["arguments"]
    up = arguments.get("upsampling_factor", 1)
    down = arguments.get("downsampling_factor", arguments.get("stride", 1))
    shift = None if params.get("padding") else (up, 1) if up > 1 else (1, down)
    linear = frozenset() if layer.startswith("Max") else frozenset("AWb")
    return Laws("Z", "dLdZ", LAYER, linear, by_formula, shift)


def _flattened(params: Params, inputs: Inputs) -> Array:
    return np.array([[sample[index] for index in np.ndindex(*sample.shape)] for sample in inputs["A"]])


def by_formula(params: Params, inputs: Inputs) -> Array:
    """The output of a layer, one entry after the other."""
    layer, arguments, A = params["layer"], params["arguments"], inputs["A"]
    sides = A.ndim - 2
    p, up = params.get("padding") or 0, arguments.get("upsampling_factor", 1)
    down = arguments.get("downsampling_factor", arguments.get("stride", 1))
    K = arguments.get("kernel_size", arguments.get("kernel", 1))
    spread = np.zeros((*A.shape[:2], *(up * (side - 1) + 1 + 2 * p for side in A.shape[2:])))
    for index in np.ndindex(*A.shape):
        spread[(*index[:2], *(p + up * i for i in index[2:]))] = A[index]
    sizes = [(side - K) // down + 1 for side in spread.shape[2:]]
    Z = np.zeros((len(A), arguments.get("out_channels", A.shape[1]), *sizes))
    for n, c, *place in np.ndindex(*Z.shape):
        corner = [down * i for i in place]
        window = spread[(n, slice(None), *(slice(i, i + K) for i in corner))]
        if "W" in inputs:
            W, b = inputs["W"], inputs.get("b")
            entries = np.ndindex(W.shape[1], *[K] * sides)
            Z[n, c, *place] = sum(window[e] * W[(c, *e)] for e in entries) + (0 if b is None else b[c])
        else:
            Z[n, c, *place] = window[c].max() if layer.startswith("Max") else window[c].mean()
    return Z
