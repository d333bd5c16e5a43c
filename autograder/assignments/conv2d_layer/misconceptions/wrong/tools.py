"""What the wrong ideas share: a layer's windows and outputs, and its attributes for a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

#: The sections that look at outputs, and those that look at gradients.
OUTPUTS = "forward stride_padding state"
GRADIENTS = "dX grads_W grads_b weight_decay state"
WEIGHTS = "grads_W weight_decay state"
BIASES = "grads_b weight_decay state"


def bordered(X: Any, padding: int) -> Any:
    """A batch with its padding."""
    return np.pad(X, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def windows(self: Any, padded: Any, rows: int, columns: int) -> Any:
    """The windows of a padded batch with these steps."""
    found = sliding_window_view(padded, (self.kernel_size, self.kernel_size), axis=(2, 3))
    return found[:, :, ::rows, ::columns]


def output(self: Any, seen: Any) -> Any:
    """What the kernels make of windows, without the bias."""
    return np.einsum("nchwij,ocij->nohw", seen, self.filters)


def column(bias: Any) -> Any:
    """The biases in a shape that adds to an output."""
    return np.reshape(bias, (1, -1, 1, 1))


def having(self: Any, name: str, value: Any, call: Callable[..., Any], *given: Any) -> Any:
    """What a method gives while an attribute has another value."""
    kept = getattr(self, name)
    setattr(self, name, value)
    try:
        return call(*given)
    finally:
        setattr(self, name, kept)


def rate(self: Any) -> float:
    """The λ that counts."""
    return float(self.weight_decay_lambda) if self.weight_decay else 0.0
