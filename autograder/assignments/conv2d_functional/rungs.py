"""conv2d_functional's ladder: from a kernel of one number to windows, strides, dilation, groups, a bias.

Values are small whole numbers, all different where that is possible, so that a wrong one shows where it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.assignments.cases import Array, Case

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


def rungs(section: str) -> Iterator[tuple[Case, dict[str, Array]]]:
    """The cases of a section with their inputs, the smallest first."""
    found = (rung for call in CALLS for rung in made(call, section))
    yield from sorted(found, key=lambda rung: sum(array.size for array in rung[1].values()))


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
