"""conv2d_layer's oracles: PyTorch with means over the batch, and the reference."""

from __future__ import annotations

import numpy as np

from autograder.assignments import reference
from autograder.assignments.oracles import Inputs, Oracle, Outputs, Params
from autograder.assignments.torch_tools import arrays, functional, leaves

from .exercises import EXERCISES


def by_torch(params: Params, inputs: Inputs) -> Outputs:
    """Output and gradients of the last use: those of the parameters as means, with the decay's share."""
    tensors = leaves(inputs)
    X, filters, bias = tensors["X"], tensors["filters"], tensors["bias"]
    Z = functional().conv2d(X, filters, bias, stride=params["stride"], padding=params["padding"])
    if "grads" not in tensors:
        return arrays({"Z": Z})
    Z.backward(tensors["grads"].detach())
    dW = filters.grad / len(X) + 2 * params["decay"] * filters
    return arrays({"Z": Z, "dX": X.grad, "grads W": dW, "grads b": bias.grad / len(X)})


def layer(params: Params, inputs: Inputs) -> Outputs:
    """What the section looks at."""
    found = by_torch(params, inputs)
    return {name: found[name] for name in params["outputs"]}


def state(params: Params, inputs: Inputs) -> Outputs:
    """What a layer keeps, by the contract."""
    empty = "None, None"
    if params["looks_at"] == "as built":
        shape = np.array(inputs["drawn"].shape[:1])
        filters = {"filters": inputs["drawn"], "params W as built": inputs["drawn"]}
        return {**filters, "bias shape": shape, "params b shape": shape, "grads as built": empty}
    found = by_torch(params, inputs)
    if params["looks_at"] == "called":
        return {"Z of the call": found["Z"], "input": inputs["X"]}
    if params["looks_at"] == "replaced":
        return {"Z": found["Z"], "params W": inputs["filters"], "params b": inputs["bias"]}
    return {"grads as cleared": empty, "Z": found["Z"], "grads W": found["grads W"], "grads b": found["grads b"]}


def oracles(section_id: str) -> tuple[Oracle, ...]:
    """The truths about a section, the primary one first."""
    primary = Oracle("the contract", state) if section_id == "state" else Oracle("PyTorch", layer)
    return primary, reference.oracle("conv2d_layer", section_id, EXERCISES)
