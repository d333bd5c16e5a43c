"""Wrong ideas that show as numbers which are not finite: such arrays have no sketch, so nothing predicts them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.evidence import Sign

Array = np.ndarray[Any, np.dtype[Any]]
Arrays = Mapping[str, Array]
#: `np.exp` of more than this is infinite, and its square of more than half of it.
LARGE = 350.0


def overflow(params: Mapping[str, Any], inputs: Arrays, outputs: Arrays) -> bool | None:
    """What is not finite is so where the input is large, and nowhere else; finite numbers say nothing."""
    x, got = inputs["x"], outputs["result"]
    if got.shape != x.shape or got.dtype.kind != "f":
        return False
    bad = ~np.isfinite(got)
    return bool((np.abs(x[bad]) > LARGE).all()) if bad.any() else None


def unclipped(params: Mapping[str, Any], inputs: Arrays, outputs: Arrays) -> bool | None:
    """Where probabilities are 0 or 1, nothing finite comes back; elsewhere that says nothing."""
    got = outputs["result"]
    return bool(got.dtype.kind == "f" and not np.isfinite(got).any()) if params["saturated"] else None


OBSERVED: Mapping[tuple[str, str], Mapping[str, Sign]] = {
    ("sigmoid", "result"): {"exp-overflow": overflow},
    ("sigmoid_grad", "result"): {"exp-overflow": overflow},
    ("cross_entropy", "result"): {"clip-missing": unclipped},
    ("cross_entropy_grad", "result"): {"clip-missing": unclipped},
}
