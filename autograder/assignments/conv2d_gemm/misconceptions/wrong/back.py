"""Wrong ideas about the layers' way back of one input, by loops or by products."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

from .columns import WRONG_STEPS, Put, Steps, adding, assigning, cuts, right
from .tools import Around, counts, four

CLASSES = (("Conv2D", "loops_backward"), ("Conv2D_gemm", "gemm_backward"))


def write(book: Book) -> None:
    """List them."""
    for name, section in CLASSES:
        factors(book, name, section)
    loops(book)
    products(book)


def images(dZ: Any) -> float:
    """How many there are."""
    return float(len(dZ))


def positions(dZ: Any) -> float:
    """How many windows an image has."""
    return float(dZ[0, ..., 0].size)


def factors(book: Book, name: str, section: str) -> None:
    """Means for sums, and what is not used."""

    def scaled(by: Callable[[Any], tuple[float, float, float]]) -> Around:
        """dX, dW and db divided by numbers that depend on dZ."""

        def back(call: Any, self: Any, X: Any, dZ: Any) -> Any:
            return tuple(g / n for g, n in zip(call(X, dZ), by(dZ), strict=True))

        return back

    for idea, by in (
        ("bias-gradient-mean", lambda dZ: (1, 1, images(dZ))),
        ("bias-gradient-mean", lambda dZ: (1, 1, positions(dZ))),
        ("bias-gradient-mean", lambda dZ: (1, 1, images(dZ) * positions(dZ))),
        ("weights-gradient-mean", lambda dZ: (1, images(dZ), 1)),
        ("weights-gradient-mean", lambda dZ: (1, images(dZ), images(dZ))),
        ("weights-gradient-mean", lambda dZ: (1, positions(dZ), 1)),
        ("weights-gradient-mean", lambda dZ: (1, images(dZ) * positions(dZ), 1)),
        ("input-gradient-mean", lambda dZ: (images(dZ), 1, 1)),
        ("input-gradient-mean", lambda dZ: (images(dZ), images(dZ), images(dZ))),
    ):
        book.around(idea, section, name, "_back", scaled(by))
    book.around("back-gradient-unused", section, name, "_back", lambda call, self, X, dZ: call(X, np.ones_like(dZ)))

    def shaped(shape: tuple[int, ...]) -> Around:
        def back(call: Any, self: Any, X: Any, dZ: Any) -> Any:
            dX, dW, db = call(X, dZ)
            return dX, dW, db.reshape(shape)

        return back

    for shape in ((-1, 1, 1, 1), (1, -1, 1, 1), (1, 1, -1, 1)):
        book.around("bias-gradient-shape", section, name, "_back", shaped(shape))

    def flipped(turn: Callable[[Any], Any]) -> Around:
        def back(call: Any, self: Any, X: Any, dZ: Any) -> Any:
            _, dW, db = call(X, dZ)
            W = self.params["W"]
            try:
                self.params["W"] = turn(W)
                return call(X, dZ)[0], dW, db
            finally:
                self.params["W"] = W

        return back

    book.around("back-kernel-flipped", section, name, "_back", flipped(lambda W: W[::-1, ::-1]))
    book.around("kernel-transposed", section, name, "_back", flipped(lambda W: W.swapaxes(0, 1)))


def loops(book: Book) -> None:
    """The way back by loops over positions."""

    def scattered(put: Put = adding, how: Steps = right, cut: str = "right") -> Around:
        def back(call: Any, self: Any, X: Any, dZ: Any) -> Any:
            _, dW, db = call(X, dZ)
            W, (fr, fc) = self.params["W"], self.kernel_shape
            pad4 = four(X.shape, self.pad, self.kernel_shape, self.stride, self.dilation)
            top, bottom, left, right = pad4
            whole = np.zeros((len(X), top + X.shape[1] + bottom, left + X.shape[2] + right, X.shape[3]))
            s, d, t, e = how(self.stride, self.dilation)
            for r, k in np.ndindex(*counts(whole.shape[1:3], (fr, fc), self.stride, self.dilation)):
                window = whole[:, r * s : r * s + (fr - 1) * d + 1 : d, k * t : k * t + (fc - 1) * e + 1 : e]
                put(window, np.tensordot(dZ[:, r, k], W, axes=(1, 3)))
            return cuts(whole, X.shape, pad4)[cut], dW, db

        return back

    for idea, change in (
        ("overlap-lost", scattered(assigning)),
        *((idea, scattered(how=how)) for idea, how in WRONG_STEPS),
        ("padding-not-cut", scattered(cut="not")),
        ("padding-cut-elsewhere", scattered(cut="start")),
        ("padding-cut-elsewhere", scattered(cut="end")),
        ("padding-cut-elsewhere", scattered(cut="swapped")),
    ):
        book.around(idea, "loops_backward", "Conv2D", "_back", change)


def products(book: Book) -> None:
    """The way back by matrix products."""

    def by_image(call: Any, self: Any, X: Any, dZ: Any) -> Any:
        N, rows, cols, out = dZ.shape
        return call(X, dZ.transpose(3, 0, 1, 2).reshape(out, rows, cols, N).transpose(3, 1, 2, 0))

    book.around("columns-by-image", "gemm_backward", "Conv2D_gemm", "_back", by_image)
