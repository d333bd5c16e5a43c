"""numpy_cnn's oracles: PyTorch (its autograd for the gradients), and the reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from autograder.assignments import reference
from autograder.assignments.oracles import Inputs, Oracle, Outputs, Params
from autograder.assignments.torch_tools import arrays, functional, leaves, torch

from .exercises import EXERCISES

Tensors = Mapping[str, Any]


def slope_of_sigmoid(t: Tensors, params: Params) -> Any:
    """By autograd."""
    torch().sigmoid(t["x"]).sum().backward()
    return t["x"].grad


def slope_of_entropy(t: Tensors, params: Params) -> Any:
    """By autograd."""
    functional().binary_cross_entropy(t["p"], t["y"].detach()).backward()
    return t["p"].grad


def convolved(t: Tensors, params: Params) -> Any:
    """With the contract's usual stride and padding."""
    options = {"stride": 2, "padding": 1, **params["options"]}
    return functional().conv2d(t["x"], t["kernel"], t["bias"], **options)


#: Each function by its section.
FUNCTIONS: Mapping[str, Callable[[Tensors, Params], Any]] = {
    "sigmoid": lambda t, params: torch().sigmoid(t["x"]),
    "cross_entropy": lambda t, params: functional().binary_cross_entropy(t["y_hat"], t["y"].detach()),
    "relu": lambda t, params: torch().relu(t["x"]),
    "max_pooling": lambda t, params: functional().max_pool2d(t["x"], *params["numbers"]),
    "conv": convolved,
    "forward": lambda t, params: torch().matmul(t["x"], t["w"]) + t["b"],
    "sigmoid_grad": slope_of_sigmoid,
    "cross_entropy_grad": slope_of_entropy,
}


def function(params: Params, inputs: Inputs) -> Outputs:
    """One function's result; nothing where a judge decides."""
    if params["saturated"]:
        return {}
    return arrays({"result": FUNCTIONS[params["function"]](leaves(inputs), params)})


def backward(params: Params, inputs: Inputs) -> Outputs:
    """A step down the gradient of the mean loss, which autograd takes from x, w and b."""
    t = leaves(inputs)
    chances = torch().sigmoid(torch().matmul(t["x"], t["w"]) + t["b"])
    functional().binary_cross_entropy(chances, t["y"].detach()).backward()
    return arrays({name: t[name] - params["lr"] * t[name].grad for name in ("w", "b")})


def oracles(section_id: str) -> tuple[Oracle, ...]:
    """The truths about a section, the primary one first."""
    primary = backward if section_id == "backward" else function
    return Oracle("PyTorch", primary), reference.oracle("numpy_cnn", section_id, EXERCISES)
