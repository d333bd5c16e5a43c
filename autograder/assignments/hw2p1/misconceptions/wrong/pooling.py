"""Wrong ideas about pooling."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book, Patch

from .fitting import list_both
from .tools import fitted, places, repeated, spatial, window, with_input

MAX, MEAN = "MaxPool2d_stride1", "MeanPool2d_stride1"
MAXES, MEANS = "maxpool2d_stride1 maxpool2d", "meanpool2d_stride1 meanpool2d"


def write(book: Book) -> None:
    """List them."""
    maxima(book)
    maxima_back(book)
    means(book)
    means_back(book)
    strides(book)


def windows(A: Any, K: int) -> Any:
    """The windows of an input, along two last axes of a view."""
    return np.lib.stride_tricks.sliding_window_view(A, (K, K), axis=(2, 3))


def maxima(book: Book) -> None:
    """Max pooling, forward."""

    def value(how: Any) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            call(A)
            return how(windows(A, self.kernel))

        return forward

    for idea, how in (
        ("max-starts-from-zero", lambda w: w.max(axis=(4, 5), initial=0.0)),
        ("max-of-absolute-values", lambda w: np.abs(w).max(axis=(4, 5))),
        ("max-of-all-channels", lambda w: across(w, 1)),
        ("max-of-all-channels", lambda w: across(w, 0)),
        ("max-of-all-channels", lambda w: across(w, (0, 1))),
        ("max-is-mean", lambda w: w.mean(axis=(4, 5))),
    ):
        list_both(book, idea, MAXES, MAX, value(how))

    def absolute(call: Any, self: Any, A: Any) -> Any:
        Z = call(A)
        w = windows(A, self.kernel)
        self.winner = np.abs(w).reshape(*Z.shape, -1).argmax(-1)
        return np.abs(w).max(axis=(4, 5))

    def smallest(call: Any, self: Any, A: Any) -> Any:
        return -call(-A)

    book.around("max-of-absolute-values", MAXES, MAX, "forward", absolute)
    book.around("max-is-minimum", MAXES, MAX, "forward", smallest)


def across(found: Any, axis: int | tuple[int, ...]) -> Any:
    """The maximum over windows and more axes, for every place of those."""
    Z = found.max(axis=(4, 5))
    return np.broadcast_to(Z.max(axis=axis, keepdims=True), Z.shape)


def first(cells: Any) -> Any:
    """One in each window's first maximum, zero elsewhere."""
    flat = cells.reshape(*cells.shape[:2], -1)
    best = np.zeros(flat.shape)
    np.put_along_axis(best, flat.argmax(-1)[..., None], 1.0, -1)
    return best.reshape(cells.shape)


