"""What one case showed about one output, as misconceptions look at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .arrays import Arrays

Array = np.ndarray[Any, np.dtype[Any]]

#: Whether a case's outputs show an idea, from its parameters, inputs and outputs; None: it cannot tell.
Sign = Callable[[Mapping[str, Any], Mapping[str, Array], Mapping[str, Array]], bool | None]

#: Rounding that a wrong idea's own order of summation may add, relative to the largest entry.
ROUNDING = 1e-9
SINGLE = 1e-5


@dataclass(frozen=True, slots=True)
class Seen:
    """One case of one output.

    Attributes
    ----------
    got, expected
        The arrays; None where nothing came back, or where a judge decides.
    others
        What is expected of the case's other outputs.
    names
        What the assignment calls its arrays.
    """

    case: str
    output: str
    passed: bool
    params: Mapping[str, Any]
    inputs: Mapping[str, Array]
    got: Array | None
    expected: Array | None
    others: Mapping[str, Array]
    names: Arrays = field(default_factory=Arrays)

    @property
    def wrong_values(self) -> bool:
        """Whether an array of the right shape came back, and its values are wrong."""
        return not self.passed and self.got is not None and self.expected is not None and (
            self.got.shape == self.expected.shape
        )  # fmt: skip

    def number(self, name: str) -> int | None:
        """An argument of the layer's constructor, or the padding."""
        value = self.params.get("arguments", {}).get(name, self.params.get(name))
        return value if isinstance(value, int) else None

    def plays(self, role: str) -> bool:
        """Whether the output has a role."""
        return self.names.plays(self.output, role)

    def given(self, role: str) -> Array | None:
        """The case's input that has a role."""
        return next((array for name, array in self.inputs.items() if self.names.plays(name, role)), None)

    def sides(self, role: str, *axes: str) -> tuple[int, ...]:
        """How long these axes of the input in a role are, as far as it has them."""
        found = ((name, array) for name, array in self.inputs.items() if self.names.plays(name, role))
        return next((lengths(self.names.of(name, array.ndim), array.shape, axes) for name, array in found), ())

    @property
    def kernel(self) -> int | None:
        """The side of the kernel: an argument, or what the weights show."""
        known = self.number("kernel_size") or self.number("kernel")
        weights = self.given("weights")
        if known or weights is None:
            return known
        name = next(name for name in self.inputs if self.names.plays(name, "weights"))
        named = zip(self.names.of(name, weights.ndim), weights.shape, strict=True)
        return next((side for axis, side in named if axis.startswith("K")), None)


def lengths(names: Sequence[str], shape: Sequence[int], axes: Sequence[str]) -> tuple[int, ...]:
    """The lengths of those axes that have one of these names."""
    return tuple(side for name, side in zip(names, shape, strict=True) if name in axes)


def equal(got: Array, other: Array) -> bool:
    """Whether two arrays are the same, shape and values, up to rounding."""
    if got.shape != other.shape or got.dtype.kind not in "biuf":
        return False
    room = SINGLE if got.dtype.name in ("float32", "float16") else ROUNDING
    scale = float(np.abs(other).max(initial=0.0))
    with np.errstate(all="ignore"):
        return bool((np.abs(got - other) <= max(room * scale, 1e-12)).all())
