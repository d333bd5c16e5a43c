"""What HW2P1's outputs must keep, whoever computes them: see `autograder.assignments.witnesses`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from autograder.assignments import formulas
from autograder.assignments.cases import Case
from autograder.assignments.oracles import Inputs, Outputs, Params
from autograder.assignments.witnesses import Batch, Formula, Gradient, Laws, Loss, Shift

from . import laws_of_models as models

Array = np.ndarray[Any, np.dtype[Any]]

WITHOUT: Mapping[tuple[str, str], str] = {
    (f"mcq_{number}", "answer"): "which of a question's options is right is a matter of its words"
    for number in range(1, 6)
}


def laws(section: str, case: Case) -> Laws:
    """The laws of a case."""
    layer = case.params.get("layer", "")
    if not layer:
        return Laws()
    if layer == "Flatten":
        return FLATTEN
    if layer == "Dropout2d":
        return DROPOUT
    if layer == "BatchNorm2d":
        return _norm(case)
    if layer == "ResBlock":
        return models.block(case)
    if layer == "CNN":
        return models.cnn(case)
    return models.scan() if layer.startswith("CNN_") else _layer(layer, case)


def weighed(formula: Callable[[Params, Inputs], Array]) -> Loss:
    """⟨dLdZ, Z⟩; where a case has no dLdZ, it is the layer's own output."""

    def loss(params: Params, moved: Inputs, still: Inputs) -> float:
        incoming = still["dLdZ"] if "dLdZ" in still else formula(params, still)
        return float(np.vdot(incoming, formula(params, moved)))

    return loss


def _layer(layer: str, case: Case) -> Laws:
    arguments = case.params["arguments"]
    up = arguments.get("upsampling_factor", 1)
    down = arguments.get("downsampling_factor", arguments.get("stride", 1))
    out, back = (up, 1) if up > 1 else (1, down)
    shift = None if case.params.get("padding") else Shift("Z", out, {"A": back, "dLdZ": out})
    definitions: dict[str, Formula] = {"Z": lambda params, inputs, outputs: by_formula(params, inputs)}
    linear = not layer.startswith("Max")
    gradients = {"dLdA": Gradient("A", weighed(by_formula), linear)}
    if "W" in case.draws:
        gradients["dLdW"] = Gradient("W", weighed(by_formula), exact=True)
        unset = None if "b" in case.draws else np.zeros(case.draws["W"].shape[0])
        gradients["dLdb"] = Gradient("b", weighed(by_formula), exact=True, absent=unset)
    if case.judged:
        definitions["dLdA"], gradients = tied, {}
    affine = (("Z", "A"), ("Z", "W"), ("dLdA", "dLdZ"), ("dLdW", "dLdZ")) if linear else (("dLdA", "dLdZ"),)
    return Laws(
        definitions, gradients, affine, Batch(("A", "dLdZ"), ("Z", "dLdA"), ("dLdW", "dLdb")), shift
    )  # fmt: skip


def by_formula(params: Params, inputs: Inputs) -> Array:
    """The output of a layer: zeros between the entries and around, then a number for each window."""
    arguments, A = params["arguments"], inputs["A"]
    down = arguments.get("downsampling_factor", arguments.get("stride", 1))
    A = formulas.upsampled(A, arguments.get("upsampling_factor", 1))
    if "W" in inputs:
        return formulas.convolved(A, inputs["W"], inputs.get("b"), down, params.get("padding") or 0)
    of = np.max if params["layer"].startswith("Max") else np.mean
    return formulas.pooled(A, arguments.get("kernel", 1), down, lambda window: float(of(window)))