def maxima_back(book: Book) -> None:
    """Max pooling, backward."""

    def scattered(share: Any) -> Any:
        """Each window's cells get `share(window, gradient)`, of whatever came last where windows overlap or summed."""

        def change(patch: Patch) -> None:
            def backward(call: Any, self: Any, g: Any) -> Any:
                made = np.zeros(self.kept.shape)
                for place in places(g):
                    index = window(place, self.kernel)
                    share(made[index], self.kept[index], g[(..., *place)][..., None, None])
                return made

            with_input(patch, MAX, backward)

        return change

    def overwrite(made: Any, cells: Any, g: Any) -> None:
        hit = first(cells) > 0
        made[hit] = np.broadcast_to(g, made.shape)[hit]

    def all_of(made: Any, cells: Any, g: Any) -> None:
        made += (cells == cells.max(axis=(2, 3), keepdims=True)) * g

    def shared(made: Any, cells: Any, g: Any) -> None:
        hits = cells == cells.max(axis=(2, 3), keepdims=True)
        made += hits / hits.sum(axis=(2, 3), keepdims=True) * g

    def whole(made: Any, cells: Any, g: Any) -> None:
        made += g

    def evenly(made: Any, cells: Any, g: Any) -> None:
        made += g / (cells.shape[2] * cells.shape[3])

    def replaced(made: Any, cells: Any, g: Any) -> None:
        made[...] = first(cells) * g

    book.add("pool-overlap-lost", MAXES, scattered(overwrite))
    book.add("pool-overlap-lost", MAXES, scattered(replaced))

    def offset_by_offset(call: Any, self: Any, g: Any) -> Any:
        made, K = np.zeros(self.input_shape), self.kernel
        height, width = g.shape[2:]
        for offset in range(K * K):
            i, j = divmod(offset, K)
            hit = self.winner == offset
            made[:, :, i : i + height, j : j + width][hit] = g[hit]
        return made

    book.around("pool-overlap-lost", MAXES, MAX, "backward", offset_by_offset)
    book.add("max-to-every-maximum", MAXES, scattered(all_of))
    book.add("max-shared-among-maxima", MAXES, scattered(shared))
    book.add("max-to-whole-window", MAXES, scattered(whole))
    book.add("max-to-whole-window", MAXES, scattered(evenly))

    def winners(made: Any) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            self.winner = np.broadcast_to(made(self.winner, self.kernel), self.winner.shape)
            return call(g)

        return backward

    turned = winners(lambda w, K: w % K * K + w // K)
    book.around("max-winner-transposed", MAXES, MAX, "backward", turned)
    for number in (lambda w, K: w[:, :1], lambda w, K: w[:1]):
        book.around("max-winner-of-one", MAXES, MAX, "backward", winners(number))
    for number in (lambda w, K: 0 * w, lambda w, K: 0 * w + K * K - 1):
        book.around("max-winner-ignored", MAXES, MAX, "backward", winners(number))
    book.around("pool-gradient-unused", MAXES, MAX, "backward", lambda call, self, g: call(np.ones(g.shape)))


def means(book: Book) -> None:
    """Mean pooling, forward."""

    def value(how: Any) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            call(A)
            return how(windows(A, self.kernel))

        return forward

    for idea, how in (
        ("mean-is-sum", lambda w: w.sum(axis=(4, 5))),
        ("mean-by-K", lambda w: w.sum(axis=(4, 5)) / w.shape[-1]),
        ("mean-is-median", lambda w: np.median(w, axis=(4, 5))),
        ("mean-is-max", lambda w: w.max(axis=(4, 5))),
        ("mean-over-channels", lambda w: averaged(w, 1)),
        ("mean-over-channels", lambda w: averaged(w, 0)),
        ("mean-over-channels", lambda w: averaged(w, (0, 1))),
    ):
        list_both(book, idea, MEANS, MEAN, value(how))


def averaged(found: Any, axis: int | tuple[int, ...]) -> Any:
    """Means over windows and more axes, for every place of those."""
    Z = found.mean(axis=(4, 5))
    return np.broadcast_to(Z.mean(axis=axis, keepdims=True), Z.shape)


def means_back(book: Book) -> None:
    """Mean pooling, backward."""

    def scaled(power: int) -> Any:
        return lambda call, self, g: call(g) * self.kernel**power

    book.around("mean-back-not-divided", MEANS, MEAN, "backward", scaled(2))
    book.around("mean-back-by-K", MEANS, MEAN, "backward", scaled(1))
    for power in (-1, -2):
        book.around("mean-back-divided-twice", MEANS, MEAN, "backward", scaled(power))
    book.around("pool-gradient-unused", MEANS, MEAN, "backward", lambda call, self, g: call(np.ones(g.shape)))

    def offsets(rows: int, columns: int, add: bool = True) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            K, made = self.kernel, np.zeros(self.input_shape)
            height, width = g.shape[2:]
            for i in range(max(K - rows, 1)):
                for j in range(max(K - columns, 1)):
                    part = made[:, :, i : i + height, j : j + width]
                    part[...] = g / K**2 + (part if add else 0)
            return made

        return backward

    book.around("pool-overlap-lost", MEANS, MEAN, "backward", offsets(0, 0, add=False))
    for rows, columns in ((1, 0), (0, 1), (1, 1)):
        book.around("pool-last-offset-lost", MEANS, MEAN, "backward", offsets(rows, columns))

    def swapped(call: Any, self: Any, g: Any) -> Any:
        K, made = self.kernel, np.zeros(self.input_shape)
        width, height = g.shape[2:]
        for i in range(K):
            for j in range(K):
                made[:, :, i : i + height, j : j + width] += g / K**2
        return made

    book.around("pool-size-swapped", MEANS, MEAN, "backward", swapped)

    def batch(call: Any, self: Any, g: Any) -> Any:
        return call(np.broadcast_to(g.mean(axis=0), g.shape))

    book.around("pool-gradient-of-batch", MEANS, MEAN, "backward", batch)
    book.around("pool-gradient-of-batch", MAXES, MAX, "backward", batch)


def overwritten(patch: Patch, cls: str) -> None:
    """Each window, where the stride puts it, writes its gradient over what is there."""

    def backward(call: Any, self: Any, g: Any) -> Any:
        made = np.zeros(self.kept.shape)
        for place in places(g):
            index = window(tuple(self.stride * i for i in place), self.kernel)
            given = g[(..., *place)][..., None, None]
            if cls == "MaxPool2d":
                made[index] = np.where(first(self.kept[index]) > 0, given, made[index])
            else:
                made[index] = given / self.kernel**2
        return made

    with_input(patch, cls, backward)


def strides(book: Book) -> None:
    """Pooling with a stride."""
    for cls, section, inner in (
        ("MaxPool2d", "maxpool2d", "maxpool2d_stride1"),
        ("MeanPool2d", "meanpool2d", "meanpool2d_stride1"),
    ):

        def numbers(patch: Patch, kernel: Any, stride: Any, cls: str = cls) -> None:
            def init(call: Any, self: Any, K: int, s: int) -> None:
                call(kernel(K, s), stride(K, s))

            patch.around(cls, "__init__", init)

        for idea, kernel, stride in (
            ("pool-stride-is-kernel", lambda K, s: K, lambda K, s: K),
            ("pool-kernel-is-stride", lambda K, s: s, lambda K, s: s),
            ("pool-kernel-and-stride-swapped", lambda K, s: s, lambda K, s: K),
            ("stride-wrong", lambda K, s: K, lambda K, s: 2),
            ("stride-wrong", lambda K, s: K, lambda K, s: s + 1),
            ("stride-wrong", lambda K, s: K, lambda K, s: s + s % 2),
            ("conv-stride-ignored", lambda K, s: K, lambda K, s: 1),
        ):
            book.add(idea, section, partial(numbers, kernel=kernel, stride=stride))

        def before(patch: Patch, cls: str = cls, inner: str = inner) -> None:
            patch.around(
                cls, "forward", lambda call, self, A: getattr(self, inner).forward(self.downsample2d.forward(A))
            )
            patch.around(
                cls, "backward", lambda call, self, g: self.downsample2d.backward(getattr(self, inner).backward(g))
            )

        book.add("downsampled-before", section, before)
        book.add("pool-overlap-lost", section, partial(overwritten, cls=cls))

        def unstrided(patch: Patch, cls: str = cls, inner: str = inner) -> None:
            patch.around(cls, "forward", lambda call, self, A: getattr(self, inner).forward(A))
            patch.around(cls, "backward", lambda call, self, g: getattr(self, inner).backward(g))

        book.add("conv-stride-ignored", section, unstrided)

        def spread(call: Any, self: Any, g: Any, inner: str = inner) -> Any:
            whole = fitted(repeated(g, self.stride, spatial(g)), self.downsample2d.backward(g).shape)
            return getattr(self, inner).backward(whole)

        book.around("downsample-back-repeats", section, cls, "backward", spread)
        book.around("pool-backward-scaled", section, cls, "backward", lambda call, self, g: call(g) / self.kernel)
        book.around("pool-backward-scaled", section, cls, "backward", lambda call, self, g: call(g) / self.stride)
        book.around("pool-backward-scaled", section, cls, "backward", lambda call, self, g: 2 * call(g))
    book.around("max-is-minimum", "maxpool2d", "MaxPool2d", "forward", lambda call, self, A: -call(-A))

    def other(patch: Patch) -> None:
        def init(call: Any, self: Any, K: int, s: int) -> None:
            call(K, s)
            self.meanpool2d_stride1 = patch.find(MAX)(K)

        patch.around("MeanPool2d", "__init__", init)

    def mean(patch: Patch) -> None:
        def init(call: Any, self: Any, K: int, s: int) -> None:
            call(K, s)
            self.maxpool2d_stride1 = patch.find(MEAN)(K)

        patch.around("MaxPool2d", "__init__", init)

    book.add("mean-is-max", "meanpool2d", other)
    book.add("max-is-mean", "maxpool2d", mean)
