"""Wrong ideas about layers that are made of others: strides, paddings, transposed convolutions."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book, Patch

from .fitting import list_both
from .tools import every, fitted, repeated, spatial, zeros

STRIDED = "conv1d conv2d"
TRANSPOSED = "convtranspose1d convtranspose2d"
PAIRS = (("Conv1d", "conv1d"), ("Conv2d", "conv2d"))
TRANSPOSED_PAIRS = (("ConvTranspose1d", "convtranspose1d"), ("ConvTranspose2d", "convtranspose2d"))


def write(book: Book) -> None:
    """List them."""
    strides(book)
    strides_back(book)
    paddings(book)
    transposed(book)
    inner_gradients(book)


def convolution(layer: Any) -> Any:
    """The stride-1 convolution inside a layer."""
    return getattr(layer, "conv2d_stride1", None) or layer.conv1d_stride1


def down(layer: Any) -> Any:
    """The downsampling inside a layer."""
    return getattr(layer, "downsample2d", None) or layer.downsample1d


def up(layer: Any) -> Any:
    """The upsampling inside a layer."""
    return getattr(layer, "upsample2d", None) or layer.upsample1d


def padded(layer: Any, A: Any) -> Any:
    """The input with the layer's padding."""
    p = layer.padding
    return np.pad(A, [(0, 0), (0, 0), *[(p, p)] * (A.ndim - 2)])


def strides(book: Book) -> None:
    """The stride in forward."""
    for cls, section in PAIRS:

        def ignored(patch: Patch, cls: str = cls) -> None:
            def forward(call: Any, self: Any, A: Any) -> Any:
                call(A)
                return convolution(self).forward(padded(self, A))

            patch.around(cls, "forward", forward)

        book.add("conv-stride-ignored", section, ignored)

        def first(patch: Patch, cls: str = cls) -> None:
            patch.around(
                cls, "forward", lambda call, self, A: convolution(self).forward(down(self).forward(padded(self, A)))
            )

            def backward(call: Any, self: Any, g: Any) -> Any:
                dLdA = down(self).backward(convolution(self).backward(g))
                p = self.padding
                return dLdA[(..., *[slice(p, side - p) for side in dLdA.shape[2:]])]

            patch.around(cls, "backward", backward)

        book.add("downsampled-before", section, first)
        for number in (lambda self: convolution(self).kernel_size, lambda self: 2, lambda self: self.stride + 1):
            book.add("stride-wrong", section, partial(factor_set, cls=cls, inner=down, number=number))


def factor_set(patch: Patch, cls: str, inner: Any, number: Any) -> None:
    """Another factor for the resampling inside a layer."""

    def init(call: Any, self: Any, *args: Any, **options: Any) -> Any:
        call(*args, **options)
        part = inner(self)
        name = "downsampling_factor" if hasattr(part, "downsampling_factor") else "upsampling_factor"
        setattr(part, name, number(self))

    patch.around(cls, "__init__", init)


def strides_back(book: Book) -> None:
    """The stride in backward."""

    def instead(back: Any) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            dLdA = convolution(self).backward(back(self, g))
            p = self.padding
            return dLdA[(..., *[slice(p, side - p) for side in dLdA.shape[2:]])]

        return backward

    def by_formula(self: Any, g: Any) -> Any:
        k = self.stride
        made = zeros(g, tuple(k * (side - 1) + 1 for side in g.shape[2:]))
        made[every(made, slice(None, None, k))] = g
        return made

    def repeats(self: Any, g: Any) -> Any:
        return fitted(repeated(g, self.stride, spatial(g)), down(self).backward(g).shape)

    def shorter(call: Any, self: Any, g: Any) -> Any:
        K, p = convolution(self).kernel_size, self.padding
        return call(g)[(..., *[slice(0, self.stride * (side - 1) + K - 2 * p) for side in g.shape[2:]])]

    for cls, section in PAIRS:
        book.around("downsample-back-by-formula", section, cls, "backward", instead(by_formula))
        book.around("downsample-back-by-formula", section, cls, "backward", shorter)
        book.around("downsample-back-repeats", section, cls, "backward", instead(repeats))
        book.around("stride-not-undone", section, cls, "backward", instead(lambda self, g: g))
        book.around(
            "stride-not-undone",
            section,
            cls,
            "backward",
            instead(lambda self, g: fitted(g, down(self).backward(g).shape)),
        )


