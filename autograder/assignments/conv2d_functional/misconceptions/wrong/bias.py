"""Wrong ideas about the bias."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

from .forward import ALL


def write(book: Book) -> None:
    """List them."""

    def added(made: Any) -> Any:
        """`made(out, bias, weight, groups)` gives what is added to the output, or what comes out."""

        def conv2d(
            call: Any, input: Any, weight: Any, stride: Any, padding: Any, dilation: Any, groups: Any, bias: Any = None
        ) -> Any:
            out = call(input, weight, stride, padding, dilation, groups)
            return out if bias is None else out + made(out, bias, weight, groups)

        return conv2d

    book.function("bias-missing", ALL, "conv2d", added(lambda out, b, weight, groups: 0.0))
    book.function("bias-subtracted", ALL, "conv2d", added(lambda out, b, weight, groups: -b))
    book.function("bias-first-for-all", ALL, "conv2d", added(lambda out, b, weight, groups: b[0]))
    book.function("bias-first-for-all", ALL, "conv2d", added(lambda out, b, weight, groups: b.sum()))
    per_group = added(lambda out, b, weight, groups: groups * b)
    book.function("bias-for-each-group", "dilation groups bias", "conv2d", per_group)
    per_block = added(lambda out, b, weight, groups: np.tile(b[: len(b) // groups], groups))
    book.function("bias-of-first-group", "dilation groups bias", "conv2d", per_block)
    for many in (
        lambda weight: weight.shape[-1],
        lambda weight: weight[0, ..., 0].size,
        lambda weight: weight[0].size,
        lambda weight: weight.shape[1],
        lambda weight: 2,
    ):

        def repeated(out: Any, b: Any, weight: Any, groups: Any, many: Any = many) -> Any:
            return many(weight) * b

        book.function("bias-repeated", ALL, "conv2d", added(repeated))

    def truth(out: Any, b: Any, weight: Any, groups: Any) -> Any:
        return b if b else 0.0

    book.function("bias-truth-value", ALL, "conv2d", added(truth))

    def only_without(dilation_counts: bool) -> Any:
        def conv2d(
            call: Any, input: Any, weight: Any, stride: Any, padding: Any, dilation: Any, groups: Any, bias: Any = None
        ) -> Any:
            lost = dilation > 1 if dilation_counts else groups > 1
            return call(input, weight, stride, padding, dilation, groups, None if lost else bias)

        return conv2d

    book.function("bias-only-without-dilation", "dilation groups bias", "conv2d", only_without(True))
    book.function("bias-only-without-groups", "dilation groups bias", "conv2d", only_without(False))
