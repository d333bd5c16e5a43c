"""What one case showed about one output, as misconceptions look at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

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
    """

    case: str
    output: str
    passed: bool
    params: Mapping[str, Any]
    inputs: Mapping[str, Array]
    got: Array | None
    expected: Array | None
    others: Mapping[str, Array]

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


def equal(got: Array, other: Array) -> bool:
    """Whether two arrays are the same, shape and values, up to rounding."""
    if got.shape != other.shape or got.dtype.kind not in "biuf":
        return False
    room = SINGLE if got.dtype.name in ("float32", "float16") else ROUNDING
    scale = float(np.abs(other).max(initial=0.0))
    with np.errstate(all="ignore"):
        return bool((np.abs(got - other) <= max(room * scale, 1e-12)).all())


def axes(output: str, ndim: int) -> tuple[str, ...]:
    """What the axes of an output are called, in the contract's letters."""
    if output.split()[-1] in ("dLdW", "W"):
        names = {2: ("out", "in"), 3: ("Cout", "Cin", "K"), 4: ("Cout", "Cin", "K (height)", "K (width)")}
    else:
        names = {2: ("N", "features"), 3: ("N", "C", "W"), 4: ("N", "C", "H", "W")}
    return names.get(ndim, tuple(f"axis {i}" for i in range(ndim)))
