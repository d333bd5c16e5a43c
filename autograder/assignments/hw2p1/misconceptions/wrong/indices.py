"""Wrong ideas about which entries of input, kernel and gradient meet in a convolution."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

from .convolution import CONV, CONVS, FLAT, with_weights
from .fitting import list_both
from .tools import column, spatial


def write(book: Book) -> None:
    """List them."""
    apart(book)
    turned(book)
    channels(book)
    borders(book)
    biases(book)


def itself(layer: Any) -> Any:
    """A convolution of stride 1 has its weights itself."""
    return layer


def windows(A: Any, K: int) -> Any:
    """The windows of an input, along the last axes of a view."""
    axes = spatial(A)
    return np.lib.stride_tricks.sliding_window_view(A, (K,) * len(axes), axis=axes)


def smeared(array: Any, axes: tuple[int, ...]) -> Any:
    """The sum over some axes, at every place: what a letter that stands in one operand alone does to it."""
    return np.broadcast_to(array.sum(axis=axes, keepdims=True), array.shape)


def apart(book: Book) -> None:
    """Sums in which an index of one operand has no partner in the other."""

    def forward_over(axes: Any) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            return with_weights(self, smeared(self.W, axes(self.W)), call, A)

        return forward

    for axes in (lambda W: (1,), spatial, lambda W: (1, *spatial(W)), lambda W: (2,), lambda W: (W.ndim - 1,)):
        list_both(book, "conv-index-apart", CONVS, CONV, forward_over(axes), itself)

    def weights(made: Any) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            dLdA, kept, b = call(g), self.A, self.dLdb
            call(made(g))
            self.A, self.dLdb = kept, b
            return dLdA

        return backward

    for axes in (lambda g: (0,), spatial, lambda g: (0, *spatial(g))):
        book.around("conv-index-apart", CONVS, CONV, "backward", weights(lambda g, axes=axes: smeared(g, axes(g))))

    def outputs(call: Any, self: Any, g: Any) -> Any:
        call(g)
        W, b = self.dLdW, self.dLdb
        dLdA = with_weights(self, smeared(self.W, (0,)), call, g)
        self.dLdW, self.dLdb = W, b
        return dLdA

    book.around("conv-index-apart", CONVS, CONV, "backward", outputs)


def turned(book: Book) -> None:
    """Flips along more axes than the spatial ones, and turns by another angle."""

    def changed(made: Any) -> Any:
        return lambda call, self, array: with_weights(self, made(self.W), call, array)

    for axes in ((0,), (1,), (0, 1), (0, 2), (1, 2)):  # beside the right flip of backward, and none
        for also in (False, True):

            def flips(W: Any, axes: tuple[int, ...] = axes, also: bool = also) -> Any:
                chosen = set(axes) - {2} | (set(spatial(W)) if 2 in axes or also else set())
                return np.flip(W, tuple(sorted(chosen)))

            book.around("conv-flipped-channels", CONVS, CONV, "backward", changed(flips))
            book.around("conv-flipped-channels", CONVS, CONV, "forward", changed(flips))
    for quarter in (1, 3):
        spun = changed(lambda W, k=quarter: np.rot90(W, k, (2, 3)))
        book.around("conv-kernel-turned", FLAT, "Conv2d_stride1", "backward", spun)
        list_both(book, "conv-kernel-turned", FLAT, "Conv2d_stride1", spun, itself)


def channels(book: Book) -> None:
    """The last of the channels in place of their sum, and axes of dLdW in each other's place."""

    def last(side: int) -> Any:
        def method(call: Any, self: Any, array: Any) -> Any:
            W = np.zeros(self.W.shape)
            index = (slice(None),) * side + (slice(-1, None),)
            W[index] = self.W[index]
            return with_weights(self, W, call, array)

        return method

    list_both(book, "conv-one-channel-only", CONVS, CONV, last(1), itself)
    book.around("conv-one-channel-only", CONVS, CONV, "backward", last(0))

    def swapped(axes: tuple[int, int]) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            dLdA = call(g)
            self.dLdW = self.dLdW.swapaxes(*axes)
            return dLdA

        return backward

    book.around("conv-dW-axes", CONVS, CONV, "backward", swapped((0, 1)))
    book.around("conv-dW-axes", FLAT, "Conv2d_stride1", "backward", swapped((2, 3)))


def borders(book: Book) -> None:
    """What lies outside the border, of the input or of the gradient."""

    def around(left: Any, right: Any) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            K = self.W.shape[-1]
            call(A)
            ends = [(0, 0), (0, 0), *[(left(K), right(K))] * (A.ndim - 2)]
            Z = call(np.pad(A, ends))
            self.A = A
            return Z

        return forward

    for left, right in (
        (lambda K: (K - 1) // 2, lambda K: K - 1 - (K - 1) // 2),
        (lambda K: K - 1 - (K - 1) // 2, lambda K: (K - 1) // 2),
        (lambda K: K // 2, lambda K: K // 2),
        (lambda K: 0, lambda K: K - 1),
        (lambda K: K - 1, lambda K: 0),
        (lambda K: K - 1, lambda K: K - 1),
    ):
        sections = "conv1d_stride1 conv2d_stride1 conv1d conv2d"
        list_both(book, "conv-border-windows", sections, CONV, around(left, right), itself)

    def mode(name: str) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            call(g)
            K = self.W.shape[-1]
            wide = np.pad(g, [(0, 0), (0, 0), *[(K - 1, K - 1)] * (g.ndim - 2)], mode=name)  # type: ignore[call-overload]
            cells = windows(wide, K)
            over = [1, *range(g.ndim, cells.ndim)]
            flipped = np.flip(self.W, spatial(self.W))
            return np.moveaxis(np.tensordot(cells, flipped, (over, [0, *spatial(self.W)])), -1, 1)

        return backward

    for name in ("edge", "wrap", "symmetric"):
        book.around("padding-not-zeros", CONVS, CONV, "backward", mode(name))


def biases(book: Book) -> None:
    """The bias along another axis than the channels."""

    def along(shape: Any) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            Z = call(A)
            return Z - column(self.b, Z) + np.reshape(self.b, shape(Z))

        return forward

    for shape in (lambda Z: (-1,), lambda Z: (-1, *[1] * (Z.ndim - 1)), lambda Z: (-1, *[1] * (Z.ndim - 3))):
        book.around("conv-bias-axis", CONVS, CONV, "forward", along(shape))
