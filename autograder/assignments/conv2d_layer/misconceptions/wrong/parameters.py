"""Wrong ideas about the gradients by filters and biases, without weight decay's share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

from .tools import BIASES, WEIGHTS, bordered, having, rate

#: Of the filters and the biases: the name in `grads`, how ideas are called, the sections that look.
BOTH = (("W", "dW", WEIGHTS), ("b", "db", BIASES))


def write(book: Book) -> None:
    """List them."""
    means(book)
    weights(book)
    biases(book)
    kept(book)


def giving(name: str, made: Callable[[Any, Any, Any], Any]) -> Any:
    """A backward whose gradient by a parameter is `made(right, self, grads)`; the decay comes after that."""

    def backward(call: Any, self: Any, grads: Any) -> Any:
        dX = having(self, "weight_decay", False, call, grads)
        found = made(self.grads[name], self, grads)
        self.grads = {**self.grads, name: found}
        self.grads["W"] = self.grads["W"] + 2 * rate(self) * self.filters
        return dX

    return backward


def means(book: Book) -> None:
    """What is divided by what."""
    for name, prefix, sections in BOTH:
        summed = giving(name, lambda right, self, grads: right * len(grads))
        book.around(f"{prefix}-not-averaged", sections, "conv2D", "backward", summed)
        for many in (
            lambda grads: grads[0, 0].size,
            lambda grads: grads[0, 0].size / len(grads),
            lambda grads: grads[0].size,
            lambda grads: grads[0].size / len(grads),
        ):

            def over_positions(right: Any, self: Any, grads: Any, many: Any = many) -> Any:
                return right / many(grads)

            book.around(
                f"{prefix}-averaged-over-too-much", sections, "conv2D", "backward", giving(name, over_positions)
            )
        twice = giving(name, lambda right, self, grads: right / len(grads))
        book.around(f"{prefix}-averaged-twice", sections, "conv2D", "backward", twice)


def weights(book: Book) -> None:
    """By the filters."""

    def looking(seen: Callable[[Any, Any, int, int], Any]) -> Any:
        """`seen(self, grads, i, j)` gives the pixels that an offset meets."""

        def made(right: Any, self: Any, grads: Any) -> Any:
            found = np.zeros(right.shape)
            for i, j in np.ndindex(*right.shape[2:]):
                found[:, :, i, j] = np.einsum("nohw,nchw->oc", grads, seen(self, grads, i, j)) / len(grads)
            return found

        return giving("W", made)

    def dense(self: Any, grads: Any, i: int, j: int) -> Any:
        rows, columns = grads.shape[2:]
        return bordered(self.input, self.padding)[:, :, i : i + rows, j : j + columns]

    def unpadded(self: Any, grads: Any, i: int, j: int) -> Any:
        p, s, (rows, columns) = self.padding, self.stride, grads.shape[2:]
        A = np.pad(self.input, ((0, 0), (0, 0), (0, 2 * p), (0, 2 * p)))
        return A[:, :, i : i + s * rows : s, j : j + s * columns : s]

    book.around("dW-stride-ignored", WEIGHTS, "conv2D", "backward", looking(dense))
    book.around("dW-not-padded", WEIGHTS, "conv2D", "backward", looking(unpadded))

    def turned(axes: tuple[int, ...]) -> Any:
        return giving("W", lambda right, self, grads: np.flip(right, axes))

    for axes in ((2, 3), (2,), (3,)):
        book.around("dW-flipped", WEIGHTS, "conv2D", "backward", turned(axes))
    transposed = giving("W", lambda right, self, grads: right.swapaxes(2, 3))
    book.around("dW-transposed", WEIGHTS, "conv2D", "backward", transposed)
    for chosen in (0, -1):
        for share in (1, 0):

            def one(right: Any, self: Any, grads: Any, chosen: int = chosen, share: int = share) -> Any:
                found = np.einsum("ohw,chwij->ocij", grads[chosen], self.windows[chosen])
                return found if share else found / len(grads)

            book.around("dW-one-sample-only", WEIGHTS, "conv2D", "backward", giving("W", one))


def biases(book: Book) -> None:
    """By the biases."""
    for total in (
        lambda right, self, grads: right.sum(),
        lambda right, self, grads: np.full(right.shape, right.sum()),
    ):
        book.around("db-over-channels", BIASES, "conv2D", "backward", giving("b", total))
    for axis in (2, 3):

        def one(right: Any, self: Any, grads: Any, axis: int = axis) -> Any:
            return grads.take(0, axis).sum(axis=(0, 2)) / len(grads)

        book.around("db-one-side", BIASES, "conv2D", "backward", giving("b", one))

        def left(right: Any, self: Any, grads: Any, axis: int = axis) -> Any:
            return grads.sum(axis=(0, axis)) / len(grads)

        book.around("db-one-side", BIASES, "conv2D", "backward", giving("b", left))
    for chosen in (0, -1):

        def sample(right: Any, self: Any, grads: Any, chosen: int = chosen) -> Any:
            return grads[chosen].sum(axis=(1, 2))

        book.around("db-one-sample-only", BIASES, "conv2D", "backward", giving("b", sample))


def kept(book: Book) -> None:
    """What an earlier backward left."""

    def added(*names: str) -> Any:
        def backward(call: Any, self: Any, grads: Any) -> Any:
            before = dict(self.grads)
            dX = call(grads)
            for name in names:
                if before[name] is not None:
                    self.grads[name] = self.grads[name] + before[name]
            return dX

        return backward

    for names in (("W",), ("b",), ("W", "b")):
        book.around("gradients-add-up", "grads_W grads_b weight_decay state", "conv2D", "backward", added(*names))

    def first(call: Any, self: Any, grads: Any) -> Any:
        before = self.grads
        dX = call(grads)
        self.grads = {name: new if before[name] is None else before[name] for name, new in self.grads.items()}
        return dX

    book.around("gradients-of-first-use", "grads_W grads_b weight_decay", "conv2D", "backward", first)

    def moved(call: Any, self: Any, grads: Any) -> Any:
        dX = call(grads)
        self.grads["b"] = np.array(self.bias)
        return dX

    book.around("db-is-the-bias", BIASES, "conv2D", "backward", moved)
