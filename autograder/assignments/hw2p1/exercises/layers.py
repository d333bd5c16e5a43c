"""Resampling and pooling, dropout and batch normalisation; and any one layer by itself."""

from __future__ import annotations

from typing import Any

from .convolutions import has_padded_class, inner_convolution
from .finding import ELEMENTARY, find
from .parameters import set_parameters, zero_bias, zero_weights
from .running import arguments, call_again, forward, keep_apart, passes, private, record_attribute, run


def layer(task: Any) -> None:
    """A layer without weights: resampling, pooling."""
    cls = find(task, task.params["layer"])
    first, *second = (task.build(cls, *arguments(task)) for _ in passes(task))
    run(task, first, other=second[0] if second else None)
    if second:
        call_again(task, first)
        if task.params["layer"] in ELEMENTARY:
            keep_apart(task, first, second[0])


def dropout2d(task: Any) -> None:
    """Dropout with the mask that it draws, and what it does when it evaluates."""
    built = find(task, "Dropout2d")(*arguments(task))
    run(task, built)
    task.expecting("Z eval")
    task.record("Z eval", forward(task, built, task.input("A"), True), own=False)  # what came in, as PyTorch gives it


def batchnorm2d(task: Any) -> None:
    """Batch normalisation: training, statistics, evaluation (which leaves the statistics alone)."""
    built = find(task, "BatchNorm2d")(*arguments(task))
    for name in ("BW", "Bb"):
        if task.has(name):
            setattr(built, name, private(task, name))
    run(task, built, "BZ", "dLdZ")
    for name in ("dLdBW", "dLdBb", "M", "V", "running_M", "running_V"):
        record_attribute(task, name, built, name)
    task.expecting("BZ eval")
    task.record("BZ eval", forward(task, built, task.input("A eval"), True))
    for name in ("running_M", "running_V"):
        record_attribute(task, f"{name} after eval", built, name)


def part(task: Any) -> None:
    """One layer by itself, called on given arrays one after the other: what the last call gives. Never scored."""
    name = task.params["layer"]
    cls, options = find(task, name), task.params["options"]
    if "padding" in options and not task.takes(cls, "padding") and has_padded_class(task, name):
        cls = find(task, f"{name}_padding")
    for option in options:
        if not task.takes(cls, option):
            task.missing(f"{name} takes no `{option}`")
    initial = {"weight_init_fn": zero_weights, "bias_init_fn": zero_bias}
    layer = task.build(cls, *task.params["arguments"], **initial, **options)
    kernel = None
    if task.has("W"):
        kernel = inner_convolution(task, layer)
        set_parameters(task, kernel)
    if task.has("BW"):
        layer.BW, layer.Bb = private(task, "BW"), private(task, "Bb")
    for index, call in enumerate(task.params["calls"]):
        array = task.input(f"call {index}")
        back = call == "backward"
        result = task.called(task.attribute(layer, "backward"), array) if back else forward(task, layer, array)
    task.record("result", result)
    if kernel is not None and call == "backward":
        record_attribute(task, "dLdW", kernel, "dLdW")
        record_attribute(task, "dLdb", kernel, "dLdb")
