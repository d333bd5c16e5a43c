"""The exercises' small network in NumPy, so that steps by a wrong idea can be computed without PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
#: The slope of a loss by the probabilities, from probabilities and labels (n, 1).
Slope = Callable[[Array, Array], Array]

#: Parameters in the order in which the network holds them.
NAMES = ("conv W", "conv b", "BW", "Bb", "linear W", "linear b")
EPS = 1e-5


def cross_entropy(p: Array, y: Array) -> Array:
    """Of the mean binary cross-entropy."""
    return np.asarray((p - y) / (p * (1 - p)) / len(y))


def forward(values: Mapping[str, Array], X: Array, *, training: bool) -> tuple[Array, dict[str, Array]]:
    """Probabilities (n, 1), and what backward needs.

    Outside training the running statistics are `mean` and `variance`, those of a new network where there are none.
    """
    windows = np.lib.stride_tricks.sliding_window_view(X, (3, 3), axis=(2, 3))[:, :, ::2, ::2]
    Z = np.einsum("nchwij,kcij->nkhw", windows, values["conv W"]) + _planes(values["conv b"])
    channels = len(values["conv b"])
    mean = Z.mean(axis=(0, 2, 3)) if training else values.get("mean", np.zeros(channels))
    variance = Z.var(axis=(0, 2, 3)) if training else values.get("variance", np.ones(channels))
    root = np.sqrt(variance + EPS)
    normed = (Z - _planes(mean)) / _planes(root)
    A = normed * _planes(values["BW"]) + _planes(values["Bb"])
    flat = np.maximum(A, 0).reshape(len(X), -1)
    p = 1 / (1 + np.exp(-(flat @ values["linear W"].T + values["linear b"])))
    return p, {"windows": windows, "root": root, "normed": normed, "A": A, "flat": flat, "p": p}


def gradients(values: Mapping[str, Array], X: Array, dp: Slope, y: Array, *, training: bool) -> dict[str, Array]:
    """Of a loss by the parameters."""
    p, kept = forward(values, X, training=training)
    dz = dp(p, y) * p * (1 - p)
    A, normed = kept["A"], kept["normed"]
    dA = (dz @ values["linear W"]).reshape(A.shape) * (A > 0)
    dnormed = dA * _planes(values["BW"])
    if training:
        axes = (0, 2, 3)
        dnormed = dnormed - _planes(dnormed.mean(axis=axes)) - normed * _planes((dnormed * normed).mean(axis=axes))
    dZ = dnormed / _planes(kept["root"])
    return {
        "conv W": np.einsum("nkhw,nchwij->kcij", dZ, kept["windows"]),
        "conv b": dZ.sum(axis=(0, 2, 3)),
        "BW": (dA * normed).sum(axis=(0, 2, 3)),
        "Bb": dA.sum(axis=(0, 2, 3)),
        "linear W": dz.T @ kept["flat"],
        "linear b": dz.sum(axis=0),
    }


def _planes(values: Array) -> Array:
    return values[:, None, None]


def together(values: Mapping[str, Array]) -> Array:
    """All parameters as one vector."""
    return np.concatenate([values[name].ravel() for name in NAMES])
