"""conv2d_functional's ladder: from a kernel of one number to windows, strides, dilation, groups, a bias.

Values are small whole numbers, all different where that is possible, so that a wrong one shows where it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.assignments.cases import Array, Case
from autograder.assignments.ladder import fewer, shrunk

from .cases import GRADIENTS, Convolution, _backward, _cached, _case, with_output

#: Calls of `conv2d`, each counted where the cases are: forward, or whatever else it uses.
CALLS = (
    Convolution((1, 1, 1), (1, 1, 1, 1)),
    Convolution((2, 2, 1), (1, 2, 2, 1)),
    Convolution((2, 3, 1), (1, 2, 2, 1)),
    Convolution((3, 2, 1), (1, 2, 2, 1)),
    Convolution((1, 2, 1), (1, 1, 1, 1), 2),
    Convolution((3, 3, 1), (1, 2, 2, 1), 2),
    Convolution((4, 4, 1), (1, 2, 2, 1), 2),
    Convolution((1, 1, 1), (1, 1, 1, 1), 1, 1),
    Convolution((2, 2, 1), (1, 2, 2, 1), 1, 1),
    Convolution((2, 3, 1), (1, 3, 3, 1), 2, 1),
    Convolution((1, 1, 2), (1, 1, 1, 2)),
    Convolution((1, 1, 1), (2, 1, 1, 1)),
    Convolution((2, 2, 2), (2, 2, 2, 2)),
    Convolution((3, 3, 1), (1, 2, 2, 1), 1, 0, 2),
    Convolution((3, 4, 1), (1, 2, 2, 1), 1, 0, 2),
    Convolution((4, 4, 1), (1, 2, 2, 1), 1, 0, 3),
    Convolution((5, 5, 1), (1, 2, 2, 1), 2, 0, 2),
    Convolution((1, 1, 2), (2, 1, 1, 1), groups=2),
    Convolution((1, 1, 2), (4, 1, 1, 1), groups=2),
    Convolution((1, 1, 4), (4, 1, 1, 2), groups=2),
    Convolution((2, 2, 2), (2, 2, 2, 1), groups=2),
    Convolution((1, 1, 1), (1, 1, 1, 1), bias=1),
    Convolution((1, 1, 1), (2, 1, 1, 1), bias=2),
    Convolution((1, 2, 1), (2, 1, 1, 1), bias=2),
    Convolution((3, 3, 1), (1, 2, 2, 1), 1, 0, 2, bias=1),
    Convolution((3, 3, 1), (2, 2, 2, 1), 1, 0, 2, bias=2),
    Convolution((1, 1, 2), (2, 1, 1, 1), groups=2, bias=2),
    Convolution((3, 3, 2), (2, 2, 2, 1), 1, 0, 2, 2),
)


#: What an image and its kernels are called.
IMAGES = (("input", "A_prev"), ("weight", "W"))


def rungs(section: str) -> Iterator[tuple[Case, dict[str, Array]]]:
    """The cases of a section with their inputs, the smallest first."""
    found = (rung for call in CALLS for rung in made(call, section))
    yield from sorted(found, key=lambda rung: sum(array.size for array in rung[1].values()))


def smaller(
    section: str, params: Mapping[str, Any], inputs: Mapping[str, Array]
) -> Iterator[tuple[Case, dict[str, Array]]]:
    """The case with whole numbers; then with one side, number of channels or argument less."""
    if params.get("function") == "conv2d, refused":
        return
    image, weight = (next(inputs[name].shape for name in pair if name in inputs) for pair in IMAGES)
    bias = len(inputs["bias"]) if params.get("function") == "conv2d" and "bias" in inputs else None
    steps = (params["stride"], params["padding"], params.get("dilation", 1), params.get("groups", 1))
    here = Convolution(image, weight, *steps, bias)
    calls = [here, *(replace(here, image=(*sides, image[2])) for sides in shrunk(image[:2]))]
    calls += [replace(here, weight=(weight[0], side, side, weight[3])) for side in fewer(weight[1])]
    calls += [replace(here, stride=less) for less in fewer(here.stride)]
    calls += [replace(here, padding=less) for less in fewer(here.padding, 0)]
    calls += [replace(here, dilation=less) for less in fewer(here.dilation)]
    for groups, depth, filters in shrunk((here.groups, weight[3], weight[0] // here.groups)):
        calls.append(
            replace(
                here,
                image=(*image[:2], groups * depth),
                weight=(groups * filters, *weight[1:3], depth),
                groups=groups,
                bias=None if bias is None else groups * filters,
            )
        )
    for call in calls:
        reach = call.dilation * (call.weight[1] - 1) + 1 - 2 * call.padding
        if min(call.image[:2]) >= reach:
            yield from ((c, arrays) for c, arrays in made(call, section) if c.params.keys() == params.keys())


def made(call: Convolution, section: str) -> Iterator[tuple[Case, dict[str, Array]]]:
    """What a call gives a section: a call of `conv2d`, and where it is plain, those of the other two functions."""
    filters, image, weight = call.weight[0], counted(call.image), counted(call.weight)
    bias = 10.0 * np.arange(1, filters + 1)
    if section in call.uses:
        given = {"input": image, "weight": weight}
        yield _case(call, "conv2d", ("output",)), given if call.bias is None else {**given, "bias": bias}
    if call.uses != {"forward"}:
        return
    if section == "forward":
        yield _cached(call), {"input": image, "weight": weight, "bias": bias}
    if section in GRADIENTS:
        case = _backward(call, GRADIENTS[section])
        dZ = counted(case.draws["dZ"].shape)
        arrays = {"A_prev": image, "W": weight, "b": bias, "dZ": dZ}
        yield case, with_output(arrays, call.stride, call.padding)


def counted(shape: tuple[int, ...]) -> Array:
    """1, 2, 3, …"""
    return np.arange(1.0, np.prod(shape) + 1).reshape(shape)
