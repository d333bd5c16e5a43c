"""The contracts' formulas in plain loops, for witnesses: slow, and with nothing of an oracle's in them.

Images are (N, C, W) or (N, C, H, W). Every entry of an output is computed by itself, where it stands.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
#: How many zeros before and after each side.
Padding = Sequence[tuple[int, int]]


def padded(A: Array, padding: int | Padding) -> Array:
    """Zeros around each side."""
    around: Padding = [(padding, padding)] * (A.ndim - 2) if isinstance(padding, int) else padding
    sides = [before + side + after for side, (before, after) in zip(A.shape[2:], around, strict=True)]
    Z = np.zeros((*A.shape[:2], *sides))
    inside: Any = [slice(before, before + side) for side, (before, _) in zip(A.shape[2:], around, strict=True)]
    Z[(..., *inside)] = A
    return Z


def upsampled(A: Array, factor: int) -> Array:
    """Zeros between the entries of each side."""
    Z = np.zeros((*A.shape[:2], *(factor * (side - 1) + 1 for side in A.shape[2:])))
    for index in np.ndindex(*A.shape):
        Z[(*index[:2], *(factor * i for i in index[2:]))] = A[index]
    return Z


def windows(A: Array, size: Sequence[int], stride: int, dilation: int = 1) -> dict[tuple[int, ...], Array]:
    """Each place of the output, and what of the input lies in its window."""
    sides = zip(A.shape[2:], size, strict=True)
    counts = [(side - (taps - 1) * dilation - 1) // stride + 1 for side, taps in sides]
    found = {}
    for place in np.ndindex(*counts):
        spans: Any = [
            slice(stride * i, stride * i + (taps - 1) * dilation + 1, dilation)
            for i, taps in zip(place, size, strict=True)
        ]
        found[place] = A[(..., *spans)]
    return found


def convolved(
    A: Array,
    W: Array,
    b: Array | None = None,
    stride: int = 1,
    padding: int | Padding = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Array:
    """Cross-correlation with kernels (Cout, Cin / groups, …) plus a bias."""
    places = windows(padded(A, padding), W.shape[2:], stride, dilation)
    Z = np.zeros((len(A), len(W), *_extent(places)))
    width, share = W.shape[1], len(W) // groups
    for place, window in places.items():
        for n in range(len(A)):
            for o, kernel in enumerate(W):
                first = o // share * width
                Z[(n, o, *place)] = np.sum(window[n, first : first + width] * kernel) + (0 if b is None else b[o])
    return Z


def pooled(A: Array, size: int, stride: int, of: Callable[[Array], float]) -> Array:
    """A number for each window of each channel."""
    places = windows(A, [size] * (A.ndim - 2), stride)
    Z = np.zeros((*A.shape[:2], *_extent(places)))
    for place, window in places.items():
        for n, c in np.ndindex(*A.shape[:2]):
            Z[(n, c, *place)] = of(window[n, c])
    return Z


def _extent(places: Mapping[tuple[int, ...], Any]) -> tuple[int, ...]:
    return tuple(i + 1 for i in max(places))


def each(function: Callable[[float], float], A: Array) -> Array:
    """A function of each entry."""
    return np.array([function(float(value)) for value in A.ravel()]).reshape(A.shape)


def sigmoid(x: float) -> float:
    """1 / (1 + e^-x), without overflow."""
    return 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))


def relu(x: float) -> float:
    """What is below 0 becomes 0."""
    return x if x > 0 else 0.0


def dense(x: Array, W: Array, b: Array | None = None) -> Array:
    """Rows x by weights (out, in), plus a bias."""
    bias = np.zeros(len(W)) if b is None else np.ravel(b)
    return np.array([[math.fsum(row * w) + bias[o] for o, w in enumerate(W)] for row in x])


def moments(A: Array) -> tuple[Array, Array]:
    """Mean and biased variance of each channel, over samples and places."""
    M, V = [], []
    for c in range(A.shape[1]):
        values = A[:, c].ravel()
        M.append(math.fsum(values) / values.size)
        V.append(math.fsum((values - M[-1]) ** 2) / values.size)
    return np.array(M), np.array(V)


def normalised(A: Array, M: Array, V: Array, eps: float, scale: Array, offset: Array) -> Array:
    """(A − M) / √(V + eps) · scale + offset, channel by channel."""
    M, V, scale, offset = (np.ravel(values) for values in (M, V, scale, offset))
    Z = np.zeros(A.shape)
    for c in range(A.shape[1]):
        Z[:, c] = (A[:, c] - M[c]) / math.sqrt(V[c] + eps) * scale[c] + offset[c]
    return Z


def cross_entropy(logits: Array, Y: Array) -> float:
    """The mean over samples of −log softmax, for one-hot labels."""
    lost = 0.0
    for z, y in zip(logits, Y, strict=True):
        whole = math.log(math.fsum(math.exp(v - z.max()) for v in z)) + float(z.max())
        lost -= math.fsum(y * (z - whole))
    return lost / len(logits)
