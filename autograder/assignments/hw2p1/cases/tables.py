"""The layers' cases as tables: constructor arguments, input shape, and what is special about a row.

Every family has a square and a non-square input, a factor or stride that does not divide the side, batches of
1 and 3, unequal channels, a kernel of 1 and one as large as the input, a bias, a random gradient, and an
object that is used twice, first on an input of another size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from autograder.assignments.cases import Level

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One case of a layer.

    Attributes
    ----------
    arguments
        The constructor's leading arguments.
    shape
        Of the input, `(N, C, W)` or `(N, C, H, W)`.
    first
        Of the input of a first forward and backward by the same object.
    bias, ties
        Whether the bias is not zero, and whether windows have more than one maximum.
    padding
        None where it is not even passed.
    unasked
        Outputs that the layer has and this case does not look at.
    """

    arguments: tuple[int, ...]
    shape: Shape
    level: Level = "strict"
    first: Shape | None = None
    bias: bool = False
    ties: bool = False
    padding: int | None = None
    unasked: tuple[str, ...] = ()


def course(arguments: tuple[int, ...], shape: Shape) -> Row:
    """A row as the course makes them."""
    return Row(arguments, shape, "course")


def twice(arguments: tuple[int, ...], first: Shape, shape: Shape, *, bias: bool = False) -> Row:
    """A row that uses the same object twice; the second use counts."""
    return Row(arguments, shape, first=first, bias=bias)


RESAMPLE_1D = (
    course((2,), (1, 1, 4)),
    course((3,), (2, 3, 8)),
    Row((1,), (1, 2, 5)),
    Row((2,), (3, 2, 9)),
    Row((2,), (1, 3, 8)),
    Row((5,), (2, 1, 3)),
    twice((3,), (2, 3, 10), (3, 2, 8)),
)
RESAMPLE_2D = (
    course((2,), (1, 1, 4, 4)),
    course((3,), (2, 3, 5, 5)),
    Row((1,), (1, 2, 3, 4)),
    Row((2,), (3, 2, 5, 8)),
    Row((3,), (1, 3, 9, 4)),
    Row((4,), (2, 1, 3, 2)),
    twice((2,), (2, 3, 6, 7), (3, 2, 7, 4)),
)
CONV_1D_STRIDE1 = (
    course((1, 1, 2), (1, 1, 4)),
    course((2, 3, 3), (2, 2, 8)),
    Row((2, 3, 1), (3, 2, 5), bias=True),
    Row((3, 2, 5), (1, 3, 5), bias=True),
    Row((4, 2, 4), (3, 4, 9), bias=True),
    twice((2, 3, 2), (3, 2, 9), (1, 2, 6), bias=True),
)
CONV_2D_STRIDE1 = (
    course((1, 1, 2), (1, 1, 3, 3)),
    course((2, 3, 3), (2, 2, 5, 5)),
    Row((2, 3, 1), (3, 2, 2, 3), bias=True),
    Row((3, 2, 4), (1, 3, 4, 4), bias=True),
    Row((3, 2, 3), (3, 3, 4, 6), bias=True),
    Row((2, 4, 2), (1, 2, 5, 3), bias=True),
    twice((2, 3, 2), (3, 2, 5, 4), (1, 2, 3, 4), bias=True),
)
CONV_1D = (
    course((1, 1, 2, 2), (1, 1, 6)),
    course((2, 3, 4, 2), (1, 2, 9)),
    course((3, 2, 3, 3), (2, 3, 10)),
    Row((2, 3, 3, 1), (3, 2, 6), bias=True),
    Row((2, 3, 1, 3), (3, 2, 8), bias=True),
    Row((3, 2, 5, 2), (1, 3, 5), bias=True),
    Row((2, 4, 3, 4), (2, 2, 12), bias=True),
    twice((2, 3, 2, 2), (3, 2, 10), (2, 2, 7), bias=True),
)
CONV_2D = (
    course((1, 1, 2, 2), (1, 1, 4, 4)),
    course((2, 3, 2, 2), (2, 2, 5, 5)),
    Row((3, 2, 3, 1), (1, 3, 4, 5), bias=True),
    Row((2, 3, 1, 3), (3, 2, 5, 4), bias=True),
    Row((3, 2, 4, 2), (1, 3, 4, 4), bias=True),
    Row((2, 4, 3, 2), (3, 2, 8, 5), bias=True),
    twice((2, 3, 2, 3), (3, 2, 8, 6), (2, 2, 6, 9), bias=True),
)
TRANSPOSED_1D = (
    course((1, 1, 2, 2), (1, 1, 3)),
    course((2, 3, 1, 3), (2, 2, 4)),
    Row((2, 3, 3, 2), (3, 2, 5)),
    Row((3, 2, 4, 1), (1, 3, 6), bias=True),
    Row((2, 4, 7, 3), (2, 2, 3), bias=True),
    Row((4, 2, 2, 4), (3, 4, 3), bias=True),
    twice((2, 3, 3, 2), (3, 2, 6), (1, 2, 4), bias=True),
)
TRANSPOSED_2D = (
    course((1, 1, 2, 2), (1, 1, 2, 2)),
    course((2, 3, 1, 2), (2, 2, 3, 3)),
    Row((2, 3, 3, 2), (3, 2, 3, 4)),
    Row((3, 2, 2, 1), (1, 3, 4, 3), bias=True),
    Row((2, 4, 4, 3), (1, 2, 2, 2), bias=True),
    Row((4, 2, 2, 3), (3, 4, 2, 3), bias=True),
    twice((2, 3, 2, 2), (3, 2, 3, 4), (2, 2, 4, 2), bias=True),
)
POOL_STRIDE1 = (
    course((2,), (1, 1, 3, 3)),
    course((3,), (2, 3, 5, 5)),
    Row((1,), (1, 2, 2, 3)),
    Row((4,), (3, 2, 4, 4)),
    Row((2,), (3, 2, 3, 5)),
    Row((3,), (1, 3, 6, 4)),
    twice((2,), (3, 2, 5, 4), (1, 2, 4, 5)),
)
POOL = (
    course((2, 2), (1, 1, 4, 4)),
    course((3, 2), (2, 3, 7, 7)),
    Row((2, 1), (1, 2, 3, 4)),
    Row((1, 2), (3, 2, 3, 5)),
    Row((4, 3), (1, 3, 4, 4)),
    Row((3, 2), (3, 2, 6, 8)),
    Row((2, 3), (2, 1, 9, 6)),
    twice((2, 2), (3, 2, 6, 5), (1, 2, 5, 7)),
)
#: Ties: in windows that overlap, that do not, and in one that is the whole input.
TIES_STRIDE1 = (
    Row((2,), (1, 1, 2, 2), ties=True),
    Row((2,), (2, 2, 3, 4), ties=True),
    Row((3,), (1, 2, 5, 4), ties=True),
)
TIES = (
    Row((2, 2), (1, 1, 4, 4), ties=True),
    Row((3, 2), (2, 2, 7, 5), ties=True),
)

