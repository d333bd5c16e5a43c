"""Wrong ideas about a convolution of stride 1, which a convolution of any kind may have too."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book, Patch

from .fitting import list_both
from .tools import column, every, places, spatial, window

CONV = "Conv1d_stride1 Conv2d_stride1"
CONVS = "conv1d_stride1 conv2d_stride1 conv1d conv2d convtranspose1d convtranspose2d"
FLAT = "conv2d_stride1 conv2d convtranspose2d"


def write(book: Book) -> None:
    """List them."""
    bias(book)
    kernel(book)
    gradient(book)
    ends(book)
    planes(book)


def bias(book: Book) -> None:
    """The bias in forward."""

    def with_bias(made: Any) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            Z = call(A)
            return Z - column(self.b, Z) + made(self, Z)

        return forward

    book.around("conv-bias-missing", CONVS, CONV, "forward", with_bias(lambda self, Z: 0.0))
    many = "conv-bias-repeated"
    book.around(many, CONVS, CONV, "forward", with_bias(lambda self, Z: self.W.shape[1] * column(self.b, Z)))
    size = "conv-bias-repeated"
    book.around(size, CONVS, CONV, "forward", with_bias(lambda self, Z: self.W[0, 0].size * column(self.b, Z)))
    book.around(size, CONVS, CONV, "forward", with_bias(lambda self, Z: self.W[0].size * column(self.b, Z)))
    book.around(size, CONVS, CONV, "forward", with_bias(lambda self, Z: 2 * column(self.b, Z)))
    book.around("conv-bias-first-for-all", CONVS, CONV, "forward", with_bias(lambda self, Z: self.b[0]))
    book.around("conv-bias-subtracted", CONVS, CONV, "forward", with_bias(lambda self, Z: -column(self.b, Z)))
    book.around("conv-bias-first-for-all", CONVS, CONV, "forward", with_bias(lambda self, Z: self.b.sum()))


def kernel(book: Book) -> None:
    """The kernel's direction."""

    def flipped(call: Any, self: Any, A: Any) -> Any:
        return with_weights(self, np.flip(self.W, spatial(self.W)), call, A)

    def consistent(patch: Patch) -> None:
        patch.around(CONV, "forward", flipped)

        def backward(call: Any, self: Any, g: Any) -> Any:
            dLdA = with_weights(self, np.flip(self.W, spatial(self.W)), call, g)
            self.dLdW = np.flip(self.dLdW, spatial(self.W))
            return dLdA

        patch.around(CONV, "backward", backward)

    book.around("conv-kernel-flipped", CONVS, CONV, "forward", flipped)
    book.add("conv-kernel-flipped", CONVS, consistent)
    book.around("conv-back-not-flipped", CONVS, CONV, "backward", flipped)
    for axis in (2, 3):

        def one(call: Any, self: Any, g: Any, axis: int = axis) -> Any:
            return with_weights(self, np.flip(self.W, axis), call, g)

        book.around("conv-back-flipped-one-axis", FLAT, "Conv2d_stride1", "backward", one)

    def weights_flipped(call: Any, self: Any, g: Any) -> Any:
        dLdA = call(g)
        self.dLdW = np.flip(self.dLdW, spatial(self.W))
        return dLdA

    book.around("conv-dW-flipped", CONVS, CONV, "backward", weights_flipped)


def with_weights(self: Any, W: Any, call: Any, array: Any) -> Any:
    """What a method gives with other weights."""
    kept, self.W = self.W, W
    try:
        return call(array)
    finally:
        self.W = kept


