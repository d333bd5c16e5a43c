"""conv2d_layer's exercises: runs in the guest, with the standard library and NumPy, and knows no answers.

Filters and biases are set on a layer after it was built. A case with `X_first` uses the same object for a
first forward and backward; the last pair counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

FILE = "conv2d.py"


def build(task: Any, **options: Any) -> Any:
    """The case's layer: sizes by position, the rest by name."""
    given = dict(task.params["arguments"])
    sizes = [given.pop(name) for name in ("in_channels", "out_channels", "kernel_size")]
    return task.find("conv2D", FILE)(*sizes, **given, **options)


def set_parameters(task: Any, layer: Any) -> None:
    """Put the case's arrays in; the layer may change them as it likes."""
    layer.filters, layer.bias = np.array(task.input("filters")), np.array(task.input("bias"))


def method(task: Any, layer: Any, name: str) -> Any:
    """A method that the contract asks for."""
    return task.attribute(layer, name)


def entry(task: Any, layer: Any, kind: str, name: str) -> Any:
    """`layer.params[name]` or `layer.grads[name]`."""
    held = task.attribute(layer, kind)
    if not isinstance(held, Mapping) or name not in held:
        task.missing(f"conv2D has no `{kind}[{name!r}]`")
    task.is_set(held[name], layer, name, f"{kind}[{name!r}]")
    return held[name]


def layer(task: Any) -> None:
    """Forward and, where the section asks for a gradient, backward."""
    wanted = task.params["outputs"]
    task.expecting(wanted[0])
    built = build(task)
    set_parameters(task, built)
    for suffix in ("_first", "") if task.has("X_first") else ("",):
        output = task.called(method(task, built, "forward"), task.input(f"X{suffix}"))
        if wanted == ["Z"]:
            if suffix:
                task.returned("Z", output)
            else:
                task.record("Z", output)
            continue
        backward, grads = method(task, built, "backward"), task.input(f"grads{suffix}")
        gradient = backward(grads) if suffix else task.called(backward, grads)
        if suffix:
            task.returned("dX", gradient)
    if "dX" in wanted:
        task.record("dX", gradient)
    for name in ("W", "b"):
        if f"grads {name}" in wanted:
            record_entry(task, built, "grads", name)


def record_entry(task: Any, built: Any, kind: str, name: str, output: str = "") -> None:
    """Record an entry of `params` or `grads`."""
    task.expecting(output or f"{kind} {name}")
    task.record(output or f"{kind} {name}", entry(task, built, kind, name))


def state(task: Any) -> None:
    """What a layer keeps; each case looks at one thing."""
    STATES[task.params["looks_at"]](task)


def as_built(task: Any) -> None:
    """The filters come from `initialize_method(size=shape)`, `params` has them; there are no gradients yet."""
    drawn = task.input("drawn")
    task.expecting("filters")
    built = build(task, initialize_method=lambda size: np.resize(drawn, size))
    task.record("filters", task.attribute(built, "filters"))
    task.expecting("bias shape")
    task.record("bias shape", np.array(np.shape(task.attribute(built, "bias"))))
    record_entry(task, built, "params", "W", "params W as built")
    task.expecting("params b shape")
    task.record("params b shape", np.array(np.shape(entry(task, built, "params", "b"))))
    record_emptiness(task, built, "grads as built")


def record_emptiness(task: Any, built: Any, output: str) -> None:
    """Record, in words, which of the gradients are None."""
    task.expecting(output)
    held = {name: entry(task, built, "grads", name) for name in ("W", "b")}
    task.record_text(output, ", ".join("None" if value is None else type(value).__name__ for value in held.values()))


def replaced(task: Any) -> None:
    """Filters and biases that are replaced between two forwards count, and `params` follows."""
    task.expecting("Z")
    built = build(task)
    method(task, built, "forward")(task.input("X"))
    set_parameters(task, built)
    task.record("Z", task.called(method(task, built, "forward"), task.input("X")))
    for name in ("W", "b"):
        record_entry(task, built, "params", name)


def called(task: Any) -> None:
    """A layer can be called, and keeps its input."""
    task.expecting("Z of the call")
    built = build(task)
    set_parameters(task, built)
    task.record("Z of the call", task.called(built, task.input("X")))
    task.expecting("input")
    task.record("input", task.attribute(built, "input"), own=False)


def cleared(task: Any) -> None:
    """`clear_grad` takes the gradients back to None, and nothing else; the next pass is as if nothing had been."""
    task.expecting("grads as cleared")
    built = build(task)
    set_parameters(task, built)
    forward, backward = method(task, built, "forward"), method(task, built, "backward")
    forward(task.input("X"))
    backward(task.input("grads"))
    method(task, built, "clear_grad")()
    record_emptiness(task, built, "grads as cleared")
    task.expecting("Z")
    task.record("Z", task.called(forward, task.input("X")))
    task.expecting("grads W")
    task.called(backward, task.input("grads"))
    for name in ("W", "b"):
        record_entry(task, built, "grads", name)


STATES: dict[str, Callable[[Any], None]] = {
    "as built": as_built,
    "replaced": replaced,
    "called": called,
    "cleared": cleared,
}
EXERCISES: dict[str, Callable[[Any], None]] = {"layer": layer, "state": state}
