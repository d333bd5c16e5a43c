"""What conv2d_layer's outputs must keep, whoever computes them: see `autograder.assignments.witnesses`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.assignments import formulas
from autograder.assignments.cases import Case
from autograder.assignments.oracles import Inputs, Outputs, Params
from autograder.assignments.witnesses import Batch, Formula, Gradient, Laws

Array = np.ndarray[Any, np.dtype[Any]]

#: Every output is under a law.
WITHOUT: Mapping[tuple[str, str], str] = {}


def convolved(params: Params, inputs: Inputs) -> Array:
    """The output (N, out, H', W')."""
    return formulas.convolved(inputs["X"], inputs["filters"], inputs["bias"], params["stride"], params["padding"])


def loss(params: Params, moved: Inputs, still: Inputs) -> float:
    """⟨grads, Z⟩, whose gradient by the input is `dX`."""
    return float(np.vdot(still["grads"], convolved(params, moved)))


def mean_loss(params: Params, moved: Inputs, still: Inputs) -> float:
    """The mean over the batch, and λ times the filters' squares, whose gradients by the parameters are `grads`."""
    decay = float(params["decay"] * np.sum(moved["filters"] ** 2))
    return loss(params, moved, still) / len(still["X"]) + decay


def _given(name: str) -> Formula:
    """What was given is kept as it was."""
    return lambda params, inputs, outputs: inputs[name]


def _filters_count(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    """A bias for each filter."""
    return np.array([params["arguments"]["out_channels"]])


def _nothing(params: Params, inputs: Inputs, outputs: Outputs) -> str:
    """There are no gradients yet, or no more."""
    return "None, None"


def _formula(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    return convolved(params, inputs)


#: All that is known, of which a case has some.
DEFINITIONS: Mapping[str, Formula] = {
    "Z": _formula,
    "Z of the call": _formula,
    "input": _given("X"),
    "filters": _given("drawn"),
    "params W as built": _given("drawn"),
    "bias shape": _filters_count,
    "params b shape": _filters_count,
    "grads as built": _nothing,
    "grads as cleared": _nothing,
    "params W": _given("filters"),
    "params b": _given("bias"),
}
GRADIENTS = {
    "dX": Gradient("X", loss, exact=True),
    "grads W": Gradient("filters", mean_loss, exact=True),
    "grads b": Gradient("bias", mean_loss, exact=True),
}
AFFINE = (("Z", "X"), ("Z", "filters"), ("dX", "grads"), ("grads W", "grads"), ("grads W", "filters"))


def laws(section: str, case: Case) -> Laws:
    """The laws of a case."""
    batch = Batch(("X", "grads"), ("Z", "Z of the call", "dX"), ("grads W", "grads b")) if "X" in case.draws else None
    return Laws(
        {output: formula for output, formula in DEFINITIONS.items() if output in case.outputs},
        {output: gradient for output, gradient in GRADIENTS.items() if output in case.outputs},
        AFFINE,
        batch,
    )
