"""What conv2d_gemm's outputs must keep, whoever computes them: see `autograder.assignments.witnesses`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from autograder.assignments import formulas
from autograder.assignments.cases import Case
from autograder.assignments.oracles import Inputs, Outputs, Params
from autograder.assignments.witnesses import Batch, Formula, Gradient, Laws

Array = np.ndarray[Any, np.dtype[Any]]

_OWN = "the layer makes it at its first forward; what it draws is its own, and judged"
WITHOUT: Mapping[tuple[str, str], str] = {
    **{(section, name): _OWN for section in ("loops_forward", "gemm_forward") for name in "Wb"},
    ("speed", "CPU time"): "it is measured",
    ("speed", "Z of other images"): "its judge computes it, and there is one in a timed round alone",
}
ACTIVATIONS: Mapping[str | None, Callable[[float], float]] = {
    None: lambda x: x,
    "relu": formulas.relu,
    "sigmoid": formulas.sigmoid,
    "tanh": math.tanh,
}


def laws(section: str, case: Case) -> Laws:
    """The laws of a case."""
    if section.endswith("forward"):
        return Laws(FORWARD, {}, (), Batch(("X",), ("Z",)))
    if section.endswith("backward"):
        return _backward(case)
    return FUNCTIONS[section]


def four(params: Params) -> tuple[int, int, int, int]:
    """Top, bottom, left and right; for 'same' the least zeros in all with which a side becomes ⌈side / stride⌉ long."""
    pad, stride = params["pad"], params["stride"]
    if pad == "same":
        found = []
        for side, taps in zip(params["shape"][1:3], params["kernel"], strict=True):
            span, total = (taps - 1) * params["dilation"] + 1, 0
            while (side + total - span) // stride + 1 < math.ceil(side / stride):
                total += 1
            found += [total // 2, total - total // 2]
        return (found[0], found[1], found[2], found[3])
    if pad == "valid":
        return (0, 0, 0, 0)
    numbers = [pad] if isinstance(pad, int) else pad
    each = {1: [0, 0, 0, 0], 2: [0, 0, 1, 1], 4: [0, 1, 2, 3]}[len(numbers)]
    top, bottom, left, right = (numbers[i] for i in each)
    return (top, bottom, left, right)


def around(params: Params) -> tuple[tuple[int, int], tuple[int, int]]:
    """The same, by rows and by columns."""
    top, bottom, left, right = four(params)
    return (top, bottom), (left, right)


def padded(params: Params, X: Array) -> Array:
    """Images (N, H, W, C) with zeros around."""
    return np.moveaxis(formulas.padded(np.moveaxis(X, 3, 1), around(params)), 1, 3)


def convolved(params: Params, X: Array, W: Array, b: Array | None = None) -> Array:
    """Images (N, H, W, Cin) by kernels (fr, fc, Cin, Cout), which lie as they do."""
    kernels, bias = np.transpose(W, (3, 2, 0, 1)), None if b is None else b.ravel()
    images = np.moveaxis(X, 3, 1)
    Z = formulas.convolved(images, kernels, bias, params["stride"], around(params), params["dilation"])
    return np.moveaxis(Z, 1, 3)


def cells(params: Params) -> Iterator[tuple[int, int, tuple[int, int, int, int]]]:
    """Each entry of the columns, and where it comes from in the padded images (N, H, W, C)."""
    (rows, columns), (N, H, W, channels) = params["kernel"], params["shape"]
    (top, bottom), (left, right) = around(params)
    stride, dilation = params["stride"], params["dilation"]
    down = (top + H + bottom - (rows - 1) * dilation - 1) // stride + 1
    along = (left + W + right - (columns - 1) * dilation - 1) // stride + 1
    for n, y, x, c, i, j in np.ndindex(N, down, along, channels, rows, columns):
        row, column = c * rows * columns + i * columns + j, (y * along + x) * N + n
        yield row, column, (n, y * stride + i * dilation, x * stride + j * dilation, c)


def columns(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    """What `im2col` gives."""
    X = padded(params, inputs["X"])
    found = {(row, column): X[cell] for row, column, cell in cells(params)}
    height, width = max(found)
    return np.array([[found[row, column] for column in range(width + 1)] for row in range(height + 1)])


def added_back(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    """What `col2im` gives: every entry added to where `im2col` takes it from, and the padding cut off."""
    N, H, W, channels = params["shape"]
    (top, bottom), (left, right) = around(params)
    X = np.zeros((N, top + H + bottom, left + W + right, channels))
    for row, column, cell in cells(params):
        X[cell] += inputs["X_col"][row, column]
    return X[:, top : top + H, left : left + W]


def activated(params: Params, inputs: Inputs, suffix: str = "") -> Array:
    """A layer's output."""
    Z = convolved(params, inputs[f"X{suffix}"], inputs["W"], inputs["b"])
    return formulas.each(ACTIVATIONS[params["acti_fn"]], Z)


