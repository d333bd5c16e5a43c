"""What conv2d_functional's outputs must keep, whoever computes them: see `autograder.assignments.witnesses`.

There is one image without a batch, so that no law of samples applies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.assignments import formulas
from autograder.assignments.cases import Case
from autograder.assignments.oracles import Inputs, Outputs, Params
from autograder.assignments.witnesses import Formula, Gradient, Laws
from autograder.guest.agreed import REFUSED

Array = np.ndarray[Any, np.dtype[Any]]

#: Every output is under a law.
WITHOUT: Mapping[tuple[str, str], str] = {}
#: Each gradient, and what it is by.
GRADIENTS = {"dW": "W", "db": "b", "dA_prev": "A_prev"}


def laws(section: str, case: Case) -> Laws:
    """The laws of a case."""
    if section.startswith("backward"):
        (output,) = case.outputs
        return Laws({}, {output: Gradient(GRADIENTS[output], loss, exact=True)}, ((output, "dZ"),))
    if case.params["function"] == "conv2d, refused":
        return Laws({"refused": refused})
    if case.params["function"] == "conv2d":
        return Laws({"output": forward}, {}, (("output", "input"), ("output", "weight"), ("output", "bias")))
    kept = {output: _given(name) for output, name in (("W", "weight"), ("b", "bias"), ("A_prev", "input"))}
    return Laws({"Z": forward, **kept}, {}, (("Z", "input"), ("Z", "weight")))


def forward(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    """The output of `conv2d` and `conv2d_forward`."""
    return convolved(params, inputs["input"], inputs["weight"], inputs.get("bias"))


def convolved(params: Params, image: Any, weight: Any, bias: Any) -> Array:
    """The output (H', W', C') of an image (H, W, C) and kernels (C', F, F, C / groups)."""
    numbers = (params.get(name, usual) for name, usual in NUMBERS)
    Z = formulas.convolved(np.moveaxis(image, -1, 0)[None], np.moveaxis(weight, -1, 1), bias, *numbers)
    return np.moveaxis(Z[0], 0, -1)


#: In the order in which the formula takes them.
NUMBERS = (("stride", 1), ("padding", 0), ("dilation", 1), ("groups", 1))


def loss(params: Params, moved: Inputs, still: Inputs) -> float:
    """⟨dZ, Z⟩."""
    return float(np.vdot(still["dZ"], convolved(params, moved["A_prev"], moved["W"], moved["b"])))


def refused(params: Params, inputs: Inputs, outputs: Outputs) -> str:
    """Bad arguments are refused: by the contract these five are bad."""
    channels, groups = inputs["input"].shape[-1], params["groups"]
    filters, rows, columns, depth = inputs["weight"].shape
    bad = channels % groups or filters % groups or depth * groups != channels or rows != columns
    return REFUSED if bad or ("bias" in inputs and inputs["bias"].shape != (filters,)) else "an array"


def _given(name: str) -> Formula:
    """What was given comes back as it was."""
    return lambda params, inputs, outputs: inputs[name]
