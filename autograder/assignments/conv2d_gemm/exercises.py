"""The exercises: how a case is put through a submission. Runs in the guest, beside the student's code.

Mounted into the sandbox alone: it imports the standard library and NumPy, and knows nothing of what is right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

FILE = "convolution.py"
KEYS = "layer pad init_w in_ch out_ch stride dilation acti_fn kernel_shape optimizer".split()


def pad_of(task: Any) -> Any:
    """The case's padding as Python writes it: tuples, not JSON's lists."""
    pad = task.params["pad"]
    return tuple(pad) if isinstance(pad, list) else pad


def kernel(task: Any) -> tuple[int, int]:
    """The kernel's rows and columns."""
    rows, cols = task.params["kernel"]
    return rows, cols


def steps(task: Any) -> tuple[int, ...]:
    """Stride and dilation, as arguments that come last; without a dilation of 1, which is the default."""
    stride, dilation = task.params["stride"], task.params["dilation"]
    return (stride,) if dilation == 1 else (stride, dilation)


def weights_shape(task: Any) -> tuple[int, ...]:
    """(fr, fc, Cin, Cout)."""
    return (*kernel(task), task.params["shape"][3], task.params["out"])


def pair(task: Any, output: str, value: Any) -> None:
    """Record what must be two things: the output, and the four numbers of a padding."""
    if value is None or value is NotImplemented:
        task.unfinished(f"{value} was returned")
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        task.unfit(f"two things are due, `{output}` and the padding; a {type(value).__name__} came back")
    task.record(output, value[0])
    task.expecting("pad4")
    task.record("pad4", np.array(value[1]))


def pad2d(task: Any) -> None:
    """The padded images and the four numbers."""
    task.expecting("X_pad")
    function = task.find("Pad2D", FILE)
    last = steps(task) if steps(task) != (1,) else ()
    pair(task, "X_pad", task.called(function, task.input("X"), pad_of(task), kernel(task), *last))


def conv2d(task: Any) -> None:
    """The convolution by loops."""
    task.expecting("Z")
    function = task.find("Conv2d", FILE)
    stride, *dilation = steps(task)
    task.record("Z", task.called(function, task.input("X"), task.input("W"), stride, pad_of(task), *dilation))


def im2col(task: Any) -> None:
    """The columns and the four numbers."""
    task.expecting("X_col")
    function = task.find("im2col", FILE)
    pair(task, "X_col", task.called(function, task.input("X"), weights_shape(task), pad_of(task), *steps(task)))


def col2im(task: Any) -> None:
    """Columns added back."""
    task.expecting("X")
    function = task.find("col2im", FILE)
    shape, pad4 = tuple(task.params["shape"]), tuple(task.params["pad4"])
    task.record("X", task.called(function, task.input("X_col"), shape, weights_shape(task), pad4, *steps(task)))


def conv2d_gemm(task: Any) -> None:
    """The convolution by a matrix product; without a dilation, what has its default value is left out."""
    task.expecting("Z")
    function = task.find("conv2D_gemm", FILE)
    defaults = {"stride": 1, "pad": "same", "dilation": 1}
    given = {"stride": task.params["stride"], "pad": pad_of(task), "dilation": task.params["dilation"]}
    whole = task.params["dilation"] > 1
    options = {name: value for name, value in given.items() if whole or value != defaults[name]}
    task.record("Z", task.called(function, task.input("X"), task.input("W"), **options))


def layer(task: Any) -> Any:
    """The case's layer; what has its default value is left out."""
    given = {name: task.params[name] for name in ("stride", "dilation", "acti_fn", "init_w")}
    given["pad"] = pad_of(task)
    defaults = {"stride": 1, "dilation": 1, "acti_fn": None, "init_w": "glorot_uniform", "pad": 0}
    options = {name: value for name, value in given.items() if value != defaults[name]}
    return task.find(task.params["layer"], FILE)(task.params["out"], kernel(task), **options)


def with_parameters(task: Any, built: Any) -> None:
    """Let the layer make its parameters by a forward pass that keeps nothing, then put the case's in their place."""
    built.forward(task.input("X"), retain_derived=False)
    parameters = task.attribute(built, "params")
    for name in ("W", "b"):
        parameters[name] = np.array(task.input(name))


