"""Forward and backward, recorded; and once more, to see what an object shares with others."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def forward(task: Any, layer: Any, *args: Any) -> Any:
    """The layer's output, by `forward` where it has that, else by calling it."""
    if not hasattr(layer, "forward") and not callable(layer):
        task.missing(f"{type(layer).__name__} has no `forward`")
    return task.called(layer.forward if hasattr(layer, "forward") else layer, *args)


def private(task: Any, name: str) -> Array:
    """An input for an object to keep: its own to change, as `step` does, without a note."""
    return np.array(task.input(name))


def record_attribute(task: Any, output: str, owner: Any, name: str) -> None:
    """Record `owner.name` as an output; that it is missing is counted on that output."""
    task.expecting(output)
    task.record(output, task.attribute(owner, name, output))


def arguments(task: Any) -> list[Any]:
    """The constructor's leading arguments: all of the case's, or the first `given` where it relies on the defaults."""
    return list(task.params["arguments"].values())[: task.params.get("given")]


def passes(task: Any) -> tuple[str, ...]:
    """Suffixes of the inputs of each forward and backward, the one that counts last."""
    return ("_first", "") if task.has("A_first") else ("",)


def not_none(task: Any, layer: Any, method: str, result: Any) -> None:
    """Where a layer has no section of its own, None is its doing, and no stub of who uses it."""
    if result is None:
        task.handed_on(f"`{type(layer).__name__}.{method}` returned None")


def run(task: Any, layer: Any, out: str = "Z", back: str = "dLdA", other: Any = None) -> None:
    """Forward and backward, recorded as `out` and `back`.

    The incoming gradient is `dLdZ`; where a case has none, it is the layer's own output, as in the
    course's own cases. Where there is an `other` object of the same class, it is at work at the same
    time, on an input of the same shape, as layers of a network are: nothing of it may show.
    """
    own = not out.startswith("flatten")  # what Flatten gives is best a view
    for suffix in passes(task):
        task.expecting(out)
        if other is not None:
            forward(task, other, -task.input(f"A{suffix}"))
        result = forward(task, layer, task.input(f"A{suffix}"))
        if not own:
            not_none(task, layer, "forward", result)
        if not suffix:
            task.record(out, result, own=own)
        elif own:
            task.returned(out, result)
        if other is not None:
            forward(task, other, -task.input(f"A{suffix}"))
        task.expecting(back)
        incoming = task.input(f"dLdZ{suffix}") if task.has(f"dLdZ{suffix}") else np.array(task.outputs[out])
        backward = task.attribute(layer, "backward")
        gradient = backward(incoming) if suffix else task.called(backward, incoming)
        if not own:
            not_none(task, layer, "backward", gradient)
        elif suffix:
            task.returned(back, gradient)
    task.record(back, gradient, own=own)


def call_again(task: Any, layer: Any) -> None:
    """Both once more, on inputs of the same shape, when all is recorded: only for the note on a result that is kept."""
    with contextlib.suppress(Exception):
        result = forward(task, layer, -task.input("A"))
        task.returned("Z", result)
        task.returned("dLdA", task.attribute(layer, "backward")(np.array(result)))


def keep_apart(task: Any, layer: Any, other: Any, back: str = "dLdA") -> None:
    """Both once more, while `other` works on an input of another shape: sizes that are shared show now.

    Raises
    ------
    BadOutput
        What was right before is not any more.
    """
    task.expecting(back)
    incoming = task.input("dLdZ") if task.has("dLdZ") else np.array(task.outputs["Z"])
    name, due = type(layer).__name__, task.outputs[back].shape
    said = f"what `forward` remembers belongs to the object, not to the class or the file: once a second {name} has"
    said = f"{said} worked on an input of another shape, `backward` of the first"
    try:
        forward(task, layer, task.input("A"))
        forward(task, other, -task.input("A_first"))
    except Exception:  # who is not ready for a third call has not been asked to be
        return
    try:
        shape = np.shape(task.attribute(layer, "backward")(incoming))
    except Exception as error:
        task.unfit(f"{said} raises {type(error).__name__}")
    if shape != due:
        task.unfit(f"{said} gives an array of shape {shape}, where it gave {due}")
