"""Wrong ideas about which step comes when, and which layer stands there, in layers that are made of others."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

from .composed import PAIRS, TRANSPOSED_PAIRS, convolution, down, padded, up
from .fitting import list_both
from .tools import every, places


def write(book: Book) -> None:
    """List them."""
    paddings(book)
    transposed(book)


def paddings(book: Book) -> None:
    """A padding of the output, and one that is cut off one axis only."""

    def after(call: Any, self: Any, A: Any) -> Any:
        return down(self).forward(padded(self, convolution(self).forward(A)))

    def last(call: Any, self: Any, A: Any) -> Any:
        return padded(self, down(self).forward(convolution(self).forward(A)))

    for cls, section in PAIRS:
        for forward in (after, last):
            list_both(book, "padding-after", section, cls, forward, convolution)

    def crop(axis: int) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            dLdA, p = convolution(self).backward(down(self).backward(g)), self.padding
            side = dLdA.shape[axis]
            return dLdA[(slice(None),) * axis + (slice(p, side - p),)]

        return backward

    for axis in (2, 3):
        book.around("padding-cut-one-axis", "conv2d", "Conv2d", "backward", crop(axis))


def transposed(book: Book) -> None:
    """Transposed convolutions of other kinds."""

    def usual(flipped: bool) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            call(A)
            inner, k = convolution(self), self.upsampling_factor
            K = inner.kernel_size
            Z = np.zeros((len(A), len(inner.W), *[k * (side - 1) + K for side in A.shape[2:]]))
            W = inner.W if not flipped else np.flip(inner.W, tuple(range(2, inner.W.ndim)))
            for place in places(A):
                index: tuple[Any, ...] = (..., *[slice(k * i, k * i + K) for i in place])
                Z[index] += np.tensordot(A[(..., *place)], W, ((1,), (1,)))
            return Z + np.reshape(inner.b, (-1, *[1] * (A.ndim - 2)))

        return forward

    def thinned(call: Any, self: Any, A: Any) -> Any:
        call(A)
        return convolution(self).forward(A[every(A, slice(None, None, self.upsampling_factor))])

    def plain(call: Any, self: Any, A: Any) -> Any:
        call(A)
        return convolution(self).forward(A)

    def strided(call: Any, self: Any, A: Any) -> Any:
        call(A)
        Z = convolution(self).forward(A)
        return Z[every(Z, slice(None, None, self.upsampling_factor))]

    def ordered(call: Any, self: Any, g: Any) -> Any:
        return convolution(self).backward(up(self).backward(g))

    for cls, section in TRANSPOSED_PAIRS:
        for flipped in (False, True):
            list_both(book, "transposed-usual-size", section, cls, usual(flipped), convolution)
        for forward in (thinned, strided):
            list_both(book, "downsampled-not-upsampled", section, cls, forward, convolution)
        list_both(book, "upsampling-ignored", section, cls, plain, convolution)
        book.around("backward-in-forward-order", section, cls, "backward", ordered)
