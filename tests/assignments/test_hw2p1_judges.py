"""HW2P1's judges: random masks and ties, decided as the contract says, whatever came back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.assignments.hw2p1.judges import dropout_gradient, dropout_output, pooled_ties

Array = np.ndarray[Any, Any]
rng = np.random.default_rng(11)


def dropped(p: float = 0.3, shape: tuple[int, ...] = (8, 64, 2, 2)) -> tuple[dict[str, Any], dict[str, Array], Array]:
    params = {"arguments": {"p": p}}
    inputs = {"A": rng.standard_normal(shape), "dLdZ": rng.standard_normal(shape)}
    mask = (rng.random(shape[:2]) >= p)[:, :, None, None] / (1 - p)
    return params, inputs, mask


@pytest.mark.parametrize("p", [0.0, 0.2, 0.3, 0.5, 0.8])
def test_correct_dropout_passes(p: float) -> None:
    for _ in range(20):
        params, inputs, mask = dropped(p)
        outputs = {"Z": inputs["A"] * mask, "dLdA": inputs["dLdZ"] * mask}
        assert dropout_output(params, inputs, outputs) is None
        assert dropout_gradient(params, inputs, outputs) is None
        single = {name: array.astype(np.float32) for name, array in outputs.items()}
        assert dropout_output(params, inputs, single) is None
        assert dropout_gradient(params, inputs, single) is None


def test_wrong_masks_are_told_apart() -> None:
    params, inputs, mask = dropped()
    x, p = inputs["A"], 0.3
    entries = (rng.random(x.shape) >= p) / (1 - p)
    rates = {q: (rng.random(x.shape[:2]) >= q)[:, :, None, None] / (1 - p) for q in (0.0, 0.7, 1.0)}
    wrong = {
        "expected shape": (x * mask)[:, :, :1],
        "dropped in part": x * entries,
        "not scaled": x * mask * (1 - p),
        "is neither 0 nor": x * mask * (1 - p) / p,
        "0 of 512 channels": x * rates[0.0],
        "channels are dropped; each should be with probability p = 0.3": x * rates[0.7],
        "512 of 512 channels": x * rates[1.0],
        "every sample drops the same": x * mask[:1],
        "not finite": np.full_like(x, np.nan),
    }
    for words, Z in wrong.items():
        message = dropout_output(params, inputs, {"Z": Z})
        assert message is not None and words in message, (words, message)


def test_samples_dropped_as_a_whole_are_found() -> None:
    params, inputs, _ = dropped(0.5)
    mask = np.repeat([1, 0], 4)[:, None, None, None] / 0.5
    message = dropout_output(params, inputs, {"Z": inputs["A"] * mask})
    assert message is not None and "samples are dropped as a whole" in message


def test_without_a_rate_there_is_nothing_to_drop() -> None:
    params, inputs, _ = dropped(0.0, (1, 3, 2, 3))
    Z = inputs["A"].copy()
    Z[0, 1] = 0
    assert dropout_output(params, inputs, {"Z": inputs["A"]}) is None
    assert (
        dropout_output(params, inputs, {"Z": Z})
        == "1 of 3 channels are dropped; each should be with probability p = 0.0"
    )


def test_wrong_gradients_of_dropout() -> None:
    params, inputs, mask = dropped()
    Z, dLdZ = inputs["A"] * mask, inputs["dLdZ"]
    for words, dLdA in {
        "was dropped by forward": dLdZ / 0.7,
        "was kept by forward": dLdZ * (mask > 0),
        "expected shape": dLdZ[:1],
        "not finite": dLdZ * np.inf,
    }.items():
        message = dropout_gradient(params, inputs, {"Z": Z, "dLdA": dLdA})
        assert message is not None and words in message


@pytest.mark.parametrize(
    "Z", [None, np.ones((2, 2)), np.full((8, 64, 2, 2), np.nan), np.ones((8, 64, 2, 2), complex), np.array(1.0)]
)
def test_a_gradient_without_a_usable_output(Z: Array | None) -> None:
    params, inputs, mask = dropped()
    outputs = {"dLdA": inputs["dLdZ"] * mask} | ({} if Z is None else {"Z": Z})
    assert dropout_gradient(params, inputs, outputs) == "it cannot be judged without a right Z"


def tied(A: Any, kernel: int, stride: int = 1) -> tuple[dict[str, Any], dict[str, Array]]:
    A = np.array(A, dtype=float)[None, None]
    sides = [(side - kernel) // stride + 1 for side in A.shape[2:]]
    dLdZ = 2.0 ** rng.permutation(sides[0] * sides[1]).reshape(1, 1, *sides)
    return {"arguments": {"kernel": kernel, "stride": stride}}, {"A": A, "dLdZ": dLdZ}


def pooled(params: dict[str, Any], inputs: dict[str, Array], choose: Any) -> Array:
    """Max pooling's gradient, each window's to the entries that `choose` takes of its maxima."""
    A, dLdZ = inputs["A"], inputs["dLdZ"]
    kernel, stride = params["arguments"]["kernel"], params["arguments"]["stride"]
    dLdA = np.zeros_like(A)
    for n, c, h, w in np.ndindex(*dLdZ.shape):
        window = A[n, c, h * stride : h * stride + kernel, w * stride : w * stride + kernel]
        for (i, j), share in choose(np.argwhere(window == window.max())):
            dLdA[n, c, h * stride + i, w * stride + j] += share * dLdZ[n, c, h, w]
    return dLdA


TIED = [
    ([[1, 1], [1, 1]], 2, 1),
    (rng.integers(0, 3, (5, 6)), 2, 1),
    (rng.integers(0, 2, (6, 4)), 3, 1),
    (rng.integers(0, 2, (7, 5)), 3, 2),
    (rng.integers(0, 2, (4, 6)), 2, 2),
]


@pytest.mark.parametrize(("A", "kernel", "stride"), TIED)
def test_any_single_maximum_is_right(A: Any, kernel: int, stride: int) -> None:
    params, inputs = tied(A, kernel, stride)
    for choose in (
        lambda maxima: [(maxima[0], 1)],
        lambda maxima: [(maxima[-1], 1)],
        lambda maxima: [(maxima[rng.integers(len(maxima))], 1)],
    ):
        assert pooled_ties(params, inputs, {"dLdA": pooled(params, inputs, choose)}) is None


@pytest.mark.parametrize(("A", "kernel", "stride"), TIED)
def test_anything_else_is_wrong(A: Any, kernel: int, stride: int) -> None:
    params, inputs = tied(A, kernel, stride)
    right = pooled(params, inputs, lambda maxima: [(maxima[0], 1)])
    wrong = {
        "shared": pooled(params, inputs, lambda maxima: [(m, 1 / len(maxima)) for m in maxima]),
        "all maxima": pooled(params, inputs, lambda maxima: [(m, 1) for m in maxima]),
        "zeros": np.zeros_like(right),
        "negative": -right,
        "doubled": 2 * right,
        "huge": right * 1e30,
        "shape": right[:, :, 1:],
        "flat": right.ravel(),
        "complex": right.astype(complex),
        "infinite": np.full_like(right, np.inf),
    }
    for name, dLdA in wrong.items():
        assert pooled_ties(params, inputs, {"dLdA": dLdA}) is not None, name


def test_messages_about_ties() -> None:
    params, inputs = tied([[2, 2], [1, 0]], 2)
    for words, dLdA in {
        "is not a sum of entries of dLdZ": [[0.5, 0.5], [0, 0]],
        "goes to 2 entries": [[1, 1], [0, 0]],
        "goes to 0 entries": [[0, 0], [0, 0]],
        "is not a maximum of its window": [[0, 0], [1, 0]],
    }.items():
        message = pooled_ties(params, inputs, {"dLdA": np.array(dLdA, float)[None, None]})
        assert message is not None and words in message
