"""conv2d_functional's oracles: PyTorch with its axes moved, and the reference.

What bad arguments must do is said by the contract, and shown by the reference.
"""

from __future__ import annotations

from typing import Any

from autograder.assignments import reference
from autograder.assignments.oracles import Inputs, Oracle, Outputs, Params
from autograder.assignments.torch_tools import arrays, functional, leaves
from autograder.guest.agreed import REFUSED

from .exercises import EXERCISES


def convolve(tensors: dict[str, Any], image: str, weight: str, bias: str, params: Params) -> Any:
    """The output (H', W', C') of PyTorch's convolution of one image (H, W, C) with kernels (C', F, F, C / groups)."""
    first = tensors[image].permute(2, 0, 1)[None]
    kernels = tensors[weight].permute(0, 3, 1, 2)
    options = {name: params[name] for name in ("stride", "padding", "dilation", "groups") if name in params}
    return functional().conv2d(first, kernels, tensors.get(bias), **options)[0].permute(1, 2, 0)


def forward(params: Params, inputs: Inputs) -> Outputs:
    """The output of `conv2d`, what `conv2d_forward` returns, or a refusal."""
    if params["function"] == "conv2d, refused":
        return {"refused": REFUSED}
    output = convolve(leaves(inputs), "input", "weight", "bias", params)
    if params["function"] == "conv2d":
        return arrays({"output": output})
    return {**arrays({"Z": output}), "W": inputs["weight"], "b": inputs["bias"], "A_prev": inputs["input"]}


def backward(params: Params, inputs: Inputs) -> Outputs:
    """The gradient that the section asks for, by PyTorch's autograd."""
    tensors = leaves({name: array for name, array in inputs.items() if name != "Z"})
    convolve(tensors, "A_prev", "W", "b", params).backward(tensors["dZ"].detach())
    gradients = {"dW": tensors["W"].grad, "db": tensors["b"].grad, "dA_prev": tensors["A_prev"].grad}
    return arrays({name: gradients[name] for name in params["gradients"]})


def oracles(section_id: str) -> tuple[Oracle, ...]:
    """The truths about a section, the primary one first."""
    by_torch = backward if section_id.startswith("backward") else forward
    return Oracle("PyTorch", by_torch), reference.oracle("conv2d_functional", section_id, EXERCISES)
