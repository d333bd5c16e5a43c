"""numpy_cnn's judges: where clipping decides, values need only be right to 1e-3.

A probability of 0 or 1 that is wrong is clipped to 1e-12 or 1 − 1e-12. Some clip, some add 1e-12 inside the
logarithm: both are right, and differ in digits that nobody needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.assignments.oracles import Inputs, Judge, Params
from autograder.assignments.truth import Array

#: What probabilities are clipped to, at the least.
EPS = 1e-12
#: How much of a value may be wrong.
ROOM = 1e-3


def saturated_loss(params: Params, inputs: Inputs, outputs: Mapping[str, Array]) -> str | None:
    """Every probability is certain and wrong: the loss is −ln(1e-12)."""
    return verdict(np.float64(-np.log(EPS)), outputs["result"], "cross_entropy")


def saturated_gradient(params: Params, inputs: Inputs, outputs: Mapping[str, Array]) -> str | None:
    """With p = 1e-12 or 1 − 1e-12 the gradient is −1/p/N where y is 1, and 1/(1 − p)/N where it is 0."""
    y = inputs["y"]
    return verdict(np.where(y == 1, -1.0, 1.0) / EPS / y.size, outputs["result"], "cross_entropy_grad")


def verdict(due: Any, got: Array, what: str) -> str | None:
    """What is wrong with a value that clipping decides."""
    if got.shape != np.shape(due):
        return f"expected shape {np.shape(due)}, got {got.shape}"
    if (np.abs(got - due) <= ROOM * np.abs(due)).all():
        return None
    return f"where a probability is 0 or 1 and wrong, {what} is not what clipping to [1e-12, 1 − 1e-12] gives"


JUDGES: Mapping[tuple[str, str], Judge] = {
    ("cross_entropy", "result"): saturated_loss,
    ("cross_entropy_grad", "result"): saturated_gradient,
}
