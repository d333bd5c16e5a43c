"""Wrong ideas about padding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

from .tools import PADDED, Around, Four, four

#: The zeros that 'same' puts along a side, from the side, the kernel's taps, the stride and the dilation.
Total = Callable[[int, int, int, int], int]


def write(book: Book) -> None:
    """List them."""
    same(book)
    others(book)


def rule(made: Callable[[int], tuple[int, int]], total: Total) -> Around:
    """Another rule for 'same': so much in total, and how it is shared."""

    def pad(call: Any, X: Any, pad: Any, kernel_shape: Any, stride: int = 1, dilation: int = 1) -> Any:
        if pad == "same":
            sides = zip(X.shape[1:3], kernel_shape, strict=True)
            rows, columns = (made(total(side, taps, stride, dilation)) for side, taps in sides)
            pad = (*rows, *columns)
        return call(X, pad, kernel_shape, stride, dilation)

    return pad


def usual(side: int, taps: int, s: int, d: int) -> int:
    """The contract's total."""
    return max(0, (-(-side // s) - 1) * s + (taps - 1) * d + 1 - side)


def halves(total: int) -> tuple[int, int]:
    """One half before and one behind, where an odd one goes too."""
    return total // 2, total - total // 2


def reversed_halves(total: int) -> tuple[int, int]:
    """The odd one before."""
    return total - total // 2, total // 2


def down(total: int) -> tuple[int, int]:
    """Both sides alike, the odd one lost."""
    return total // 2, total // 2


def up(total: int) -> tuple[int, int]:
    """Both sides alike, one too many."""
    return -(-total // 2), -(-total // 2)


def keeps(side: int, taps: int, s: int, d: int) -> int:
    """As much as makes the output as large as the input."""
    return s * (side - 1) + (taps - 1) * d + 1 - side


def same(book: Book) -> None:
    """What 'same' means."""
    for idea, share, total in (
        ("same-extra-before", reversed_halves, usual),
        ("same-without-dilation", halves, lambda side, taps, s, d: usual(side, taps, s, 1)),
        ("same-without-stride", halves, lambda side, taps, s, d: (taps - 1) * d),
        ("same-without-stride", down, lambda side, taps, s, d: (taps - 1) * d),
        ("same-keeps-size", halves, keeps),
        ("same-keeps-size", down, keeps),
        ("same-keeps-size", up, keeps),
        ("same-rounded-down", halves, lambda side, taps, s, d: max(0, (side // s - 1) * s + (taps - 1) * d + 1 - side)),
        ("same-evenly", down, usual),
        ("same-evenly", up, usual),
        ("same-is-valid", halves, lambda side, taps, s, d: 0),
    ):
        book.function(idea, PADDED, "Pad2D", rule(share, total))


def others(book: Book) -> None:
    """Numbers, and what is put around the images."""

    def numbers(read: Callable[[Four, Any], Four]) -> Around:
        def pad(call: Any, X: Any, pad: Any, kernel_shape: Any, stride: int = 1, dilation: int = 1) -> Any:
            due = four(X.shape, pad, kernel_shape, stride, dilation)
            return call(X, read(due, pad), kernel_shape, stride, dilation)

        return pad

    def pairs(due: Four, pad: Any) -> Four:
        return (*pad, *pad) if isinstance(pad, tuple) and len(pad) == 2 else due

    def fours(order: tuple[int, ...]) -> Callable[[Four, Any], Any]:
        return lambda due, pad: tuple(pad[i] for i in order) if isinstance(pad, tuple) and len(pad) == 4 else due

    def one_side(made: Callable[[int, int], tuple[int, int]]) -> Callable[[Four, Any], Any]:
        """Numbers only: of 'same' one thinks differently."""
        return lambda due, pad: due if isinstance(pad, str) else (*made(*due[:2]), *made(*due[2:]))

    book.function("pad-pair-misread", PADDED, "Pad2D", numbers(pairs))
    for order in ((0, 2, 1, 3), (2, 3, 0, 1), (0, 3, 1, 2), (1, 0, 3, 2), (0, 2, 3, 1), (2, 0, 3, 1), (0, 3, 2, 1)):
        book.function("pad-four-misread", PADDED, "Pad2D", numbers(fours(order)))
    for share in (lambda a, b: (a + b, 0), lambda a, b: (0, a + b), lambda a, b: (a, 0), lambda a, b: (0, b)):
        book.function("pad-one-side", PADDED, "Pad2D", numbers(one_side(share)))
    book.function("pad-one-side", PADDED, "Pad2D", numbers(one_side(lambda a, b: (a // 2, a - a // 2))))

    def with_values(mode: Any, **more: Any) -> Around:
        def pad(call: Any, X: Any, pad: Any, kernel_shape: Any, stride: int = 1, dilation: int = 1) -> Any:
            _, pad4 = call(X, pad, kernel_shape, stride, dilation)
            return np.pad(X, ((0, 0), pad4[:2], pad4[2:], (0, 0)), mode, **more), pad4

        return pad

    for mode in ("edge", "reflect", "symmetric", "wrap"):
        book.function("pad-not-zero", PADDED, "Pad2D", with_values(mode))
    book.function("pad-not-zero", PADDED, "Pad2D", with_values("constant", constant_values=1))

    def unpadded(kept: bool) -> Around:
        def pad(call: Any, X: Any, *given: Any, **options: Any) -> Any:
            _, pad4 = call(X, *given, **options)
            return X, pad4 if kept else (0, 0, 0, 0)

        return pad

    book.function("pad-ignored", PADDED, "Pad2D", unpadded(True))
    book.function("pad-ignored", PADDED, "Pad2D", unpadded(False))

    def on_axes(first: int) -> Around:
        def pad(call: Any, X: Any, *given: Any, **options: Any) -> Any:
            _, pad4 = call(X, *given, **options)
            sides = [(0, 0)] * 4
            sides[first : first + 2] = pad4[:2], pad4[2:]
            return np.pad(X, sides), pad4

        return pad

    book.function("pad-other-axes", "pad2d", "Pad2D", on_axes(2))
    book.function("pad-other-axes", "pad2d", "Pad2D", on_axes(0))

    def as_given(call: Any, X: Any, W_shape: Any, pad: Any, *steps: int) -> Any:
        return call(X, W_shape, pad, *steps)[0], pad

    book.function("pad-as-given", "im2col", "im2col", as_given)
    book.function("pad-as-given", "pad2d", "Pad2D", lambda call, X, pad, *more: (call(X, pad, *more)[0], pad))
