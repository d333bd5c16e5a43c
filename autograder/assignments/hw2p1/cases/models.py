"""Models: the scanning MLPs and the CNN, with the Flatten layer that they all use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from autograder.assignments.cases import Case, Draw, Level

SECTIONS = ("scan_simple", "scan_distributed", "cnn")


def cases(section: str, settings: Mapping[str, Any], profile: str) -> tuple[Case, ...]:
    """The cases of a model."""
    if section == "cnn":
        nets = QUICK + (FULL if profile == "full" else ())
        return (*(_flatten(*shapes) for shapes in FLATTEN), *map(_cnn, nets))
    return _scans(section, profile)


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanning MLP: the blocks that its matrices consist of, and how often each stands on the diagonal."""

    layer: str
    blocks: tuple[tuple[int, int], ...]
    copies: tuple[int, ...]


SCANS = {
    "scan_simple": Scan("CNN_SimpleScanningMLP", ((192, 8), (8, 16), (16, 4)), (1, 1, 1)),
    "scan_distributed": Scan("CNN_DistributedScanningMLP", ((48, 2), (4, 8), (16, 4)), (4, 2, 1)),
}
SCANNED, OUTPUT = (1, 24, 128), (1, 124)


def _scans(section: str, profile: str) -> tuple[Case, ...]:
    scan = SCANS[section]
    weights = {f"w{i}": Draw(block, scale=block[0] ** -0.5) for i, block in enumerate(scan.blocks, 1)}
    last = {"A": Draw(SCANNED), "dLdZ": Draw(OUTPUT)}
    first = {"A_first": Draw(SCANNED), "dLdZ_first": Draw(OUTPUT)}
    params = {"layer": scan.layer, "copies": list(scan.copies)}
    name, outputs = f"{scan.layer}() on {SCANNED}", ("Z", "dLdA")
    repeats = [Case(f"{name}, other values", params, {**weights, **last}, outputs)] if profile == "full" else []
    return (
        Case(name, params, {**weights, **last}, outputs),
        Case(f"{name}, used twice", params, {**weights, **first, **last}, outputs, "strict"),
        *repeats,
    )


#: The shape of the input, and of a first one where the same object is used twice (as many values: no call fails).
FLATTEN = (((1, 2, 3),), ((3, 2, 4),), ((2, 3, 2, 5),), ((3, 2, 4), (2, 4, 3)))


def _flatten(shape: tuple[int, ...], first: tuple[int, ...] | None = None) -> Case:
    draws = {}
    for suffix, sides in (("_first", first), ("", shape)):
        if sides is not None:
            draws[f"A{suffix}"] = Draw(sides)
            draws[f"dLdZ{suffix}"] = Draw((sides[0], prod(sides[1:])))
    return Case(
        f"Flatten() on {shape}" + (f", used twice, first on {first}" if first else ""),
        {"layer": "Flatten", "arguments": {}},
        draws,
        ("flatten Z", "flatten dLdA"),
        "strict",
    )


@dataclass(frozen=True, slots=True)
class Net:
    """A CNN and its input.

    Attributes
    ----------
    batch
        Samples; with more than one only the output is checked, because losses differ in the 1/N.
    """

    width: int
    channels: tuple[int, ...]
    kernels: tuple[int, ...]
    strides: tuple[int, ...]
    activations: tuple[str, ...]
    neurons: int
    level: Level = "strict"
    batch: int = 1
    bias: bool = False
    twice: bool = False

    def widths(self) -> list[int]:
        """The width of the input and after each convolution."""
        widths = [self.width]
        for kernel, stride in zip(self.kernels, self.strides, strict=True):
            widths.append((widths[-1] - kernel) // stride + 1)
        return widths


THREE = ("Tanh", "ReLU", "Sigmoid")
#: `channels` starts with the input's.
QUICK = (
    Net(7, (2, 3), (3,), (2,), ("Tanh",), 2, "course"),
    Net(20, (3, 4, 3, 2), (3, 4, 2), (1, 2, 2), THREE, 5, "course"),
    Net(16, (2, 4, 3), (1, 4), (3, 1), ("Sigmoid", "Tanh"), 3, bias=True),
    # 19 / 2: rounded, not cut off, it is one too many.
    Net(23, (3, 2, 4, 3), (4, 3, 3), (2, 1, 2), THREE, 4, bias=True, twice=True),
    Net(17, (2, 3, 4), (3, 2), (2, 2), ("ReLU", "Tanh"), 3, batch=3, bias=True),
)
FULL = (Net(128, (24, 56, 28, 14), (5, 6, 2), (1, 2, 2), THREE, 10, "course"),)


def _cnn(net: Net) -> Case:
    arguments = {
        "input_width": net.width,
        "num_input_channels": net.channels[0],
        "num_channels": list(net.channels[1:]),
        "kernel_sizes": list(net.kernels),
        "strides": list(net.strides),
        "num_linear_neurons": net.neurons,
        "activations": list(net.activations),
        "lr": 0.5,
    }
    shown = ", ".join(f"{name}={_shown(value)}" for name, value in arguments.items())
    remarks = [f"CNN({shown}) on {(net.batch, net.channels[0], net.width)}"]
    remarks += ["with bias"] if net.bias else []
    remarks += ["used twice"] if net.twice else []
    params: dict[str, Any] = {"layer": "CNN", "arguments": arguments}
    if net.twice:  # so is `step`: only then a momentum shows
        params["steps"] = 2
    return Case(", ".join(remarks), params, _cnn_draws(net), _cnn_outputs(net), net.level)


def _shown(value: Any) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)


def _cnn_outputs(net: Net) -> tuple[str, ...]:
    if net.batch > 1:
        return ("Z",)
    parts = [f"conv{i}" for i in range(1, len(net.kernels) + 1)] + ["linear"]
    gradients = [f"{part} {name}" for part in parts for name in ("dLdW", "dLdb")]
    return ("Z", "dLdA", "loss", *gradients, "step W", "step b", "zero_grads")


def _cnn_draws(net: Net) -> dict[str, Draw]:
    draws = {}
    for i, kernel in enumerate(net.kernels, 1):
        fan_in = net.channels[i - 1] * kernel
        draws[f"conv{i} W"] = Draw((net.channels[i], net.channels[i - 1], kernel), scale=fan_in**-0.5)
        if net.bias:
            # Mostly positive: a layer of dead ReLUs would have no gradients to check.
            draws[f"conv{i} b"] = Draw((net.channels[i],), scale=0.4, mean=0.4)
    features = net.channels[-1] * net.widths()[-1]
    draws["linear W"] = Draw((net.neurons, features), scale=features**-0.5)
    if net.bias:
        draws["linear b"] = Draw((net.neurons, 1))
    for suffix in ("_first", "") if net.twice else ("",):
        draws[f"A{suffix}"] = Draw((net.batch, net.channels[0], net.width))
        if net.batch == 1:
            # Two uses have labels of their own: the first's in the lower half, so that an old one shows.
            half = net.neurons // 2 if net.twice else 0
            low, high = (0, half) if suffix else (half, net.neurons)
            draws[f"Y{suffix}"] = Draw((1, net.neurons), "onehot", low, high)
    return draws
