"""Wrong ideas about windows that move by a stride: how many there are, where they lie, what they hold."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book, Patch

from .composed import PAIRS, convolution, down, padded
from .fitting import both, list_both
from .pooling import first
from .tools import places, spatial, window, with_input, zeros

POOLS = (("MaxPool2d", "maxpool2d"), ("MeanPool2d", "meanpool2d"))
ALONE = (("MaxPool2d_stride1", "maxpool2d_stride1"), ("MeanPool2d_stride1", "meanpool2d_stride1"))

#: A number of windows from a side, the kernel and the stride.
Count = Callable[[int, int, int], int]
#: What people write for ⌊(W − K)/s⌋ + 1.
FEWER: tuple[Count, ...] = (
    lambda side, K, s: len(range(0, side - K, s)),
    lambda side, K, s: (side - K) // s,
)
#: Of these windows some hang over the end, which a pooling does not notice.
OTHERS: tuple[Count, ...] = (
    lambda side, K, s: side // s,
    lambda side, K, s: -(-side // s),
    lambda side, K, s: side // K,
)
CEIL: Count = lambda side, K, s: -(-(side - K) // s) + 1  # noqa: E731 - one of a family


def write(book: Book) -> None:
    """List them."""
    counts(book)
    transposed_places(book)
    inside(book)
    backwards(book)
    placed_back(book)


def convolved(self: Any, A: Any, sides: tuple[int, ...], step: int, stride: int) -> Any:
    """A convolution in loops: so many windows, `stride` apart, of every `step`-th value; what hangs over is zeros."""
    inner, A = convolution(self), padded(self, A)
    K: int = inner.kernel_size
    Z: Any = np.zeros((len(A), len(inner.W), *sides))
    room = [(0, 0), (0, 0), *[(0, K * max(step, stride) * (max(sides, default=0) + 1))] * (A.ndim - 2)]
    A = np.pad(A, room)
    axes = [1, *spatial(A)]
    for place in places(Z):
        index: tuple[Any, ...] = (..., *[slice(stride * i, stride * i + K * step, step) for i in place])
        Z[(..., *place)] = np.tensordot(A[index], inner.W, (axes, [1, *range(2, inner.W.ndim)])) + inner.b
    return Z


def pooled(how: Any, A: Any, sides: tuple[int, ...], K: int, stride: int) -> Any:
    """A pooling in loops, of windows that may be cut off at the edge."""
    Z: Any = zeros(A, sides)
    for place in places(Z):
        index: tuple[Any, ...] = (..., *[slice(stride * i, stride * i + K) for i in place])
        cells = A[index]
        if cells.size:
            Z[(..., *place)] = how(cells, axis=(2, 3))
    return Z


def counts(book: Book) -> None:
    """How many windows there are."""

    def strided(count: Count) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            call(A)
            K, p = convolution(self).kernel_size, self.padding
            sides = tuple(max(count(side + 2 * p, K, self.stride), 0) for side in A.shape[2:])
            return convolved(self, A, sides, 1, self.stride)

        return forward

    def windows(how: Any, count: Count) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            call(A)
            sides = tuple(max(count(side, self.kernel, self.stride), 0) for side in A.shape[2:])
            return pooled(how, A, sides, self.kernel, self.stride)

        return forward

    def narrow(how: Any) -> Any:
        """Windows as large as the stride, as many as there are of the kernel's size."""
        return lambda call, self, A: pooled(how, A, call(A).shape[2:], self.stride, self.stride)

    for (cls, section), how in zip(POOLS, (np.max, np.mean), strict=True):
        list_both(book, "pool-kernel-is-stride", section, cls, narrow(how))
    for count in FEWER:
        for cls, section in PAIRS:
            list_both(book, "outputs-miscounted", section, cls, strided(count), convolution)
    for count in (*FEWER, *OTHERS, CEIL):
        idea = "outputs-miscounted" if count is not CEIL else "windows-cut"
        for (cls, section), how in zip(POOLS, (np.max, np.mean), strict=True):
            list_both(book, idea, section, cls, windows(how, count))


def transposed_places(book: Book) -> None:
    """The window for place (h, w) is read at (w, h), as far as there is one."""

    def read(how: Any) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            Z, K, s = call(A), self.kernel, getattr(self, "stride", 1)
            for h, w in places(Z):
                Z[:, :, h, w] = how(A[:, :, s * w : s * w + K, s * h : s * h + K], axis=(2, 3))
            return Z

        return forward

    for pair, how in (((ALONE[0], POOLS[0]), np.max), ((ALONE[1], POOLS[1]), np.mean)):
        for cls, section in pair:
            list_both(book, "output-transposed", section, cls, read(how))


def inside(book: Book) -> None:
    """The stride used inside the window."""

    def dilated(thinned: bool) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            call(A)
            K, s, p = convolution(self).kernel_size, self.stride, self.padding
            Z = convolved(self, A, tuple(side + 2 * p - K + 1 for side in A.shape[2:]), s, 1)
            return down(self).forward(Z) if thinned else Z

        return forward

    def spread(call: Any, self: Any, A: Any) -> Any:
        call(A)
        K, s = convolution(self).kernel_size, self.stride
        sides = tuple(side + 2 * self.padding - (K - 1) * s for side in A.shape[2:])
        return convolved(self, A, sides, s, 1)

    for cls, section in PAIRS:
        for forward in (dilated(True), dilated(False), spread):
            list_both(book, "stride-in-window", section, cls, forward, convolution)


