"""conv2d_functional's exercises: runs in the guest, with the standard library and NumPy, and knows no answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

FILE = "conv2d.py"


def forward(task: Any) -> None:
    """`conv2d` with good or bad arguments, or `conv2d_forward`."""
    function = task.params["function"]
    if function == "conv2d_forward":
        cached(task)
        return

    def call() -> Any:
        numbers = [task.params[name] for name in ("stride", "padding", "dilation", "groups")]
        bias = [task.input("bias")] if task.has("bias") else []
        return task.called(task.find("conv2d", FILE), task.input("input"), task.input("weight"), *numbers, *bias)

    if function == "conv2d, refused":
        task.refuses("refused", call)
        return
    task.expecting("output")
    task.record("output", call())


def cached(task: Any) -> None:
    """`conv2d_forward`: the output and what it keeps."""
    task.expecting("Z")
    images = [task.input(name) for name in ("input", "weight", "bias")]
    function = task.find("conv2d_forward", FILE)
    cache = task.called(function, *images, task.params["stride"], task.params["padding"])
    if cache is None or cache is NotImplemented:
        task.unfinished(f"`conv2d_forward` returned {cache}")
    if not isinstance(cache, Mapping):
        task.unfit(f"`conv2d_forward` returned a {type(cache).__name__}, not a dict")
    for name in ("Z", "W", "b", "A_prev"):
        task.expecting(name)
        if name not in cache:
            task.missing(f"the dict that `conv2d_forward` returned has no `{name}`")
        if cache[name] is None:
            task.unfit(f"the dict that `conv2d_forward` returned has None for `{name}`")
        task.record(name, cache[name], own=name == "Z")  # the others are what was given


def backward(task: Any) -> None:
    """`conv2d_backward` on a cache that the grader made; a section looks at one of the three gradients."""
    (wanted,) = task.params["gradients"]
    task.expecting(wanted)
    cache = {name: task.input(name) for name in ("Z", "W", "b", "A_prev")}
    function = task.find("conv2d_backward", FILE)
    result = task.called(function, task.input("dZ"), cache, task.params["stride"], task.params["padding"])
    if result is None or result is NotImplemented:
        task.unfinished(f"`conv2d_backward` returned {result}")
    if not isinstance(result, (tuple, list)) or len(result) != 3:
        task.unfit("`conv2d_backward` returns the three gradients (dW, db, dA_prev)")
    gradients = dict(zip(("dW", "db", "dA_prev"), result, strict=True))
    task.record(wanted, gradients[wanted])


EXERCISES: dict[str, Callable[[Any], None]] = {"forward": forward, "backward": backward}
