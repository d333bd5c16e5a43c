"""The judges: the parameters that a layer makes at its first forward pass are its own draw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.assignments.oracles import Judge

from .exercises import KEYS, other_images, turns_of

Array = np.ndarray[Any, np.dtype[Any]]
Params = Mapping[str, Any]
Arrays = Mapping[str, Array]

#: How far sums of right results may be from ours, relative to the largest. They may come of single precision, which the
#: other outputs judge; what was not computed is off by as much as it is large.
CLOSE = 1e-4


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


def fresh_results(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """Each call on images of its own gave their convolution, as far as one channel shows, summed up with weights.

    A convolution is linear: that of the images' sum is the sum of theirs, so that one image is convolved for each call.
    """
    found, (*others, _) = outputs["Z of other images"].astype(np.float64), turns_of(params)
    if found.shape != (len(others),):
        return f"shape {found.shape}, expected {(len(others),)}"
    due = [_summed(params, inputs, turn) for turn in others]
    room = CLOSE * max(map(abs, due), default=0.0)
    wrong = [turn for turn, value, right in zip(others, found, due, strict=True) if not abs(value - right) <= room]
    if not wrong:
        return None
    return f"call {1 + wrong[0]} gave what is not the convolution of its own images: each call is given other ones"


def _summed(params: Params, inputs: Arrays, turn: int) -> float:
    """What is due of one call."""
    X, draw = other_images(int(inputs["seed"][0]), turn, tuple(params["shape"]))
    W, by_position = inputs["W"], inputs["by position"]
    W = W[..., draw.randint(W.shape[3])]
    image = np.tensordot(inputs["by image"], X, axes=1)
    rows, cols = by_position.shape
    windows = ((i, j, image[i : i + rows, j : j + cols]) for i, j in np.ndindex(W.shape[:2]))
    return float(sum(np.vdot(by_position, window @ W[i, j]) for i, j, window in windows))


JUDGES: Mapping[tuple[str, str], Judge] = {
    ("speed", "Z of other images"): fresh_results,
    **{
        (section, output): judge
        for section in ("loops_forward", "gemm_forward")
        for output, judge in (("W", drawn_weights), ("b", made_bias), ("hyperparams", complete_hyperparams))
    },
}
