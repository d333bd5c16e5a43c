"""What is right, without the exercises: pictures by index, the small network by PyTorch's functions in float64.

The pictures are read, and the networks are run, in single precision; expected values are rounded to it at the end, and
compared within what it can hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.assignments.oracles import Inputs, Outputs, Params
from autograder.assignments.torch_tools import functional, leaves, torch

Array = np.ndarray[Any, np.dtype[Any]]

#: Parameters in the order in which the network holds them.
PARAMETERS = ("conv W", "conv b", "BW", "Bb", "linear W", "linear b")


def single(value: Any) -> Array:
    """A tensor or an array in single precision."""
    return np.asarray(value.detach().numpy() if hasattr(value, "detach") else value).astype(np.float32)


def chosen(files: list[str], pictures: Array, cnt: int, sides: tuple[int, ...]) -> tuple[Array, list[float]]:
    """The images (n, H, W, 3) that count, cats first, and their labels."""
    images, labels = [], []
    for kind, label in (("cats/", 1.0), ("dogs/", 0.0)):
        mine = sorted(name for name in files if name.startswith(kind) and not name.endswith(".txt"))[:cnt]
        for name in mine:
            picture = pictures[files.index(name)].astype(np.float64) / 255
            images.append(np.broadcast_to(picture, (*sides, 3)))
            labels.append(label)
    return np.array(images), labels


def load_set(params: Params, inputs: Inputs) -> Outputs:
    """The images as numbers."""
    sides = (2, 2) if params.get("corners") else tuple(params["img_shape"])
    images, _ = chosen(params["files"]["set"], inputs["set"], params["cnt"], sides)
    return {"images": single(images)}


def get_cat_set(params: Params, inputs: Inputs) -> Outputs:
    """Both parts, channels first, with labels."""
    sides, every = tuple(params.get("img_shape", (224, 224))), params.get("every", 1)
    sizes = {"train": params.get("train_size", 1000), "test": params.get("test_size", 200)}
    outputs: dict[str, Array] = {}
    shapes: list[int] = []
    for name, part in (("train", "training_set"), ("test", "test_set")):
        images, labels = chosen(params["files"][part], inputs[part], sizes[name], sides)
        X, Y = np.moveaxis(images, 3, 1), np.array(labels)[:, None]
        outputs |= {f"{name}_X": single(X[..., ::every, ::every]), f"{name}_Y": Y}
        shapes += [4, *X.shape, 2, *Y.shape]
    return {**outputs, "shapes": np.array(shapes)}


def output(tensors: Mapping[str, Any], X: Any, *, training: bool) -> Any:
    """The small network's output."""
    F = functional()
    Z = F.conv2d(X, tensors["conv W"], tensors["conv b"], stride=2)
    mean, variance = (None, None) if training else (tensors["mean"].detach(), tensors["variance"].detach())
    Z = F.batch_norm(Z, mean, variance, tensors["BW"], tensors["Bb"], training=training).relu()
    return (Z.flatten(1) @ tensors["linear W"].T + tensors["linear b"]).sigmoid()


def train(params: Params, inputs: Inputs) -> Outputs:
    """Steps of plain gradient descent where each epoch is one mini-batch of all pictures; the rest is judged."""
    if "lr" not in params or params["batch_size"] != len(inputs["Y"]):
        return {}
    tensors = leaves({name: inputs[name] for name in PARAMETERS})
    X, Y = torch().tensor(inputs["X"] / 255.0), torch().tensor(inputs["Y"])
    for _ in range(params["num_epoch"]):
        Z = output(tensors, X, training=True)
        loss = -(Y * Z.log() + (1 - Y) * (1 - Z).log()).mean()
        slopes = torch().autograd.grad(loss, list(tensors.values()))
        for tensor, slope in zip(tensors.values(), slopes, strict=True):
            tensor.data -= params["lr"] * slope
    return {"parameters": single(torch().cat([tensors[name].flatten() for name in PARAMETERS]))}


def evaluate(params: Params, inputs: Inputs) -> Outputs:
    """The accuracy with the running statistics, and that nothing has changed."""
    tensors = leaves(inputs)
    guess = output(tensors, torch().tensor(inputs["X"] / 255.0), training=False).detach().numpy() > 0.5
    accuracy, count = (guess == (inputs["Y"] > 0.5)).mean(), len(guess)
    return {
        # A power of two divides exactly, in single precision too.
        "accuracy": np.asarray(accuracy) if count & (count - 1) == 0 else single(accuracy),
        "statistics": single(np.concatenate([inputs["mean"], inputs["variance"], [0.0]])),
    }
