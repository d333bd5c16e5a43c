"""How an idea becomes a sign: what it would have given is compared with what came back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.evidence import Sign, equal

Array = np.ndarray[Any, np.dtype[Any]]
Params = Mapping[str, Any]
Arrays = Mapping[str, Array]
#: From a case's parameters and inputs: outputs, as an idea has them. Those that it says nothing of are left out.
Maker = Callable[[Params, Arrays], Mapping[str, Array]]


def example(output: str, wrong: Maker, right: Maker) -> Sign:
    """The output is what the idea gives; where that is right, the case tells nothing, but it must have passed."""

    def sign(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
        got = outputs.get(output)
        made, due = wrong(params, inputs).get(output), right(params, inputs).get(output)
        if got is None or made is None or due is None:
            return None
        if same(made, due):
            return None if same(got, due) else False
        return same(got, made)

    return sign


def either(*signs: Sign) -> Sign:
    """One idea that may look several ways."""

    def sign(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
        said = [one(params, inputs, outputs) for one in signs]
        return True if True in said else None if None in said else False

    return sign


def same(got: Array, other: Array) -> bool:
    """Whether two arrays are equal up to rounding, in single precision where one of them is."""
    single = np.float32 if got.dtype == np.float32 else np.float64
    return equal(got.astype(single) if got.dtype.kind == "f" else got, np.asarray(other, np.float64))
