"""Wrong ideas about the gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

EVERY = "backward_dW backward_db backward_dA_prev"
dW, db, dA = "backward_dW", "backward_db", "backward_dA_prev"


def write(book: Book) -> None:
    """List them."""
    parameters(book)
    image(book)
    incoming(book)


def replaced(place: int, made: Callable[..., Any]) -> Any:
    """A `conv2d_backward` of whose results one is replaced by `made(right, dZ, cache, stride, padding)`."""

    def backward(call: Any, dZ: Any, cache: Any, stride: Any, padding: Any) -> Any:
        found = list(call(dZ, cache, stride, padding))
        found[place] = made(found[place], dZ, cache, stride, padding)
        return tuple(found)

    return backward


def bordered(array: Any, padding: int) -> Any:
    """An image with its padding."""
    return np.pad(array, ((padding, padding), (padding, padding), (0, 0)))


def offsets(W: Any) -> Any:
    """Every entry (i, j) of a kernel."""
    return np.ndindex(*W.shape[1:3])


def scattered(dZ: Any, cache: Any, stride: int, padding: int, W: Any = None, *, lost: bool = False) -> Any:
    """The gradient by the padded image; with `lost`, window by window, the last one overwriting the others."""
    W = cache["W"] if W is None else W
    made = np.zeros(bordered(cache["A_prev"], padding).shape)
    F = W.shape[1]
    for y, x in np.ndindex(*dZ.shape[:2]):
        window = np.s_[y * stride : y * stride + F, x * stride : x * stride + F]
        share = np.tensordot(dZ[y, x], W, 1)
        made[window] = share if lost else made[window] + share
    return made


def overwritten(dZ: Any, cache: Any, stride: int, padding: int) -> Any:
    """The gradient by the padded image, offset by offset, the last one overwriting the others."""
    W, (rows, columns) = cache["W"], dZ.shape[:2]
    made = np.zeros(bordered(cache["A_prev"], padding).shape)
    for i, j in offsets(W):
        made[i : i + stride * rows : stride, j : j + stride * columns : stride] = dZ @ W[:, i, j]
    return made


def cut(array: Any, padding: int) -> Any:
    """An array without its padding."""
    return array[padding : array.shape[0] - padding, padding : array.shape[1] - padding]


def parameters(book: Book) -> None:
    """By the kernels and the biases."""

    def weights(image: Callable[..., Any]) -> Any:
        """`image(padded, i, j, stride, rows, columns)` gives the pixels that an offset meets."""

        def made(right: Any, dZ: Any, cache: Any, stride: Any, padding: Any) -> Any:
            padded, found = bordered(cache["A_prev"], padding), np.zeros(right.shape)
            for i, j in offsets(found):
                pixels = image(padded, i, j, stride, *dZ.shape[:2])
                found[:, i, j] = np.tensordot(dZ, pixels, ((0, 1), (0, 1)))
            return found

        return replaced(0, made)

    def dense(padded: Any, i: int, j: int, stride: int, rows: int, columns: int) -> Any:
        return padded[i : i + rows, j : j + columns]

    book.function("dW-stride-ignored", dW, "conv2d_backward", weights(dense))
    flips = (np.s_[:, ::-1, ::-1], np.s_[:, ::-1], np.s_[:, :, ::-1])
    for flip in flips:
        flipped = replaced(0, lambda right, *rest, flip=flip: right[flip])
        book.function("dW-flipped", dW, "conv2d_backward", flipped)
    book.function("dW-transposed", dW, "conv2d_backward", replaced(0, lambda right, *rest: right.swapaxes(1, 2)))

    def unpadded(right: Any, dZ: Any, cache: Any, stride: Any, padding: Any) -> Any:
        A = np.zeros(bordered(cache["A_prev"], padding).shape)
        A[: cache["A_prev"].shape[0], : cache["A_prev"].shape[1]] = cache["A_prev"]
        found, (rows, columns) = np.zeros(right.shape), dZ.shape[:2]
        for i, j in offsets(found):
            seen = A[i : i + stride * rows : stride, j : j + stride * columns : stride]
            found[:, i, j] = np.tensordot(dZ, seen, ((0, 1), (0, 1)))
        return found

    book.function("dW-not-padded", dW, "conv2d_backward", replaced(0, unpadded))

    def last(right: Any, dZ: Any, cache: Any, stride: Any, padding: Any) -> Any:
        padded, F = bordered(cache["A_prev"], padding), right.shape[1]
        y, x = dZ.shape[0] - 1, dZ.shape[1] - 1
        window = padded[y * stride : y * stride + F, x * stride : x * stride + F]
        return dZ[-1, -1][:, None, None, None] * window

    book.function("dW-last-position-only", dW, "conv2d_backward", replaced(0, last))
    book.function("db-last-position-only", db, "conv2d_backward", replaced(1, lambda right, dZ, *rest: dZ[-1, -1]))
    for many in (lambda dZ: dZ.shape[0] * dZ.shape[1], lambda dZ: dZ.shape[0], lambda dZ: dZ.size):
        for place, section in ((0, dW), (1, db)):
            mean = replaced(place, lambda right, dZ, *rest, many=many: right / many(dZ))
            book.function(f"{section[9:]}-averaged", section, "conv2d_backward", mean)
    for total in (
        lambda right, *rest: right.sum(),
        lambda right, *rest: np.full(right.shape, right.sum()),
        lambda right, *rest: np.full((1,), right.sum()),
    ):
        book.function("db-over-channels", db, "conv2d_backward", replaced(1, total))
    for axis in (0, 1):
        one = replaced(1, lambda right, dZ, *rest, axis=axis: dZ.sum(axis=axis))
        book.function("db-one-axis", db, "conv2d_backward", one)
        row = replaced(1, lambda right, dZ, *rest, axis=axis: dZ.take(0, 1 - axis).sum(axis=0))
        book.function("db-one-axis", db, "conv2d_backward", row)


def image(book: Book) -> None:
    """By the image."""

    def gradient(made: Callable[..., Any]) -> Any:
        """`made(full, padding, H, W)` gives what is cut out of the padded image's gradient."""

        def cropped(right: Any, dZ: Any, cache: Any, stride: Any, padding: Any) -> Any:
            return made(scattered(dZ, cache, stride, padding), padding, *right.shape[:2])

        return replaced(2, cropped)

    book.function("dA-padding-left", dA, "conv2d_backward", gradient(lambda full, p, H, W: full))
    book.function("dA-wrong-corner", dA, "conv2d_backward", gradient(lambda full, p, H, W: full[:H, :W]))
    book.function("dA-wrong-corner", dA, "conv2d_backward", gradient(lambda full, p, H, W: full[2 * p :, 2 * p :]))
    book.function("dA-crop-empty", dA, "conv2d_backward", gradient(lambda full, p, H, W: full[p:-p, p:-p]))

    def other(made: Callable[..., Any]) -> Any:
        """`made(dZ, cache, stride, padding)` gives the gradient by the padded image."""

        def cropped(right: Any, dZ: Any, cache: Any, stride: Any, padding: Any) -> Any:
            return cut(made(dZ, cache, stride, padding), padding)

        return replaced(2, cropped)

    def with_kernel(index: Any) -> Any:
        return other(lambda dZ, cache, stride, padding: scattered(dZ, cache, stride, padding, cache["W"][index]))

    book.function("dA-kernel-flipped", dA, "conv2d_backward", with_kernel(np.s_[:, ::-1, ::-1]))
    for index in (np.s_[:, ::-1], np.s_[:, :, ::-1]):
        book.function("dA-kernel-flipped", dA, "conv2d_backward", with_kernel(index))
    turned = other(lambda dZ, cache, s, p: scattered(dZ, cache, s, p, cache["W"].swapaxes(1, 2)))
    book.function("dA-kernel-transposed", dA, "conv2d_backward", turned)
    by_window = other(lambda dZ, cache, s, p: scattered(dZ, cache, s, p, lost=True))
    book.function("dA-overlap-lost", dA, "conv2d_backward", by_window)
    book.function("dA-overlap-lost", dA, "conv2d_backward", other(overwritten))

    def dense(dZ: Any, cache: Any, stride: int, padding: int) -> Any:
        W, (rows, columns) = cache["W"], dZ.shape[:2]
        found = np.zeros(bordered(cache["A_prev"], padding).shape)
        for i, j in offsets(W):
            found[i : i + rows, j : j + columns] += dZ @ W[:, i, j]
        return found

    book.function("dA-stride-ignored", dA, "conv2d_backward", other(dense))
    first = other(lambda dZ, cache, s, p: scattered(np.where(np.arange(dZ.shape[2]), 0, dZ), cache, s, p))
    book.function("dA-first-filter-only", dA, "conv2d_backward", first)
    for many in (lambda dZ: dZ.shape[0] * dZ.shape[1], lambda dZ: dZ.shape[2]):
        mean = replaced(2, lambda right, dZ, *rest, many=many: right / many(dZ))
        book.function("dA-averaged", dA, "conv2d_backward", mean)


def incoming(book: Book) -> None:
    """The gradient that comes in, and what goes out."""

    def ones(call: Any, dZ: Any, *rest: Any) -> Any:
        return call(np.ones(dZ.shape), *rest)

    def output(call: Any, dZ: Any, cache: Any, *rest: Any) -> Any:
        return call(cache["Z"], cache, *rest)

    def both(call: Any, dZ: Any, cache: Any, *rest: Any) -> Any:
        return call(dZ * cache["Z"], cache, *rest)

    book.function("gradient-unused", EVERY, "conv2d_backward", ones)
    book.function("output-as-gradient", EVERY, "conv2d_backward", output)
    book.function("output-as-gradient", EVERY, "conv2d_backward", both)

    def ordered(*places: int) -> Any:
        def backward(call: Any, *given: Any) -> Any:
            found = call(*given)
            return tuple(found[place] for place in places)

        return backward

    for places in ((1, 0, 2), (2, 0, 1), (2, 1, 0), (0, 2, 1), (1, 2, 0)):
        book.function("gradients-in-another-order", EVERY, "conv2d_backward", ordered(*places))
