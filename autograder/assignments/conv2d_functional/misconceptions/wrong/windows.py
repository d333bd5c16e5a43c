"""Wrong ideas about dilation and groups: which pixels and which channels a window holds."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

from .forward import changed


def write(book: Book) -> None:
    """List them."""
    dilation(book)
    groups(book)


def spread(weight: Any, rows: int, columns: int) -> Any:
    """The kernel with its entries so many pixels apart, and zeros between them: (C', side, side', C)."""
    filters, F, _, depth = weight.shape
    made = np.zeros((filters, F + (F - 1) * (rows - 1), F + (F - 1) * (columns - 1), depth))
    made[:, ::rows, ::columns] = weight
    return made


def enlarged(weight: Any, side: int) -> Any:
    """The kernel in the first corner of a square of zeros."""
    wide = [(0, 0), (0, side - weight.shape[1]), (0, side - weight.shape[2]), (0, 0)]
    return np.pad(weight, wide)


def dilation(book: Book) -> None:
    """How far two entries of the kernel are apart."""
    where = "dilation groups bias"
    undilated = {"dilation": lambda given: 1}

    def side(given: dict[str, Any]) -> int:
        F = given["weight"].shape[1]
        return int(F + (F - 1) * (given["dilation"] - 1))

    book.function("dilation-ignored", where, "conv2d", changed(**undilated))
    in_size = changed(weight=lambda given: enlarged(given["weight"], side(given)), **undilated)
    book.function("dilation-in-size-only", where, "conv2d", in_size)

    def too_wide(given: dict[str, Any]) -> Any:
        d = given["dilation"]
        return enlarged(spread(given["weight"], d, d), given["weight"].shape[1] * d)

    book.function("dilated-side-wrong", where, "conv2d", changed(weight=too_wide, **undilated))

    def size_forgotten(call: Any, input: Any, weight: Any, stride: Any, padding: Any, d: Any, *rest: Any) -> Any:
        """As many windows as without dilation, those that do not fit left at zero."""
        right, many = call(input, weight, stride, padding, d, *rest), call(input, weight, stride, padding, 1, *rest)
        made = np.zeros(many.shape)
        made[: right.shape[0], : right.shape[1]] = right
        return made

    def zeros_behind(call: Any, input: Any, weight: Any, stride: Any, padding: Any, d: Any, *rest: Any) -> Any:
        """As many windows as without dilation, the image ending in zeros."""
        more = (weight.shape[1] - 1) * (d - 1)
        padded = np.pad(input, ((padding, padding + more), (padding, padding + more), (0, 0)))
        return call(padded, weight, stride, 0, d, *rest)

    book.function("dilation-not-in-size", where, "conv2d", size_forgotten)
    book.function("dilation-not-in-size", where, "conv2d", zeros_behind)

    def one_axis(rows: bool) -> Any:
        def weight(given: dict[str, Any]) -> Any:
            d = given["dilation"]
            return enlarged(spread(given["weight"], d if rows else 1, 1 if rows else d), side(given))

        return changed(weight=weight, **undilated)

    for rows in (True, False):
        book.function("dilation-one-axis", where, "conv2d", one_axis(rows))

    def unless(condition: Any) -> Any:
        return changed(dilation=lambda given: 1 if condition(given) else given["dilation"])

    book.function("dilation-only-without-bias", where, "conv2d", unless(lambda given: given["bias"] is not None))
    book.function("dilation-only-without-groups", where, "conv2d", unless(lambda given: given["groups"] > 1))
    both = unless(lambda given: given["bias"] is not None or given["groups"] > 1)
    book.function("dilation-only-alone", where, "conv2d", both)


def groups(book: Book) -> None:
    """Which channels belong together."""
    where = "dilation groups bias"

    def full(input: Any, weight: Any, place: Any) -> Any:
        """Kernels for all channels, zero but for those that `place` gives each filter."""
        made = np.zeros((*weight.shape[:3], input.shape[2]))
        for o, kernel in enumerate(weight):
            made[o][..., place(o)] = kernel
        return made

    def grouped(place: Any) -> Any:
        """`place(o, filters, groups, depth)` gives the channels that filter `o` sees."""

        def weight(given: dict[str, Any]) -> Any:
            filters, depth, many = len(given["weight"]), given["weight"].shape[-1], given["groups"]
            return full(given["input"], given["weight"], lambda o: place(o, filters, many, depth))

        return changed(weight=weight, groups=lambda given: 1)

    first = grouped(lambda o, filters, many, depth: slice(0, depth))
    last = grouped(lambda o, filters, many, depth: slice((many - 1) * depth, many * depth))
    book.function("groups-first-channels", where, "conv2d", first)
    book.function("groups-first-channels", where, "conv2d", last)
    turns = grouped(lambda o, filters, many, depth: slice(o % many * depth, (o % many + 1) * depth))
    apart = grouped(lambda o, filters, many, depth: slice(o // (filters // many), None, many))
    both = grouped(lambda o, filters, many, depth: slice(o % many, None, many))
    for interleaved in (turns, apart, both):
        book.function("groups-interleaved", where, "conv2d", interleaved)
    backwards = grouped(
        lambda o, filters, many, depth: slice((many - 1 - o // (filters // many)) * depth,
                                              (many - o // (filters // many)) * depth)
    )  # fmt: skip
    book.function("groups-interleaved", where, "conv2d", backwards)

    def everything(given: dict[str, Any]) -> Any:
        return np.tile(given["weight"], (1, 1, 1, given["groups"]))

    book.function("groups-see-everything", where, "conv2d", changed(weight=everything, groups=lambda given: 1))

    def ordered(call: Any, input: Any, weight: Any, stride: Any, padding: Any, d: Any, many: Any, *rest: Any) -> Any:
        """The outputs of the groups side by side in another order: one of each group, then the next of each."""
        out = call(input, weight, stride, padding, d, many)
        out = out.reshape(*out.shape[:2], many, -1).swapaxes(2, 3).reshape(out.shape)
        return out if not rest or rest[0] is None else out + rest[0]

    book.function("groups-interleaved", where, "conv2d", ordered)

    def dealt(given: dict[str, Any]) -> Any:
        """Kernels dealt to the groups in turn."""
        weight = given["weight"]
        return weight.reshape(-1, given["groups"], *weight.shape[1:]).swapaxes(0, 1).reshape(weight.shape)

    book.function("groups-interleaved", where, "conv2d", changed(weight=dealt))
