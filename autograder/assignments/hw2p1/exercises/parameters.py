"""Weights and biases of the submission's layers.

They are always set on a layer after it was built, because a layer may ignore `weight_init_fn`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .running import Array, private

Shape = tuple[int, ...]


def zero_weights(out: int, into: int, *kernel: int) -> Array:
    """A layer's `weight_init_fn`: the real values are set afterwards."""
    return np.zeros((out, into, *kernel))


def zero_bias(out: int) -> Array:
    """A layer's `bias_init_fn`; it takes no shape of weights, so that the two cannot be confused."""
    return np.zeros(out)


#: A CNN's `conv_weight_init_fn`, `bias_init_fn`, `linear_weight_init_fn`.
INITIAL = (zero_weights, zero_bias, zero_weights)


def set_parameters(task: Any, kernel: Any, weights: str = "W", bias: str = "b", path: str = "") -> None:
    """Give a convolution its weights and its bias; a case without a bias means a bias of zeros."""
    W = private(task, weights)
    b = private(task, bias) if task.has(bias) else np.zeros(W.shape[0])
    give(task, kernel, W, b, path)


def give(task: Any, owner: Any, W: Array, b: Array, path: str = "") -> None:
    """Set a layer's parameters; one that was built with parameters of another size would not work in use.

    Parameters
    ----------
    path
        Where the layer is in the network, as the submission writes it; without it, its class says which one it is.
    """
    if shape := built_as(owner, "W", W.shape):
        task.wrong(built_with(owner, path, "W", shape, W.shape))
    if (shape := built_as(owner, "b", b.shape)) and math.prod(shape) != b.size:
        task.wrong(built_with(owner, path, "b", shape, b.shape))
    owner.W, owner.b = W, b


def built_as(owner: Any, name: str, due: Shape) -> Shape | None:
    """The shape of what a layer holds before anything is given to it, where it is an array of another shape."""
    own = getattr(owner, name, None)
    return own.shape if isinstance(own, np.ndarray) and own.shape != due else None


def built_with(owner: Any, path: str, name: str, shape: Shape, due: Shape) -> str:
    """What is said of a layer that was built with parameters of another shape."""
    layer = f"`{path}` ({type(owner).__name__})" if path else type(owner).__name__
    return f"{layer} was built with {name} of shape {shape}; {due} is expected"
