"""Wrong ideas about padding, stride, the kernel and the axes of the image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

#: The sections that `conv2d` is looked at in.
ALL = "forward dilation groups bias"


def write(book: Book) -> None:
    """List them."""
    padding(book)
    stride(book)
    kernel(book)
    channels(book)
    axes(book)


def changed(**changes: Callable[[dict[str, Any]], Any]) -> Any:
    """A `conv2d` that is called with some arguments changed; each change sees all arguments."""

    def conv2d(
        call: Any, input: Any, weight: Any, stride: Any, padding: Any, dilation: Any, groups: Any, bias: Any = None
    ) -> Any:
        given = {
            "input": input,
            "weight": weight,
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
            "groups": groups,
            "bias": bias,
        }
        return call(**{**given, **{name: change(given) for name, change in changes.items()}})

    return conv2d


def made(change: Callable[[Any, dict[str, Any]], Any]) -> Any:
    """A `conv2d` whose output is changed before the bias comes; the change sees all arguments but the bias."""

    def conv2d(
        call: Any, input: Any, weight: Any, stride: Any, padding: Any, dilation: Any, groups: Any, bias: Any = None
    ) -> Any:
        given = {"input": input, "weight": weight, "stride": stride, "padding": padding}
        out = call(**given, dilation=dilation, groups=groups)
        out = change(out, {**given, "dilation": dilation, "groups": groups})
        return out if bias is None else out + bias

    return conv2d


def padding(book: Book) -> None:
    """Where the zeros go."""

    def padded(rows: tuple[int, int], columns: tuple[int, int], **how: Any) -> Any:
        def around(given: dict[str, Any]) -> Any:
            p = given["padding"]
            wide = [(p * rows[0], p * rows[1]), (p * columns[0], p * columns[1]), (0, 0)]
            return np.pad(given["input"], wide, **how)

        return changed(input=around, padding=lambda given: 0)

    for wide in ((0, 2), (2, 0), (0, 1), (1, 0)):
        book.function("padding-one-side", ALL, "conv2d", padded(wide, wide))
    for rows, columns in (((1, 1), (0, 0)), ((0, 0), (1, 1))):
        book.function("padding-one-axis", ALL, "conv2d", padded(rows, columns))
    book.function("padding-ignored", ALL, "conv2d", padded((0, 0), (0, 0)))
    book.function("padding-doubled", ALL, "conv2d", padded((2, 2), (2, 2)))
    book.function("padding-not-zeros", ALL, "conv2d", padded((1, 1), (1, 1), mode="edge"))
    book.function("padding-not-zeros", ALL, "conv2d", padded((1, 1), (1, 1), constant_values=1))


def stride(book: Book) -> None:
    """How far two windows are apart."""

    def thinned(rows: bool, columns: bool) -> Any:
        def conv2d(call: Any, input: Any, weight: Any, stride: Any, *rest: Any, **options: Any) -> Any:
            out = call(input, weight, 1, *rest, **options)
            return out[:: stride if rows else 1, :: stride if columns else 1]

        return conv2d

    book.function("stride-ignored", ALL, "conv2d", thinned(False, False))
    book.function("stride-one-axis", ALL, "conv2d", thinned(True, False))
    book.function("stride-one-axis", ALL, "conv2d", thinned(False, True))


def kernel(book: Book) -> None:
    """The kernel's direction."""
    book.function("kernel-flipped", ALL, "conv2d", changed(weight=lambda given: given["weight"][:, ::-1, ::-1]))
    book.function("input-truncated", ALL, "conv2d", changed(input=lambda given: np.trunc(given["input"])))
    book.function("kernel-transposed", ALL, "conv2d", changed(weight=lambda given: given["weight"].swapaxes(1, 2)))


def channels(book: Book) -> None:
    """What a window's sum runs over."""

    def first(given: dict[str, Any]) -> Any:
        weight = np.zeros(given["weight"].shape)
        weight[..., 0] = given["weight"][..., 0]
        return weight

    book.function("channels-averaged", ALL, "conv2d", made(lambda out, given: out / given["weight"].shape[-1]))
    book.function("channels-averaged", ALL, "conv2d", made(lambda out, given: out / given["weight"][0].size))
    book.function("first-channel-only", ALL, "conv2d", changed(weight=first))


def axes(book: Book) -> None:
    """The order of the output's axes."""

    def channels_first(call: Any, *given: Any, **options: Any) -> Any:
        return call(*given, **options).transpose(2, 0, 1)

    def transposed(call: Any, *given: Any, **options: Any) -> Any:
        return call(*given, **options).swapaxes(0, 1)

    book.function("channels-first", ALL, "conv2d", channels_first)
    book.function("output-transposed", ALL, "conv2d", transposed)

    def square(side: int) -> Any:
        def conv2d(call: Any, *given: Any, **options: Any) -> Any:
            out = call(*given, **options)
            return out[: out.shape[side], : out.shape[side]]

        return conv2d

    for side in (0, 1):
        book.function("output-square", ALL, "conv2d", square(side))

    def padded_kept(call: Any, input: Any, weight: Any, bias: Any, stride: Any, padding: Any) -> Any:
        cache = call(input, weight, bias, stride, padding)
        return {**cache, "A_prev": np.pad(input, ((padding, padding), (padding, padding), (0, 0)))}

    book.function("cache-keeps-padded", "forward", "conv2d_forward", padded_kept)
