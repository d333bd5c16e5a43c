"""numpy_cnn's ladder: from one number to vectors, columns, windows, strides, paddings, channels, a batch.

Values are small whole numbers, all different where that is possible, so that a wrong one shows where it comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.assignments.cases import Array, Case, Draw
from autograder.assignments.ladder import fewer, shrunk

from .cases import call, step

Rung = tuple[Case, dict[str, Array]]


def of_values(function: str) -> Iterator[Rung]:
    """A function of one array: zero, both sides of it, more axes, and so large that a power overflows."""
    values: tuple[Array, ...] = (
        *(np.array([float(value)]) for value in (0, 1, -1, 2, -2, 1000, -1000)),
        np.array([-1.0, 2.0]),
        np.array([[-1.0, 2.0], [3.0, -4.0]]),
    )
    for x in values:
        yield call(function, {"x": Draw(x.shape)}), {"x": x}


def of_chances(function: str, name: str) -> Iterator[Rung]:
    """A function of labels and probabilities, flat and as a column; the last ones are certain and wrong."""
    table = (
        ([1], [0.5]),
        ([0], [0.5]),
        ([1], [0.25]),
        ([0], [0.25]),
        ([1, 0], [0.5, 0.75]),
        ([1], [0.0]),
        ([0], [1.0]),
    )
    for labels, chances in table:
        for shape in ((-1,), (-1, 1)) if len(labels) > 1 else ((-1,),):
            y, p = (np.array(values, float).reshape(shape) for values in (labels, chances))
            draws = {"y": Draw(y.shape), name: Draw(p.shape)}
            certain = bool(np.isin(p, (0, 1)).all())
            case = call(function, draws, judged=certain)
            yield replace(case, params={**case.params, "together": True}, judged=()), {"y": y, name: p}


def of_windows(section: str) -> Iterator[Rung]:
    """Pooling: images, kernel, stride; numbers rise, or fall from below zero, so that the first is the largest."""
    table = (
        ((1, 1, 1, 1), 1, 1), ((1, 1, 2, 2), 2, 1), ((1, 1, 2, 3), 2, 1), ((1, 1, 3, 2), 2, 1), ((1, 1, 1, 3), 1, 2),
        ((1, 1, 1, 2), 1, 2), ((1, 1, 3, 3), 2, 2), ((1, 1, 4, 4), 2, 2), ((1, 1, 3, 3), 2, 1), ((1, 2, 1, 1), 1, 1),
        ((2, 1, 1, 1), 1, 1), ((1, 2, 2, 2), 2, 1), ((2, 1, 2, 2), 2, 1), ((2, 2, 3, 3), 2, 1),
    )  # fmt: skip
    for shape, kernel, stride in table:
        case = call("max_pooling", {"x": Draw(shape)}, kernel, stride)
        yield case, {"x": counted(shape)}
        yield replace(case, name=f"{case.name}, all below zero"), {"x": -counted(shape)}


def of_kernels(section: str) -> Iterator[Rung]:
    """Convolution: images, kernels, stride and padding where they are given."""
    plain, strided, padded = {"stride": 1, "padding": 0}, {"stride": 2, "padding": 0}, {"stride": 1, "padding": 1}
    table: tuple[tuple[tuple[int, ...], tuple[int, ...], dict[str, int]], ...] = (
        ((1, 1, 1, 1), (1, 1, 1, 1), plain), ((1, 1, 1, 2), (1, 1, 1, 2), plain), ((1, 1, 2, 1), (1, 1, 2, 1), plain),
        ((1, 1, 2, 2), (1, 1, 2, 2), plain), ((1, 1, 2, 3), (1, 1, 2, 2), plain), ((1, 1, 3, 2), (1, 1, 2, 2), plain),
        ((1, 1, 2, 2), (1, 1, 1, 2), plain), ((1, 1, 2, 2), (1, 1, 2, 1), plain), ((1, 1, 1, 2), (1, 1, 1, 1), strided),
        ((1, 1, 1, 3), (1, 1, 1, 1), strided), ((1, 1, 3, 1), (1, 1, 1, 1), strided),
        ((1, 1, 1, 1), (1, 1, 1, 1), padded), ((1, 1, 1, 1), (1, 1, 2, 2), padded), ((1, 1, 1, 1), (1, 1, 1, 1), {}),
        ((1, 1, 2, 2), (1, 1, 2, 2), {}), ((1, 2, 1, 1), (1, 2, 1, 1), plain), ((1, 1, 1, 1), (2, 1, 1, 1), plain),
        ((2, 1, 1, 1), (1, 1, 1, 1), plain), ((1, 2, 2, 2), (2, 2, 2, 2), plain), ((2, 2, 2, 3), (2, 2, 2, 2), plain),
    )  # fmt: skip
    for image, kernel, options in table:
        draws = {"x": Draw(image), "kernel": Draw(kernel), "bias": Draw(kernel[:1])}
        given = {"x": counted(image), "kernel": counted(kernel), "bias": 10 * counted(kernel[:1])}
        yield call("conv", draws, options=options), given


def of_unit(section: str) -> Iterator[Rung]:
    """The logistic unit's xw + b: samples, features, flat or as columns."""
    for samples, features in ((1, 1), (2, 1), (1, 2), (2, 2), (3, 2)):
        for column in (False, True):
            x, w = counted((samples, features)), counted((features, 1) if column else (features,))
            given = {"x": x, "w": w, "b": 10 * np.ones((1,) if column else ())}
            yield call("forward", {name: Draw(array.shape) for name, array in given.items()}), given