def gradient(book: Book) -> None:
    """What backward makes of the gradient that comes in."""

    def other(made: Any, names: str) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            right = call(g)
            kept = {name: getattr(self, name) for name in ("dLdW", "dLdb")}
            dLdA = call(made(self, g))
            for name, value in kept.items():
                if name not in names:
                    setattr(self, name, value)
            return dLdA if "dLdA" in names else right

        return backward

    ones = "conv-gradient-unused"
    for names in ("dLdA dLdW dLdb", "dLdA dLdW", "dLdA"):
        book.around(ones, CONVS, CONV, "backward", other(lambda self, g: np.ones(g.shape), names))
    own = "conv-own-output-as-gradient"
    for names in ("dLdA dLdW dLdb", "dLdA dLdW", "dLdA", "dLdW"):
        book.around(own, CONVS, CONV, "backward", other(lambda self, g: self.forward(self.A), names))

    def overwritten(call: Any, self: Any, g: Any) -> Any:
        call(g)
        made, K = np.zeros(self.A.shape), self.W.shape[-1]
        for place in places(g):
            share = np.tensordot(g[(..., *place)], self.W, 1)
            made[window(place, K)] = share
        return made

    def too_far(call: Any, self: Any, g: Any) -> Any:
        dLdA, spread = call(g), [(0, 0), (0, 0), *[(1, 1)] * (g.ndim - 2)]
        return np.pad(dLdA, spread)

    def valid(call: Any, self: Any, g: Any) -> Any:
        K = self.W.shape[-1]
        return call(g)[every(g, slice(K - 1, -(K - 1) or None))]

    def by_offset(call: Any, self: Any, g: Any) -> Any:
        call(g)
        made: Any = np.zeros(self.A.shape)
        for offset in np.ndindex(*self.W.shape[2:]):
            index = (..., *[slice(i, i + side) for i, side in zip(offset, g.shape[2:], strict=True)])
            made[index] = np.moveaxis(np.tensordot(g, self.W[(..., *offset)], ((1,), (0,))), -1, 1)
        return made

    def backwards(call: Any, self: Any, g: Any) -> Any:
        call(g)
        made = np.zeros(self.A.shape)
        for place in places(g):
            for offset in np.ndindex(*self.W.shape[2:]):
                at: tuple[Any, ...] = (..., *[i - j for i, j in zip(place, offset, strict=True)])
                made[at] += np.tensordot(g[(..., *place)], self.W[(..., *offset)], 1)
        return made

    for back in (overwritten, by_offset):
        book.around("conv-overlap-lost", CONVS, CONV, "backward", back)
    book.around("conv-back-not-flipped", CONVS, CONV, "backward", backwards)
    book.around("conv-back-padded-by-K", CONVS, CONV, "backward", too_far)
    for start in (0, 2):

        def cut(call: Any, self: Any, g: Any, start: int = start) -> Any:
            wide = too_far(call, self, g)
            return wide[every(g, slice(start, start - 2 or None))]

        book.around("conv-back-padded-by-K", CONVS, CONV, "backward", cut)
    book.around("conv-back-not-padded", CONVS, CONV, "backward", valid)

    def channels(call: Any, self: Any, array: Any, side: int) -> Any:
        W = np.zeros(self.W.shape)
        index = (slice(None),) * side + (slice(0, 1),)
        W[index] = self.W[index]
        return with_weights(self, W, call, array)

    list_both(book, "conv-one-channel-only", CONVS, CONV, lambda c, s, A: channels(c, s, A, 1), lambda layer: layer)
    book.around("conv-one-channel-only", CONVS, CONV, "backward", lambda c, s, g: channels(c, s, g, 0))

    def summed(call: Any, self: Any, A: Any) -> Any:
        W = np.broadcast_to(self.W.mean(axis=1, keepdims=True), self.W.shape)
        return with_weights(self, W, call, A)

    for forward in (summed, mean_of):
        list_both(book, "conv-channel-mean", CONVS, CONV, forward, lambda layer: layer)


def mean_of(call: Any, self: Any, A: Any) -> Any:
    """The output divided by the number of input channels, before the bias."""
    Z = call(A)
    b = column(self.b, Z)
    return (Z - b) / self.W.shape[1] + b


def ends(book: Book) -> None:
    """A position too few."""

    def short(call: Any, self: Any, A: Any) -> Any:
        return call(A)[every(A, slice(0, -1))]

    def unset(call: Any, self: Any, A: Any) -> Any:
        Z = call(A)
        kept = np.zeros(Z.shape)
        kept[every(A, slice(0, -1))] = Z[every(A, slice(0, -1))]
        return kept

    book.around("conv-last-position-lost", CONVS, CONV, "forward", short)
    book.around("conv-last-position-lost", CONVS, CONV, "forward", unset)


def planes(book: Book) -> None:
    """Height and width."""

    def turned(call: Any, self: Any, array: Any) -> Any:
        return with_weights(self, self.W.swapaxes(2, 3), call, array)

    book.around("conv-kernel-transposed", FLAT, "Conv2d_stride1", "forward", turned)
    book.around("conv-kernel-transposed", FLAT, "Conv2d_stride1", "backward", turned)

    def both(patch: Patch) -> None:
        patch.around("Conv2d_stride1", "forward", turned)
        patch.around("Conv2d_stride1", "backward", lambda call, self, g: gradients_turned(turned, call, self, g))

    book.add("conv-kernel-transposed", FLAT, both)
    book.around("output-transposed", FLAT, "Conv2d_stride1", "forward", lambda call, self, A: call(A).swapaxes(2, 3))

    def square(side: int) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            Z = call(A)
            n = Z.shape[side]
            return Z[:, :, :n, :n]

        return forward

    for side in (2, 3):
        book.around("conv-square-output", FLAT, "Conv2d_stride1", "forward", square(side))


def gradients_turned(turned: Any, call: Any, self: Any, g: Any) -> Any:
    """Backward of a convolution whose kernel is transposed throughout."""
    dLdA = turned(call, self, g)
    self.dLdW = self.dLdW.swapaxes(2, 3)
    return dLdA
