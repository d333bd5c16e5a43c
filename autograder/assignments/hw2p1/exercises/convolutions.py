"""Convolutions of every kind."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from .finding import ELEMENTARY, FILES, find
from .parameters import built_as, built_with, set_parameters, zero_bias, zero_weights
from .running import arguments, call_again, keep_apart, passes, record_attribute, run


def convolution(task: Any) -> None:
    """A convolution of any kind: output and all gradients."""
    built, *second = (build_convolution(task) for _ in passes(task))
    kernel = inner_convolution(task, built)
    set_parameters(task, kernel)
    if second and task.params["layer"] in ELEMENTARY:
        keep_defaults(task, kernel)
    for other in second:
        set_parameters(task, inner_convolution(task, other))
    run(task, built, other=second[0] if second else None)
    for name in ("dLdW", "dLdb"):
        if name not in task.params.get("unasked", ()):
            record_attribute(task, name, kernel, name)
    if second:
        call_again(task, built)
        if task.params["layer"] in ELEMENTARY:
            keep_apart(task, built, second[0])


def build_convolution(task: Any) -> Any:
    """The case's convolution, with a padding where the edition and the class have one."""
    name = task.params["layer"]
    cls = find(task, name)
    leading = arguments(task)
    options: dict[str, Any] = {"weight_init_fn": zero_weights, "bias_init_fn": zero_bias}
    if "padding" in task.params:
        padding = task.params["padding"]
        if task.takes(cls, "padding"):
            options["padding"] = padding
        elif task.params["padding_by"] == "position" and takes_fifth(cls):
            leading.append(padding)
        elif has_padded_class(task, name):
            cls = find(task, f"{name}_padding")
            options["padding"] = padding
        elif task.params["padding_by"] == "optional":
            apart = f"{name}_padding"
            here = f"neither {name} nor {apart} takes a" if apart in FILES else f"{name} takes no"
            task.not_applicable(f"{here} `padding`")
        elif padding:
            task.missing(f"{name} takes no `padding`")
    return task.build(cls, *leading, **options)


def takes_fifth(cls: Callable[..., Any]) -> bool:
    """Whether the fifth positional parameter, after the stride, is a number and not an init function."""
    parameters = [
        parameter.name
        for parameter in inspect.signature(cls).parameters.values()
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    return len(parameters) > 4 and "init" not in parameters[4]


def has_padded_class(task: Any, name: str) -> bool:
    """Whether the submission keeps its padded convolution apart, as `Conv2d_padding`."""
    apart = f"{name}_padding"
    return apart in FILES and task.defines(apart, *FILES[apart]) and task.takes(find(task, apart), "padding")


def inner_convolution(task: Any, built: Any) -> Any:
    """The stride-1 convolution that holds the parameters: the layer itself, or the one inside it."""
    name = task.params["layer"]
    if name.endswith("_stride1"):
        return built
    return task.attribute(built, "conv2d_stride1" if name.endswith("2d") else "conv1d_stride1")


def keep_defaults(task: Any, kernel: Any) -> None:
    """A layer that makes its own first weights, without init functions, makes them of the same shapes."""
    options = ("weight_init_fn", "bias_init_fn")
    default = type(kernel)(*arguments(task))
    for name, due, option in zip(("W", "b"), (kernel.W.shape, kernel.b.shape), options, strict=True):
        if shape := built_as(default, name, due):
            task.wrong(f"without `{option}`, {built_with(default, '', name, shape, due)}")