def of_steps(section: str) -> Iterator[Rung]:
    """A step of a unit whose xw + b is 0 everywhere, so that each probability is 1/2."""
    table = (
        ([[1]], [0], [1], 1.0), ([[1]], [0], [0], 1.0), ([[2]], [0], [1], 1.0), ([[1]], [0], [1], 0.5),
        ([[1], [3]], [0], [1, 1], 1.0), ([[1], [3]], [0], [1, 0], 1.0), ([[1, -1]], [1, 1], [1], 1.0),
        ([[1, -1], [2, -2]], [1, 1], [1, 1], 1.0),
    )  # fmt: skip
    for rows, weights, labels, rate in table:
        x, w, y = (np.array(values, float) for values in (rows, weights, labels))
        for column in (False, True):
            shape = (-1, 1) if column else (-1,)
            given = {"x": x, "w": w.reshape(shape), "b": np.zeros((1,) if column else ()), "y": y.reshape(shape)}
            given["y_hat"] = np.full(given["y"].shape, 0.5)
            case = step(len(x), x.shape[1], rate, column=column)
            yield replace(case, params={**case.params, "together": True}), given


SECTIONS: Mapping[str, Callable[[str], Iterator[Rung]]] = {
    **dict.fromkeys(("sigmoid", "relu", "sigmoid_grad"), of_values),
    "cross_entropy": lambda section: of_chances(section, "y_hat"),
    "max_pooling": of_windows,
    "conv": of_kernels,
    "forward": of_unit,
    "cross_entropy_grad": lambda section: of_chances(section, "p"),
    "backward": of_steps,
}


def rungs(section: str) -> Iterator[Rung]:
    """The cases of a section with their inputs, the smallest first."""
    yield from sorted(SECTIONS[section](section), key=lambda rung: sum(array.size for array in rung[1].values()))


def smaller(section: str, params: Mapping[str, Any], inputs: Mapping[str, Array]) -> Iterator[Rung]:
    """A case of pooling or convolution with whole numbers; then with one side, channel or argument less."""
    image = inputs["x"].shape if "x" in inputs else ()
    if section == "max_pooling":
        for numbers in (sizes := tuple(params["numbers"]), *shrunk(sizes)):
            for shape in (image, *shrunk(image)):
                if min(shape[2:]) >= numbers[0]:
                    yield call("max_pooling", {"x": Draw(shape)}, *numbers), {"x": counted(shape)}
    elif section == "conv":
        for (samples, channels, height, width), kernel, options in _convolutions(
            image, inputs["kernel"].shape, params["options"]
        ):
            room = 2 * options.get("padding", 0)
            if height + room >= kernel[2] and width + room >= kernel[3]:
                x, kernels = counted((samples, channels, height, width)), counted((kernel[0], channels, *kernel[2:]))
                given = {"x": x, "kernel": kernels, "bias": 10 * counted(inputs["bias"].shape and kernel[:1])}
                yield call("conv", {n: Draw(a.shape) for n, a in given.items()}, options=options), given


def _convolutions(
    image: tuple[int, ...], kernel: tuple[int, ...], options: Mapping[str, int]
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...], Mapping[str, int]]]:
    yield image, kernel, options
    yield from ((less, kernel, options) for less in shrunk(image))
    yield from ((image, less, options) for less in shrunk(kernel))
    for name, least in (("stride", 1), ("padding", 0)):
        if name in options:
            yield from ((image, kernel, {**options, name: less}) for less in fewer(options[name], least))


def counted(shape: tuple[int, ...]) -> Array:
    """1, 2, 3, …"""
    return np.arange(1.0, np.prod(shape) + 1).reshape(shape)