def paddings(book: Book) -> None:
    """The padding."""

    def crop(cut: Any) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            dLdA = convolution(self).backward(down(self).backward(g))
            return dLdA[cut(self.padding, dLdA.shape[2:])]

        return backward

    def pad(ends: Any, mode: str = "constant") -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            p = self.padding
            made = np.pad(A, [(0, 0), (0, 0), *ends(p)[: A.ndim - 2]], mode=mode)  # type: ignore[call-overload]
            return down(self).forward(convolution(self).forward(made))

        return forward

    for cls, section in PAIRS:
        cuts: dict[str, list[Any]] = {
            "padding-crop-empty": [lambda p, sides: (..., *[slice(p, -p) for _ in sides])],
            "padding-not-cut": [lambda p, sides: ...],
            "padding-cut-one-side": [
                lambda p, sides: (..., *[slice(2 * p, None) for _ in sides]),
                lambda p, sides: (..., *[slice(0, side - 2 * p) for side in sides]),
                lambda p, sides: (..., *[slice(p, None) for _ in sides]),
                lambda p, sides: (..., *[slice(0, side - p) for side in sides]),
            ],
        }
        if cls == "Conv2d":
            cuts["padding-cut-square"] = [
                lambda p, sides: (..., slice(p, sides[0] - p), slice(p, sides[0] - p)),
                lambda p, sides: (..., slice(p, sides[1] - p), slice(p, sides[1] - p)),
                lambda p, sides: (..., slice(p, sides[1] - p), slice(p, sides[0] - p)),
            ]
        for idea, variants in cuts.items():
            for cut in variants:
                book.around(idea, section, cls, "backward", crop(cut))
        for ends in (
            lambda p: [(2 * p, 0)] * 2,
            lambda p: [(0, 2 * p)] * 2,
            lambda p: [(p, 0)] * 2,
            lambda p: [(0, p)] * 2,
        ):
            list_both(book, "padding-one-side", section, cls, pad(ends), convolution)
        for mode in ("edge", "reflect", "wrap", "symmetric"):
            list_both(book, "padding-not-zeros", section, cls, pad(lambda p: [(p, p)] * 2, mode), convolution)

        def counted_off(call: Any, self: Any, A: Any) -> Any:
            sides = tuple(side + 2 * self.padding for side in A.shape[2:])
            return down(self).forward(convolution(self).forward(np.resize(A, (*A.shape[:2], *sides))))

        list_both(book, "padding-not-zeros", section, cls, counted_off, convolution)
        list_both(book, "padding-doubled", section, cls, pad(lambda p: [(2 * p, 2 * p)] * 2), convolution)

        def from_two(call: Any, self: Any, *args: Any, **options: Any) -> None:
            call(*args, **options)
            self.padding = self.padding if self.padding > 1 else 0

        book.around("padding-ignored", section, cls, "__init__", from_two)

        def unpadded(patch: Patch, cls: str = cls) -> None:
            def init(call: Any, self: Any, *args: Any, **options: Any) -> None:
                call(*args, **options)
                self.padding = 0

            patch.around(cls, "__init__", init)

        book.add("padding-ignored", section, unpadded)
    one_axis(book, pad)


def one_axis(book: Book, pad: Any) -> None:
    """A padding of the height or the width only, with a crop to match or without."""
    for axis in (0, 1):

        def ends(p: int, axis: int = axis) -> Any:
            return [(p, p) if side == axis else (0, 0) for side in (0, 1)]

        def both(patch: Patch, axis: int = axis, ends: Any = ends) -> None:
            def backward(call: Any, self: Any, g: Any) -> Any:
                dLdA, p = convolution(self).backward(down(self).backward(g)), self.padding
                height, width = dLdA.shape[2:]
                return dLdA[:, :, p : height - p] if axis == 0 else dLdA[:, :, :, p : width - p]

            patch.around("Conv2d", "forward", pad(ends))
            patch.around("Conv2d", "backward", backward)

        book.add("padding-one-axis", "conv2d", both)
        book.around("padding-one-axis", "conv2d", "Conv2d", "forward", pad(ends))


def transposed(book: Book) -> None:
    """Transposed convolutions."""
    for cls, section in TRANSPOSED_PAIRS:

        def later(patch: Patch, cls: str = cls, back: bool = False) -> None:
            patch.around(cls, "forward", lambda call, self, A: up(self).forward(convolution(self).forward(A)))
            if back:
                patch.around(cls, "backward", lambda call, self, g: convolution(self).backward(up(self).backward(g)))

        book.add("upsampled-after", section, later)
        book.add("upsampled-after", section, partial(later, back=True))
        book.around(
            "upsampling-not-undone", section, cls, "backward", lambda call, self, g: convolution(self).backward(g)
        )
        book.around(
            "upsampling-not-undone",
            section,
            cls,
            "backward",
            lambda call, self, g: up(self).forward(convolution(self).backward(g)),
        )
        for number in (
            lambda self: convolution(self).kernel_size,
            lambda self: 2,
            lambda self: self.upsampling_factor + 1,
            lambda self: self.upsampling_factor - 1,
        ):
            book.add("factor-wrong", section, partial(factor_set, cls=cls, inner=up, number=number))

        def usual(call: Any, self: Any, A: Any) -> Any:
            inner = convolution(self)
            inner.W = np.flip(inner.W, spatial(inner.W))
            return call(A)

        book.around("transposed-usual-kernel", section, cls, "forward", usual)

        def unbiased(call: Any, self: Any, A: Any) -> Any:
            convolution(self).b = 0 * convolution(self).b
            return call(A)

        book.around("conv-bias-missing", section, cls, "forward", unbiased)


def inner_gradients(book: Book) -> None:
    """`dLdW` and `dLdb` of the convolution inside."""

    def changed(name: str, made: Any) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            before = np.array(getattr(convolution(self), name))
            dLdA = call(g)
            setattr(convolution(self), name, made(self, before, getattr(convolution(self), name), g))
            return dLdA

        return backward

    for cls, section in (*PAIRS, *TRANSPOSED_PAIRS):
        for name in ("dLdW", "dLdb"):
            book.around("inner-gradient-stale", section, cls, "backward", changed(name, lambda s, old, new, g: old))
            book.around(
                "inner-gradient-stale",
                section,
                cls,
                "backward",
                changed(name, lambda s, old, new, g: np.zeros(new.shape)),
            )
            book.around("inner-gradient-twice", section, cls, "backward", changed(name, lambda s, old, new, g: 2 * new))
            if cls.startswith("ConvT"):
                book.around(
                    "inner-gradient-by-factor",
                    section,
                    cls,
                    "backward",
                    changed(name, lambda s, old, new, g: new / s.upsampling_factor),
                )
        axes = (0, 2) if cls.endswith("1d") else (0, 2, 3)
        book.around("conv-dLdb-mean", section, cls, "backward", changed("dLdb", mean_over(axes)))


def mean_over(axes: tuple[int, ...]) -> Any:
    """The mean of the gradient that comes in, in the place of a gradient."""
    return lambda layer, old, new, g: g.mean(axis=axes)
