"""Wrong ideas about the gradients by a convolution's weights and biases."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

from .convolution import CONV, CONVS, FLAT


def write(book: Book) -> None:
    """List them."""
    weights(book)
    means(book)
    axes(book)


def weights(book: Book) -> None:
    """Gradients that are kept, or never set."""

    def kept(names: str, starts: bool = True) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            before = {name: np.array(getattr(self, name)) for name in names.split()}
            dLdA = call(g)
            for name, old in before.items():
                setattr(self, name, getattr(self, name) + old if starts else old)
            return dLdA

        return backward

    for name in ("dLdW", "dLdb"):
        book.around("conv-accumulates", CONVS, CONV, "backward", kept(name))

    def updated(rate: float) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            dLdA = call(g)
            self.W = self.W - rate * self.dLdW
            return dLdA

        return backward

    for rate in (0.1, 0.01, 0.001, 1.0):
        book.around("conv-updates-in-backward", CONVS, CONV, "backward", updated(rate))

    def before(call: Any, self: Any, g: Any) -> Any:
        weights = self.W
        call(g)
        self.W = weights - 0.1 * self.dLdW
        return call(g)

    book.around("conv-updates-in-backward", CONVS, CONV, "backward", before)

    def replaced(call: Any, self: Any, g: Any) -> Any:
        call(g)
        self.W = self.dLdW
        return call(g)

    book.around("conv-updates-in-backward", CONVS, CONV, "backward", replaced)


def means(book: Book) -> None:
    """Means for sums, and sums of too little."""

    def scaled(name: str, by: Any) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            dLdA = call(g)
            setattr(self, name, getattr(self, name) / by(self, g))
            return dLdA

        return backward

    counts = (
        lambda self, g: len(g),
        lambda self, g: g.size / g.shape[1],
        lambda self, g: g[0, 0].size,
        lambda self, g: g.size / len(g),
        lambda self, g: g.shape[-1],
        lambda self, g: g.shape[2],
    )
    for name in ("dLdW", "dLdb"):
        for by in counts:
            book.around(f"conv-{name}-mean", CONVS, CONV, "backward", scaled(name, by))

    def part(cut: Any, names: str) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            dLdA = call(g)
            right = {name: getattr(self, name) for name in ("dLdW", "dLdb")}
            kept = self.A
            call(cut(g))
            found = {name: getattr(self, name) for name in names.split()}
            self.A = kept
            for name, value in {**right, **found}.items():
                setattr(self, name, value)
            return dLdA

        return backward

    def only(place: int) -> Any:
        def cut(g: Any) -> Any:
            made = np.zeros(g.shape)
            made[place] = g[place]
            return made

        return cut

    for name in ("dLdW", "dLdb"):
        for place in (0, -1):
            book.around("conv-one-sample-only", CONVS, CONV, "backward", part(only(place), name))
        for axis in (2, 3):
            sections, classes = (FLAT, "Conv2d_stride1") if axis == 3 else (CONVS, CONV)

            def last(g: Any, axis: int = axis) -> Any:
                made = np.array(g)
                made[(slice(None),) * axis + (-1,)] = 0
                return made

            book.around("conv-last-position-lost", sections, classes, "backward", part(last, name))
        book.around("conv-gradient-unused", CONVS, CONV, "backward", part(lambda g: np.ones(g.shape), name))

    def one_row(call: Any, self: Any, g: Any) -> Any:
        dLdA = call(g)
        self.dLdb = g[:, :, 0].sum(axis=(0, 2))
        return dLdA

    book.around("conv-db-one-axis", FLAT, "Conv2d_stride1", "backward", one_row)


def axes(book: Book) -> None:
    """Other axes for the sum of `dLdb`. (Where just one axis of the sum is forgotten, its shape tells which one.)"""

    def summed(over: tuple[int, ...]) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            dLdA = call(g)
            self.dLdb = g.sum(axis=over)
            return dLdA

        return backward

    for cls, sections, right in (
        ("Conv1d_stride1", "conv1d_stride1 conv1d convtranspose1d", (0, 2)),
        ("Conv2d_stride1", FLAT, (0, 2, 3)),
    ):
        every = range(len(right) + 1)
        for over in (chosen for count in every for chosen in combinations(every, count + 1)):
            if over != right and not (set(over) < set(right) and len(over) == len(right) - 1):
                book.around("conv-db-axes", sections, cls, "backward", summed(over))
