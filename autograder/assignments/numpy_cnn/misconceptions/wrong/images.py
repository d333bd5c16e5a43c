"""Wrong ideas about pooling and convolution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder.assignments.misconceptions.wrong import Book

POOL = "max_pooling"


def write(book: Book) -> None:
    """List them."""
    windows(book)
    sizes(book)
    taps(book)
    biases(book)
    steps(book)


def pooled(how: Callable[[Any], Any]) -> Callable[..., Any]:
    """Every window `(N, C, H', W', k, k)` put through another function."""

    def pool(call: Any, x: Any, kernel_size: int, stride: int) -> Any:
        seen = sliding_window_view(x, (kernel_size, kernel_size), axis=(2, 3))
        return how(seen[:, :, ::stride, ::stride])

    return pool


def windows(book: Book) -> None:
    """What is made of a window."""
    for idea, how in (
        ("pool-from-zero", lambda w: w.max(axis=(4, 5), initial=0)),
        ("pool-mean", lambda w: w.mean(axis=(4, 5))),
        ("pool-minimum", lambda w: w.min(axis=(4, 5))),
        ("pool-absolute", lambda w: np.abs(w).max(axis=(4, 5))),
        ("pool-channels", lambda w: w.max(axis=(1, 4, 5))),
        ("pool-channels", lambda w: w.max(axis=(1, 4, 5))[:, None]),
        ("pool-channels", lambda w: w.max(axis=(4, 5)) * 0 + w.max(axis=(1, 4, 5))[:, None]),
        ("pool-batch", lambda w: w.max(axis=(0, 4, 5))),
        ("pool-batch", lambda w: w.max(axis=(4, 5)) * 0 + w.max(axis=(0, 4, 5))),
    ):
        book.function(idea, POOL, POOL, pooled(how))


def fits(side: int, k: int, s: int) -> int:
    """How many windows there are along a side."""
    return (side - k) // s + 1


def sizes(book: Book) -> None:
    """Which windows there are."""

    def with_numbers(numbers: Callable[[int, int], tuple[int, int]]) -> Callable[..., Any]:
        return lambda call, x, kernel_size, stride: call(x, *numbers(kernel_size, stride))

    for idea, numbers in (
        ("pool-stride-ignored", lambda k, s: (k, k)),
        ("pool-stride-ignored", lambda k, s: (k, 1)),
        ("pool-kernel-ignored", lambda k, s: (s, s)),
        ("pool-arguments-swapped", lambda k, s: (s, k)),
    ):
        book.function(idea, POOL, POOL, with_numbers(numbers))

    def cut(sides: Callable[[int, int, int, int], tuple[int, int]], steps: str = "stride") -> Callable[..., Any]:
        """So many rows and columns of windows, which the image's edge may cut off; empty ones are errors."""

        def pool(call: Any, x: Any, kernel_size: int, stride: int) -> Any:
            height, width = x.shape[2:]
            rows, columns = sides(height, width, kernel_size, stride)
            step = stride if steps == "stride" else kernel_size
            out = np.zeros((*x.shape[:2], rows, columns))
            for i, j in np.ndindex(rows, columns):
                y, z = i * step, j * step
                out[:, :, i, j] = x[:, :, y : y + kernel_size, z : z + kernel_size].max(axis=(2, 3))
            return out

        return pool

    def each(count: Callable[[int, int, int], int]) -> Callable[[int, int, int, int], tuple[int, int]]:
        return lambda H, W, k, s: (count(H, k, s), count(W, k, s))

    for idea, sides in (
        ("pool-rounded-up", each(lambda side, k, s: -(-(side - k) // s) + 1)),
        ("pool-rounded-up", each(lambda side, k, s: -(-side // s))),
        ("pool-size-without-kernel", each(lambda side, k, s: side // s)),
        ("side-for-both", lambda H, W, k, s: (fits(H, k, s), fits(H, k, s))),
        ("side-for-both", lambda H, W, k, s: (fits(W, k, s), fits(W, k, s))),
    ):
        book.function(idea, POOL, POOL, cut(sides))
    book.function("pool-stride-ignored", POOL, POOL, cut(each(fits), steps="kernel"))


def convolved(change: Callable[[Any, Any, Any], tuple[Any, Any, Any]]) -> Callable[..., Any]:
    """A convolution of other images, kernels and biases."""

    def conv(call: Any, x: Any, kernel: Any, bias: Any, **steps: int) -> Any:
        return call(*change(x, kernel, bias), **steps)

    return conv


def taps(book: Book) -> None:
    """What is multiplied with what."""

    def one_side(k: Any, axis: int) -> Any:
        """The kernel as a loop over one of its sides sees it."""
        side = k.shape[axis]
        if k.shape[5 - axis] < side:
            raise IndexError("a tap that is not there")
        return k[:, :, :side, :side]

    for idea, change in (
        ("conv-kernel-flipped", lambda x, k, b: (x, k[:, :, ::-1, ::-1], b)),
        ("conv-kernel-flipped", lambda x, k, b: (x, k[:, :, ::-1], b)),
        ("conv-kernel-flipped", lambda x, k, b: (x, k[:, :, :, ::-1], b)),
        ("conv-kernel-transposed", lambda x, k, b: (x, k.swapaxes(2, 3), b)),
        ("conv-kernel-square", lambda x, k, b: (x, one_side(k, 2), b)),
        ("conv-kernel-square", lambda x, k, b: (x, one_side(k, 3), b)),
        ("conv-channels-averaged", lambda x, k, b: (x / x.shape[1], k, b)),
        ("conv-one-channel", lambda x, k, b: (x[:, :1], k[:, :1], b)),
        ("conv-one-channel", lambda x, k, b: (x[:, -1:], k[:, -1:], b)),
        ("conv-one-kernel", lambda x, k, b: (x, k[:1].repeat(len(k), 0), b)),
        ("conv-one-kernel", lambda x, k, b: (x, k[-1:].repeat(len(k), 0), b)),
        ("conv-window-mean", lambda x, k, b: (x, k / k[0, 0].size, b)),
        ("conv-window-mean", lambda x, k, b: (x, k / k[0].size, b)),
        ("conv-overwritten", lambda x, k, b: (x, only(k, (-1, -1)), b)),
        ("conv-overwritten", lambda x, k, b: (x, only(k, (slice(None), -1)), b)),
        ("conv-overwritten", lambda x, k, b: (x, only(k, (-1, slice(None))), b)),
    ):
        book.function(idea, "conv", "conv", convolved(change))
    book.function("conv-rectified", "conv", "conv", lambda call, *given, **steps: np.maximum(call(*given, **steps), 0))


def only(kernel: Any, index: tuple[Any, Any]) -> Any:
    """A kernel of which only some taps are left."""
    made = np.zeros_like(kernel)
    made[(..., *index)] = kernel[(..., *index)]
    return made


def biases(book: Book) -> None:
    """What is added."""
    for idea, change in (
        ("conv-bias-missing", lambda x, k, b: (x, k, 0 * b)),
        ("conv-bias-repeated", lambda x, k, b: (x, k, b * k.shape[1])),
        ("conv-bias-repeated", lambda x, k, b: (x, k, b * k[0, 0].size)),
        ("conv-bias-repeated", lambda x, k, b: (x, k, b * k[0].size)),
        ("conv-bias-of-one", lambda x, k, b: (x, k, b[:1].repeat(len(b)))),
        ("conv-bias-of-one", lambda x, k, b: (x, k, b[-1:].repeat(len(b)))),
        ("conv-bias-of-one", lambda x, k, b: (x, k, 0 * b + b.sum())),
        ("conv-bias-subtracted", lambda x, k, b: (x, k, -b)),
    ):
        book.function(idea, "conv", "conv", convolved(change))


def steps(book: Book) -> None:
    """Stride and padding."""

    def given(numbers: Callable[[int, int], tuple[int, int]]) -> Callable[..., Any]:
        def conv(call: Any, x: Any, kernel: Any, bias: Any, stride: int = 2, padding: int = 1) -> Any:
            return call(x, kernel, bias, *numbers(stride, padding))

        return conv

    def usual(**defaults: int) -> Callable[..., Any]:
        return lambda call, x, kernel, bias, **steps: call(x, kernel, bias, **{**defaults, **steps})

    for number in (1, 3):
        book.function("conv-stride-default", "conv", "conv", usual(stride=number))
    for number in (0, 2):
        book.function("conv-padding-default", "conv", "conv", usual(padding=number))
    book.function("conv-stride-ignored", "conv", "conv", given(lambda s, p: (1, p)))
    book.function("conv-stride-ignored", "conv", "conv", given(lambda s, p: (2, p)))
    book.function("conv-padding-ignored", "conv", "conv", given(lambda s, p: (s, 0)))
    book.function("conv-padding-ignored", "conv", "conv", given(lambda s, p: (s, 1)))
    book.function("conv-padding-ignored", "conv", "conv", given(lambda s, p: (s, 2 * p)))

    def taken(cut: Callable[[Any, Any, int], Any]) -> Callable[..., Any]:
        """A part of all windows, from the part that is due and the stride."""

        def conv(call: Any, x: Any, kernel: Any, bias: Any, stride: int = 2, padding: int = 1) -> Any:
            due = call(x, kernel, bias, stride, padding)
            return cut(call(x, kernel, bias, 1, padding), due.shape, stride)

        return conv

    for idea, cut in (
        ("conv-stride-one-axis", lambda dense, due, s: dense[:, :, ::s]),
        ("conv-stride-one-axis", lambda dense, due, s: dense[:, :, :, ::s]),
        ("conv-stride-one-axis", lambda dense, due, s: dense[:, :, ::s, : due[3]]),
        ("conv-stride-one-axis", lambda dense, due, s: dense[:, :, : due[2], ::s]),
        ("conv-stride-ignored", lambda dense, due, s: dense[:, :, : due[2], : due[3]]),
    ):
        book.function(idea, "conv", "conv", taken(cut))

    def padded(sides: Callable[[int], tuple[Any, Any]], mode: Any = "constant", **more: Any) -> Callable[..., Any]:
        def conv(call: Any, x: Any, kernel: Any, bias: Any, stride: int = 2, padding: int = 1) -> Any:
            return call(np.pad(x, ((0, 0), (0, 0), *sides(padding)), mode, **more), kernel, bias, stride, 0)

        return conv

    for sides in (
        lambda p: ((p, 0), (p, 0)),
        lambda p: ((0, p), (0, p)),
        lambda p: ((2 * p, 0), (2 * p, 0)),
        lambda p: ((0, 2 * p), (0, 2 * p)),
        lambda p: ((0, 2 * p), (p, p)),
        lambda p: ((p, p), (0, 0)),
        lambda p: ((0, 0), (p, p)),
    ):
        book.function("conv-padding-one-side", "conv", "conv", padded(sides))
    for mode, more in (
        ("edge", {}),
        ("reflect", {}),
        ("symmetric", {}),
        ("wrap", {}),
        ("constant", {"constant_values": 1}),
    ):
        book.function("conv-padding-not-zero", "conv", "conv", padded(lambda p: ((p, p), (p, p)), mode, **more))
