"""Wrong ideas about `im2col`, `col2im` and the product between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

from .tools import COLUMNS, FORWARD, GEMM, Around, Four, counts, padded, taken

#: Where the way back through the columns is seen.
ADDED = "col2im gemm_backward"
PRODUCT = f"conv2d_gemm {GEMM}"


def write(book: Book) -> None:
    """List them."""
    orders(book)
    steps(book)
    added(book)
    product(book)
    defaults(book)


def reordered(axes: tuple[int, ...]) -> Around:
    """The columns as (C, fr, fc, rows, cols, N), put into another order of axes."""

    def im2col(call: Any, X: Any, W_shape: Any, pad: Any, stride: int, dilation: int = 1) -> Any:
        X_col, pad4 = call(X, W_shape, pad, stride, dilation)
        sides = padded(X, pad4).shape[1:3]
        whole = (X.shape[3], *W_shape[:2], *counts(sides, W_shape[:2], stride, dilation), len(X))
        return X_col.reshape(whole).transpose(axes).reshape(X_col.shape), pad4

    return im2col


def orders(book: Book) -> None:
    """In which order rows and columns stand."""
    for idea, axes in (
        ("columns-by-image", (0, 1, 2, 5, 3, 4)),
        ("columns-by-column", (0, 1, 2, 4, 3, 5)),
        ("columns-by-column", (0, 1, 2, 5, 4, 3)),
        ("rows-channels-last", (1, 2, 0, 3, 4, 5)),
        ("rows-taps-transposed", (0, 2, 1, 3, 4, 5)),
    ):
        book.function(idea, COLUMNS, "im2col", reordered(axes))


def steps(book: Book) -> None:
    """What a tap sees."""

    def seen(change: Callable[[int, int], tuple[int, int]]) -> Around:
        """The right number of windows, and other cells in them; zeros beyond the edge."""

        def im2col(call: Any, X: Any, W_shape: Any, pad: Any, stride: int, dilation: int = 1) -> Any:
            X_col, pad4 = call(X, W_shape, pad, stride, dilation)
            X_pad = padded(X, pad4)
            fr, fc = W_shape[:2]
            rows, cols = counts(X_pad.shape[1:3], (fr, fc), stride, dilation)
            made = np.empty((X.shape[3], fr, fc, rows, cols, len(X)))
            s, d = change(stride, dilation)
            for i, j in np.ndindex(fr, fc):
                made[:, i, j] = X_pad[:, taken(i, rows, s, d), taken(j, cols, s, d)].transpose(3, 1, 2, 0)
            return made.reshape(X_col.shape), pad4

        return im2col

    book.function("dilation-ignored", COLUMNS, "im2col", seen(lambda s, d: (s, 1)))
    book.function("stride-ignored", COLUMNS, "im2col", seen(lambda s, d: (1, d)))

    def beyond(call: Any, X: Any, W_shape: Any, pad: Any, stride: int, dilation: int = 1) -> Any:
        """As many windows as without dilation; beyond the edge they see zeros."""
        _, pad4 = call(X, W_shape, pad, stride, dilation)
        more = [(taps - 1) * (dilation - 1) for taps in W_shape[:2]]
        top, bottom, left, right = pad4
        return call(X, W_shape, (top, bottom + more[0], left, right + more[1]), stride, dilation)[0], pad4

    def breaking(call: Any, X: Any, W_shape: Any, pad: Any, stride: int, dilation: int = 1) -> Any:
        found = call(X, W_shape, pad, stride, dilation)
        if found[0].shape != beyond(call, X, W_shape, pad, stride, dilation)[0].shape:
            raise ValueError("the shape of a window that is cut off")
        return found

    def one_more(call: Any, X: Any, W_shape: Any, pad: Any, stride: int, dilation: int = 1) -> Any:
        return call(X, W_shape, pad, stride, dilation + 1)

    book.function("dilation-not-in-size", "im2col", "im2col", beyond)
    book.function("dilation-not-in-size", "im2col", "im2col", breaking)
    book.function("dilation-one-more", COLUMNS, "im2col", one_more)


#: What is done with the part of a padded image that a tap or a position belongs to.
Put = Callable[[Any, Any], None]
#: From stride and dilation: those of the rows, and those of the columns.
Steps = Callable[[int, int], tuple[int, int, int, int]]


def right(s: int, d: int) -> tuple[int, int, int, int]:
    """Stride and dilation as they are due."""
    return s, d, s, d


#: Wrong ones, with their ideas.
WRONG_STEPS: tuple[tuple[str, Steps], ...] = (
    ("back-stride-ignored", lambda s, d: (1, d, 1, d)),
    ("back-stride-ignored", lambda s, d: (1, d, s, d)),
    ("back-stride-ignored", lambda s, d: (s, d, 1, d)),
    ("back-dilation-ignored", lambda s, d: (s, 1, s, 1)),
    ("back-dilation-ignored", lambda s, d: (s, 1, s, d)),
    ("back-dilation-ignored", lambda s, d: (s, d, s, 1)),
)


def laid(order: str, put: Put, how: Steps = right, cut: str = "right") -> Around:
    """Columns put back by a loop over taps or over positions, by other steps, and cut otherwise."""

    def col2im(call: Any, X_col: Any, X_shape: Any, W_shape: Any, pad4: Four, stride: int, dilation: int = 1) -> Any:
        (N, H, W, C), (fr, fc), (top, bottom, left, right) = X_shape, W_shape[:2], pad4
        whole = np.zeros((N, top + H + bottom, left + W + right, C))
        rows, cols = counts(whole.shape[1:3], (fr, fc), stride, dilation)
        parts = X_col.reshape(C, fr, fc, rows, cols, N)
        s, d, t, e = how(stride, dilation)
        if order == "taps":
            for i, j in np.ndindex(fr, fc):
                put(whole[:, taken(i, rows, s, d), taken(j, cols, t, e)], parts[:, i, j].transpose(3, 1, 2, 0))
        else:
            for r, k in np.ndindex(rows, cols):
                window = whole[:, r * s : r * s + (fr - 1) * d + 1 : d, k * t : k * t + (fc - 1) * e + 1 : e]
                put(window, parts[:, :, :, r, k].transpose(3, 1, 2, 0))
        return cuts(whole, X_shape, pad4)[cut]

    return col2im


def cuts(whole: Any, X_shape: Any, pad4: Four) -> dict[str, Any]:
    """Ways to cut the padding off."""
    _, H, W, _ = X_shape
    top, bottom, left, right = pad4
    return {
        "right": whole[:, top : top + H, left : left + W],
        "not": whole,
        "start": whole[:, :H, :W],
        "end": whole[:, whole.shape[1] - H :, whole.shape[2] - W :],
        "swapped": whole[:, bottom : bottom + H, right : right + W],
    }


def adding(target: Any, part: Any) -> None:
    """As is due."""
    target += part


def assigning(target: Any, part: Any) -> None:
    """The last one counts."""
    target[...] = part


def added(book: Book) -> None:
    """The columns' way back."""
    for order in ("taps", "positions"):
        book.function("overlap-lost", ADDED, "col2im", laid(order, assigning))
    for cut in ("start", "end", "swapped"):
        book.function("padding-cut-elsewhere", ADDED, "col2im", laid("taps", adding, cut=cut))
    book.function("padding-not-cut", ADDED, "col2im", laid("taps", adding, cut="not"))
    for idea, how in WRONG_STEPS:
        book.function(idea, ADDED, "col2im", laid("taps", adding, how))

    def one_tap(place: int) -> Around:
        """All other taps' parts are lost."""

        def col2im(call: Any, X_col: Any, X_shape: Any, W_shape: Any, *given: Any) -> Any:
            kept = np.zeros((X_shape[3], W_shape[0] * W_shape[1], X_col.shape[1]))
            kept[:, place] = X_col.reshape(kept.shape)[:, place]
            return call(kept.reshape(X_col.shape), X_shape, W_shape, *given)

        return col2im

    for place in (0, -1):
        book.function("back-one-tap", ADDED, "col2im", one_tap(place))

    def averaged(call: Any, X_col: Any, *given: Any) -> Any:
        return call(X_col, *given) / np.maximum(call(np.ones(X_col.shape), *given), 1)

    book.function("overlap-averaged", ADDED, "col2im", averaged)

    def read(axes: tuple[int, ...]) -> Around:
        """The columns taken for others: their axes (C, fr, fc, rows, cols, N) in another order."""

        def col2im(
            call: Any, X_col: Any, X_shape: Any, W_shape: Any, pad4: Four, stride: int, dilation: int = 1
        ) -> Any:
            (N, H, W, C), (top, bottom, left, right) = X_shape, pad4
            sides = (top + H + bottom, left + W + right)
            due = (C, *W_shape[:2], *counts(sides, W_shape[:2], stride, dilation), N)
            taken_for = X_col.reshape([due[axis] for axis in axes]).transpose(np.argsort(axes))
            return call(taken_for.reshape(X_col.shape), X_shape, W_shape, pad4, stride, dilation)

        return col2im

    book.function("columns-by-image", ADDED, "col2im", read((0, 1, 2, 5, 3, 4)))
    book.function("columns-by-column", ADDED, "col2im", read((0, 1, 2, 4, 3, 5)))
    book.function("rows-channels-last", ADDED, "col2im", read((1, 2, 0, 3, 4, 5)))
    book.function("rows-taps-transposed", ADDED, "col2im", read((0, 2, 1, 3, 4, 5)))


