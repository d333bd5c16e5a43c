"""Wrong ideas about upsampling and downsampling."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book, Patch

from .fitting import list_both
from .tools import every, factor, fitted, repeated, size, spatial, zeros

UP, DOWN = "Upsample1d Upsample2d", "Downsample1d Downsample2d"
UPS, DOWNS = "upsampling1d upsampling2d", "downsampling1d downsampling2d"
#: Sections of layers that have one of these inside, and may have written it out wrong themselves.
INSIDE_UP = " convtranspose1d convtranspose2d"
INSIDE_DOWN = " conv1d conv2d maxpool2d meanpool2d"


def write(book: Book) -> None:
    """List them."""
    upsampling(book)
    upsampling_back(book)
    downsampling(book)
    downsampling_back(book)
    planes(book)


def upsampling(book: Book) -> None:
    """Forward."""

    def spread(step: int, ahead: int, behind: int) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            k = factor(self) + step
            Z = zeros(A, tuple(k * (side - 1) + 1 for side in A.shape[2:]))
            Z[every(Z, slice(None, None, k))] = A
            ends = (ahead * (k - 1), behind * (k - 1))
            return np.pad(Z, [(0, 0), (0, 0), *[ends] * (A.ndim - 2)])

        return forward

    def repeats(whole: bool) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            Z = repeated(A, factor(self), spatial(A))
            return Z if whole else fitted(Z, call(A).shape)

        return forward

    book.around("upsample-zeros-after-last", UPS, UP, "forward", spread(0, 0, 1))
    book.around("upsample-zeros-before-first", UPS, UP, "forward", spread(0, 1, 0))
    book.around("upsample-zeros-before-first", UPS, UP, "forward", spread(0, 1, 1))
    book.around("upsample-too-many-zeros", UPS, UP, "forward", spread(1, 0, 0))

    book.around("upsample-repeats", UPS + INSIDE_UP, UP, "forward", repeats(False))
    book.around("upsample-repeats", UPS, UP, "forward", repeats(True))

    def consistent(patch: Patch) -> None:
        patch.around(UP, "forward", repeats(False))
        patch.around(UP, "backward", gathered(np.sum))

    book.add("upsample-repeats", UPS + INSIDE_UP, consistent)


def gathered(how: Any) -> Any:
    """A backward that makes one number of each block of k."""

    def backward(call: Any, self: Any, g: Any) -> Any:
        k = factor(self)
        for axis in spatial(g):
            g = np.stack([how(part, axis) for part in np.split(g, range(k, g.shape[axis], k), axis)], axis)
        return g

    return backward


def upsampling_back(book: Book) -> None:
    """Backward."""

    def shared(call: Any, self: Any, g: Any) -> Any:
        return gathered(np.sum)(call, self, g) / factor(self) ** (g.ndim - 2)

    def shorter(call: Any, self: Any, g: Any) -> Any:
        k = factor(self)
        return g[(..., *[slice(0, side // k * k, k) for side in g.shape[2:]])]

    for back in (gathered(np.sum), gathered(np.mean), gathered(np.max), shared):
        book.around("upsample-backward-sums", UPS + INSIDE_UP, UP, "backward", back)
    book.around("upsample-backward-short", UPS, UP, "backward", shorter)
    for power in (1, 2, -1, -2):
        book.around(
            "upsample-backward-scaled", UPS, UP, "backward", lambda call, self, g, p=power: call(g) * factor(self) ** p
        )
    book.around("resample-gradient-unused", UPS, UP, "backward", lambda call, self, g: np.ones(call(g).shape))


def downsampling(book: Book) -> None:
    """Forward."""

    def late(call: Any, self: Any, A: Any) -> Any:
        call(A)
        k = factor(self)
        return A[every(A, slice(k - 1, None, k))]

    def floor(call: Any, self: Any, A: Any) -> Any:
        call(A)
        k = factor(self)
        return A[(..., *[slice(0, side // k * k, k) for side in A.shape[2:]])]

    def pooled(how: Any) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            call(A)
            k = factor(self)
            for axis in spatial(A):
                parts = [how(part, axis) for part in np.split(A, range(k, A.shape[axis], k), axis)]
                A = np.stack(parts, axis)
            return A

        return forward

    def dropped(call: Any, self: Any, A: Any) -> Any:
        call(A)
        k = factor(self)
        for axis in spatial(A):
            A = np.delete(A, np.arange(0, A.shape[axis], k), axis)
        return A

    def last(call: Any, self: Any, A: Any) -> Any:
        call(A)
        k = factor(self)
        for axis in spatial(A):
            A = A.take(np.minimum(np.arange(0, A.shape[axis], k) + k - 1, A.shape[axis] - 1), axis)
        return A

    book.around("downsample-starts-late", DOWNS + INSIDE_DOWN, DOWN, "forward", late)
    book.around("downsample-starts-late", DOWNS + INSIDE_DOWN, DOWN, "forward", last)

    def consistent(patch: Patch) -> None:
        patch.around(DOWN, "forward", last)
        patch.around(DOWN, "backward", last_back)

    book.add("downsample-starts-late", DOWNS + INSIDE_DOWN, consistent)
    for idea, forward in (
        ("downsample-floor", floor),
        ("downsample-pools", pooled(np.mean)),
        ("downsample-pools", pooled(np.max)),
        ("downsample-pools", pooled(np.sum)),
        ("downsample-drops-every-kth", dropped),
    ):
        list_both(book, idea, DOWNS + INSIDE_DOWN, DOWN, forward)


def last_back(call: Any, self: Any, g: Any) -> Any:
    """The gradient at the last position of each block of k."""
    k = factor(self)
    for axis, side in zip(spatial(g), size(self), strict=True):
        made = np.zeros((*g.shape[:axis], side, *g.shape[axis + 1 :]))
        index = np.minimum(np.arange(0, side, k) + k - 1, side - 1)
        made[(slice(None),) * axis + (index,)] = g
        g = made
    return g


def placed(sides: Any) -> Any:
    """The gradient where the kept values came from, in an array whose sides follow from k and those of the output."""

    def backward(call: Any, self: Any, g: Any) -> Any:
        k = factor(self)
        made = zeros(g, sides(k, g.shape[2:]))
        made[every(made, slice(None, None, k))] = g
        return made

    return backward


def downsampling_back(book: Book) -> None:
    """Backward."""

    def spread(share: bool) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            k = factor(self)
            made = fitted(repeated(g, k, spatial(g)), (*g.shape[:2], *size(self)))
            return made / k ** (g.ndim - 2) if share else made

        return backward

    def ones(call: Any, self: Any, g: Any) -> Any:
        return call(np.ones(g.shape))

    book.around(
        "downsample-back-by-formula", DOWNS, DOWN, "backward", placed(lambda k, sides: [k * (s - 1) + 1 for s in sides])
    )
    book.around("downsample-back-times-k", DOWNS, DOWN, "backward", placed(lambda k, sides: [k * s for s in sides]))
    book.around("downsample-back-repeats", DOWNS, DOWN, "backward", spread(False))
    book.around("downsample-back-repeats", DOWNS, DOWN, "backward", spread(True))
    book.around("resample-gradient-unused", DOWNS, DOWN, "backward", ones)
    book.around("resample-gradient-unused", DOWNS, DOWN, "backward", lambda call, self, g: np.ones(call(g).shape))

    def late(call: Any, self: Any, g: Any) -> Any:
        k = factor(self)
        made = zeros(g, size(self))
        part = made[every(made, slice(k - 1, None, k))]
        part[...] = fitted(g, part.shape)
        return made

    def corner(call: Any, self: Any, g: Any) -> Any:
        return fitted(g, (*g.shape[:2], *size(self)))

    for back in (late, last_back, corner):
        book.around("downsample-back-late", DOWNS, DOWN, "backward", back)


def planes(book: Book) -> None:
    """What only two dimensions can get wrong."""

    def swapped(call: Any, self: Any, g: Any) -> Any:
        self.input_size = self.input_size[::-1]
        return call(g)

    def square(side: int) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            self.input_size = (self.input_size[side],) * 2
            return call(g)

        return backward

    book.around("downsample-size-swapped", "downsampling2d", "Downsample2d", "backward", swapped)

    def square_output(side: int) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            Z = call(A)
            return fitted(Z, (*Z.shape[:2], *[Z.shape[2 + side]] * 2))

        return forward

    for side in (0, 1):
        book.around("downsample-size-square", "downsampling2d", "Downsample2d", "backward", square(side))
        book.around("downsample-size-square", "downsampling2d", "Downsample2d", "forward", square_output(side))

    def thinned(axis: int, remember: bool = True) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            if remember and hasattr(self, "downsampling_factor"):
                call(A)
            k = factor(self)
            return A[:, :, ::k] if axis == 2 else A[:, :, :, ::k]

        return forward

    def spread(axis: int, fill: bool) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            k = factor(self)
            other = 5 - axis
            step = (slice(None),) * axis + (slice(None, None, k),)
            shape = list(call(A).shape)
            part = repeated(A, k, (other,)) if fill else A
            shape[other] = min(shape[other], part.shape[other])
            Z = np.zeros(shape)
            Z[step] = fitted(part, Z[step].shape)
            return Z

        return forward

    def one_axis(patch: Patch, axis: int) -> None:
        def backward(call: Any, self: Any, g: Any) -> Any:
            made = np.zeros((*g.shape[:2], *self.input_size))
            made[(slice(None),) * axis + (slice(None, None, factor(self)),)] = g
            return made

        patch.around("Downsample2d", "forward", thinned(axis))
        patch.around("Downsample2d", "backward", backward)

    for axis in (2, 3):
        book.add("resample-one-axis", "downsampling2d conv2d maxpool2d meanpool2d", partial(one_axis, axis=axis))
        book.around("resample-one-axis", "downsampling2d", "Downsample2d", "forward", thinned(axis))
        book.around("resample-one-axis", "upsampling2d", "Upsample2d", "backward", thinned(axis))
        book.around("resample-one-axis", "upsampling2d", "Upsample2d", "forward", spread(axis, False))
        book.around("upsample-repeats", "upsampling2d", "Upsample2d", "forward", spread(axis, True))

    def mixed(rows: bool) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            call(A)
            k = factor(self)
            late, soon = slice(k - 1, None, k), slice(None, None, k)
            return A[(..., late, soon) if rows else (..., soon, late)]

        return forward

    for rows in (True, False):
        book.around("downsample-starts-late", "downsampling2d", "Downsample2d", "forward", mixed(rows))

    def turned(call: Any, self: Any, A: Any) -> Any:
        height, width = call(A).shape[2:]
        Z = np.zeros((*A.shape[:2], width, height))
        k = factor(self)
        part = Z[:, :, ::k, ::k]
        part[...] = fitted(A, part.shape) if part.shape != A.shape else A
        if part.shape != A.shape:
            raise ValueError("could not broadcast input array")
        return Z

    def longer(axis: int) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            Z = call(A)
            ends = [(0, 0)] * 4
            ends[axis] = (0, factor(self) - 1)
            return np.pad(Z, ends)

        return forward

    book.around("upsample-size-swapped", "upsampling2d", "Upsample2d", "forward", turned)
    for axis in (2, 3):
        book.around("upsample-zeros-after-last", "upsampling2d", "Upsample2d", "forward", longer(axis))

    def transposed(patch: Patch) -> None:
        both = "Downsample2d Upsample2d"
        patch.around(both, "forward", lambda call, self, A: call(A).swapaxes(2, 3))
        patch.around(both, "backward", lambda call, self, g: call(g.swapaxes(2, 3)))

    book.add("output-transposed", "downsampling2d upsampling2d", transposed)
    for method in ("forward", "backward"):
        book.around(
            "output-transposed",
            "downsampling2d upsampling2d",
            "Downsample2d Upsample2d",
            method,
            lambda call, self, array: call(array).swapaxes(2, 3),
        )
