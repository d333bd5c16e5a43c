"""HW2P1's judges: outputs with more than one right value, decided exactly where that is possible.

A dropout mask is the layer's own choice, so a judge says whether there is a mask that explains the output. Where a
window of a max pool has several maxima, its gradient may go to any one of them; the gradients of such cases
are distinct powers of two, so that each entry of `dLdA` says which windows it holds.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.assignments.oracles import Judge

Array = np.ndarray[Any, np.dtype[Any]]
Params = Mapping[str, Any]
Arrays = Mapping[str, Array]

#: Room for rounding, relative to the largest entry that is due: no result takes more than a product and a few sums.
ROUNDING = {"float32": 1e-6}
EXACT_ROUNDING = 1e-9
#: How seldom a correct mask may be called improbable.
FALSE_ALARM = 1e-9


def trouble(array: Array, shape: tuple[int, ...]) -> str | None:
    """What is wrong with an array's shape or its entries, before anything is made of them."""
    if array.shape != shape:
        return f"expected shape {shape}, got {array.shape}"
    if array.dtype.kind not in "biuf" or not np.isfinite(array).all():
        return "it holds entries that are not finite real numbers"
    return None


def rounding(array: Array) -> float:
    """The room for rounding that an array's own dtype needs."""
    return ROUNDING.get(array.dtype.name, EXACT_ROUNDING)


