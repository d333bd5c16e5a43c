"""What numpy_cnn's outputs must keep, whoever computes them: see `autograder.assignments.witnesses`."""

from __future__ import annotations

import math
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
#: Probabilities are clipped to [EPS, 1 − EPS].
EPS = 1e-12


def entropy(y: Array, p: Array) -> float:
    """The mean binary cross-entropy."""
    pairs = zip(y.ravel(), np.clip(p, EPS, 1 - EPS).ravel(), strict=True)
    return -math.fsum(label * math.log(q) + (1 - label) * math.log(1 - q) for label, q in pairs) / y.size


def entropy_grad(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    """Its derivative: −1 / p where the label is 1, 1 / (1 − p) where it is 0, over N."""
    pairs = zip(inputs["y"].ravel(), np.clip(inputs["p"], EPS, 1 - EPS).ravel(), strict=True)
    values = [(-1 / q if label else 1 / (1 - q)) / inputs["y"].size for label, q in pairs]
    return np.array(values).reshape(inputs["p"].shape)


def affine(inputs: Inputs) -> Array:
    """The sum xw + b, row by row; w and b flat or as columns."""
    found = [math.fsum(row * inputs["w"].ravel()) + float(inputs["b"].sum()) for row in inputs["x"]]
    return np.array(found).reshape(-1, *inputs["w"].shape[1:])


def convolved(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    """With a stride of 2 and a padding of 1 where nothing else is said."""
    options = {"stride": 2, "padding": 1, **params["options"]}
    return formulas.convolved(
        inputs["x"], inputs["kernel"], inputs["bias"], options["stride"], options["padding"]
    )  # fmt: skip


def slope(x: float) -> float:
    """σ(x)(1 − σ(x)), by the two sigmoids of x and −x."""
    return formulas.sigmoid(x) * formulas.sigmoid(-x)


DEFINITIONS: Mapping[str, Formula] = {
    "sigmoid": lambda params, inputs, outputs: formulas.each(formulas.sigmoid, inputs["x"]),
    "cross_entropy": lambda params, inputs, outputs: np.array(entropy(inputs["y"], inputs["y_hat"])),
    "relu": lambda params, inputs, outputs: formulas.each(formulas.relu, inputs["x"]),
    "max_pooling": lambda params, inputs, outputs: formulas.pooled(
        inputs["x"], params["numbers"][0], params["numbers"][1], lambda window: float(max(window.ravel()))
    ),
    "conv": convolved,
    "forward": lambda params, inputs, outputs: affine(inputs),
    "sigmoid_grad": lambda params, inputs, outputs: formulas.each(slope, inputs["x"]),
    "cross_entropy_grad": entropy_grad,
}


def sum_of_sigmoids(params: Params, moved: Inputs, still: Inputs) -> float:
    """Whose derivative by x is `sigmoid_grad`."""
    return math.fsum(formulas.sigmoid(float(x)) for x in moved["x"].ravel())


def loss_of_p(params: Params, moved: Inputs, still: Inputs) -> float:
    """Whose derivative by p is `cross_entropy_grad`."""
    return entropy(still["y"], moved["p"])


def loss_of_unit(params: Params, moved: Inputs, still: Inputs) -> float:
    """Which `backward` goes down."""
    return entropy(still["y"], formulas.each(formulas.sigmoid, affine(moved)))


def _stepped(name: str) -> Gradient:
    """The gradient that a step was made of: what was lost, over the rate."""
    return Gradient(name, loss_of_unit, read=lambda params, inputs, new: (inputs[name] - new) / params["lr"])


#: Outputs that have samples along the first axis, as `x` has.
BY_SAMPLE = ("sigmoid", "relu", "max_pooling", "conv", "forward", "sigmoid_grad")


def laws(section: str, case: Case) -> Laws:
    """The laws of a case."""
    if section == "backward":
        return Laws({}, {name: _stepped(name) for name in "wb"}, (), Batch(("x", "y", "y_hat"), (), ("w", "b")))
    definitions = {"result": DEFINITIONS[section]}
    if section in BY_SAMPLE:
        linear = (("result", "x"),) if section in ("conv", "forward") else ()
        gradients = {"result": Gradient("x", sum_of_sigmoids)} if section == "sigmoid_grad" else {}
        return Laws(definitions, gradients, linear, Batch(("x",), ("result",)))
    if section == "cross_entropy":
        return Laws(definitions, {}, (), Batch(("y", "y_hat"), (), ("result",)))
    gradients = {} if case.judged else {"result": Gradient("p", loss_of_p)}
    return Laws(definitions, gradients, (), Batch(("y", "p"), ("result",), separate=False))
