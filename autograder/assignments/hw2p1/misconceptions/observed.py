"""Wrong ideas that are seen from what came back itself: Dropout2d draws its own mask, so nothing predicts it.

Of BatchNorm2d, that evaluation changes what training keeps: one number or both, before its use or after.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Arrays = Mapping[str, Array]
#: Whether outputs show the idea; None where this case says nothing about it.
Sign = Callable[[Mapping[str, Any], Arrays, Arrays], bool | None]
ROUNDING = 1e-6


def close(one: Array, other: Array) -> bool:
    """Whether two arrays are equal up to rounding."""
    if one.shape != other.shape or one.dtype.kind not in "biuf":
        return False
    return bool(np.all(np.abs(one - other) <= ROUNDING * max(float(np.abs(other).max(initial=0.0)), 1e-30)))


def mask(Z: Array) -> Array:
    """Which entries were kept."""
    return np.not_equal(Z, 0)


def whole(kept: Array) -> bool:
    """Whether a mask drops whole channels."""
    channels: Array = np.asarray(kept.any(axis=(2, 3), keepdims=True))
    return bool((kept == channels).all())


def scale_of(params: Mapping[str, Any], inputs: Arrays, Z: Array) -> float | None:
    """By what every kept entry is scaled, where that is one number."""
    A, kept = inputs["A"], mask(Z)
    if Z.shape != A.shape or not kept.any():
        return None
    factor = float(np.median(Z[kept] / A[kept]))
    return factor if close(Z, np.where(kept, A * factor, 0)) else None


def scaled_by(expected: Callable[[float], float]) -> Sign:
    """The kept channels are scaled by another number than 1/(1 - p)."""

    def sign(params: Mapping[str, Any], inputs: Arrays, outputs: Arrays) -> bool | None:
        p = params["arguments"]["p"]
        factor = scale_of(params, inputs, outputs["Z"])
        if p == 0:
            return None
        due = expected(p)
        if mask(outputs["Z"]).all():
            return False
        shows = factor is not None and abs(factor - due) < ROUNDING
        if shows and abs(due - 1 / (1 - p)) < ROUNDING:
            return None  # here it is the right number, too
        return shows

    return sign


def elements(params: Mapping[str, Any], inputs: Arrays, outputs: Arrays) -> bool | None:
    """Single entries are dropped."""
    Z = outputs["Z"]
    if Z.shape != inputs["A"].shape or params["arguments"]["p"] == 0:
        return None
    return not whole(mask(Z)) and scale_of(params, inputs, Z) is not None


def nothing(params: Mapping[str, Any], inputs: Arrays, outputs: Arrays) -> bool | None:
    """Nothing is dropped."""
    if params["arguments"]["p"] == 0:
        return None
    return bool(mask(outputs["Z"]).all())


def rate(params: Mapping[str, Any], inputs: Arrays, outputs: Arrays) -> bool | None:
    """As many are kept as should be dropped."""
    p, Z = params["arguments"]["p"], outputs["Z"]
    if Z.shape != inputs["A"].shape or not whole(mask(Z)):
        return False
    kept = mask(Z).any(axis=(2, 3))
    spread = 5 * (max(p * (1 - p), 1e-9) / kept.size) ** 0.5
    share = float(kept.mean())
    if abs(1 - 2 * p) < 2 * spread:
        return None if abs(share - p) < spread else False
    return bool(abs(share - p) < spread)


def shared(params: Mapping[str, Any], inputs: Arrays, outputs: Arrays) -> bool | None:
    """One draw serves several channels."""
    Z = outputs["Z"]
    if Z.shape != inputs["A"].shape or not whole(mask(Z)):
        return False
    kept: Array = np.asarray(mask(Z).any(axis=(2, 3)))
    if kept.all():
        return None
    return bool((kept == kept[:1]).all() or (kept == kept[:, :1]).all())


def back(made: Callable[[float, Array, Array], Array]) -> Sign:
    """The gradient is something else that `made` gives of p, the mask and dLdZ."""

    def sign(params: Mapping[str, Any], inputs: Arrays, outputs: Arrays) -> bool | None:
        if "Z" not in outputs or "dLdA" not in outputs:
            return None
        p, g, kept = params["arguments"]["p"], inputs["dLdZ"], mask(outputs["Z"])
        if kept.shape != g.shape:
            return False
        wrong, right = made(p, kept, g), np.where(kept, g / (1 - p), 0)
        return None if close(wrong, right) else close(outputs["dLdA"], wrong)

    return sign


def either(*signs: Sign) -> Sign:
    """One of several signs in every case that says anything."""

    def sign(params: Mapping[str, Any], inputs: Arrays, outputs: Arrays) -> bool | None:
        said = {one(params, inputs, outputs) for one in signs} - {None}
        return None if not said else True in said

    return sign


def other_mask(params: Mapping[str, Any], inputs: Arrays, outputs: Arrays) -> bool | None:
    """The gradient has a mask of whole channels and the right scale, but not forward's mask."""
    p, g = params["arguments"]["p"], inputs["dLdZ"]
    if p == 0 or "Z" not in outputs or {outputs["Z"].shape, outputs["dLdA"].shape} != {g.shape}:
        return None
    kept = mask(outputs["dLdA"])
    if not close(outputs["dLdA"], np.where(kept, g / (1 - p), 0)) or not whole(kept) or kept.all():
        return False
    return bool((kept != mask(outputs["Z"])).any())