def forward(task: Any) -> None:
    """The parameters that the layer makes, what it says about itself, and its output with given parameters."""
    task.expecting("Z")
    built = layer(task)
    built.forward(task.input("X"), retain_derived=False)
    parameters = task.attribute(built, "params")
    for name in ("W", "b"):
        if name not in parameters:
            task.missing(f"`params` has no `{name}`")
    made = {name: np.array(parameters[name]) for name in ("W", "b")}
    for name in ("W", "b"):
        parameters[name] = np.array(task.input(name))
    task.record("Z", task.called(built.forward, task.input("X")))
    for name, value in made.items():
        task.expecting(name)
        task.record(name, value)
    task.expecting("hyperparams")
    said = task.attribute(built, "hyperparams")
    there = [name in said and (name != "acti_fn" or isinstance(said[name], str)) for name in KEYS]
    task.record("hyperparams", np.array(there))
    task.expecting("hyperparams numbers")
    numbers = [said[name] for name in ("in_ch", "out_ch", "stride", "dilation")]
    task.record("hyperparams numbers", np.array([*numbers, *said["kernel_shape"]]))


def backward(task: Any) -> None:
    """The gradients of one input, or of two whose gradients come as a list."""
    task.expecting("dX")
    built = layer(task)
    with_parameters(task, built)
    if task.has("X first"):
        task.expecting("dX first")
        built.forward(task.input("X first"))
        built.forward(task.input("X"))
        gradients = task.called(built.backward, [task.input("dLda first"), task.input("dLda")])
        if gradients is None:
            task.unfinished("`backward` returned None")
        if not isinstance(gradients, list) or len(gradients) != 2:
            task.unfit("`backward` of a list of two gradients returns a list of two")
        task.record("dX first", gradients[0])
        task.record("dX", gradients[1])
    else:
        built.forward(task.input("X"))
        task.record("dX", task.called(built.backward, task.input("dLda")))
    for output, name in (("dW", "W"), ("db", "b")):
        task.expecting(output)
        found = task.attribute(built, "gradients")
        if name not in found:
            task.missing(f"`gradients` has no `{name}`")
        task.is_set(found[name], built, name, f"gradients[{name!r}]")
        task.record(output, found[name])


def speed(task: Any) -> None:
    """What is timed, as often as the grader says, on other images each time, so that no result helps with the next.

    Looking at all of an output takes as long as computing it, so of each only one channel is summed up, and of
    the last all of it. An array that computes when it is looked at is looked at as a plain one.
    """
    task.expecting("Z")
    function = task.find("conv2D_gemm", FILE)
    images = np.multiply.outer(task.input("factors"), task.input("image"))
    W, by_image, by_channel = (task.input(name) for name in ("W", "by image", "by channel"))
    by_position, seed = task.input("by position"), int(task.input("seed")[0])
    *others, last = turns_of(task.params)
    due = (len(images), *by_position.shape, len(by_channel))
    seen = []
    for turn in others:
        X, draw = other_images(seed, turn, images.shape)
        Z = function(X, W, 1, 0)
        if not fits(Z, due):
            task.record("Z", Z)
            return
        channel = draw.randint(len(by_channel))  # drawn when it has answered
        seen.append(np.vdot(np.tensordot(by_image, np.asarray(Z)[..., channel], axes=1), by_position))
    Z = function(images * (1 + last), W, 1, 0)
    if not fits(Z, due):
        task.record("Z", Z)
        return
    summed = np.tensordot(by_image, np.asarray(Z), axes=1) / (1 + last)
    task.record("Z", summed @ by_channel)
    task.record("Z by channel", np.tensordot(by_position, summed, axes=2))
    task.record("Z of other images", np.array(seen))


def fits(Z: Any, shape: tuple[int, ...]) -> bool:
    """Whether it is an array of that shape."""
    return isinstance(Z, np.ndarray) and np.asarray(Z).shape == shape


def other_images(seed: int, turn: int, shape: tuple[int, ...]) -> tuple[Array, np.random.RandomState]:
    """The images of one call, and what drew them: a generator whose stream NumPy has frozen."""
    draw = np.random.RandomState((seed, turn))
    return draw.uniform(-1.0, 1.0, shape), draw


def product(task: Any) -> None:
    """What `speed` is measured by: the matrix product in it, and nothing else. Runs beside no submission."""
    out, channels = task.params["out"], task.params["shape"][3]
    taps, positions = task.params["kernel"][0] * task.params["kernel"][1] * channels, task.params["positions"]
    W, X_col = np.ones((out, taps)), np.ones((taps, positions))
    for _ in turns_of(task.params):
        W @ X_col


def turns_of(params: Mapping[str, Any]) -> range:
    """Numbers of the calls in this round of a timed section; one call where it is not being timed."""
    first: int = params.get("first turn", 0)
    return range(first, first + params.get("turns", 1))


def function(task: Any) -> None:
    """One function by itself, when it is looked for what fails only because of it. Never scored."""
    task.call(task.find(task.params["function"], FILE))


EXERCISES: dict[str, Callable[[Any], None]] = {
    "pad2d": pad2d,
    "conv2d": conv2d,
    "im2col": im2col,
    "col2im": col2im,
    "conv2d_gemm": conv2d_gemm,
    "forward": forward,
    "backward": backward,
    "speed": speed,
    "product": product,
    "function": function,
}
