"""The judges: the parameters that a layer makes at its first forward pass are its own draw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.assignments.oracles import Judge

from .exercises import KEYS

Array = np.ndarray[Any, np.dtype[Any]]
Params = Mapping[str, Any]
Arrays = Mapping[str, Array]


def drawn_weights(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """`W` has the kernel's shape and was really drawn: not zeros, and no two entries alike."""
    W, shape = outputs["W"], inputs["W"].shape
    if W.shape != shape:
        return f"params['W'] after the first forward has shape {W.shape}, expected {shape}"
    if not W.any():
        return "params['W'] is all zeros after the first forward; it should be drawn by `init_w`"
    if len(np.unique(W)) < W.size:
        return "params['W'] has equal entries after the first forward; each should be drawn by `init_w`"
    return None


def made_bias(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """`b` has the shape (1, 1, 1, Cout)."""
    b, shape = outputs["b"], inputs["b"].shape
    return None if b.shape == shape else f"params['b'] has shape {b.shape}, expected {shape}"


def complete_hyperparams(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """Each of the names is there (and `acti_fn` is a text): ones and zeros in the order of `KEYS`."""
    there = outputs["hyperparams"]
    if there.shape != (len(KEYS),):
        return "`hyperparams` is no dict of the layer's hyperparameters"
    lacking = [name for name, found in zip(KEYS, there, strict=True) if not found]
    what = ", ".join("`acti_fn` as a text" if name == "acti_fn" else f"`{name}`" for name in lacking)
    return f"`hyperparams` has no {what}" if lacking else None


JUDGES: Mapping[tuple[str, str], Judge] = {
    (section, output): judge
    for section in ("loops_forward", "gemm_forward")
    for output, judge in (("W", drawn_weights), ("b", made_bias), ("hyperparams", complete_hyperparams))
}
