"""conv2d_functional's cases: the whole grid of parameters, and a few that the grid cannot show.

The grid: channels (3 → 6), (2 → 2), kernels of 3 and 5, stride 1 and 2, padding 0 and 1, dilation 1 and 2, groups 1
and all, without and with bias, on images of 20 × 20. A case counts as forward where it uses none of
dilation, groups and bias, else in the section of each that it uses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from autograder.assignments.cases import Array, Case, Draw, Kind, Level
from autograder.assignments.rubric import Rubric, Section

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Convolution:
    """One call of `conv2d`."""

    image: Shape
    weight: Shape
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1
    bias: int | None = None
    level: Level = "course"

    @property
    def params(self) -> dict[str, Any]:
        """The numbers of the call."""
        return {name: getattr(self, name) for name in ("stride", "padding", "dilation", "groups")}

    @property
    def draws(self) -> dict[str, Draw]:
        """The arrays of the call; whole numbers in the grid, because the practice data of so many packs well then."""
        kind: Kind = "integers" if self.level == "course" else "normal"
        arrays = {"input": Draw(self.image, kind), "weight": Draw(self.weight, kind)}
        return arrays if self.bias is None else {**arrays, "bias": Draw((self.bias,), kind)}

    @property
    def uses(self) -> set[str]:
        """The sections in which it counts."""
        used = {"dilation": self.dilation > 1, "groups": self.groups > 1, "bias": self.bias is not None}
        return {name for name, is_used in used.items() if is_used} or {"forward"}

    def shown(self, function: str = "conv2d") -> str:
        """The call as a student would write it, with shapes for arrays."""
        numbers = [f"{name}={value}" for name, value in self.params.items()]
        bias = [] if self.bias is None else [f"bias ({self.bias},)"]
        return f"{function}({', '.join([f'input {self.image}', f'weight {self.weight}', *numbers, *bias])})"


def grid() -> Iterator[Convolution]:
    """The 128 of the grid, the plainest first."""
    axes = ((False, True), (False, True), (1, 2), (0, 1), (1, 2), (3, 5), ((2, 2), (3, 6)))
    for bias, grouped, dilation, padding, stride, side, (channels, filters) in product(*axes):
        groups = channels if grouped else 1
        weight = (filters, side, side, channels // groups)
        yield Convolution(
            (20, 20, channels), weight, stride, padding, dilation, groups, filters if bias else None
        )  # fmt: skip


#: Not square, kernels of 1 and 2, stride 3, padding 2, dilation 3, groups that are neither 1 nor all.
BESIDE_THE_GRID = (
    Convolution((4, 5, 1), (1, 2, 2, 1), level="strict"),
    Convolution((3, 4, 2), (3, 1, 1, 2), 2, level="strict"),
    Convolution((7, 5, 3), (2, 3, 3, 3), 3, 2, level="strict"),
    Convolution((5, 8, 1), (2, 5, 5, 1), 2, 1, level="strict"),
    Convolution((9, 7, 2), (3, 3, 3, 2), 2, 2, 3, level="strict"),
    Convolution((6, 4, 4), (6, 2, 2, 2), 1, 1, 1, 2, level="strict"),
    Convolution((8, 11, 4), (4, 2, 2, 2), 3, 2, 2, 2, 4, level="strict"),
    Convolution((3, 5, 2), (1, 2, 2, 2), 1, 2, 1, 1, 1, level="strict"),
)

#: What is bad about a call, and the call.
BAD = (
    ("groups do not divide the input's channels", Convolution((5, 5, 3), (6, 3, 3, 1), groups=2)),
    ("groups do not divide the output's channels", Convolution((5, 5, 4), (6, 3, 3, 1), groups=4)),
    ("kernels too shallow", Convolution((5, 5, 3), (4, 3, 3, 2))),
    ("kernels too deep for the groups", Convolution((5, 5, 3), (6, 3, 3, 3), groups=3)),
    ("kernels of depth 1 without groups", Convolution((5, 5, 3), (4, 3, 3, 1))),
    ("kernels not square", Convolution((6, 6, 2), (3, 2, 3, 2))),
    ("bias too long", Convolution((5, 5, 2), (3, 3, 3, 2), bias=4)),
    ("one bias for all", Convolution((5, 5, 2), (3, 3, 3, 2), bias=1)),
    ("two biases for one channel", Convolution((4, 4, 1), (1, 2, 2, 1), bias=2)),
)


class Cached(Case):
    """A case of `conv2d_backward`: the cache is that of a real forward pass, computed here."""

    __slots__ = ()

    def inputs(self, seed: int, section: str) -> dict[str, Array]:
        """The drawn arrays, and the output `Z` that belongs to them."""
        return with_output(Case.inputs(self, seed, section), self.params["stride"], self.params["padding"])


def with_output(arrays: dict[str, Array], stride: int, padding: int) -> dict[str, Array]:
    """What `conv2d_backward` gets: `A_prev`, `W`, `b`, `dZ`, and the output `Z` of a forward pass with them."""
    W, b, dZ = arrays["W"], arrays["b"], arrays["dZ"]
    padded = np.pad(arrays["A_prev"], ((padding, padding), (padding, padding), (0, 0)))
    Z = np.empty(dZ.shape)
    for y, x in np.ndindex(*dZ.shape[:2]):
        window = padded[y * stride : y * stride + W.shape[1], x * stride : x * stride + W.shape[2]]
        Z[y, x] = (window * W).sum(axis=(1, 2, 3)) + b
    return {**arrays, "Z": Z}


#: Image, kernels, stride, padding.
CACHED = tuple(call for call in grid() if call.uses == {"forward"})
CACHED_BESIDE = (
    Convolution((4, 5, 1), (1, 2, 2, 1), level="strict"),
    Convolution((7, 5, 3), (2, 3, 3, 3), 3, 2, level="strict"),
    Convolution((5, 8, 2), (3, 1, 1, 2), 2, 1, level="strict"),
    Convolution((8, 6, 1), (2, 5, 5, 1), 2, 0, level="strict"),
)

GRADIENTS = {"backward_dW": "dW", "backward_db": "db", "backward_dA_prev": "dA_prev"}


def cases(section: Section, rubric: Rubric, profile: str) -> tuple[Case, ...]:
    """The cases of a section, from the simplest to the richest; both profiles have the same.

    Raises
    ------
    ValueError
        There is no such profile.
    """
    if profile not in ("quick", "full"):
        raise ValueError(f"no profile {profile!r}; there are quick, full")
    if section.id in GRADIENTS:
        return tuple(_backward(call, GRADIENTS[section.id]) for call in (*CACHED, *CACHED_BESIDE))
    calls = [call for call in (*grid(), *BESIDE_THE_GRID) if section.id in call.uses]
    found = [_case(call, "conv2d", ("output",)) for call in calls]
    if section.id == "forward":
        found += [_cached(call) for call in (*CACHED, *CACHED_BESIDE)]
        found += [_case(call, "conv2d, refused", ("refused",), f": {what}") for what, call in BAD]
    return tuple(found)


def _case(call: Convolution, function: str, outputs: tuple[str, ...], remark: str = "") -> Case:
    level: Level = "strict" if remark else call.level
    return Case(call.shown() + remark, {"function": function, **call.params}, call.draws, outputs, level)


def _cached(call: Convolution) -> Case:
    filters = call.weight[0]
    return Case(
        _name("conv2d_forward", call),
        {"function": "conv2d_forward", "stride": call.stride, "padding": call.padding},
        {"input": Draw(call.image), "weight": Draw(call.weight), "bias": Draw((filters,))},
        ("Z", "W", "b", "A_prev"),
        call.level,
    )


def _backward(call: Convolution, gradient: str) -> Case:
    filters, side, *_ = call.weight
    rows, columns = ((n + 2 * call.padding - side) // call.stride + 1 for n in call.image[:2])
    return Cached(
        _name("conv2d_backward", call),
        {"stride": call.stride, "padding": call.padding, "gradients": [gradient]},
        {
            "A_prev": Draw(call.image),
            "W": Draw(call.weight),
            "b": Draw((filters,)),
            "dZ": Draw((rows, columns, filters)),
        },
        (gradient,),
        call.level,
    )


def _name(function: str, call: Convolution) -> str:
    return f"{function}: input {call.image}, weight {call.weight}, stride={call.stride}, padding={call.padding}"
