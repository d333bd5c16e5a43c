"""Wrong ideas that are seen from what came back itself: nothing predicts the first weights that a layer draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.evidence import Sign

Arrays = Mapping[str, np.ndarray[Any, np.dtype[Any]]]


def alike(params: Mapping[str, Any], inputs: Arrays, outputs: Arrays) -> bool | None:
    """All weights are one number, and it is not 0; one weight alone says nothing."""
    W = outputs["W"]
    if W.shape != inputs["W"].shape:
        return False
    return None if W.size == 1 else bool(W.any() and (W.ravel()[0] == W).all())


def integers(params: Mapping[str, Any], inputs: Arrays, outputs: Arrays) -> bool | None:
    """The weights are whole numbers, not all alike."""
    W = outputs["W"]
    return bool(W.shape == inputs["W"].shape and (np.floor(W) == W).all() and len(np.unique(W)) > 1)


OBSERVED: Mapping[tuple[str, str], Mapping[str, Sign]] = {
    (section, "W"): {"weights-alike": alike, "weights-whole": integers} for section in ("loops_forward", "gemm_forward")
}
