"""Slips of the hand in any layer: another number, windows elsewhere, the last one forgotten, one gradient only."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book, Patch

from .composed import PAIRS, convolution, down
from .convolution import CONV, CONVS, with_weights
from .fitting import list_both
from .pooling import MEAN, MEANS, first
from .resampling import DOWN, DOWNS, INSIDE_DOWN, INSIDE_UP, UP, UPS
from .sliding import POOLS
from .tools import factor, fitted, places, size, spatial, window, with_input

#: What stands in a factor's place.
NUMBERS: tuple[Callable[[int], int], ...] = (
    lambda k: 2,
    lambda k: k + 1,
    lambda k: max(k - 1, 1),
    lambda k: 2 * k,
    lambda k: 1,
)


def write(book: Book) -> None:
    """List them."""
    factors(book)
    one_axis(book)
    windows_back(book)
    last_back(book)
    gradients(book)
    powers(book)


def factors(book: Book) -> None:
    """Another number for the factor, or one output too many."""

    def named(layer: Any) -> str:
        return "upsampling_factor" if hasattr(layer, "upsampling_factor") else "downsampling_factor"

    def with_number(number: Callable[[int], int]) -> Any:
        def method(call: Any, self: Any, array: Any) -> Any:
            name, right = named(self), factor(self)
            setattr(self, name, number(right))
            try:
                return call(array)
            finally:
                setattr(self, name, right)

        return method

    def throughout(patch: Patch, classes: str, number: Callable[[int], int]) -> None:
        for method in ("forward", "backward"):
            patch.around(classes, method, with_number(number))

    def squared(k: int) -> int:
        return k * k

    for classes, sections in ((UP, UPS), (DOWN, DOWNS)):
        for number in (squared, *NUMBERS):
            idea = "factor-squared" if number is squared else "factor-wrong"
            inside = (INSIDE_UP if classes == UP else INSIDE_DOWN) if number(3) > 1 else ""
            list_both(book, idea, sections, classes, with_number(number))
            book.around(idea, sections + inside, classes, "backward", with_number(number))
            book.add(idea, sections, partial(throughout, classes=classes, number=number))

    def more(call: Any, self: Any, A: Any) -> Any:
        Z = call(A)
        return fitted(Z, (*Z.shape[:2], *[side // factor(self) + 1 for side in A.shape[2:]]))

    list_both(book, "outputs-miscounted", DOWNS, DOWN, more)

    def sized(sides: Callable[[int, int], int]) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            Z = call(A)
            due = [max(sides(factor(self), side), 0) for side in A.shape[2:]]
            if factor(self) == 1 and any(one < side for one, side in zip(due, A.shape[2:], strict=True)):
                raise ValueError("could not broadcast input array")
            return fitted(Z, (*Z.shape[:2], *due))

        return forward

    for sides in (lambda k, side: k * side - 1, lambda k, side: k * side + 1, lambda k, side: k * (side + 1)):
        list_both(book, "upsample-zeros-after-last", UPS + INSIDE_UP, UP, sized(sides))
    list_both(book, "conv-last-position-lost", UPS + INSIDE_UP, UP, sized(lambda k, side: k * (side - 1)))


def one_axis(book: Book) -> None:
    """The factor is forgotten in one index of two."""
    up, away = "upsampling2d convtranspose2d", "downsampling2d conv2d maxpool2d meanpool2d"
    for axis in (2, 3):

        def read(call: Any, self: Any, g: Any, axis: int = axis) -> Any:
            sides, k = call(g).shape, factor(self)
            index = [slice(None), slice(None), slice(None, None, k), slice(None, None, k)]
            index[axis] = slice(0, sides[axis])
            return g[tuple(index)]

        def kept(call: Any, self: Any, A: Any, axis: int = axis) -> Any:
            sides, k = call(A).shape, factor(self)
            index = [slice(None), slice(None), slice(None, None, k), slice(None, None, k)]
            index[axis] = slice(0, sides[axis])
            return A[tuple(index)]

        def written(call: Any, self: Any, g: Any, axis: int = axis) -> Any:
            made, k = np.zeros((*g.shape[:2], *self.input_size)), factor(self)
            index = [slice(None), slice(None), slice(None, None, k), slice(None, None, k)]
            index[axis] = slice(0, g.shape[axis])
            made[tuple(index)] = g
            return made

        def placed(call: Any, self: Any, A: Any, axis: int = axis) -> Any:
            made, k = np.zeros(call(A).shape), factor(self)
            index = [slice(None), slice(None), slice(None, None, k), slice(None, None, k)]
            index[axis] = slice(0, A.shape[axis])
            made[tuple(index)] = A
            return made

        def diagonal(call: Any, self: Any, A: Any, axis: int = axis) -> Any:
            Z, k = np.array(call(A)), factor(self)
            side = Z.shape[axis]
            rows = np.minimum(np.arange(Z.shape[5 - axis]), side - 1)
            picked = A.take(k * np.arange(side), axis).take(rows, axis)
            other = picked.take(k * np.arange(Z.shape[5 - axis]), 5 - axis)
            line = np.diagonal(other, axis1=2, axis2=3)
            return np.broadcast_to(np.expand_dims(line, axis), Z.shape)

        book.around("one-index-for-both", away.split()[0], "Downsample2d", "forward", diagonal)
        book.around("one-index-for-both", up.split()[0], "Upsample2d", "backward", diagonal)
        book.around("upsample-back-places", up, "Upsample2d", "backward", read)
        list_both(book, "resample-one-axis", up, "Upsample2d", placed)
        book.around("downsample-back-late", away, "Downsample2d", "backward", written)
        list_both(book, "downsample-block", away, "Downsample2d", kept)


def windows_back(book: Book) -> None:
    """Backward puts the windows another number apart than forward."""

    def back(cls: str, stride: Callable[[Any], int]) -> Callable[[Patch], None]:
        def change(patch: Patch) -> None:
            def backward(call: Any, self: Any, g: Any) -> Any:
                made, K = np.zeros(self.kept.shape), self.kernel
                for place in places(g):
                    part: Any = made[window(tuple(stride(self) * i for i in place), K)]
                    cells = self.kept[window(tuple(self.stride * i for i in place), K)]
                    given = g[(..., *place)][..., None, None]
                    share: Any = (
                        first(cells) * given if cls == "MaxPool2d" else np.broadcast_to(given / K**2, cells.shape)
                    )
                    part += share[(..., *[slice(0, side) for side in part.shape[2:]])]
                return made

            with_input(patch, cls, backward)

        return change

    for cls, section in POOLS:
        book.add("pool-stride-is-kernel", section, back(cls, lambda layer: layer.kernel))
        book.add("stride-wrong", section, back(cls, lambda layer: 2))


def last_back(book: Book) -> None:
    """Backward's loop over the windows ends before the last one."""

    def shorter(sides: Callable[[Any, Any], tuple[int, ...]], inner: Any) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            cut = tuple(slice(0, max(side, 0)) for side in sides(self, g))
            given: Any = np.zeros(g.shape)
            given[(..., *cut)] = g[(..., *cut)]
            if inner is None:
                return call(given)
            call(g)
            right = inner(self).dLdb
            dLdA = call(given)
            inner(self).dLdb = right
            return dLdA

        return backward

    def reached(self: Any, g: Any) -> tuple[int, ...]:
        """How many windows start before the input's side less the kernel's."""
        K = convolution(self).kernel_size if hasattr(self, "padding") else self.kernel
        inner = size(down(self)) if hasattr(self, "padding") else size(self.downsample2d)
        return tuple(-(-(side - 1) // self.stride) for side in inner) if K else ()

    for cls, section in PAIRS:
        book.around("conv-last-position-lost", section, cls, "backward", shorter(reached, convolution))
    for cls, section in POOLS:
        book.around("conv-last-position-lost", section, cls, "backward", shorter(reached, None))
    for classes, sections, inner in (
        (CONV, CONVS, lambda layer: layer),
        ("MaxPool2d_stride1 MeanPool2d_stride1", "maxpool2d_stride1 meanpool2d_stride1", None),
        (UP, UPS + INSIDE_UP, None),
        (DOWN, DOWNS + INSIDE_DOWN, None),
    ):
        whole = shorter(lambda self, g: tuple(side - 1 for side in g.shape[2:]), inner)
        book.around("conv-last-position-lost", sections, classes, "backward", whole)


def gradients(book: Book) -> None:
    """One gradient alone is computed by a wrong idea; the others are right."""

    def only(names: str, wrong: Any, inner: Any) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            layer, dLdA = inner(self), call(g)
            right = {"dLdA": dLdA, "dLdW": layer.dLdW, "dLdb": layer.dLdb}
            kept = layer.A
            found = {"dLdA": wrong(call, self, g), "dLdW": layer.dLdW, "dLdb": layer.dLdb}
            layer.A = kept
            for name in ("dLdW", "dLdb"):
                setattr(layer, name, (found if name in names else right)[name])
            return found["dLdA"] if "dLdA" in names else right["dLdA"]

        return backward

    def unstrided(call: Any, self: Any, g: Any) -> Any:
        dLdA = convolution(self).backward(fitted(g, down(self).backward(g).shape))
        p = self.padding
        return dLdA[(..., *[slice(p, side - p) for side in dLdA.shape[2:]])]

    for cls, section in PAIRS:
        for names in ("dLdW", "dLdA"):
            book.around("stride-not-undone", section, cls, "backward", only(names, unstrided, convolution))

    def turned_after(call: Any, self: Any, g: Any) -> Any:
        dLdA = with_weights(self, np.flip(self.W, spatial(self.W)), call, g)
        return np.flip(dLdA, spatial(dLdA))

    book.around("conv-back-not-flipped", CONVS, CONV, "backward", turned_after)


def powers(book: Book) -> None:
    """`K ^ 2` is the exclusive or."""

    def forward(call: Any, self: Any, A: Any) -> Any:
        return call(A) * self.kernel**2 / np.float64(self.kernel ^ 2)

    def backward(call: Any, self: Any, g: Any) -> Any:
        return call(g) * self.kernel**2 / np.float64(self.kernel ^ 2)

    book.around("mean-divisor", MEANS, MEAN, "forward", forward)
    book.around("mean-back-divisor", MEANS, MEAN, "backward", backward)