QUICK: Mapping[str, tuple[Row, ...]] = {
    "downsampling1d": RESAMPLE_1D,
    "upsampling1d": RESAMPLE_1D,
    "downsampling2d": RESAMPLE_2D,
    "upsampling2d": RESAMPLE_2D,
    "conv1d_stride1": CONV_1D_STRIDE1,
    "conv1d": CONV_1D,
    "conv2d_stride1": CONV_2D_STRIDE1,
    "conv2d": CONV_2D,
    "convtranspose1d": TRANSPOSED_1D,
    "convtranspose2d": TRANSPOSED_2D,
    "maxpool2d_stride1": POOL_STRIDE1 + TIES_STRIDE1,
    "maxpool2d": POOL + TIES,
    "meanpool2d_stride1": POOL_STRIDE1,
    "meanpool2d": POOL,
}

#: Added where the layer has a padding. The courses that grade it make rows like the first ones.
PADDED: Mapping[str, tuple[Row, ...]] = {
    "conv1d": (
        Row((2, 3, 2, 2), (1, 2, 5), "course", padding=0),
        Row((1, 1, 3, 1), (1, 1, 3), "course", padding=1),
        Row((2, 3, 4, 2), (2, 2, 7), "course", padding=2),
        Row((3, 2, 1, 2), (3, 3, 4), bias=True, padding=1),
        Row((2, 3, 3, 3), (3, 2, 5), first=(2, 2, 9), bias=True, padding=2),
    ),
    "conv2d": (
        Row((2, 3, 2, 2), (1, 2, 4, 4), "course", padding=0),
        Row((1, 1, 3, 1), (1, 1, 2, 2), "course", padding=1),
        Row((2, 3, 3, 2), (2, 2, 5, 5), "course", padding=2),
        Row((3, 2, 1, 2), (1, 3, 3, 4), bias=True, padding=1),
        Row((2, 3, 4, 3), (3, 2, 4, 5), first=(2, 2, 6, 3), bias=True, padding=2),
    ),
}