def _numbers(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    channels, out = inputs["W"].shape[2:]
    return np.array([channels, out, params["stride"], params["dilation"], *params["kernel"]])


#: Ten names, each of which is there.
FORWARD: Mapping[str, Formula] = {
    "Z": lambda params, inputs, outputs: activated(params, inputs),
    "hyperparams": lambda params, inputs, outputs: np.ones(10),
    "hyperparams numbers": _numbers,
}


def _backward(case: Case) -> Laws:
    """Gradients of the sum of ⟨dLda, a⟩ over all inputs."""
    suffixes = (" first", "") if "X first" in case.draws else ("",)

    def loss(params: Params, moved: Inputs, still: Inputs) -> float:
        return sum(float(np.vdot(still[f"dLda{s}"], activated(params, moved, s))) for s in suffixes)

    exact = case.params["acti_fn"] is None
    inputs = {"dW": "W", "db": "b", **{f"dX{suffix}": f"X{suffix}" for suffix in suffixes}}
    gradients = {output: Gradient(name, loss, exact) for output, name in inputs.items()}
    return Laws({}, gradients, (("dX", "dLda"), ("dW", "dLda")), Batch(("X", "dLda"), ("dX",), ("dW", "db")))


def _timed(params: Params, inputs: Inputs) -> Array:
    """All images, summed up with weights: they are one image times factors, so that their outputs are too."""
    one = {**params, "shape": [1, *params["shape"][1:]]}
    weight = math.fsum(inputs["factors"] * inputs["by image"])
    return np.asarray(weight * convolved(one, inputs["image"][None], inputs["W"])[0])


def _by_position(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    Z = _timed(params, inputs)
    return np.array([[math.fsum(place * inputs["by channel"]) for place in row] for row in Z])


def _by_channel(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    Z = _timed(params, inputs)
    return np.array([math.fsum((Z[..., o] * inputs["by position"]).ravel()) for o in range(Z.shape[2])])


def _pad4(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    return np.array(four(params))


def _convolution(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    return convolved(params, inputs["X"], inputs["W"])


_CONVOLUTION = Laws({"Z": _convolution}, {}, (("Z", "X"), ("Z", "W")), Batch(("X",), ("Z",)))
FUNCTIONS: Mapping[str, Laws] = {
    "pad2d": Laws(
        {"X_pad": lambda params, inputs, outputs: padded(params, inputs["X"]), "pad4": _pad4},
        {},
        (("X_pad", "X"),),
        Batch(("X",), ("X_pad",)),
    ),
    "conv2d": _CONVOLUTION,
    "im2col": Laws({"X_col": columns, "pad4": _pad4}, {}, (("X_col", "X"),)),
    "col2im": Laws({"X": added_back}, {}, (("X", "X_col"),)),
    "conv2d_gemm": _CONVOLUTION,
    "speed": Laws({"Z": _by_position, "Z by channel": _by_channel}),
}