def evaluated(params: Mapping[str, Any], inputs: Arrays, outputs: Arrays) -> bool | None:
    """Evaluation gives the input times one number."""
    Z, A = outputs["Z eval"], inputs["A"]
    if params["arguments"]["p"] == 0:
        return None
    factor = scale_of(params, inputs, Z)
    return factor is not None and bool(mask(Z).all()) and abs(factor - 1) > ROUNDING and A.shape == Z.shape


def dropped(params: Mapping[str, Any], inputs: Arrays, outputs: Arrays) -> bool | None:
    """Evaluation drops."""
    if params["arguments"]["p"] == 0:
        return None
    return bool((outputs["Z eval"] == 0).any())


#: What a variance is kept away from zero by.
EPS = 1e-8


def changed(*names: str) -> Sign:
    """Evaluation changes these running statistics, or one of them."""

    def sign(params: Mapping[str, Any], inputs: Arrays, outputs: Arrays) -> bool | None:
        pairs = [(outputs[name], outputs[f"{name} after eval"]) for name in names if f"{name} after eval" in outputs]
        if len(pairs) < len(names):
            return None
        return not all(close(after, before) for before, after in pairs)

    return sign


def by_changed(params: Mapping[str, Any], inputs: Arrays, outputs: Arrays) -> bool | None:
    """Evaluation uses the running statistics that it has changed."""
    altered = changed("running_M", "running_V")(params, inputs, outputs)
    if not altered:
        return altered
    M, V = outputs["running_M after eval"], outputs["running_V after eval"]
    if not M.shape == V.shape == (1, inputs["A eval"].shape[1], 1, 1):
        return None
    NZ = (inputs["A eval"] - M) / np.sqrt(V + EPS)
    return close(outputs["BZ eval"], inputs.get("BW", np.ones(M.shape)) * NZ + inputs.get("Bb", np.zeros(M.shape)))


#: By section and output: the ideas, each with what shows it in a case.
OBSERVED: Mapping[tuple[str, str], Mapping[str, Sign]] = {
    ("dropout2d", "Z"): {
        "dropout-elements": elements,
        "dropout-not-scaled": scaled_by(lambda p: 1.0),
        "dropout-scaled-by-p": scaled_by(lambda p: 1 / p),
        "dropout-keeps-with-p": rate,
        "dropout-shared-mask": shared,
        "integer-array": scaled_by(lambda p: float(int(1 / (1 - p)))),
        "dropout-drops-nothing": nothing,
    },
    ("dropout2d", "dLdA"): {
        "dropout-back-no-mask": either(back(lambda p, kept, g: g), back(lambda p, kept, g: g / (1 - p))),
        "dropout-back-not-scaled": back(lambda p, kept, g: np.where(kept, g, 0)),
        "dropout-back-other-mask": other_mask,
    },
    ("dropout2d", "Z eval"): {"dropout-eval-scaled": evaluated, "dropout-eval-drops": dropped},
    ("batchnorm2d", "BZ eval"): {"norm-eval-updates": by_changed},
    ("batchnorm2d", "running_M after eval"): {"norm-eval-updates": changed("running_M")},
    ("batchnorm2d", "running_V after eval"): {"norm-eval-updates": changed("running_V")},
}
