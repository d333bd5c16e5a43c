"""The judges: a network's layers, how its weights were drawn, how mini-batches were made, and what was learnt."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.assignments.oracles import Judge

from .misconceptions.small_network import NAMES, cross_entropy, forward, gradients, together

Array = np.ndarray[Any, np.dtype[Any]]
Params = Mapping[str, Any]
Arrays = Mapping[str, Array]

#: How many standard deviations from what is expected a sample's moments may lie: far more than chance reaches.
SIGMAS = 7.0
#: Of fewer weights in all nothing can be said; the contract's network has millions, of which some 70 000 are looked at.
FEWEST = 1000
#: Bytes of a network's description.
LONGEST = 60_000
UNREADABLE = "what was noted of the network cannot be read"
#: How far a dozen steps in single precision may lead from those in double, relative to the largest parameter.
STEPS = 1e-4


def _conv(channels: int, filters: int, kernel: int, stride: int = 1, padding: int = 0) -> dict[str, Any]:
    return {"layer": "Conv2d", "in_channels": channels, "out_channels": filters, "kernel_size": (kernel, kernel),
            "stride": (stride, stride), "padding": (padding, padding), "dilation": (1, 1), "groups": 1,
            "padding_mode": "zeros"}  # fmt: skip


def _norm(features: int) -> dict[str, Any]:
    return {"layer": "BatchNorm2d", "num_features": features, "affine": True, "track_running_stats": True}


def _linear(inputs: int, outputs: int) -> dict[str, Any]:
    return {"layer": "Linear", "in_features": inputs, "out_features": outputs}


RELU, SIGMOID = {"layer": "ReLU"}, {"layer": "Sigmoid"}
POOL = {"layer": "MaxPool2d", "kernel_size": 2, "stride": 2, "padding": 0, "dilation": 1, "ceil_mode": False}
FLATTEN = {"layer": "Flatten", "start_dim": 1, "end_dim": -1}
DUE: Sequence[Mapping[str, Any]] = (
    _conv(3, 16, 11, 3), _norm(16), RELU, POOL,
    _conv(16, 32, 5), _norm(32), RELU, POOL,
    _conv(32, 64, 3, padding=1), _norm(64), RELU,
    _conv(64, 64, 3), _norm(64), RELU, POOL,
    FLATTEN, _linear(3136, 2048), RELU, _linear(2048, 1), SIGMOID,
)  # fmt: skip


def layers(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """The layers are those of the contract, in a Sequential, however nested."""
    if outputs["layers"].size > LONGEST:
        return UNREADABLE
    try:
        top, *found = json.loads(outputs["layers"].astype(np.uint8).tobytes())
        names = [str(layer["layer"]) for layer in found]
        described = [{**layer, "parameters": len(layer.get("parameters", ()))} for layer in (top, *found)]
    except (ValueError, TypeError, KeyError, RecursionError):
        return UNREADABLE
    top, *found = described
    if top.get("own"):
        return f"`init_model` returns a {str(top.get('layer'))[:40]}; an nn.Sequential is due"
    for number, (layer, due) in enumerate(zip(found, DUE, strict=False), 1):
        if layer.get("own") or layer["layer"] != due["layer"]:
            return f"layer {number} is a {names[number - 1][:40]}; a {due['layer']} is due ({_words(due)})"
        for name, value in due.items():
            if name != "layer" and _pair(layer.get(name), value) != _pair(value, value):
                return f"layer {number}, {due['layer']}: `{name}` is {str(layer.get(name))[:40]}, expected {value}"
        if due["layer"] in ("Conv2d", "Linear", "BatchNorm2d") and layer["parameters"] != 2:
            return f"layer {number}, {due['layer']}, should have a weight and a bias"
    if len(found) != len(DUE):
        return f"{len(found)} layers; {len(DUE)} are due"
    return None


def _words(due: Mapping[str, Any]) -> str:
    shown = ("in_channels", "out_channels", "kernel_size", "num_features", "in_features", "out_features")
    return ", ".join(f"{name}={due[name]}" for name in shown if name in due) or "no arguments"


def _pair(value: Any, like: Any) -> Any:
    """One number for both sides, or two: the same."""
    if isinstance(value, (list, tuple)):
        return tuple(value)
    return (value, value) if isinstance(value, int) and not isinstance(value, bool) and like != 1 else value


def output(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """One probability for each picture."""
    found = outputs["output"]
    if found.shape != (2, 1):
        return f"for two pictures the output has shape {found.shape}; (2, 1) is due"
    return None if ((found >= 0) & (found <= 1)).all() else "the output is no probability: it lies outside [0, 1]"


def weights(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """Each layer's weights, divided by Xavier's deviation, look like a standard normal sample."""
    whole = outputs["weights"]
    if whole.ndim != 1 or not whole.size:
        return "the weights cannot be read"
    count = int(whole[0])
    head = whole[1 : 1 + count]
    if not 0 < count < 100 or whole.size != 1 + count + head.sum() or (head < 1).any():
        return "the weights cannot be read"
    if head.sum() < FEWEST:
        return "there are hardly any weights in the network"
    sizes = head.astype(int)
    for number, sample in enumerate(np.split(whole[1 + count :], np.cumsum(sizes)[:-1]), 1):
        if wrong := _normal(sample):
            return f"weights of layer {number} of those with weights: {wrong}"
    return None


def _normal(sample: Array) -> str | None:
    """Why a sample is hardly one of the standard normal distribution."""
    n = sample.size
    mean, square, fourth = (float(np.mean(sample**power)) for power in (1, 2, 4))
    if abs(mean) > SIGMAS / math.sqrt(n):
        return "their mean is not 0"
    if abs(square - 1) > SIGMAS * math.sqrt(2 / n):
        return "their variance is not Xavier's, 2 / (fan in + fan out)"
    # The fourth moment is 3 for normal numbers and 1.8 for uniform ones of the same variance.
    if fourth < 2.4 and n > 1000:
        return "their variance is right, but they are drawn uniformly; Xavier-normal is due"
    return None if len(np.unique(sample)) > n // 2 else "many of them are the same"


def zeros(params: Params, inputs: Arrays, outputs: Arrays, name: str) -> str | None:
    """All zero."""
    return "they should all be 0 at first" if outputs[name].any() or not outputs[name].size else None


def norm_weights(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """Normal around 1 with deviation 0.02."""
    sample = (outputs["BN weights"] - 1) / 0.02
    n = sample.size
    if not n or abs(float(sample.mean())) > SIGMAS / math.sqrt(n):
        return "their mean is not 1"
    if abs(float(np.mean(sample**2)) - 1) > SIGMAS * math.sqrt(2 / n):
        return "their deviation is not 0.02 (they should be drawn around 1)"
    return None


def training_mode(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """The network was in training mode at every step."""
    modes = outputs["training mode"]
    # Both are noted at each call; where mini-batches are not asked for, `parameters` tells how many steps there were.
    if modes.ndim != 1 or not modes.size or modes.shape != outputs.get("batches", modes).shape[:1]:
        return UNREADABLE
    return None if modes.all() else "the network is not in training mode at every step"


def batches(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """Each epoch goes through all pictures once, in mini-batches of the right size, in an order drawn anew."""
    count, size, epochs = len(inputs["Y"]), params["batch_size"], params["num_epoch"]
    steps = -(-count // size)
    if wrong := _unreadable(params, inputs, outputs):
        return wrong
    rows = [[int(number) for number in row if number != -1] for row in outputs["batches"]]
    if any(number == -2 for row in rows for number in row):
        return "the network was given pictures that are not the training set's"
    if len(rows) != steps * epochs:
        return f"{len(rows)} mini-batches in all; {epochs} epochs of {steps} are due ({count} pictures by {size})"
    orders = [[number for row in rows[e * steps : (e + 1) * steps] for number in row] for e in range(epochs)]
    for epoch, order in enumerate(orders, 1):
        if sorted(order) != list(range(count)):
            return f"epoch {epoch} does not go through each picture exactly once"
    if any(len(row) != size for index, row in enumerate(rows) if (index + 1) % steps):
        return f"a mini-batch that is not the last one of its epoch has not {size} pictures"
    if all(order == sorted(order) for order in orders):
        return "the pictures are not shuffled"
    if all(order == orders[0] for order in orders):
        return "every epoch has the same mini-batches in the same order: shuffle anew in each"
    parts = [{frozenset(row) for row in rows[e * steps : (e + 1) * steps]} for e in range(epochs)]
    if all(part == parts[0] for part in parts):
        return "the mini-batches were drawn once and are the same in every epoch: shuffle anew in each"
    return None


def parameters(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """They are what plain gradient descent makes of the mini-batches that the network was given."""
    if "training mode" in outputs and not outputs["training mode"].all():
        return None  # which is told there
    if wrong := _unreadable(params, inputs, outputs):
        return wrong
    values = {name: np.asarray(inputs[name], np.float64) for name in NAMES}
    for row in outputs["batches"]:
        which = row[row != -1].astype(int)
        if not which.size or (which < 0).any() or (which >= len(inputs["Y"])).any():
            return "the network was given pictures that are not the training set's"
        X, Y = inputs["X"][which] / 255.0, inputs["Y"][which].astype(np.float64)
        found = gradients(values, X, cross_entropy, Y, training=True)
        values = {name: values[name] - params["lr"] * found[name] for name in NAMES}
    due, got = together(values), outputs["parameters"]
    if got.shape != due.shape:
        return f"shape {got.shape}, expected {due.shape}"
    if np.abs(got - due).max() <= STEPS * np.abs(due).max():
        return None
    return "they are not what one step for each mini-batch, by its own gradient alone, leads to"


def _unreadable(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """Why mini-batches are no numbers of pictures, or so many that reading them would take long."""
    found = outputs.get("batches", np.zeros(0))
    if found.ndim != 2 or found.dtype.kind not in "iu":
        return "the mini-batches cannot be read"
    (rows, widest), count, size, epochs = found.shape, len(inputs["Y"]), params["batch_size"], params["num_epoch"]
    steps = -(-count // size)
    if rows > 2 * steps * epochs:
        return f"{rows} mini-batches in all; {epochs} epochs of {steps} are due ({count} pictures by {size})"
    return "a mini-batch is larger than the training set" if widest > 2 * count else None


def eval_mode(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """The network was in eval mode whenever it was called."""
    if outputs["eval mode"].shape != (1,):
        return UNREADABLE
    return None if outputs["eval mode"].all() else "the network is evaluated in training mode: `model.eval()` first"


def no_gradients(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """No gradients were kept track of."""
    if outputs["without gradients"].shape != (1,):
        return UNREADABLE
    return None if outputs["without gradients"].all() else "gradients are kept track of: use `torch.no_grad()`"


def mode_afterwards(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """The network is in the mode that it was in."""
    if outputs["mode afterwards"].shape != (2,):
        return UNREADABLE
    if (outputs["mode afterwards"] == params["training"]).all():
        return None
    was = "training" if params["training"] else "eval"
    return f"the network was in {was} mode and is not afterwards: put the mode back"


def losses(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """Training lowers the loss, from what it was before."""
    found = outputs["losses"]
    if found.shape != (2,) or (found < 0).any():
        return "two losses are due, of a loss that is never negative"
    if params["learning"]["network"] == "small":
        p, Y = forward(inputs, inputs["X"] / 255.0, training=True)[0], inputs["Y"]
        before = -float(np.mean(np.log(np.where(Y == 1, p, 1 - p))))
        if not abs(found[0] - before) <= STEPS * before:
            return "the first loss is not that of the network as it was given"
    return None if found[1] < 0.8 * found[0] else "training hardly lowers the loss on the pictures trained on"


def probabilities(params: Params, inputs: Arrays, outputs: Arrays) -> str | None:
    """Nine of ten pictures that were not trained on are told apart: those of cats are warm, those of dogs are cool."""
    count = params["learning"]["held_out"]
    found = outputs["probabilities"]
    if found.shape != (2 * count, 1):
        return f"shape {found.shape}, expected {(2 * count, 1)}"
    red, _, blue = inputs["held out"].mean(axis=(2, 3)).T
    right = float(np.mean((found[:, 0] > 0.5) == (red > blue)))
    return None if right >= 0.9 else "after training, fewer than 90% of pictures that were held out are told apart"


JUDGES: Mapping[tuple[str, str], Judge] = {
    ("architecture", "layers"): layers,
    ("architecture", "output"): output,
    ("initialisation", "weights"): weights,
    ("initialisation", "biases"): lambda params, inputs, outputs: zeros(params, inputs, outputs, "biases"),
    ("initialisation", "BN weights"): norm_weights,
    ("initialisation", "BN biases"): lambda params, inputs, outputs: zeros(params, inputs, outputs, "BN biases"),
    ("train", "training mode"): training_mode,
    ("train", "batches"): batches,
    ("train", "parameters"): parameters,
    ("train", "losses"): losses,
    ("train", "probabilities"): probabilities,
    ("evaluate", "eval mode"): eval_mode,
    ("evaluate", "without gradients"): no_gradients,
    ("evaluate", "mode afterwards"): mode_afterwards,
}