def dropout_output(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """`Z` is the input times a mask of whole channels, scaled by 1/(1-p), of a probable rate."""
    p, x, Z = params["arguments"]["p"], inputs["A"], outputs["Z"]
    if wrong := trouble(Z, x.shape):
        return wrong
    dropped: Array = np.logical_not(Z.any(axis=(2, 3)))
    scaled = x / (1 - p)
    room = rounding(Z) * float(np.abs(scaled).max(initial=0.0))
    if not (np.abs(Z - np.where(dropped[:, :, None, None], 0, scaled)) <= room).all():
        return _dropout_values(x, Z, p, room)
    return _rate(dropped, p) or _alike(dropped, p)


def _dropout_values(x: Array, Z: Array, p: float, room: float) -> str:
    """Why the values of an output that no mask of whole channels explains are wrong."""
    zero = Z == 0
    partly = zero.any(axis=(2, 3)) & ~zero.all(axis=(2, 3))
    if partly.any():
        n, c = _first(partly)
        return f"channel {c} of sample {n} is dropped in part; Dropout2d drops whole channels"
    kept = np.where(zero, 0, x)
    if (np.abs(Z - kept) <= room).all():
        return f"the kept channels are not scaled; they should be x / (1 - p), with p = {p}"
    n, c, h, w = _first(~zero & (np.abs(Z - x / (1 - p)) > room))
    return f"Z[{n}, {c}, {h}, {w}] is neither 0 nor x / (1 - p), with p = {p}"


def _rate(dropped: Array, p: float) -> str | None:
    """Whether so many channels may be dropped by chance."""
    count, among = int(dropped.sum()), dropped.size
    if 2 * _tail(count, among, p) >= FALSE_ALARM:
        return None
    return f"{count} of {among} channels are dropped; each should be with probability p = {p}"


@functools.cache
def _tail(count: int, among: int, p: float) -> float:
    """The probability that a binomial count lies at least as far out, on its side."""
    if p in (0.0, 1.0):
        return float(count == among * p)
    side = range(count + 1) if count <= among * p else range(count, among + 1)
    return math.fsum(
        math.exp(
            math.lgamma(among + 1)
            - math.lgamma(k + 1)
            - math.lgamma(among - k + 1)
            + k * math.log(p)
            + (among - k) * math.log1p(-p)
        )
        for k in side
    )


def _alike(dropped: Array, p: float) -> str | None:
    """Whether all samples, or all channels, share their fate, where that cannot be chance."""
    samples, channels = dropped.shape

    def by_chance(alike: int, times: int) -> float:
        """How probable it is that groups of so many each fall alike, so many times."""
        return float((p**alike + (1 - p) ** alike) ** times)

    if (dropped == dropped[:1]).all() and by_chance(samples, channels) < FALSE_ALARM:
        return "every sample drops the same channels; each channel of each sample is dropped on its own"
    if (dropped == dropped[:, :1]).all() and by_chance(channels, samples) < FALSE_ALARM:
        return "samples are dropped as a whole; each channel of each sample is dropped on its own"
    return None


def dropout_gradient(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """`dLdA` has the mask and the scale of the forward pass."""
    p, dLdZ, dLdA = params["arguments"]["p"], inputs["dLdZ"], outputs["dLdA"]
    if wrong := trouble(dLdA, dLdZ.shape):
        return wrong
    if "Z" not in outputs or trouble(outputs["Z"], dLdZ.shape):
        return "it cannot be judged without a right Z"
    kept: Array = np.asarray(outputs["Z"].any(axis=(2, 3), keepdims=True))
    due = np.where(kept, dLdZ / (1 - p), 0)
    astray: Array = ~(np.abs(dLdA - due) <= rounding(dLdA) * np.abs(dLdZ).max(initial=0.0) / (1 - p))
    if not astray.any():
        return None
    n, c, _, _ = _first(astray)
    if not kept[n, c].any():
        return f"channel {c} of sample {n} was dropped by forward; its gradient should be 0"
    return f"channel {c} of sample {n} was kept by forward; its gradient should be dLdZ / (1 - p), with p = {p}"


def pooled_ties(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """Each window's gradient goes, whole, to exactly one of the window's maxima.

    The gradients of each `(H, W)` plane are distinct powers of two, so an entry of `dLdA` is the sum of
    those windows whose bits it has, and of no others.
    """
    A, dLdZ, dLdA = inputs["A"], inputs["dLdZ"], outputs["dLdA"]
    if wrong := trouble(dLdA, A.shape):
        return wrong
    room = rounding(dLdA)
    dLdA = dLdA.astype(np.float64)
    whole = np.rint(dLdA)
    largest = float(dLdZ.max(initial=1.0))
    uneven = (np.abs(dLdA - whole) > room * largest) | (whole < 0) | (whole >= 2 * largest)
    if uneven.any():
        n, c, h, w = _first(uneven)
        return (
            f"dLdA[{n}, {c}, {h}, {w}] is not a sum of entries of dLdZ: "
            "a window's gradient goes, unshared, to one of its maxima"
        )
    bits = whole.astype(np.int64)
    for index, window in _windows(params["arguments"], A, dLdZ):
        holders = (bits[index[:2]] & int(dLdZ[index])) != 0
        where = "dLdZ[{}, {}, {}, {}]".format(*index)
        if holders.sum() != 1:
            return f"the gradient {where} goes to {int(holders.sum())} entries; it belongs to one maximum of its window"
        if not (holders & window).any():
            return f"the gradient {where} goes to an entry that is not a maximum of its window"
    return None


def _windows(arguments: Mapping[str, int], A: Array, dLdZ: Array) -> Iterator[tuple[tuple[int, ...], Array]]:
    """Each window's index in `dLdZ`, and which entries of its `(H, W)` plane are its maxima."""
    kernel, stride = arguments["kernel"], arguments.get("stride", 1)
    for index in np.ndindex(*dLdZ.shape):
        n, c, row, column = index
        rows = slice(row * stride, row * stride + kernel)
        columns = slice(column * stride, column * stride + kernel)
        maxima = np.zeros(A.shape[2:], dtype=bool)
        maxima[rows, columns] = A[n, c, rows, columns] == A[n, c, rows, columns].max()
        yield index, maxima


def _first(wrong: Array) -> tuple[int, ...]:
    """The first index where an array is true."""
    return tuple(int(i) for i in np.argwhere(wrong)[0])


JUDGES: Mapping[tuple[str, str], Judge] = {
    ("dropout2d", "Z"): dropout_output,
    ("dropout2d", "dLdA"): dropout_gradient,
    ("maxpool2d_stride1", "dLdA"): pooled_ties,
    ("maxpool2d", "dLdA"): pooled_ties,
}
