"""numpy_cnn's exercises: runs in the guest, with the standard library and NumPy, and knows no answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

PLACES = ("numpy_cnn.ipynb", "numpy_cnn.py")


def given(task: Any, name: str) -> Any:
    """An input; a bias that is a scalar comes as NumPy's scalars do."""
    value = task.input(name)
    return value[()] if value.ndim == 0 else value


def call(task: Any) -> None:
    """One function on the case's arrays, in their order, then its numbers by position, then those by name."""
    task.expecting("result")
    function = task.find(task.params["function"], *PLACES)
    arrays = [given(task, name) for name in task.params["arrays"]]
    result = task.called(function, *arrays, *task.params["numbers"], **task.params["options"])
    task.record("result", result, scalar=True)


def backward(task: Any) -> None:
    """A step of gradient descent; weights and bias are the function's own to change."""
    task.expecting("w")
    function = task.find("backward", *PLACES)
    data = [given(task, name) for name in ("x", "y", "y_hat")]
    w, b = np.array(task.input("w")), np.array(task.input("b"))
    result = task.called(function, *data, w, b if b.ndim else b[()], task.params["lr"])
    if result is None or result is NotImplemented:
        task.unfinished(f"`backward` returned {result}")
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        task.unfit("`backward` returns two values, the new (w, b)")
    task.record("w", result[0])
    task.record("b", result[1], scalar=True)


def function(task: Any) -> None:
    """One function by itself, when it is looked for what fails only because of it. Never scored."""
    task.call(task.find(task.params["function"], *PLACES))


EXERCISES: dict[str, Callable[[Any], None]] = {"call": call, "backward": backward, "function": function}
