"""Wrong ideas about the output: padding, stride, kernel, bias, and what is kept for backward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book, Patch

from .tools import GRADIENTS, OUTPUTS, WEIGHTS, bordered, column, having, output, windows

PADDED = "stride_padding state grads_W weight_decay"


def write(book: Book) -> None:
    """List them."""
    padding(book)
    stride(book)
    kernel(book)
    bias(book)
    samples(book)
    kept(book)
    replaced(book)


def looking(padded: Callable[[Any, Any], Any], rows: bool = True, columns: bool = True) -> Any:
    """A forward whose windows lie in another padded batch, or with a stride of 1 along an axis; backward uses them."""

    def forward(call: Any, self: Any, X: Any) -> Any:
        call(X)
        self.windows = windows(self, padded(self, X), self.stride if rows else 1, self.stride if columns else 1)
        return output(self, self.windows) + column(self.bias)

    return forward


def padding(book: Book) -> None:
    """Where the zeros go."""

    def wide(before: int, after: int, rows: int = 1, columns: int = 1, **how: Any) -> Any:
        def padded(self: Any, X: Any) -> Any:
            p = self.padding
            edge = [(p * rows * before, p * rows * after), (p * columns * before, p * columns * after)]
            return np.pad(X, [(0, 0), (0, 0), *edge], **how)

        return looking(padded)

    book.around("padding-one-side", PADDED, "conv2D", "forward", wide(2, 0))
    for before, after in ((0, 2), (1, 0), (0, 1)):  # in a gradient they look like others
        book.around("padding-one-side", "stride_padding state", "conv2D", "forward", wide(before, after))
    for rows, columns in ((1, 0), (0, 1)):
        book.around("padding-one-axis", PADDED, "conv2D", "forward", wide(1, 1, rows, columns))
    book.around("padding-ignored", PADDED, "conv2D", "forward", wide(0, 0))
    book.around("padding-doubled", "stride_padding state", "conv2D", "forward", wide(2, 2))
    book.around("padding-not-zeros", PADDED, "conv2D", "forward", wide(1, 1, mode="edge"))
    book.around("padding-not-zeros", PADDED, "conv2D", "forward", wide(1, 1, constant_values=1))


def stride(book: Book) -> None:
    """How far two windows are apart."""

    def as_it_is(self: Any, X: Any) -> Any:
        return bordered(X, self.padding)

    book.around("stride-ignored", "stride_padding", "conv2D", "forward", looking(as_it_is, False, False))
    for rows in (True, False):
        book.around("stride-one-axis", "stride_padding", "conv2D", "forward", looking(as_it_is, rows, not rows))


def kernel(book: Book) -> None:
    """The kernel, and what a window's sum runs over."""

    def using(filters: Callable[[Any], Any]) -> Any:
        def forward(call: Any, self: Any, X: Any) -> Any:
            call(X)
            return having(self, "filters", filters(self.filters), output, self, self.windows) + column(self.bias)

        return forward

    def first(filters: Any) -> Any:
        made = np.zeros(filters.shape)
        made[:, 0] = filters[:, 0]
        return made

    book.around("kernel-flipped", OUTPUTS, "conv2D", "forward", using(lambda filters: filters[..., ::-1, ::-1]))
    book.around("kernel-transposed", OUTPUTS, "conv2D", "forward", using(lambda filters: filters.swapaxes(2, 3)))
    book.around("first-channel-only", OUTPUTS, "conv2D", "forward", using(first))
    for share in (lambda filters: filters / filters.shape[1], lambda filters: filters / filters[0].size):
        book.around("channels-averaged", OUTPUTS, "conv2D", "forward", using(share))