def tied(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    """The gradient of a max pool with ties: each window's, a power of two, at the one maximum that shows it."""
    A, told = inputs["A"], np.asarray(outputs["dLdA"])
    size, stride = params["arguments"]["kernel"], params["arguments"].get("stride", 1)
    due = np.zeros(A.shape)
    for n, c, row, column in np.ndindex(*inputs["dLdZ"].shape):
        gradient = inputs["dLdZ"][n, c, row, column]
        cells = [(n, c, row * stride + i, column * stride + j) for i, j in np.ndindex(size, size)]
        largest = [cell for cell in cells if A[cell] == max(A[cell] for cell in cells)]
        holding = [cell for cell in largest if told[cell] // gradient % 2 == 1]
        if len(holding) == 1:
            due[holding[0]] += gradient
    return due


def flattened(params: Params, inputs: Inputs) -> Array:
    """A row for each sample."""
    return np.array([[sample[index] for index in np.ndindex(*sample.shape)] for sample in inputs["A"]])


FLATTEN = Laws(
    {"flatten Z": lambda params, inputs, outputs: flattened(params, inputs)},
    {"flatten dLdA": Gradient("A", weighed(flattened), exact=True)},
    (("flatten Z", "A"), ("flatten dLdA", "dLdZ")),
    Batch(("A", "dLdZ"), ("flatten Z", "flatten dLdA")),
)


def kept(array: Array, params: Params, outputs: Outputs) -> Array:
    """An array without the channels that Z shows to be dropped, and the others scaled by 1/(1 − p)."""
    Z = np.asarray(outputs["Z"])
    due = np.zeros(array.shape)
    for n, c in np.ndindex(*array.shape[:2]):
        if any(Z[n, c].ravel() != 0):
            due[n, c] = array[n, c] / (1 - params["arguments"]["p"])
    return due


DROPOUT = Laws(
    {
        "Z": lambda params, inputs, outputs: kept(inputs["A"], params, outputs),
        "dLdA": lambda params, inputs, outputs: kept(inputs["dLdZ"], params, outputs),
        "Z eval": lambda params, inputs, outputs: inputs["A"],
    }
)


def _norm(case: Case) -> Laws:
    statistics = ("M", "V", "running_M", "running_V", "running_M after eval", "running_V after eval")
    definitions: dict[str, Formula] = {
        "BZ": lambda params, inputs, outputs: trained(params, inputs),
        "BZ eval": evaluated,
        **{name: _statistic(name) for name in statistics},
    }
    gradients = {"dLdZ": Gradient("A", weighed(trained))}
    shape = (1, case.params["arguments"]["num_features"], 1, 1)
    for name, at_first in (("BW", np.ones(shape)), ("Bb", np.zeros(shape))):
        unset = None if name in case.draws else at_first
        gradients[f"dLd{name}"] = Gradient(name, weighed(trained), exact=True, absent=unset)
    sums = ("dLdBW", "dLdBb", *statistics)
    return Laws(definitions, gradients, (), Batch(("A", "dLdZ"), ("BZ", "dLdZ"), sums, separate=False))


def scales(params: Params, inputs: Inputs) -> tuple[Array, Array]:
    """BW and Bb: as they were set, else as they are at first."""
    channels = params["arguments"]["num_features"]
    return inputs.get("BW", np.ones(channels)), inputs.get("Bb", np.zeros(channels))


def trained(params: Params, inputs: Inputs) -> Array:
    """What a batch normalisation gives in training."""
    return formulas.normalised(inputs["A"], *formulas.moments(inputs["A"]), models.EPS, *scales(params, inputs))


def running(params: Params, inputs: Inputs) -> Iterator[Array]:
    """Mean and variance as they ran over all batches: at first 0 and 1, then α of what was and 1 − α of what is."""
    alpha, channels = params["arguments"]["alpha"], params["arguments"]["num_features"]
    for index, value in enumerate((np.zeros(channels), np.ones(channels))):
        for name in ("A_first", "A"):
            if name in inputs:
                value = alpha * value + (1 - alpha) * formulas.moments(inputs[name])[index]
        yield value


def _statistic(name: str) -> Formula:
    def statistic(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
        both = running(params, inputs) if name.startswith("running") else formulas.moments(inputs["A"])
        M, V = both
        return (M if "M" in name else V).reshape(1, -1, 1, 1)

    return statistic


def evaluated(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    """What a batch normalisation gives in evaluation: by the running statistics."""
    M, V = running(params, inputs)
    return formulas.normalised(inputs["A eval"], M, V, models.EPS, *scales(params, inputs))
