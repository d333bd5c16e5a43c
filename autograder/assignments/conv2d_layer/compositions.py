"""What conv2d_layer's sections give, made of what the submission's own layer gives where less is asked of it.

Stride and padding: of the plain layer on a padded image, every so many pixels. Weight decay: its share, added to the
layer's gradients without it. What a layer keeps has the outputs and gradients that the layer has anyway.

A gradient does not follow from the output, but it may come of what `forward` keeps. It fits where it is the gradient
of the submission's own forward pass, be that wrong; whether one builds upon the other cannot be seen from outside.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.compositions import Arrays, Ask, Composition
from autograder.assignments.oracles import Inputs, Params

Array = np.ndarray[Any, np.dtype[Any]]
SIZES = ("in_channels", "out_channels", "kernel_size")


def only(params: Params, *names: str) -> dict[str, Any]:
    """The layer's arguments of these names, where it has them."""
    return {name: params["arguments"][name] for name in names if name in params["arguments"]}


def parameters(inputs: Inputs) -> dict[str, Array]:
    """Filters and bias."""
    return {name: inputs[name] for name in ("filters", "bias")}


def images(inputs: Inputs) -> dict[str, Array]:
    """The images of both uses."""
    return {name: inputs[name] for name in ("X_first", "X") if name in inputs}


def strided(params: Params, inputs: Inputs, ask: Ask) -> Arrays:
    """Every so many pixels of a plain layer on padded images."""
    edge, stride = (params["padding"],) * 2, params["stride"]
    padded = {name: np.pad(X, ((0, 0), (0, 0), edge, edge)) for name, X in images(inputs).items()}
    plain = {"arguments": only(params, *SIZES), "outputs": ["Z"]}
    return {"Z": ask(plain, {**parameters(inputs), **padded})["Z"][:, :, ::stride, ::stride]}


def decayed(params: Params, inputs: Inputs, ask: Ask) -> Arrays:
    """The gradients without weight decay, and its share."""
    plain = {"arguments": only(params, *SIZES, "stride", "padding"), "outputs": ["grads W", "grads b"]}
    found = ask(plain, inputs)
    return {"grads W": found["grads W"] + 2 * params["decay"] * inputs["filters"], "grads b": found["grads b"]}


def kept(params: Params, inputs: Inputs, ask: Ask) -> Arrays:
    """What the layer gives when it is used once."""
    if params["looks_at"] == "as built":
        return {}
    arguments, given = params["arguments"], {**parameters(inputs), **images(inputs)}
    Z = ask({"arguments": arguments, "outputs": ["Z"]}, given)["Z"]
    if params["looks_at"] == "called":
        return {"Z of the call": Z}
    if params["looks_at"] == "replaced":
        return {"Z": Z}
    gradients = ask({"arguments": arguments, "outputs": ["grads W", "grads b"]}, {**given, "grads": inputs["grads"]})
    return {"Z": Z, **{name: gradients[name] for name in ("grads W", "grads b")}}


def by_image(params: Params, inputs: Inputs, ask: Ask) -> Arrays:
    """The gradient of the own forward pass by the image: of one image for each of its entries, and of one of zeros."""
    N, *shape = inputs["X"].shape
    entries = int(np.prod(shape))
    units = np.eye(entries + 1, entries).reshape(entries + 1, *shape)
    Z = ask({"arguments": params["arguments"], "outputs": ["Z"]}, {**parameters(inputs), "X": units})["Z"]
    return {"dX": np.einsum("nkyx,ekyx->ne", inputs["grads"], Z[:-1] - Z[-1]).reshape(N, *shape)}


def by_filters(params: Params, inputs: Inputs, ask: Ask) -> Arrays:
    """The same by the filters: of a layer with a filter for each entry of one, and a last one of zeros."""
    shape = inputs["filters"].shape[1:]
    entries = int(np.prod(shape))
    given = {"filters": np.eye(entries + 1, entries).reshape(entries + 1, *shape), "bias": np.zeros(entries + 1)}
    wide = {**params["arguments"], "out_channels": entries + 1}
    Z = ask({"arguments": wide, "outputs": ["Z"]}, {**given, **images(inputs)})["Z"]
    seen = Z[:, :-1] - Z[:, -1:]
    gradient = np.einsum("nkyx,neyx->ke", inputs["grads"], seen) / len(seen)
    return {"grads W": gradient.reshape(-1, *shape)}


def by_bias(params: Params, inputs: Inputs, ask: Ask) -> Arrays:
    """The same by the bias: with one that is 1, each in its turn, and with none."""
    given = {"filters": np.zeros(inputs["filters"].shape), **images(inputs)}
    plain = {"arguments": params["arguments"], "outputs": ["Z"]}
    channels = len(inputs["bias"])
    *units, zero = (ask(plain, {**given, "bias": bias})["Z"] for bias in np.eye(channels + 1, channels))
    return {"grads b": np.array([np.sum(inputs["grads"] * (unit - zero)) for unit in units]) / len(zero)}


COMPOSED = {
    "stride_padding": Composition("layer", strided, frozenset({"Z"})),
    "dX": Composition("layer", by_image, frozenset({"dX"}), mends=False),
    "grads_W": Composition("layer", by_filters, frozenset({"grads W"}), mends=False),
    "grads_b": Composition("layer", by_bias, frozenset({"grads b"}), mends=False),
    "weight_decay": Composition("layer", decayed, frozenset({"grads W", "grads b"})),
    "state": Composition("layer", kept, frozenset({"Z", "Z of the call", "grads W", "grads b"})),
}
