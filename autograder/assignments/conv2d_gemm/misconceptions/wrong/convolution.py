"""Wrong ideas about the convolution itself, whichever function does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

from .tools import CONVOLVED, Around, counts, four, padded

#: What convolves: images, kernel, stride, padding, dilation.
Convolution = Callable[..., Any]


def write(book: Book) -> None:
    """List them."""
    for name in CONVOLVED:
        terms(book, name)
        steps(book, name)
        sizes(book, name)


def ordered(change: Callable[..., Any]) -> Around:
    """The arguments of both functions in one order."""

    def conv(call: Any, X: Any, W: Any, *args: Any, **options: Any) -> Any:
        loops = len(args) > 0  # only the loops' stride and padding come by position, or those of a layer
        stride = args[0] if loops else options.get("stride", 1)
        pad = args[1] if len(args) > 1 else options.get("pad", "same")
        dilation = args[2] if len(args) > 2 else options.get("dilation", 1)
        return change(
            lambda X, W, stride, pad, dilation: call(X, W, stride, pad, dilation), X, W, stride, pad, dilation
        )

    return conv


def terms(book: Book, name: str) -> None:
    """What is multiplied with what."""
    for idea, change in (
        ("kernel-flipped", lambda X, W: (X, W[::-1, ::-1])),
        ("kernel-flipped", lambda X, W: (X, W[::-1])),
        ("kernel-flipped", lambda X, W: (X, W[:, ::-1])),
        ("kernel-transposed", lambda X, W: (X, W.swapaxes(0, 1))),
        ("channels-averaged", lambda X, W: (X / X.shape[3], W)),
        ("channels-averaged", lambda X, W: (X, W / W[..., 0].size)),
        ("channel-one-only", lambda X, W: (X[..., :1], W[:, :, :1])),
        ("channel-one-only", lambda X, W: (X[..., -1:], W[:, :, -1:])),
        ("kernel-one-only", lambda X, W: (X, W[..., :1].repeat(W.shape[3], 3))),
        ("image-one-only", lambda X, W: (X[:1].repeat(len(X), 0), W)),
        ("sum-overwritten", lambda X, W: (X, last(W))),
    ):
        where = CONVOLVED[name]
        book.function(
            idea, where, name,
            ordered(lambda call, X, W, s, p, d, change=change: call(*change(X, W), s, p, d)),
        )  # fmt: skip


def last(W: Any) -> Any:
    """A kernel of which only the last tap is left."""
    made = np.zeros_like(W)
    made[-1, -1] = W[-1, -1]
    return made


def steps(book: Book, name: str) -> None:
    """Stride and dilation."""
    where = CONVOLVED[name]

    def strided(cut: Callable[[Any, Any, int], Any]) -> Around:
        """A part of all windows, from the part that is due and the stride."""

        def conv(call: Any, X: Any, W: Any, s: int, p: Any, d: int) -> Any:
            due = call(X, W, s, p, d)
            return cut(call(X, W, 1, four(X.shape, p, W.shape[:2], s, d), d), due.shape, s)

        return ordered(conv)

    for idea, cut in (
        ("stride-ignored", lambda dense, due, s: dense),
        ("stride-ignored", lambda dense, due, s: dense[:, : due[1], : due[2]]),
        ("stride-one-axis", lambda dense, due, s: dense[:, ::s]),
        ("stride-one-axis", lambda dense, due, s: dense[:, :, ::s]),
        ("stride-one-axis", lambda dense, due, s: dense[:, ::s, : due[2]]),
        ("stride-one-axis", lambda dense, due, s: dense[:, : due[1], ::s]),
    ):
        book.function(idea, where, name, strided(cut))

    def fixed(call: Any, X: Any, W: Any, s: int, p: Any, d: int) -> Any:
        return call(X, W, s, four(X.shape, p, W.shape[:2], s, d), 1)

    book.function("dilation-ignored", where, name, ordered(fixed))
    book.function("dilation-ignored", where, name, ordered(lambda call, X, W, s, p, d: call(X, W, s, p, 1)))
    book.function("dilation-one-more", where, name, ordered(lambda call, X, W, s, p, d: call(X, W, s, p, d + 1)))

    def dilated(rows: bool) -> Around:
        """The size is right, the taps are spread along one side only: the others stand beside each other."""

        def conv(call: Any, X: Any, W: Any, s: int, p: Any, d: int) -> Any:
            spread = np.zeros((*((taps - 1) * d + 1 for taps in W.shape[:2]), *W.shape[2:]))
            spread[: W.shape[0] * d : d if rows else 1, : W.shape[1] * d : 1 if rows else d][
                : W.shape[0], : W.shape[1]
            ] = W
            return call(X, spread, s, four(X.shape, p, W.shape[:2], s, d), 1)

        return ordered(conv)

    book.function("dilation-one-axis", where, name, dilated(True))
    book.function("dilation-one-axis", where, name, dilated(False))

    def undilated(call: Any, X: Any, W: Any, s: int, p: Any, d: int) -> Any:
        """The size is right, the taps stand beside each other."""
        spread = np.zeros((*((taps - 1) * d + 1 for taps in W.shape[:2]), *W.shape[2:]))
        spread[: W.shape[0], : W.shape[1]] = W
        return call(X, spread, s, four(X.shape, p, W.shape[:2], s, d), 1)

    book.function("dilation-ignored", where, name, ordered(undilated))


def sizes(book: Book, name: str) -> None:
    """How many windows there are."""
    where = CONVOLVED[name]

    def beyond(call: Any, X: Any, W: Any, s: int, p: Any, d: int) -> Any:
        """As many windows as without dilation; beyond the edge they see zeros."""
        top, bottom, left, right = four(X.shape, p, W.shape[:2], s, d)
        more = [(taps - 1) * (d - 1) for taps in W.shape[:2]]
        return call(X, W, s, (top, bottom + more[0], left, right + more[1]), d)

    def zeros(call: Any, X: Any, W: Any, s: int, p: Any, d: int) -> Any:
        """As many windows as without dilation; those that do not fit stay zero."""
        Z = call(X, W, s, p, d)
        sides = padded(X, four(X.shape, p, W.shape[:2], s, d)).shape[1:3]
        made = np.zeros((len(X), *counts(sides, W.shape[:2], s, 1), W.shape[3]))
        made[:, : Z.shape[1], : Z.shape[2]] = Z
        return made

    def breaking(call: Any, X: Any, W: Any, s: int, p: Any, d: int) -> Any:
        """As many windows as without dilation; beyond the edge there is nothing, and it breaks."""
        Z, more = call(X, W, s, p, d), beyond(call, X, W, s, p, d)
        if Z.shape != more.shape:
            raise ValueError("the shape of a window that is cut off")
        return Z

    for change in (beyond, zeros, breaking):
        book.function("dilation-not-in-size", where, name, ordered(change))