def repeats(strided: bool) -> Iterator[Row]:
    """One-dimensional convolutions as the course draws them, all over its ranges."""
    for i in range(11):
        arguments = (5 + 3 * i % 10, 5 + 7 * i % 10, i % 9 + 1, *((4 * i % 9 + 1,) if strided else ()))
        yield course(arguments, (i % 3 + 1, arguments[0], 20 + 279 * i // 10))


#: Sizes as the course draws them: batches of 1 to 3, 5 to 14 channels, widths of 20 to 299 and sides of 55
#: to 99, kernels, factors and strides of 1 to 9, each from end to end; and at least as many as it draws: 15
#: one-dimensional convolutions of each kind, 2 two-dimensional ones, 3 of all else.
RESAMPLE_1D_FULL = (
    course((1,), (2, 14, 299)),
    course((2,), (1, 5, 20)),
    course((5,), (2, 9, 137)),
    course((9,), (3, 14, 299)),
)
RESAMPLE_2D_FULL = (
    Row((1,), (2, 5, 99, 55)),
    course((2,), (1, 5, 55, 55)),
    course((4,), (2, 9, 76, 76)),
    Row((5,), (3, 14, 61, 99)),
    course((9,), (1, 5, 55, 55)),
)
POOL_STRIDE1_FULL = (
    Row((1,), (3, 5, 55, 99)),
    course((2,), (1, 5, 55, 55)),
    course((6,), (2, 9, 76, 76)),
    Row((9,), (3, 14, 99, 61)),
)
POOL_FULL = (
    Row((1, 9), (3, 5, 55, 99)),
    course((9, 1), (1, 14, 55, 55)),
    course((2, 3), (1, 5, 55, 55)),
    course((6, 4), (2, 9, 76, 76)),
    Row((9, 8), (3, 14, 99, 61)),
)

FULL: Mapping[str, tuple[Row, ...]] = {
    "downsampling1d": RESAMPLE_1D_FULL,
    "upsampling1d": RESAMPLE_1D_FULL,
    "downsampling2d": RESAMPLE_2D_FULL,
    "upsampling2d": RESAMPLE_2D_FULL,
    "conv1d_stride1": (
        course((5, 14, 1), (3, 5, 299)),
        course((5, 14, 3), (1, 5, 20)),
        course((9, 7, 6), (2, 9, 137)),
        Row((14, 5, 9), (3, 14, 299), bias=True),
        *repeats(strided=False),
    ),
    "conv1d": (
        course((14, 5, 1, 1), (3, 14, 20)),
        course((5, 14, 3, 9), (1, 5, 20)),
        course((9, 7, 6, 2), (2, 9, 137)),
        Row((14, 5, 9, 5), (3, 14, 299), bias=True),
        *repeats(strided=True),
    ),
    "conv2d_stride1": (
        Row((5, 14, 1), (3, 5, 55, 99)),
        Row((5, 6, 9), (1, 5, 99, 55)),
        course((5, 14, 2), (1, 5, 55, 55)),
        Row((14, 6, 7), (3, 14, 61, 78), bias=True),
    ),
    "conv2d": (
        course((5, 14, 1, 1), (3, 5, 55, 55)),
        Row((6, 5, 2, 9), (2, 6, 99, 55)),
        course((5, 14, 9, 7), (1, 5, 99, 99)),
        Row((14, 6, 4, 3), (3, 14, 61, 78), bias=True),
    ),
    "convtranspose1d": (
        course((5, 14, 2, 1), (3, 5, 299)),
        course((5, 14, 1, 9), (1, 5, 20)),
        course((9, 7, 2, 2), (2, 9, 137)),
        Row((14, 5, 9, 5), (3, 14, 299), bias=True),
    ),
    "convtranspose2d": (
        Row((5, 14, 1, 1), (3, 5, 99, 55)),
        course((5, 8, 2, 2), (1, 5, 55, 55)),
        Row((6, 5, 3, 3), (2, 6, 55, 61), bias=True),
        course((5, 5, 9, 1), (1, 5, 55, 55)),
        # The course looks at no bias's gradient here. This one would add up 237,169 terms, four times as many as any
        # other, and the tolerance would have to be eight times as wide for all.
        replace(course((5, 5, 1, 9), (1, 5, 55, 55)), unasked=("dLdb",)),
    ),
    "maxpool2d_stride1": POOL_STRIDE1_FULL,
    "maxpool2d": POOL_FULL,
    "meanpool2d_stride1": POOL_STRIDE1_FULL,
    "meanpool2d": POOL_FULL,
}