def product(book: Book) -> None:
    """The matrix product."""

    def by_image(call: Any, X: Any, W: Any, *given: Any, **options: Any) -> Any:
        Z = call(X, W, *given, **options)
        N, rows, cols, out = Z.shape
        return Z.transpose(3, 1, 2, 0).reshape(out, N, rows, cols).transpose(1, 2, 3, 0)

    def by_column(call: Any, X: Any, W: Any, *given: Any, **options: Any) -> Any:
        Z = call(X, W, *given, **options)
        N, rows, cols, out = Z.shape
        return Z.transpose(3, 1, 2, 0).reshape(out, cols, rows, N).transpose(3, 2, 1, 0)

    book.function("product-by-image", PRODUCT, "conv2D_gemm", by_image)
    book.function("columns-by-column", PRODUCT, "conv2D_gemm", by_column)
    for matrix in (
        lambda W: W.transpose(3, 0, 1, 2).reshape(W.shape[3], -1),
        lambda W: W.reshape(W.shape[3], -1),
        lambda W: W.transpose(3, 2, 1, 0).reshape(W.shape[3], -1),
        lambda W: W.transpose(2, 0, 1, 3).reshape(W.shape[3], -1),
    ):
        book.function("kernel-order", PRODUCT, "as_matrix", lambda call, W, matrix=matrix: matrix(W))


def defaults(book: Book) -> None:
    """What holds where nothing is given."""
    for stride in (0, 2):
        idea = "stride-default" if stride else "stride-default-zero"
        book.function(idea, "conv2d_gemm", "conv2D_gemm", without("stride", stride))
    for pad in (0, 1, "valid"):
        book.function("pad-default", "conv2d_gemm", "conv2D_gemm", without("pad", pad))

    def layer(**other: Any) -> Around:
        return lambda call, self, *args, **options: call(*args, **{**other, **options})

    for stride in (0, 2):
        idea = "stride-default" if stride else "stride-default-zero"
        book.around(idea, f"{FORWARD} loops_backward gemm_backward", "Conv2D", "__init__", layer(stride=stride))
    for pad in ("same", 1, 2):
        book.around("pad-default", f"{FORWARD} loops_backward gemm_backward", "Conv2D", "__init__", layer(pad=pad))


def without(name: str, value: Any) -> Around:
    """Another value where an argument is not given by name."""

    def conv(call: Any, X: Any, W: Any, *args: Any, **options: Any) -> Any:
        return call(X, W, *args, **(options if args else {name: value, **options}))

    return conv
