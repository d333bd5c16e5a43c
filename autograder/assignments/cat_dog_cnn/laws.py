"""What cat_dog_cnn's outputs must keep, whoever computes them: see `autograder.assignments.witnesses`.

Pictures are taken pixel by pixel. A step goes down central differences of the loss of the small network, in float64.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.assignments import formulas
from autograder.assignments.cases import Case
from autograder.assignments.oracles import Inputs, Outputs, Params
from autograder.assignments.witnesses import Formula, Laws

Array = np.ndarray[Any, np.dtype[Any]]

_BUILT = "how a network is built and drawn has more than one right value: it is judged, and no oracle gives it"
_LEARNT = "what a training run learns is no number that anybody knows beforehand: it is judged"
WITHOUT: Mapping[tuple[str, str], str] = {
    **{("architecture", output): _BUILT for output in ("layers", "output")},
    **{("initialisation", output): _BUILT for output in ("weights", "biases", "BN weights", "BN biases")},
    **{("train", output): _LEARNT for output in ("losses", "probabilities")},
}
#: Of PyTorch's batch normalisation.
EPS = 1e-5
#: Of central differences.
STEP = 1e-7
#: Parameters in the order in which the network holds them.
NAMES = ("conv W", "conv b", "BW", "Bb", "linear W", "linear b")


def laws(section: str, case: Case) -> Laws:
    """The laws of a case."""
    if section == "load_set":
        return Laws({"images": images})
    if section == "get_cat_set":
        return Laws({output: _of_set(output) for output in case.outputs})
    known = TRAIN if section == "train" and "learning" not in case.params else {}
    known = EVALUATE if section == "evaluate" else known
    return Laws({output: formula for output, formula in known.items() if output in case.outputs})


def chosen(files: Sequence[str], count: int) -> Iterator[tuple[int, float]]:
    """Which pictures count, by their place in the list, and their labels: the first cats by name, then dogs."""
    for kind, label in (("cats", 1.0), ("dogs", 0.0)):
        mine = [name for name in files if name.startswith(f"{kind}/") and name.endswith((".png", ".jpg"))]
        for name in sorted(mine)[:count]:
            yield files.index(name), label


def pixels(picture: Array, shape: Sequence[int], every: int = 1) -> Array:
    """A picture (H, W, 3) between 0 and 1; one of a single colour or of grey is given by less."""
    rows, columns, channels = picture.shape
    taken = [
        [[picture[min(y, rows - 1), min(x, columns - 1), min(c, channels - 1)] / 255 for c in range(3)] for x in across]
        for across in [range(0, shape[1], every)]
        for y in range(0, shape[0], every)
    ]
    return np.array(taken)


def images(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    """What `load_set` gives; of pictures in four colours, the corners."""
    shape = (2, 2) if params.get("corners") else params["img_shape"]
    which = chosen(params["files"]["set"], params["cnt"])
    return np.array([pixels(inputs["set"][index], shape) for index, _ in which])


def _of_set(output: str) -> Formula:
    """An output of `get_cat_set`: channels first, labels as a column."""

    def formula(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
        shape, every = params.get("img_shape", (224, 224)), params.get("every", 1)
        if output == "shapes":
            counts = [len(list(_chosen_of(part, params))) for part in PARTS]
            return np.array([number for n in counts for number in (4, n, 3, *shape, 2, n, 1)])
        part = output.partition("_")[0]
        which = list(_chosen_of(part, params))
        if output.endswith("Y"):
            return np.array([[label] for _, label in which])
        pictures = [pixels(inputs[PARTS[part][0]][index], shape, every) for index, _ in which]
        return np.array([[picture[..., c] for c in range(3)] for picture in pictures])

    return formula


#: Part: its folder, and how many of each kind where nothing is said.
PARTS = {"train": ("training_set", 1000), "test": ("test_set", 200)}


def _chosen_of(part: str, params: Params) -> Iterator[tuple[int, float]]:
    folder, usual = PARTS[part]
    return chosen(params["files"][folder], params.get(f"{part}_size", usual))


def probabilities(values: Inputs, X: Array, *, training: bool) -> Array:
    """What the small network gives: convolution with a stride of 2, norm, ReLU, linear, sigmoid."""
    places = formulas.windows(X, (3, 3), 2)
    kernels = values["conv W"].reshape(len(values["conv W"]), -1)
    side = max(places)[0] + 1
    Z = np.zeros((len(X), len(kernels), side, side))
    for (y, x), window in places.items():
        Z[:, :, y, x] = window.reshape(len(X), -1) @ kernels.T + values["conv b"]
    M, V = formulas.moments(Z) if training else (values["mean"], values["variance"])
    A = np.maximum(formulas.normalised(Z, M, V, EPS, values["BW"], values["Bb"]), 0)
    return formulas.each(formulas.sigmoid, A.reshape(len(X), -1) @ values["linear W"][0] + values["linear b"])


def entropy(values: Inputs, X: Array, Y: Array) -> float:
    """The mean binary cross-entropy in training mode."""
    pairs = zip(probabilities(values, X, training=True), Y.ravel(), strict=True)
    return -math.fsum(math.log(p if label else 1 - p) for p, label in pairs) / len(X)


def parameters(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    """All parameters after a step for each mini-batch, by the differences that the loss makes of each."""
    values = {name: np.array(inputs[name], np.float64) for name in NAMES}
    X, Y = inputs["X"] / 255.0, inputs["Y"]
    whole = [range(len(X))] * params["num_epoch"]
    rows = np.asarray(outputs["batches"]) if "batches" in outputs else whole
    for row in rows:
        which = [int(number) for number in row if 0 <= number < len(X)]
        if not which:
            continue
        slopes = {name: np.zeros(values[name].shape) for name in NAMES}
        for name in NAMES:
            for index in np.ndindex(*values[name].shape):
                losses = []
                for step in (-STEP, STEP):
                    moved = {**values, name: values[name].copy()}
                    moved[name][index] += step
                    losses.append(entropy(moved, X[which], Y[which]))
                slopes[name][index] = (losses[1] - losses[0]) / (2 * STEP)
        values = {name: values[name] - params["lr"] * slopes[name] for name in NAMES}
    return np.concatenate([values[name].ravel() for name in NAMES])


def steps(params: Params, inputs: Inputs) -> int:
    """How many mini-batches an epoch has."""
    return -(-len(inputs["X"]) // int(params["batch_size"]))


def batches(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    """Rows of pictures' numbers, the last one of an epoch filled up with −1: in each epoch each once, in any order."""
    count, size = len(inputs["X"]), params["batch_size"]
    told, rows = np.asarray(outputs["batches"]).ravel().tolist(), []
    width = steps(params, inputs) * size
    for epoch in range(params["num_epoch"]):
        order = [int(number) for number in told[epoch * width : epoch * width + count]]
        order = order if sorted(order) == list(range(count)) else list(range(count))
        rows += [*order, *[-1] * (width - count)]
    return np.array(rows).reshape(-1, size)


TRAIN: Mapping[str, Formula] = {
    "parameters": parameters,
    "batches": batches,
    "training mode": lambda params, inputs, outputs: np.ones(steps(params, inputs) * params["num_epoch"]),
}


def accuracy(params: Params, inputs: Inputs, outputs: Outputs) -> Array:
    """The share of pictures that are taken for what they are, as near as single precision has it."""
    guesses = probabilities(inputs, inputs["X"] / 255.0, training=False)
    right = [float((p > 0.5) == (label == 1)) for p, label in zip(guesses, inputs["Y"].ravel(), strict=True)]
    return np.array(math.fsum(right) / len(right), np.float32)


EVALUATE: Mapping[str, Formula] = {
    "eval mode": lambda params, inputs, outputs: np.ones(1),
    "without gradients": lambda params, inputs, outputs: np.ones(1),
    "mode afterwards": lambda params, inputs, outputs: np.full(2, float(params["training"])),
    "accuracy": accuracy,
    "statistics": lambda params, inputs, outputs: np.array([*inputs["mean"], *inputs["variance"], 0.0]),
}