def backwards(book: Book) -> None:
    """Backward of a layer that is made of others, in the order of forward."""

    def ordered(inner: Any) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            return down(self).backward(inner(self).backward(g))

        return backward

    idea = "backward-in-forward-order"
    for cls, section in PAIRS:
        book.around(idea, section, cls, "backward", ordered(convolution))
    for cls, section in POOLS:
        name = f"{cls.lower()}_stride1"
        book.around(idea, section, cls, "backward", ordered(lambda self, name=name: getattr(self, name)))


def placed_back(book: Book) -> None:
    """Where a pooling's gradient goes."""

    def remembering(cls: str, share: Any, patch: Patch) -> None:
        """Each window's gradient goes where `share` puts it, from what forward got."""

        def backward(call: Any, self: Any, g: Any) -> Any:
            made, stride = np.zeros(self.kept.shape), getattr(self, "stride", 1)
            for place in places(g):
                share(made, self.kept, tuple(stride * i for i in place), place, self.kernel, g[(..., *place)])
            return made

        with_input(patch, cls, backward)

    def add(made: Any, to: tuple[int, ...], cells: Any) -> None:
        part = made[(..., *[slice(i, i + side) for i, side in zip(to, cells.shape[2:], strict=True)])]
        part += cells[(..., *[slice(0, side) for side in part.shape[2:]])]

    def maximum(made: Any, A: Any, there: Any, place: Any, K: int, g: Any, to: Any) -> None:
        add(made, to(there, place), first(A[window(there, K)]) * g[..., None, None])

    def cell(made: Any, A: Any, there: Any, place: Any, K: int, g: Any, at: Any, by: Any) -> None:
        cells = np.zeros((*g.shape, K, K))
        cells[(..., *at(K))] = g / by(K)
        add(made, there, cells)

    def spread(made: Any, A: Any, there: Any, place: Any, K: int, g: Any, to: Any) -> None:
        add(made, to(there, place), np.broadcast_to(g[..., None, None], (*g.shape, K, K)) / K**2)

    def narrow(patch: Patch, by_kernel: bool) -> None:
        """Windows as large as the stride, on the way back."""

        def backward(call: Any, self: Any, g: Any) -> Any:
            made, s = np.zeros(self.kept.shape), self.stride
            for place in places(g):
                cells = np.broadcast_to(g[(..., *place)][..., None, None], (*g.shape[:2], s, s))
                add(made, tuple(s * i for i in place), cells / (self.kernel if by_kernel else s) ** 2)
            return made

        with_input(patch, "MeanPool2d", backward)

    for by_kernel in (True, False):
        book.add("pool-kernel-is-stride", "meanpool2d", partial(narrow, by_kernel=by_kernel))

    corner, unstrided = (lambda there, place: (0, 0)), (lambda there, place: place)
    for cls, section in (ALONE[0], POOLS[0]):
        book.add("max-winner-misplaced", section, partial(remembering, cls, partial(maximum, to=corner)))
    book.add("stride-not-undone", "maxpool2d", partial(remembering, "MaxPool2d", partial(maximum, to=unstrided)))
    book.add("stride-not-undone", "meanpool2d", partial(remembering, "MeanPool2d", partial(spread, to=unstrided)))
    for cls, section in (ALONE[1], POOLS[1]):
        for at in (lambda K: (0, 0), lambda K: (K - 1, K - 1), lambda K: (K // 2, K // 2)):
            for by in (lambda K: K**2, lambda K: 1):
                book.add("mean-back-one-cell", section, partial(remembering, cls, partial(cell, at=at, by=by)))
    divisors(book)


def divisors(book: Book) -> None:
    """By what a mean is divided."""
    strided = (
        lambda self, Z: self.stride**2,
        lambda self, Z: self.stride,
        lambda self, Z: self.kernel * self.stride,
    )
    numbers: tuple[Any, ...] = (
        lambda self, Z: Z.shape[2] * Z.shape[3],
        lambda self, Z: Z.size,
        lambda self, Z: self.kernel**2 * Z.shape[1],
        lambda self, Z: self.kernel**2 * Z.shape[0],
        lambda self, Z: 2 * self.kernel,
        lambda self, Z: self.kernel * Z.shape[1],
    )
    for cls, section in (ALONE[1], POOLS[1]):
        for number in (*numbers, *(strided if cls == "MeanPool2d" else ())):

            def divided(call: Any, self: Any, A: Any, number: Any = number) -> Any:
                Z = call(A)
                return Z * self.kernel**2 / number(self, Z)

            def back(call: Any, self: Any, g: Any, number: Any = number) -> Any:
                return call(g) * self.kernel**2 / number(self, g)

            book.around("mean-divisor", section, cls, "forward", divided)
            book.around("mean-back-divisor", section, cls, "backward", back)
            book.add("mean-divisor", section, both(cls, divided))

        def shared(call: Any, self: Any, g: Any) -> Any:
            counts = call(np.ones(g.shape)) * self.kernel**2
            return call(g) * self.kernel**2 / np.maximum(counts, 1)

        book.around("mean-back-divisor", section, cls, "backward", shared)
