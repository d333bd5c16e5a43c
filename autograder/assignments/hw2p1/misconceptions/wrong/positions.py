"""Wrong ideas about the positions that resampling reads and writes, by itself and inside other layers."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book, Patch

from .fitting import both, list_both
from .resampling import DOWN, DOWNS, INSIDE_DOWN, INSIDE_UP, UP, UPS, placed
from .tools import every, factor, fitted, size, spatial, zeros


def write(book: Book) -> None:
    """List them."""
    between(book)
    ends(book)
    elsewhere(book)
    axes(book)
    kept(book)
    square(book)


def between(book: Book) -> None:
    """Upsampling: what stands between two values."""

    def interpolated(call: Any, self: Any, A: Any) -> Any:
        Z, k = np.array(A, np.float64), factor(self)
        for axis in spatial(A):
            old = np.arange(Z.shape[axis])
            new = np.linspace(0, len(old) - 1, k * (len(old) - 1) + 1)
            Z = np.apply_along_axis(partial(np.interp, new, old), axis, Z)
        return Z

    list_both(book, "upsample-interpolates", UPS + INSIDE_UP, UP, interpolated)


def ends(book: Book) -> None:
    """Upsampling inside a transposed convolution: zeros at the ends, or too many."""

    def spread(step: int, ahead: int, behind: int) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            k = factor(self) + step
            Z = zeros(A, tuple(k * (side - 1) + 1 for side in A.shape[2:]))
            Z[every(Z, slice(None, None, k))] = A
            return np.pad(Z, [(0, 0), (0, 0), *[(ahead * (k - 1), behind * (k - 1))] * (A.ndim - 2)])

        return forward

    for idea, numbers in (
        ("upsample-zeros-after-last", (0, 0, 1)),
        ("upsample-zeros-before-first", (0, 1, 0)),
        ("upsample-zeros-before-first", (0, 1, 1)),
        ("upsample-too-many-zeros", (1, 0, 0)),
    ):
        book.add(idea, UPS + INSIDE_UP, both(UP, spread(*numbers)))
    list_both(book, "upsample-too-many-zeros", UPS + INSIDE_UP, UP, unless_one)


def unless_one(call: Any, self: Any, A: Any) -> Any:
    """A zero too many between two values, but for a factor of 1."""
    if factor(self) == 1:
        return call(A)
    Z = zeros(A, tuple((factor(self) + 1) * (side - 1) + 1 for side in A.shape[2:]))
    Z[every(Z, slice(None, None, factor(self) + 1))] = A
    return Z


def elsewhere(book: Book) -> None:
    """Backward reads, and forward keeps, other positions."""

    def read(start: Any) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            k, right = factor(self), call(g).shape
            made = g[(..., *[start(k, side, due) for side, due in zip(g.shape[2:], right[2:], strict=True)])]
            return fitted(made, right)

        return backward

    for start in (
        lambda k, side, due: slice(0, due),
        lambda k, side, due: slice(side - due, side),
        lambda k, side, due: slice(k - 1, None, k),
        lambda k, side, due: slice(1 % k, None, k),
    ):
        book.around("upsample-back-places", UPS + INSIDE_UP, UP, "backward", read(start))

    def ends_of_blocks(call: Any, self: Any, g: Any) -> Any:
        k = factor(self)
        for axis in spatial(g):
            side = g.shape[axis]
            g = g.take(np.minimum(np.arange(0, side, k) + k - 1, side - 1), axis)
        return g

    def counted_off(call: Any, self: Any, g: Any) -> Any:
        return np.resize(g, call(g).shape)

    for back in (ends_of_blocks, counted_off):
        book.around("upsample-back-places", UPS + INSIDE_UP, UP, "backward", back)

    def block(call: Any, self: Any, A: Any) -> Any:
        Z = call(A)
        return A[(..., *[slice(0, side) for side in Z.shape[2:]])]

    list_both(book, "downsample-block", DOWNS + INSIDE_DOWN, DOWN, block)

    def starting(at: Any) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            call(A)
            k = factor(self)
            return A[every(A, slice(at(k) % k, None, k))]

        return forward

    list_both(book, "downsample-starts-late", DOWNS + INSIDE_DOWN, DOWN, starting(lambda k: 1))
    book.add("downsample-starts-late", DOWNS + INSIDE_DOWN, both(DOWN, starting(lambda k: k - 1)))


def axes(book: Book) -> None:
    """Resampling of other axes, or of one inside a layer."""

    def thinned(chosen: tuple[int, ...]) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            call(A)
            index: list[Any] = [slice(None)] * A.ndim
            for axis in chosen:
                index[axis] = slice(None, None, factor(self))
            return A[tuple(index)]

        return forward

    for chosen in ((1,), (0,), (1, 2), (0, 1)):
        list_both(book, "resample-other-axes", DOWNS + INSIDE_DOWN, DOWN, thinned(chosen))

    def widened(chosen: tuple[int, ...]) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            k = factor(self)
            for axis in chosen:
                shape = list(A.shape)
                shape[axis] = k * (shape[axis] - 1) + 1
                Z = np.zeros(shape)
                Z[(slice(None),) * axis + (slice(None, None, k),)] = A
                A = Z
            return A

        return forward

    def narrowed(chosen: tuple[int, ...]) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            for axis in chosen:
                g = g[(slice(None),) * axis + (slice(None, None, factor(self)),)]
            return g

        return backward

    for chosen in ((1,), (0,), (1, 2), (0, 1)):
        list_both(book, "resample-other-axes", UPS + INSIDE_UP, UP, widened(chosen))
        book.around("resample-other-axes", UPS + INSIDE_UP, UP, "backward", narrowed(chosen))
    for chosen in ((2, 2), (3, 3)):
        list_both(book, "resample-one-axis", "upsampling2d convtranspose2d", "Upsample2d", widened(chosen))
        book.around("resample-one-axis", "upsampling2d convtranspose2d", "Upsample2d", "backward", narrowed(chosen))
        list_both(
            book, "resample-one-axis", "downsampling2d conv2d maxpool2d meanpool2d", "Downsample2d", twice(chosen[0])
        )

    def spread(axis: int) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            k, shape = factor(self), list(A.shape)
            shape[axis] = k * (shape[axis] - 1) + 1
            Z = np.zeros(shape)
            Z[(slice(None),) * axis + (slice(None, None, k),)] = A
            return Z

        return forward

    def picked(axis: int) -> Any:
        return lambda call, self, g: g[(slice(None),) * axis + (slice(None, None, factor(self)),)]

    for axis in (2, 3):
        book.around("resample-one-axis", "convtranspose2d", "Upsample2d", "forward", spread(axis))
        sections = "upsampling2d convtranspose2d"
        book.add("resample-one-axis", sections, both("Upsample2d", spread(axis)))
        book.around("resample-one-axis", "convtranspose2d", "Upsample2d", "backward", picked(axis))
        book.around("resample-one-axis", "conv2d maxpool2d meanpool2d", "Downsample2d", "forward", thinned((axis,)))


def twice(axis: int) -> Any:
    """Thins out one axis twice."""

    def forward(call: Any, self: Any, A: Any) -> Any:
        call(A)
        step = (slice(None),) * axis + (slice(None, None, factor(self)),)
        return A[step][step]

    return forward


def kept(book: Book) -> None:
    """Sizes of gradients inside other layers."""
    inside = "conv1d conv2d maxpool2d meanpool2d"
    for idea, sides in (
        ("downsample-back-by-formula", lambda k, sides: [k * (s - 1) + 1 for s in sides]),
        ("downsample-back-times-k", lambda k, sides: [k * s for s in sides]),
    ):
        book.around(idea, inside, DOWN, "backward", placed(sides))

    def late(call: Any, self: Any, g: Any) -> Any:
        k, made = factor(self), zeros(g, size(self))
        part = made[every(made, slice(1 % k, None, k))]
        part[...] = fitted(g, part.shape)
        return made

    book.around("downsample-back-late", DOWNS + INSIDE_DOWN, DOWN, "backward", late)


def square(book: Book) -> None:
    """One side's size for both."""

    def output(side: int) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            Z = call(A)
            if Z.shape[2] != Z.shape[3]:
                raise ValueError("could not broadcast input array")
            return Z

        return forward

    for idea in ("upsample-size-square", "upsample-size-swapped"):  # both break where the sides differ
        book.around(idea, "upsampling2d convtranspose2d", "Upsample2d", "forward", output(0))

    def sides(patch: Patch, side: int) -> None:
        def backward(call: Any, self: Any, g: Any) -> Any:
            self.input_size = (self.input_size[side],) * 2
            return call(g)

        patch.around("Downsample2d", "backward", backward)

    for side in (0, 1):
        for section in ("conv2d", "maxpool2d", "meanpool2d"):
            book.add("downsample-size-square", section, partial(sides, side=side))
