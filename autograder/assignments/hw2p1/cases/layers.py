"""Layers: resampling, convolutions, transposed convolutions, pooling.

A row of a table is a case: the constructor's arguments, the input's shape, and what is special. Rows that
the course would make are `course`: square, without a bias, each object used once, and for layers
other than the plain convolutions with the layer's own output as the gradient that comes in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from autograder.assignments.cases import Case, Draw

from .tables import FULL, PADDED, QUICK, Row, Shape

CHANNELS = ("in_channels", "out_channels", "kernel_size")


@dataclass(frozen=True, slots=True)
class Layer:
    """A class of the contract, and the names of its leading arguments."""

    name: str
    arguments: tuple[str, ...]

    @property
    def has_weights(self) -> bool:
        """Whether the layer has `W` and `b`."""
        return self.name.startswith("Conv")


LAYERS = {
    "downsampling1d": Layer("Downsample1d", ("downsampling_factor",)),
    "upsampling1d": Layer("Upsample1d", ("upsampling_factor",)),
    "downsampling2d": Layer("Downsample2d", ("downsampling_factor",)),
    "upsampling2d": Layer("Upsample2d", ("upsampling_factor",)),
    "conv1d_stride1": Layer("Conv1d_stride1", CHANNELS),
    "conv1d": Layer("Conv1d", (*CHANNELS, "stride")),
    "conv2d_stride1": Layer("Conv2d_stride1", CHANNELS),
    "conv2d": Layer("Conv2d", (*CHANNELS, "stride")),
    "convtranspose1d": Layer("ConvTranspose1d", (*CHANNELS, "upsampling_factor")),
    "convtranspose2d": Layer("ConvTranspose2d", (*CHANNELS, "upsampling_factor")),
    "maxpool2d_stride1": Layer("MaxPool2d_stride1", ("kernel",)),
    "maxpool2d": Layer("MaxPool2d", ("kernel", "stride")),
    "meanpool2d_stride1": Layer("MeanPool2d_stride1", ("kernel",)),
    "meanpool2d": Layer("MeanPool2d", ("kernel", "stride")),
}
SECTIONS = tuple(LAYERS)


def cases(section: str, settings: Mapping[str, Any], profile: str) -> tuple[Case, ...]:
    """The cases of a layer, with paddings as the edition has them."""
    rows = QUICK[section] + (FULL[section] if profile == "full" else ())
    mode = settings["padding"]
    padded = PADDED.get(section, ())
    if mode == "optional":
        rows += tuple(replace(row, level="strict") for row in padded)
    elif padded:
        # This edition's layers have a padding: it is graded at 0 too, and given in every case.
        rows = tuple(replace(row, padding=0) for row in rows) + padded
    return tuple(_case(LAYERS[section], row, mode) for row in rows)


def _case(layer: Layer, row: Row, mode: str) -> Case:
    arguments = dict(zip(layer.arguments, row.arguments, strict=True))
    params: dict[str, Any] = {"layer": layer.name, "arguments": arguments}
    if row.padding is not None:
        params |= {"padding": row.padding, "padding_by": mode}
    if row.unasked:
        params["unasked"] = list(row.unasked)
    outputs = ("Z", "dLdA", "dLdW", "dLdb") if layer.has_weights else ("Z", "dLdA")
    return Case(
        name=_name(layer, arguments, row),
        params=params,
        draws=_draws(layer, arguments, row),
        outputs=tuple(output for output in outputs if output not in row.unasked),
        level=row.level,
        optional=row.padding is not None and mode == "optional",
        judged=("dLdA",) if row.ties else (),
        fed=dict.fromkeys(outputs[1:], "Z") if _own_output(layer, row) else {},
    )


def _name(layer: Layer, arguments: Mapping[str, int], row: Row) -> str:
    shown = dict(arguments) if row.padding is None else {**arguments, "padding": row.padding}
    remarks = [f"{layer.name}({', '.join(f'{name}={value}' for name, value in shown.items())}) on {row.shape}"]
    remarks += ["with bias"] if row.bias else []
    remarks += ["with ties"] if row.ties else []
    remarks += ["dLdZ = Z"] if _own_output(layer, row) else []
    remarks += [f"used twice, first on {row.first}"] if row.first else []
    return ", ".join(remarks)


def _own_output(layer: Layer, row: Row) -> bool:
    """Whether the gradient that comes in is the layer's own output, as the course's cases have it."""
    return row.level == "course" and layer.name not in ("Conv1d_stride1", "Conv1d", "Conv2d_stride1", "Conv2d")


def _draws(layer: Layer, arguments: Mapping[str, int], row: Row) -> dict[str, Draw]:
    draws = {}
    if layer.has_weights:
        filters, channels, kernel = (arguments[name] for name in ("out_channels", "in_channels", "kernel_size"))
        draws["W"] = Draw((filters, channels, *[kernel] * (len(row.shape) - 2)))
        if row.bias:
            draws["b"] = Draw((filters,))
    for suffix, shape in (("_first", row.first), ("", row.shape)):
        if shape is None:
            continue
        # Few distinct values make ties; powers of two let a judge read which windows a sum holds.
        draws[f"A{suffix}"] = Draw(shape, "integers", 0, 3) if row.ties else Draw(shape)
        if not _own_output(layer, row):
            draws[f"dLdZ{suffix}"] = Draw(
                output_shape(layer.name, arguments, shape, row.padding or 0), "powers" if row.ties else "normal"
            )
    return draws


def output_shape(layer: str, arguments: Mapping[str, int], shape: Shape, padding: int = 0) -> Shape:
    """The shape of a layer's output, by the contract's formulas."""
    samples, channels, *sides = shape
    kernel = arguments.get("kernel_size", arguments.get("kernel", 1))
    up, down = arguments.get("upsampling_factor", 1), arguments.get("downsampling_factor", arguments.get("stride", 1))
    after = [(up * (side - 1) + 1 + 2 * padding - kernel) // down + 1 for side in sides]
    return (samples, arguments.get("out_channels", channels), *after)
