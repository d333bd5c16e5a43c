"""Wrong ideas about the cells of a window: one left out, one counted twice; and where a maximum's place leads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book, Patch

from .convolution import CONV, CONVS, with_weights
from .fitting import list_both
from .pooling import MAX, MAXES, MEAN, MEANS, windows
from .tools import places, with_input

#: How often each cell of a window counts, given its side and its number of axes.
Counts = Callable[[int, int], Any]


def without(*lost: tuple[int, int]) -> Counts:
    """All cells but those at these ends of these axes."""

    def made(K: int, ndim: int) -> Any:
        counts = np.ones((K,) * ndim)
        for axis, end in lost:
            if axis < ndim:
                counts[(slice(None),) * axis + (end,)] = 0
        return counts

    return made


def twice(end: int) -> Counts:
    """One corner counts twice."""

    def made(K: int, ndim: int) -> Any:
        counts = np.ones((K,) * ndim)
        counts[(end,) * ndim] += 1
        return counts

    return made


def border(K: int, ndim: int) -> Any:
    """The first row and the first column."""
    counts = np.zeros((K,) * ndim)
    for axis in range(ndim):
        counts[(slice(None),) * axis + (0,)] = 1
    return counts


def diagonal(K: int, ndim: int) -> Any:
    """The cells whose indices are equal."""
    counts = np.zeros((K,) * ndim)
    counts[(np.arange(K),) * ndim] = 1
    return counts


LAST, FIRST = ((0, -1), (1, -1)), ((0, 0), (1, 0))
EVERY: tuple[Counts, ...] = (
    without(*LAST), without(*FIRST), without(LAST[0]), without(LAST[1]), without(FIRST[0]), without(FIRST[1]),
    twice(0), twice(-1), border, diagonal,
)  # fmt: skip


def write(book: Book) -> None:
    """List them."""
    for counts in EVERY:
        partly(book, counts)
    winners(book)


def partly(book: Book, counts: Counts) -> None:
    """Windows whose cells count so often."""

    def convolved(call: Any, self: Any, array: Any) -> Any:
        return with_weights(self, self.W * counts(self.W.shape[-1], self.W.ndim - 2), call, array)

    def gradient(call: Any, self: Any, g: Any) -> Any:
        dLdA = call(g)
        self.dLdW = self.dLdW * counts(self.W.shape[-1], self.W.ndim - 2)
        return dLdA

    def mean(call: Any, self: Any, A: Any) -> Any:
        call(A)
        return (windows(A, self.kernel) * counts(self.kernel, 2)).sum(axis=(4, 5)) / self.kernel**2

    def maximum(call: Any, self: Any, A: Any) -> Any:
        call(A)
        chosen = np.where(counts(self.kernel, 2) > 0, windows(A, self.kernel), -np.inf).max(axis=(4, 5))
        return np.where(np.isfinite(chosen), chosen, 0.0)

    idea = "window-cells"
    list_both(book, idea, CONVS, CONV, convolved, lambda layer: layer)
    book.around(idea, CONVS, CONV, "backward", convolved)
    book.around(idea, CONVS, CONV, "backward", gradient)
    list_both(book, idea, MEANS, MEAN, mean)
    if counts(2, 2).max() < 2:
        list_both(book, idea, MAXES, MAX, maximum)


def winners(book: Book) -> None:
    """The place of a maximum, kept as one number, is read with another width than it was made with."""

    def read(width: Callable[[Any, int, Any], int], own: bool) -> Callable[[Patch], None]:
        """From a number within the window, or within the image."""

        def change(patch: Patch) -> None:
            def backward(call: Any, self: Any, g: Any) -> Any:
                made, K = np.zeros(self.kept.shape), self.kernel
                for h, w in places(g):
                    cells = self.kept[:, :, h : h + K, w : w + K].reshape(*g.shape[:2], -1)
                    row, column = np.divmod(cells.argmax(axis=2), K)
                    number = row * K + column if own else (h + row) * self.kept.shape[3] + w + column
                    at = np.divmod(number, width(self.kept, K, g))
                    at = (at[0] + h, at[1] + w) if own else at
                    for n, c in np.ndindex(*g.shape[:2]):
                        made[n, c, at[0][n, c], at[1][n, c]] += g[n, c, h, w]
                return made

            with_input(patch, MAX, backward)

        return change

    for width, own in (
        (lambda A, K, g: A.shape[3], True),
        (lambda A, K, g: g.shape[3], True),
        (lambda A, K, g: K + 1, True),
        (lambda A, K, g: max(K - 1, 1), True),
        (lambda A, K, g: A.shape[2], False),
        (lambda A, K, g: g.shape[3], False),
        (lambda A, K, g: K, False),
    ):
        book.add("max-winner-misplaced", MAXES, read(width, own))

    def added(patch: Patch) -> None:
        """Where in the window, and once more where in the image."""

        def backward(call: Any, self: Any, g: Any) -> Any:
            made, K = np.zeros(self.kept.shape), self.kernel
            for h, w in places(g):
                cells = self.kept[:, :, h : h + K, w : w + K]
                by_row, by_column = cells.max(axis=3).argmax(axis=2), cells.max(axis=2).argmax(axis=2)
                for n, c in np.ndindex(*g.shape[:2]):
                    made[n, c, h + by_column[n, c], w + by_row[n, c]] += g[n, c, h, w]
            return made

        with_input(patch, MAX, backward)

    book.add("max-winner-transposed", MAXES, added)
