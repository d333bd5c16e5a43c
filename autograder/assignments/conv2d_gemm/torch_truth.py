"""PyTorch as an oracle: channels first inside, its `unfold` and `fold` for the columns, its autograd for gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.assignments.oracles import Inputs, Outputs, Params
from autograder.assignments.torch_tools import arrays, functional, leaves, torch


def sides(params: Params) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of the case's padding."""
    pad = params["pad"]
    if pad == "same":
        found: list[int] = []
        for side, taps in zip(params["shape"][1:3], params["kernel"], strict=True):
            last = (side - 1) // params["stride"] * params["stride"]  # where the last window starts
            total = max(0, last + (taps - 1) * params["dilation"] - (side - 1))
            found += [total // 2, total - total // 2]
        top, bottom, left, right = found
        return top, bottom, left, right
    if pad == "valid":
        return 0, 0, 0, 0
    rows, cols = (pad, pad) if isinstance(pad, int) else (pad[0], pad[-1])
    return (rows, rows, cols, cols) if isinstance(pad, int) or len(pad) == 2 else tuple(pad)


def padded(params: Params, X: Any) -> Any:
    """Images (N, H, W, C) as a padded (N, C, H, W)."""
    top, bottom, left, right = sides(params)
    return functional().pad(X.permute(0, 3, 1, 2), (left, right, top, bottom))


def pad2d(params: Params, inputs: Inputs) -> Outputs:
    """The padded images."""
    X = padded(params, torch().tensor(inputs["X"]))
    return {**arrays({"X_pad": X.permute(0, 2, 3, 1)}), "pad4": np.array(sides(params))}


def convolved(params: Params, X: Any, W: Any) -> Any:
    """The convolution, channels last."""
    options = {"stride": params["stride"], "dilation": params["dilation"]}
    kernel = W.permute(3, 2, 0, 1).clone(
        memory_format=torch().contiguous_format
    )  # with sides of 1 autograd asks for it
    return functional().conv2d(padded(params, X), kernel, **options).permute(0, 2, 3, 1)


def convolution(params: Params, inputs: Inputs) -> Outputs:
    """Both functions that convolve."""
    return arrays({"Z": convolved(params, torch().tensor(inputs["X"]), torch().tensor(inputs["W"]))})


def im2col(params: Params, inputs: Inputs) -> Outputs:
    """PyTorch's columns (N, rows, positions), images innermost."""
    options = {"stride": params["stride"], "dilation": params["dilation"]}
    unfolded = functional().unfold(padded(params, torch().tensor(inputs["X"])), tuple(params["kernel"]), **options)
    columns = unfolded.permute(1, 2, 0).reshape(unfolded.shape[1], -1)
    return {**arrays({"X_col": columns}), "pad4": np.array(sides(params))}


def col2im(params: Params, inputs: Inputs) -> Outputs:
    """PyTorch's `fold`, the padding cut off."""
    N, H, W, _ = params["shape"]
    top, bottom, left, right = sides(params)
    X_col = torch().tensor(inputs["X_col"])
    folded = functional().fold(
        X_col.reshape(X_col.shape[0], -1, N).permute(2, 0, 1),
        (top + H + bottom, left + W + right),
        tuple(params["kernel"]),
        stride=params["stride"],
        dilation=params["dilation"],
    )
    return arrays({"X": folded[:, :, top : top + H, left : left + W].permute(0, 2, 3, 1)})


ACTIVATIONS: Mapping[str | None, Callable[[Any], Any]] = {
    None: lambda Z: Z,
    "relu": lambda Z: torch().relu(Z),
    "sigmoid": lambda Z: torch().sigmoid(Z),
    "tanh": lambda Z: torch().tanh(Z),
}


def forward(params: Params, inputs: Inputs) -> Outputs:
    """The layer's output with the given parameters, and what its hyperparameters say."""
    tensors = {name: torch().tensor(array) for name, array in inputs.items()}
    Z = ACTIVATIONS[params["acti_fn"]](convolved(params, tensors["X"], tensors["W"]) + tensors["b"])
    numbers = [params["shape"][3], params["out"], params["stride"], params["dilation"], *params["kernel"]]
    return {**arrays({"Z": Z}), "hyperparams numbers": np.array(numbers)}


def backward(params: Params, inputs: Inputs) -> Outputs:
    """Gradients by autograd; of two inputs, those of the parameters add up."""
    tensors = leaves(inputs)
    for suffix in (" first", "") if "X first" in tensors else ("",):
        Z = convolved(params, tensors[f"X{suffix}"], tensors["W"]) + tensors["b"]
        ACTIVATIONS[params["acti_fn"]](Z).backward(tensors[f"dLda{suffix}"].detach())
    outputs = {"dX": "X", "dX first": "X first", "dW": "W", "db": "b"}
    return arrays({output: tensors[name].grad for output, name in outputs.items() if name in tensors})


def speed(params: Params, inputs: Inputs) -> Outputs:
    """The timed convolution, summed up as the exercise does."""
    tensors = {name: torch().tensor(array) for name, array in inputs.items()}
    images = torch().einsum("n,hwc->nhwc", tensors["factors"], tensors["image"])
    summed = torch().einsum("nrko,n->rko", convolved(params, images, tensors["W"]), tensors["by image"])
    by_channel = torch().einsum("rko,rk->o", summed, tensors["by position"])
    return arrays({"Z": summed @ tensors["by channel"], "Z by channel": by_channel})
