"""The scanning networks and the CNN."""

from __future__ import annotations

import contextlib
import itertools
import math
from typing import Any

import numpy as np

from .finding import find
from .parameters import INITIAL, Shape, built_as, built_with, give, set_parameters
from .running import Array, forward, keep_apart, passes, private, record_attribute, run


def scan(task: Any) -> None:
    """A scanning MLP as a CNN: the MLP's matrices go in, the scanned outputs come out."""
    task.expecting("Z")
    net = find(task, task.params["layer"])()
    task.attribute(net, "init_weights")([scanned_matrix(task, i) for i in (1, 2, 3)])
    run(task, net)


def scanned_matrix(task: Any, index: int) -> Array:
    """The MLP's matrix of one layer: `copies` of its block on the diagonal, zeros elsewhere."""
    block: Array = task.input(f"w{index}")
    copies = task.params["copies"][index - 1]
    return np.kron(np.eye(copies), block) if copies > 1 else block


def cnn(task: Any) -> None:
    """The CNN: output, loss, every gradient, a step, and gradients set to zero."""
    if task.params["layer"] == "Flatten":
        flatten = find(task, "Flatten")
        first = flatten()
        run(task, first, "flatten Z", "flatten dLdA")
        if task.has("A_first"):
            keep_apart(task, first, flatten(), "flatten dLdA")
        return
    task.expecting("Z")
    net, parts, unlike = build_cnn(task)
    for suffix in passes(task):
        task.expecting("Z")
        result = forward(task, net, task.input(f"A{suffix}"))
        if not suffix:
            task.record("Z", result)
        else:
            task.returned("Z", result)
        if not task.has("Y"):  # several samples: nothing is graded through a loss
            return
        task.expecting("dLdA")
        backward, labels = task.attribute(net, "backward"), task.input(f"Y{suffix}")
        gradient = backward(labels) if suffix else task.called(backward, labels)
    task.record("dLdA", gradient)
    task.expecting("loss")
    loss = task.attribute(net, "loss")
    # Losses of HW1P1 that sum by products of matrices give an array of one number.
    task.record("loss", loss.reshape(()) if isinstance(loss, np.ndarray) and loss.size == 1 else loss, scalar=True)
    for name, part in parts.items():
        record_attribute(task, f"{name} dLdW", part, "dLdW")
        record_attribute(task, f"{name} dLdb", part, "dLdb")
    after_step(task, net, parts, unlike)


def build_cnn(task: Any) -> tuple[Any, dict[str, Any], str]:
    """The case's network with its parameters set, the parts that hold them by name, and what is wrong with a bias.

    A linear layer's bias of another shape is seen where it is subtracted from, in `step`.
    """
    given = task.params["arguments"]
    activations = [find(task, name)() for name in given["activations"]]
    shape = [given[name] for name in ("input_width", "num_input_channels")]
    lists = [list(given[name]) for name in ("num_channels", "kernel_sizes", "strides")]
    criterion = find(task, "CrossEntropyLoss")()
    neurons, rate = given["num_linear_neurons"], given["lr"]
    net = find(task, "CNN")(*shape, *lists, neurons, activations, *INITIAL, criterion, rate)
    layers = task.attribute(net, "convolutional_layers")
    expected = len(given["num_channels"])
    if not len(layers):
        task.unfinished("`convolutional_layers` is empty")
    if len(layers) != expected:
        task.wrong(f"`convolutional_layers` has {len(layers)} layers where `num_channels` has {expected}")
    parts = {f"conv{i}": task.attribute(part, "conv1d_stride1") for i, part in enumerate(layers, 1)}
    for i, (name, part) in enumerate(parts.items()):
        set_parameters(task, part, f"{name} W", f"{name} b", f"convolutional_layers[{i}].conv1d_stride1")
    linear = parts["linear"] = task.attribute(net, "linear_layer")
    W = private(task, "linear W")
    b = private(task, "linear b") if task.has("linear b") else np.zeros((W.shape[0], 1))
    own = built_as(linear, "b", b.shape)
    unlike = built_with(linear, "linear_layer", "b", own, b.shape) if own and own != own_bias(linear, W) else ""
    give(task, linear, W, b, "linear_layer")
    return net, parts, unlike


def own_bias(linear: Any, W: Array) -> Shape | None:
    """The shape of the bias that a linear layer makes by itself: one of HW1P1 may have it in another."""
    with contextlib.suppress(Exception):
        return tuple(np.shape(type(linear)(*W.shape[::-1]).b))
    return None


def after_step(task: Any, net: Any, parts: dict[str, Any], unlike: str) -> None:
    """`step()` and `zero_grads()`: all weights, all biases, all gradients, each joined to one vector.

    Parameters
    ----------
    unlike
        What is wrong with a bias as it was built.
    """
    due = {f"{path} {name}": np.shape(getattr(part, name)) for path, part in parts.items() for name in ("W", "b")}
    for call, output, names in (
        ("step", "step W", ("W",)),
        ("", "step b", ("b",)),
        ("zero_grads", "zero_grads", ("dLdW", "dLdb")),
    ):
        task.expecting(output)
        for _ in range(task.params.get("steps", 1) if call == "step" else bool(call)):
            task.attribute(net, call)()
        if unlike and output == "step b":
            task.wrong(unlike)
        values = []
        for path, name in itertools.product(parts, names):
            values.append(value := getattr(parts[path], name))
            shape = due[f"{path} {name.removeprefix('dLd')}"]
            if value is None:
                task.unfit(f"`{path} {name}` is None after `{call or 'step'}`")
            if np.size(value) != math.prod(shape):
                task.wrong(f"`{path} {name}` has shape {np.shape(value)} after `{call or 'step'}`; {shape} is expected")
        task.record(output, np.concatenate([np.ravel(value) for value in values]))
