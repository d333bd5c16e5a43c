"""The ladder of what is not one plain layer: Flatten and the CNN, dropout, batch normalisation, the residual block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from autograder.assignments.cases import Case

from .cases.bonus import has_shortcut
from .cases.layers import output_shape

Array = np.ndarray[Any, np.dtype[Any]]
Shape = tuple[int, ...]
Five = tuple[int, int, int, int, int]
Rungs = Iterator[tuple[Case, dict[str, Array]]]


def rungs(section: str) -> Rungs:
    """The cases of a section with their inputs, the smallest first; none of a section of layers."""
    for family in FAMILIES.get(section, ()):
        yield from family()


def counted(shape: Shape) -> Array:
    """1, 2, 3, …"""
    return np.arange(1.0, np.prod(shape) + 1).reshape(shape)


def flatten() -> Rungs:
    """Flatten, which the networks use."""
    params = {"layer": "Flatten", "arguments": {}}
    for shape in ((1, 2, 2), (2, 2, 3), (2, 2, 1, 2)):
        inputs = {"A": counted(shape), "dLdZ": counted((shape[0], int(np.prod(shape[1:]))))}
        yield Case(f"Flatten() on {shape}", params, {}, ("flatten Z", "flatten dLdA"), "strict"), inputs


def norms() -> Rungs:
    """Batch normalisation of numbers with round means and deviations."""
    statistics = ("M", "V", "running_M", "running_V")
    outputs = ("BZ", "dLdZ", "dLdBW", "dLdBb", *statistics, "BZ eval", "running_M after eval", "running_V after eval")
    for shape, alpha in (((1, 1, 1, 2), 0.5), ((2, 1, 1, 2), 0.75), ((2, 2, 1, 2), 0.5)):
        A = np.resize(np.array([1.0, 5.0, 5.0, 1.0, 0.0, 2.0]), shape)
        inputs = {"A": A, "dLdZ": counted(shape), "A eval": counted(shape)}
        params = {"layer": "BatchNorm2d", "arguments": {"num_features": shape[1], "alpha": alpha}}
        yield Case(f"BatchNorm2d(num_features={shape[1]}, alpha={alpha}) on {shape}", params, {}, outputs), inputs


def networks() -> Rungs:
    """CNNs whose logits are all equal, so that the loss has round gradients."""
    for width, channels, kernel, stride, W, b, twice in (
        (2, (1, 1), 1, 1, (1.0,), 1.0, False),
        (2, (1, 1), 1, 1, (2.0,), -3.0, False),
        (4, (1, 1), 2, 2, (1.0, 2.0), 0.0, False),
        (3, (2, 2), 2, 1, (1.0, -2.0, 2.0), 1.0, False),
        (3, (1, 1), 1, 2, (2.0,), -3.0, True),
    ):
        yield network((width, *channels, kernel, stride), np.array(W), b, twice=twice)


def network(sizes: Five, weights: Array, bias: float, *, twice: bool) -> tuple[Case, dict[str, Array]]:
    """One convolution, a ReLU, two outputs; `sizes` are width, channels in and out, kernel and stride."""
    width, into, out, kernel, stride = sizes
    left = out * ((width - kernel) // stride + 1)
    arguments = {
        "input_width": width, "num_input_channels": into, "num_channels": [out], "kernel_sizes": [kernel],
        "strides": [stride], "num_linear_neurons": 2, "activations": ["ReLU"], "lr": 0.5,
    }  # fmt: skip
    params: dict[str, Any] = {"layer": "CNN", "arguments": arguments}
    shape = (1, into, width)
    W, b = np.resize(weights, (out, into, kernel)), bias + np.arange(out)
    linear = np.stack([np.resize([1.0, -1.0], left), np.resize([-1.0, 1.0], left)])
    hidden = np.maximum(_convolved(counted(shape)[0], W, b, stride), 0.0).ravel()
    inputs = {"conv1 W": W, "conv1 b": b, "linear W": linear, "linear b": -(linear @ hidden)[:, None]}
    if twice:
        params["steps"] = 2
        inputs |= {"A_first": counted(shape)[:, :, ::-1].copy(), "Y_first": np.array([[1.0, 0.0]])}
    inputs |= {"A": counted(shape), "Y": np.array([[0.0, 1.0]])}
    parts = [f"{part} {name}" for part in ("conv1", "linear") for name in ("dLdW", "dLdb")]
    outputs = ("Z", "dLdA", "loss", *parts, "step W", "step b", "zero_grads")
    shown = ", ".join(f"{name}={value}" for name, value in arguments.items()).replace("'", "")
    remarks = [f"CNN({shown}) on {shape}", f"bias {bias:g}", *(["used twice"] if twice else [])]
    return Case(", ".join(remarks), params, {}, outputs), inputs


def _convolved(A: Array, W: Array, b: Array, stride: int) -> Array:
    """A convolution of one sample, as its formula stands."""
    K = W.shape[2]
    places = range(0, A.shape[1] - K + 1, stride)
    return np.array(
        [[np.sum(A[:, w : w + K] * kernel) + one for w in places] for kernel, one in zip(W, b, strict=True)]
    )


def evaluations() -> Rungs:
    """Dropout that evaluates; what it drops in training is its own, so that no array is due there."""
    for shape, p in (((1, 1, 1, 1), 0.5), ((1, 2, 1, 2), 0.5), ((2, 1, 2, 1), 0.2)):
        params = {"layer": "Dropout2d", "arguments": {"p": p}}
        inputs = {"A": counted(shape), "dLdZ": counted(shape)}
        outputs, judged = ("Z", "dLdA", "Z eval"), ("Z", "dLdA")
        yield Case(f"Dropout2d(p={p}) on {shape}, evaluation", params, {}, outputs, "strict", judged=judged), inputs


def blocks() -> Rungs:
    """Residual blocks on four values, two and two alike: normalised they are -1 and 1, and the gradients are round.

    (Of two values each gradient through a normalisation is nothing but rounding.)
    """
    rows: tuple[tuple[Five, Shape, Shape | None], ...] = (
        ((1, 1, 1, 1, 0), (1, 1, 2, 2), None),
        ((1, 1, 1, 1, 0), (2, 1, 1, 2), None),
        ((2, 1, 1, 1, 0), (1, 2, 2, 2), None),
        ((1, 2, 1, 1, 0), (1, 1, 2, 2), None),
        ((1, 1, 1, 2, 0), (1, 1, 3, 3), None),
        ((1, 1, 2, 1, 0), (1, 1, 3, 3), None),
        ((1, 1, 1, 1, 1), (1, 1, 2, 2), None),
        ((1, 1, 1, 2, 1), (2, 1, 2, 2), None),
        ((1, 1, 1, 1, 0), (1, 1, 2, 2), (1, 1, 2, 3)),
    )
    for arguments, shape, first in rows:
        yield block(arguments, shape, first)


def halves(shape: Shape) -> Array:
    """In each channel a lower number in the first half, a higher one in the second, counted along batch and rows."""
    batch, channels, height, width = shape
    places = np.arange(batch * height * width).reshape(batch, height, width)
    high = 2 * places >= batch * height * width
    return np.stack([np.where(high, 7.0 + 2 * c, 3.0 + c) for c in range(channels)], axis=1)


def block(arguments: Five, shape: Shape, first: Shape | None) -> tuple[Case, dict[str, Array]]:
    """One residual block."""
    names = ("in_channels", "out_channels", "filter_size", "stride", "padding")
    channels, filters, size, stride, padding = arguments
    roles = ("conv1", "conv2", "shortcut") if has_shortcut(arguments) else ("conv1", "conv2")
    inputs: dict[str, Array] = {}
    for index, role in enumerate(roles):
        sides = (filters, filters, 1, 1) if role == "conv2" else (filters, channels, size, size)
        inputs[f"{role} W"] = np.resize(np.roll([1.0, 2.0, 3.0], -index), sides)
    convolution = {"out_channels": filters, "kernel_size": size, "stride": stride}
    for suffix, size_of in (("_first", first), ("", shape)):
        if size_of is not None:
            inputs[f"A{suffix}"] = halves(size_of)
            out = output_shape("Conv2d", convolution, size_of, padding)
            inputs[f"dLdZ{suffix}"] = np.resize(np.array([1.0, 2.0, 4.0, 3.0]), out)
    named = dict(zip(names, arguments, strict=True))
    shown = ", ".join(f"{name}={value}" for name, value in named.items())
    text = f"ResBlock({shown}) on {shape}" + (f", used twice, first on {first}" if first else "")
    params: Mapping[str, Any] = {"layer": "ResBlock", "arguments": named}
    return Case(text, params, {}, ("Z", "dLdA", *(f"{role} dLdW" for role in roles)), "strict"), inputs


FAMILIES: Mapping[str, tuple[Callable[[], Rungs], ...]] = {
    "cnn": (flatten, networks),
    "dropout2d": (evaluations,),
    "batchnorm2d": (norms,),
    "resnet": (blocks,),
}
