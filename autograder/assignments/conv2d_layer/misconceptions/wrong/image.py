"""Wrong ideas about the gradient by the input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

from .tools import GRADIENTS, bordered, having


def write(book: Book) -> None:
    """List them."""
    cropped(book)
    scattering(book)
    incoming(book)


def scattered(self: Any, grads: Any, filters: Any = None, *, lost: str = "") -> Any:
    """The gradient by the padded input; where windows overlap, the last one may overwrite the others."""
    filters, stride = self.filters if filters is None else filters, self.stride
    made, k = np.zeros(bordered(self.input, self.padding).shape), self.kernel_size
    rows, columns = grads.shape[2:]
    if lost == "windows":
        for y, x in np.ndindex(rows, columns):
            share = np.tensordot(grads[:, :, y, x], filters, 1)
            made[:, :, y * stride : y * stride + k, x * stride : x * stride + k] = share
        return made
    for i, j in np.ndindex(k, k):
        place = np.s_[:, :, i : i + stride * rows : stride, j : j + stride * columns : stride]
        share = np.einsum("nohw,oc->nchw", grads, filters[:, :, i, j])
        made[place] = share if lost else made[place] + share
    return made


def cut(self: Any, full: Any) -> Any:
    """A padded gradient without its padding."""
    p = self.padding
    return full[:, :, p : full.shape[2] - p, p : full.shape[3] - p]


def giving(made: Callable[[Any, Any], Any]) -> Any:
    """A backward that returns `made(self, grads)`."""

    def backward(call: Any, self: Any, grads: Any) -> Any:
        call(grads)
        return made(self, grads)

    return backward


def cropped(book: Book) -> None:
    """How the padding is cut off."""

    def crop(made: Callable[[Any, int, int, int], Any]) -> Any:
        return giving(lambda self, grads: made(scattered(self, grads), self.padding, *self.input.shape[2:]))

    book.around("dX-padding-left", "dX", "conv2D", "backward", crop(lambda full, p, H, W: full))
    book.around("dX-wrong-corner", "dX", "conv2D", "backward", crop(lambda full, p, H, W: full[:, :, :H, :W]))
    far = crop(lambda full, p, H, W: full[:, :, 2 * p :, 2 * p :])
    book.around("dX-wrong-corner", "dX", "conv2D", "backward", far)
    book.around("dX-crop-empty", "dX", "conv2D", "backward", crop(lambda full, p, H, W: full[:, :, p:-p, p:-p]))


def scattering(book: Book) -> None:
    """How windows give their gradients back."""

    def using(filters: Callable[[Any], Any]) -> Any:
        return giving(lambda self, grads: cut(self, scattered(self, grads, filters(self.filters))))

    def first(grads: Any) -> Any:
        return np.where(np.arange(grads.shape[1]).reshape(1, -1, 1, 1), 0, grads)

    def dense(self: Any, grads: Any) -> Any:
        return cut(self, having(self, "stride", 1, scattered, self, grads))

    for turned in (
        lambda filters: filters[..., ::-1, ::-1],
        lambda filters: filters[..., ::-1, :],
        lambda filters: filters[..., ::-1],
    ):
        book.around("dX-kernel-flipped", "dX", "conv2D", "backward", using(turned))
    book.around("dX-kernel-transposed", "dX", "conv2D", "backward", using(lambda filters: filters.swapaxes(2, 3)))
    for order in ("windows", "offsets"):

        def lost(self: Any, grads: Any, order: str = order) -> Any:
            return cut(self, scattered(self, grads, lost=order))

        book.around("dX-overlap-lost", "dX", "conv2D", "backward", giving(lost))
    book.around("dX-stride-ignored", "dX", "conv2D", "backward", giving(dense))
    by_first = giving(lambda self, grads: cut(self, scattered(self, first(grads))))
    book.around("dX-first-filter-only", "dX", "conv2D", "backward", by_first)
    for many in (
        lambda grads: len(grads),
        lambda grads: grads[0, 0].size,
        lambda grads: grads[:, 0].size,
        lambda grads: grads.shape[1],
    ):

        def averaged(call: Any, self: Any, grads: Any, many: Any = many) -> Any:
            return call(grads) / many(grads)

        book.around("dX-averaged", "dX", "conv2D", "backward", averaged)

    def typed(call: Any, self: Any, grads: Any) -> Any:
        made = np.zeros(bordered(self.input, self.padding).shape, self.input.dtype)
        made += scattered(self, grads)
        call(grads)
        return cut(self, made)

    def floored(call: Any, self: Any, grads: Any) -> Any:
        dX = call(grads)
        return dX.astype(self.input.dtype)

    for integers in (typed, floored):
        book.around("gradients-of-whole-numbers", "dX grads_W grads_b", "conv2D", "backward", integers)


def incoming(book: Book) -> None:
    """The gradient that comes in."""

    def ones(call: Any, self: Any, grads: Any) -> Any:
        return call(np.ones(grads.shape))

    def output(call: Any, self: Any, grads: Any) -> Any:
        return call(self.forward(self.input))

    book.around("gradient-unused", GRADIENTS, "conv2D", "backward", ones)
    book.around("output-as-gradient", GRADIENTS, "conv2D", "backward", output)
