"""The laws of HW2P1's networks: the CNN, the scanning MLPs and the residual block, each by the contract's formula."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.assignments import formulas
from autograder.assignments.cases import Case
from autograder.assignments.oracles import Inputs, Outputs, Params
from autograder.assignments.witnesses import Batch, Formula, Gradient, Laws

Array = np.ndarray[Any, np.dtype[Any]]

#: Of the batch normalisation.
EPS = 1e-8
ACTIVATIONS: Mapping[str, Callable[[float], float]] = {
    "Tanh": math.tanh,
    "ReLU": formulas.relu,
    "Sigmoid": formulas.sigmoid,
}
#: The scanned MLP: so many steps at a time, and so many on.
STEPS, STRIDE = 8, 4


def cnn(case: Case) -> Laws:
    """The CNN: Z, the loss, every gradient, the parameters after steps, and gradients set to zero."""
    if "Y" not in case.draws:
        return Laws({"Z": lambda params, inputs, outputs: logits(params, inputs)}, batch=Batch(("A",), ("Z",)))
    names = parts(case.params)
    definitions: dict[str, Formula] = {
        "Z": lambda params, inputs, outputs: logits(params, inputs),
        "loss": lambda params, inputs, outputs: np.array(formulas.cross_entropy(logits(params, inputs), inputs["Y"])),
        "step W": lambda params, inputs, outputs: stepped("W", params, inputs, outputs),
        "step b": lambda params, inputs, outputs: stepped("b", params, inputs, outputs),
        "zero_grads": zeros,
    }

    def loss(params: Params, moved: Inputs, still: Inputs) -> float:
        return formulas.cross_entropy(logits(params, moved), still["Y"])

    gradients = {"dLdA": Gradient("A", loss)}
    for part in names:
        gradients[f"{part} dLdW"] = Gradient(f"{part} W", loss)
        rows = case.draws[f"{part} W"].shape[0]
        at_first = np.zeros((rows, 1) if part == "linear" else rows)
        unset = None if f"{part} b" in case.draws else at_first
        gradients[f"{part} dLdb"] = Gradient(f"{part} b", loss, absent=unset)
    return Laws(definitions, gradients)


def parts(params: Params) -> list[str]:
    """The parts of a CNN that have parameters, first to last."""
    return [*(f"conv{i}" for i in range(1, len(params["arguments"]["strides"]) + 1)), "linear"]


def logits(params: Params, inputs: Inputs) -> Array:
    """What a CNN gives: convolutions, each with its activation, then a linear layer."""
    given, Z = params["arguments"], inputs["A"]
    for part, stride, activation in zip(parts(params), given["strides"], given["activations"], strict=False):
        Z = formulas.convolved(Z, inputs[f"{part} W"], inputs.get(f"{part} b"), stride)
        Z = formulas.each(ACTIVATIONS[activation], Z)
    rows = np.array([sample.ravel() for sample in Z])
    return formulas.dense(rows, inputs["linear W"], inputs.get("linear b"))


def stepped(name: str, params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    """All weights, or all biases, after the steps: each entry less the rate times its gradient, for each step."""
    values: list[float] = []
    for part in parts(params):
        gradient = np.ravel(outputs[f"{part} dLd{name}"])
        before = np.ravel(inputs[f"{part} {name}"]) if f"{part} {name}" in inputs else np.zeros(gradient.size)
        rate = params["arguments"]["lr"] * params.get("steps", 1)
        values += [b - rate * g for b, g in zip(before, gradient, strict=True)]
    return np.array(values)


def zeros(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    """A zero for each parameter."""
    return np.zeros(sum(np.size(outputs[f"{part} dLd{name}"]) for part in parts(params) for name in "Wb"))


def scan() -> Laws:
    """The scanning MLPs."""

    def loss(params: Params, moved: Inputs, still: Inputs) -> float:
        return float(np.vdot(still["dLdZ"], scanned(params, moved)))

    definitions: dict[str, Formula] = {"Z": lambda params, inputs, outputs: scanned(params, inputs)}
    return Laws(definitions, {"dLdA": Gradient("A", loss)}, (("dLdA", "dLdZ"),))


def scanned(params: Params, inputs: Inputs) -> Array:
    """The MLP at one place after the other; a window is read step by step, and all outputs channel by channel."""
    A = inputs["A"][0]
    matrices = [np.kron(np.eye(copies), inputs[f"w{i}"]) for i, copies in enumerate(params["copies"], 1)]
    found = []
    for start in range(0, A.shape[1] - STEPS + 1, STRIDE):
        row = np.array([A[feature, start + step] for step in range(STEPS) for feature in range(len(A))])
        for matrix in matrices[:-1]:
            row = formulas.each(formulas.relu, row @ matrix)
        found.append(row @ matrices[-1])
    return np.array([[place[channel] for channel in range(len(found[0])) for place in found]])


def block(case: Case) -> Laws:
    """The residual block."""

    def loss(params: Params, moved: Inputs, still: Inputs) -> float:
        return float(np.vdot(still["dLdZ"], residual(params, moved)))

    roles = [role for role in ("conv1", "conv2", "shortcut") if f"{role} W" in case.draws]
    gradients = {"dLdA": Gradient("A", loss)} | {f"{role} dLdW": Gradient(f"{role} W", loss) for role in roles}
    sums = tuple(f"{role} dLdW" for role in roles)
    batch = Batch(("A", "dLdZ"), ("Z", "dLdA"), sums, separate=False)
    definitions: dict[str, Formula] = {"Z": lambda params, inputs, outputs: residual(params, inputs)}
    return Laws(definitions, gradients, (("dLdA", "dLdZ"),), batch)


def residual(params: Params, inputs: Inputs) -> Array:
    """ReLU of the main path, which is two normalised convolutions with a ReLU in between, plus the shortcut."""
    given = params["arguments"]

    def pair(role: str, A: Array, stride: int, padding: int) -> Array:
        Z = formulas.convolved(A, inputs[f"{role} W"], inputs.get(f"{role} b"), stride, padding)
        channels = Z.shape[1]
        scale, offset = inputs.get(f"{role} BW", np.ones(channels)), inputs.get(f"{role} Bb", np.zeros(channels))
        return formulas.normalised(Z, *formulas.moments(Z), EPS, scale, offset)

    A, stride, padding = inputs["A"], given["stride"], given["padding"]
    main = formulas.each(formulas.relu, pair("conv1", A, stride, padding))
    side = pair("shortcut", A, stride, padding) if "shortcut W" in inputs else A
    return formulas.each(formulas.relu, pair("conv2", main, 1, 0) + side)