def bias(book: Book) -> None:
    """The bias."""

    def added(made: Callable[[Any, Any, Any], Any]) -> Any:
        def forward(call: Any, self: Any, X: Any) -> Any:
            call(X)
            out = output(self, self.windows)
            return out + made(self.bias, out, self)

        return forward

    book.around("bias-missing", OUTPUTS, "conv2D", "forward", added(lambda b, out, self: 0.0))
    book.around("bias-subtracted", OUTPUTS, "conv2D", "forward", added(lambda b, out, self: -column(b)))
    book.around("bias-first-for-all", OUTPUTS, "conv2D", "forward", added(lambda b, out, self: b[0]))
    book.around("bias-first-for-all", OUTPUTS, "conv2D", "forward", added(lambda b, out, self: b.sum()))
    for axis in (2, 3):

        def along(b: Any, out: Any, self: Any, axis: int = axis) -> Any:
            return np.resize(b, out.shape[axis]).reshape(-1, *[1] * (3 - axis))

        book.around("bias-along-a-side", OUTPUTS, "conv2D", "forward", added(along))
    for axis in (0, 2, 3):

        def as_it_is(b: Any, out: Any, self: Any, axis: int = axis) -> Any:
            return np.reshape(b, (-1, *[1] * (3 - axis)))

        idea = "bias-along-the-batch" if axis == 0 else "bias-along-a-side"
        book.around(idea, f"{OUTPUTS} {GRADIENTS}", "conv2D", "forward", added(as_it_is))
    for many in (
        lambda filters: filters.shape[1],
        lambda filters: filters[0].size,
        lambda filters: filters[0, 0].size,
        lambda filters: filters.shape[2],
        lambda filters: 2,
    ):

        def repeated(b: Any, out: Any, self: Any, many: Any = many) -> Any:
            return many(self.filters) * column(b)

        book.around("bias-repeated", OUTPUTS, "conv2D", "forward", added(repeated))


def samples(book: Book) -> None:
    """The batch, and the axes of the output."""

    def first(with_bias: bool) -> Any:
        def forward(call: Any, self: Any, X: Any) -> Any:
            Z = call(X)
            Z[1:] = column(self.bias) if with_bias else 0
            return Z

        return forward

    for with_bias in (True, False):
        book.around("first-sample-only", OUTPUTS, "conv2D", "forward", first(with_bias))
    book.around("output-transposed", OUTPUTS, "conv2D", "forward", lambda call, self, X: call(X).swapaxes(2, 3))
    for side in (2, 3):

        def square(call: Any, self: Any, X: Any, side: int = side) -> Any:
            Z = call(X)
            return Z[:, :, : Z.shape[side], : Z.shape[side]]

        book.around("output-square", OUTPUTS, "conv2D", "forward", square)
    book.around("channels-last", OUTPUTS, "conv2D", "forward", lambda call, self, X: call(X).transpose(0, 2, 3, 1))

    def whole(call: Any, self: Any, X: Any) -> Any:
        return call(X.astype(int))

    book.around("input-truncated", f"{OUTPUTS} grads_W weight_decay", "conv2D", "forward", whole)


def kept(book: Book) -> None:
    """What forward keeps for backward."""

    def stale(*names: str) -> Any:
        def forward(call: Any, self: Any, X: Any) -> Any:
            before = {name: getattr(self, name) for name in names if getattr(self, "used", False)}
            Z = call(X)
            for name, old in before.items():
                setattr(self, name, old)
            self.used = True
            return Z

        return forward

    for names in (("input",), ("windows",), ("input", "windows")):
        book.around("first-input-kept", f"dX {WEIGHTS} grads_b", "conv2D", "forward", stale(*names))


def replaced(book: Book) -> None:
    """Parameters of before, where others were put on the object."""

    def as_built(call: Any, self: Any, *args: Any, **options: Any) -> None:
        call(*args, **options)
        self.old = {"filters": self.filters, "bias": self.bias}

    def as_used_first(call: Any, self: Any, X: Any) -> Any:
        self.old = getattr(self, "old", {"filters": self.filters, "bias": self.bias})
        return call(X)

    def with_old(names: tuple[str, ...]) -> Any:
        def method(call: Any, self: Any, array: Any) -> Any:
            now = {name: getattr(self, name) for name in names}
            vars(self).update({name: self.old[name] for name in names})
            try:
                return call(array)
            finally:
                vars(self).update(now)

        return method

    def up_to_date(call: Any, self: Any, X: Any) -> Any:
        Z = call(X)
        self.params = {"W": self.filters, "b": self.bias}
        return Z

    def using(names: tuple[str, ...], method: str, *, first: bool = False, params: bool = False) -> Any:
        def change(patch: Patch) -> None:
            patch.around("conv2D", method, with_old(names))
            if params:
                patch.around("conv2D", "forward", up_to_date)
            if first:
                patch.around("conv2D", "forward", as_used_first)
            else:
                patch.around("conv2D", "__init__", as_built)

        return change

    both = ("filters", "bias")
    for names in (("filters",), both):
        for params in (True, False):
            book.add("old-parameters", OUTPUTS, using(names, "forward", params=params))
            book.add("old-parameters", "state", using(names, "forward", params=params, first=True))
    book.add("old-parameters", "state", using(("bias",), "forward", params=True, first=True))
    book.add("old-parameters", "dX weight_decay", using(("filters",), "backward"))
