"""HW2P1's ladder: for each layer from one number to the next, a batch, channels, a second use.

Values are small whole numbers, all different where that is possible, so that a wrong one shows where it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.assignments.cases import Case
from autograder.assignments.ladder import shrunk

from . import rungs_of_models as models
from . import rungs_of_scans as scans
from .cases.layers import LAYERS, Layer, output_shape
from .rungs_of_models import counted

Array = np.ndarray[Any, np.dtype[Any]]
Shape = tuple[int, ...]
#: A row: the constructor's arguments, the input's shape, and what is special.
Row = tuple[tuple[int, ...], Shape, dict[str, Any]]

FIRST = {"first": True}
RESAMPLE_1D: tuple[Row, ...] = (
    ((2,), (1, 1, 2), {}),
    ((2,), (1, 1, 3), {}),
    ((2,), (1, 1, 4), {}),
    ((3,), (1, 1, 5), {}),
    ((2,), (1, 2, 1), {}),
    ((2,), (2, 1, 1), {}),
    ((2,), (1, 2, 3), {}),
    ((2,), (2, 1, 3), {}),
    ((2,), (2, 2, 4), {}),
    ((2,), (1, 1, 1), {"first": (1, 1, 2)}),
    ((2,), (1, 1, 3), {"first": (1, 1, 5)}),
)
RESAMPLE_2D: tuple[Row, ...] = (
    ((2,), (1, 1, 1, 2), {}),
    ((2,), (1, 1, 2, 1), {}),
    ((2,), (1, 1, 2, 2), {}),
    ((2,), (1, 1, 3, 3), {}),
    ((2,), (1, 1, 2, 3), {}),
    ((2,), (1, 1, 4, 3), {}),
    ((3,), (1, 1, 3, 4), {}),
    ((2,), (1, 2, 1, 1), {}),
    ((2,), (2, 1, 1, 1), {}),
    ((2,), (1, 2, 2, 3), {}),
    ((2,), (2, 1, 3, 2), {}),
    ((2,), (1, 1, 1, 1), {"first": (1, 1, 1, 2)}),
    ((2,), (1, 1, 3, 2), {"first": (1, 1, 2, 4)}),
)
BIAS = {"bias": True}
CONV_1D: tuple[Row, ...] = (
    ((1, 1, 2), (1, 1, 2), {}),
    ((1, 1, 2), (1, 1, 3), {}),
    ((1, 1, 1), (1, 1, 1), BIAS),
    ((1, 1, 1), (1, 1, 2), BIAS),
    ((1, 1, 3), (1, 1, 5), {}),
    ((2, 1, 1), (1, 2, 1), BIAS),
    ((1, 2, 1), (1, 1, 1), BIAS),
    ((1, 1, 1), (2, 1, 1), BIAS),
    ((2, 1, 2), (1, 2, 3), {}),
    ((1, 2, 2), (1, 1, 3), BIAS),
    ((1, 1, 2), (2, 1, 3), BIAS),
    ((2, 2, 2), (2, 2, 4), BIAS),
    ((1, 1, 1), (1, 1, 1), {"first": (1, 1, 2), "bias": True}),
    ((1, 1, 2), (1, 1, 3), {"first": (1, 1, 4), "bias": True}),
)
CONV_2D: tuple[Row, ...] = (
    ((1, 1, 2), (1, 1, 2, 2), {}),
    ((1, 1, 2), (1, 1, 3, 3), {}),
    ((1, 1, 2), (1, 1, 2, 3), {}),
    ((1, 1, 1), (1, 1, 1, 1), BIAS),
    ((1, 1, 1), (1, 1, 1, 2), BIAS),
    ((1, 1, 1), (1, 1, 2, 2), BIAS),
    ((2, 1, 1), (1, 2, 1, 1), BIAS),
    ((1, 2, 1), (1, 1, 1, 1), BIAS),
    ((1, 1, 1), (2, 1, 1, 1), BIAS),
    ((2, 1, 2), (1, 2, 3, 2), {}),
    ((1, 2, 2), (1, 1, 3, 2), BIAS),
    ((1, 1, 2), (2, 1, 2, 3), BIAS),
    ((2, 2, 2), (2, 2, 3, 4), BIAS),
    ((1, 1, 1), (1, 1, 1, 1), {"first": (1, 1, 1, 2), "bias": True}),
    ((1, 1, 2), (1, 1, 3, 2), {"first": (1, 1, 2, 4), "bias": True}),
)


def strided(rows: tuple[Row, ...], numbers: tuple[int, ...], longer: int) -> Iterator[Row]:
    """The rows of a plain layer with another argument, on larger inputs."""
    for number in numbers:
        for arguments, shape, special in rows:
            sides = tuple(side + longer * (number - 1) for side in shape[2:])
            before = special.get("first")
            grown = {"first": (*before[:2], *(side + longer * (number - 1) for side in before[2:]))} if before else {}
            yield (*arguments, number), (*shape[:2], *sides), {**special, **grown}


PADDED_1D: tuple[Row, ...] = (
    ((1, 1, 2, 1), (1, 1, 2), {"padding": 0}),
    ((1, 1, 1, 1), (1, 1, 1), {"padding": 1}),
    ((1, 1, 2, 1), (1, 1, 2), {"padding": 1}),
    ((1, 1, 3, 2), (1, 1, 3), {"padding": 1}),
)
PADDED_2D: tuple[Row, ...] = (
    ((1, 1, 2, 1), (1, 1, 2, 2), {"padding": 0}),
    ((1, 1, 1, 1), (1, 1, 1, 1), {"padding": 1}),
    ((1, 1, 2, 1), (1, 1, 2, 2), {"padding": 1}),
    ((1, 1, 3, 2), (1, 1, 2, 3), {"padding": 1}),
)
POOL_1: tuple[Row, ...] = (
    ((2,), (1, 1, 2, 2), {}),
    ((2,), (1, 1, 2, 3), {}),
    ((2,), (1, 1, 3, 3), {}),
    ((1,), (1, 1, 1, 2), {}),
    ((1,), (1, 1, 2, 2), {}),
    ((1,), (1, 2, 1, 1), {}),
    ((1,), (2, 1, 1, 1), {}),
    ((2,), (1, 2, 2, 2), {}),
    ((2,), (2, 1, 2, 2), {}),
    ((2,), (1, 2, 2, 3), {}),
    ((2,), (2, 1, 3, 2), {}),
    ((3,), (1, 1, 4, 4), {}),
    ((1,), (1, 1, 1, 1), {"first": (1, 1, 1, 2)}),
    ((2,), (1, 1, 2, 2), {"first": (1, 1, 2, 3)}),
    ((2,), (1, 1, 3, 2), {"first": (1, 1, 2, 4)}),
)
POOL: tuple[Row, ...] = (
    ((2, 2), (1, 1, 2, 2), {}),
    ((2, 2), (1, 1, 4, 4), {}),
    ((1, 1), (1, 1, 1, 2), {}),
    ((2, 1), (1, 1, 2, 3), {}),
    ((1, 2), (1, 1, 1, 2), {}),
    ((1, 2), (1, 1, 2, 1), {}),
    ((2, 2), (1, 1, 3, 3), {}),
    ((1, 2), (1, 1, 3, 3), {}),
    ((2, 3), (1, 1, 5, 5), {}),
    ((3, 2), (1, 1, 5, 4), {}),
    ((1, 1), (1, 2, 1, 1), {}),
    ((1, 1), (2, 1, 1, 1), {}),
    ((2, 2), (2, 2, 3, 4), {}),
    ((1, 2), (1, 1, 1, 1), {"first": (1, 1, 1, 3)}),
    ((2, 2), (1, 1, 3, 4), {"first": (1, 1, 5, 2)}),
)
ROWS: dict[str, tuple[Row, ...]] = {
    "downsampling1d": RESAMPLE_1D,
    "upsampling1d": RESAMPLE_1D,
    "downsampling2d": RESAMPLE_2D,
    "upsampling2d": RESAMPLE_2D,
    "conv1d_stride1": CONV_1D,
    "conv1d": (*strided(CONV_1D, (1, 2, 3), 1), *PADDED_1D),
    "conv2d_stride1": CONV_2D,
    "conv2d": (*strided(CONV_2D, (1, 2, 3), 1), *PADDED_2D),
    "convtranspose1d": tuple(strided(CONV_1D, (1, 2, 3), 0)),
    "convtranspose2d": tuple(strided(CONV_2D, (1, 2), 0)),
    "maxpool2d_stride1": POOL_1,
    "maxpool2d": POOL,
    "meanpool2d_stride1": POOL_1,
    "meanpool2d": POOL,
}


def rungs(section: str) -> Iterator[tuple[Case, dict[str, Array]]]:
    """The cases of a section with their inputs, the smallest first."""
    yield from models.rungs(section)
    yield from scans.rungs(section)
    yield from sorted((rung(LAYERS[section], *row) for row in ROWS.get(section, ())), key=effort)


def smaller(
    section: str, params: Mapping[str, Any], inputs: Mapping[str, Array]
) -> Iterator[tuple[Case, dict[str, Array]]]:
    """A layer's case with whole numbers; then without what is special, and with one argument or side less.

    Of the models' cases nothing can be left out: what they are built of belongs together.
    """
    if section not in ROWS:
        return
    layer, shape = LAYERS[section], inputs["A"].shape
    arguments = tuple(params["arguments"][name] for name in layer.arguments)
    padding, first = params.get("padding"), inputs["A_first"].shape if "A_first" in inputs else None
    special = {"padding": padding, "first": first, "bias": "b" in inputs}
    rows: list[Row] = [(arguments, shape, special)]
    rows += [(arguments, shape, {**special, name: usual}) for name, usual in PLAIN.items() if special[name] != usual]
    if first is None:
        rows += [(arguments, sides, special) for sides in shrunk(shape)]
        rows += [(fewer, shape, special) for fewer in shrunk(arguments)]
    for numbers, sides, more in rows:
        named = dict(zip(layer.arguments, numbers, strict=True))
        of_layer = (sides[0], named.get("in_channels", sides[1]), *sides[2:])
        if "in_channels" in named and sides[1] != shape[1]:
            continue  # it goes by the argument
        uses = [of_layer, more["first"] or of_layer]
        if min(side for use in uses for side in output_shape(layer.name, named, use, more["padding"] or 0)) > 0:
            yield rung(layer, numbers, of_layer, more)


#: What is special about a case, as it is where nothing is.
PLAIN: dict[str, Any] = {"first": None, "bias": False, "padding": None}


def effort(rung: tuple[Case, dict[str, Array]]) -> tuple[bool, int]:
    """How hard a rung is to check by hand: one use before two, few numbers before many."""
    _, inputs = rung
    return any(name.endswith("_first") for name in inputs), sum(array.size for array in inputs.values())


def rung(
    layer: Layer, arguments: tuple[int, ...], shape: Shape, special: dict[str, Any]
) -> tuple[Case, dict[str, Array]]:
    """One case of a layer."""
    named = dict(zip(layer.arguments, arguments, strict=True))
    padding, first = special.get("padding"), special.get("first")
    params: dict[str, Any] = {"layer": layer.name, "arguments": named}
    if padding is not None:
        params |= {"padding": padding, "padding_by": "optional"}
    inputs: dict[str, Array] = {}
    if layer.has_weights:
        filters, channels, kernel = (named[name] for name in ("out_channels", "in_channels", "kernel_size"))
        inputs["W"] = digits((filters, channels, *[kernel] * (len(shape) - 2)))
        if special.get("bias"):
            inputs["b"] = 10.0 * np.arange(1, filters + 1)
    for suffix, sides in (("_first", first), ("", shape)):
        if sides:
            inputs[f"A{suffix}"] = mixed(sides) if "Pool" in layer.name else counted(sides)
            inputs[f"dLdZ{suffix}"] = counted(output_shape(layer.name, named, sides, padding or 0))
    outputs = ("Z", "dLdA", "dLdW", "dLdb") if layer.has_weights else ("Z", "dLdA")
    shown = {**named, **({"padding": padding} if padding is not None else {})}
    text = ", ".join(f"{name}={value}" for name, value in shown.items())
    name = f"{layer.name}({text}) on {shape}" + (f", used twice, first on {first}" if first else "")
    name += ", with bias" if special.get("bias") else ""
    return Case(name, params, {}, outputs, "strict", optional=padding is not None), inputs


def digits(shape: Shape) -> Array:
    """1, 2, -1, 3, 0, -2, … over and over: a kernel that is neither symmetric nor positive."""
    return np.resize(np.array([1.0, 2.0, -1.0, 3.0, 0.0, -2.0, 4.0]), shape)


def mixed(shape: Shape) -> Array:
    """Different whole numbers around zero, in no order."""
    count = int(np.prod(shape))
    step = next(step for step in (7, 5, 11, 13) if np.gcd(step, count) == 1)
    return ((np.arange(count) * step + 2) % count - count // 2 - 1.0).reshape(shape)
