"""Wrong ideas about `init_model`: seen in the layers that it lists, and in how the first weights are distributed."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.evidence import Sign

from ..judges import DUE, SIGMAS, layers
from .signs import Array, Arrays, Params

Layer = Mapping[str, Any]
NAMES = [due["layer"] for due in DUE]
#: Fan in and fan out of the layers with weights.
FANS = [
    (due["in_features"], due["out_features"])
    if due["layer"] == "Linear"
    else (due["in_channels"] * due["kernel_size"][0] ** 2, due["out_channels"] * due["kernel_size"][0] ** 2)
    for due in DUE
    if due["layer"] in ("Conv2d", "Linear")
]


def listed(outputs: Arrays) -> list[Layer]:
    """The network and its layers; nothing where the list cannot be read or the network is right."""
    if "layers" not in outputs or layers({}, {}, outputs) is None:
        return []
    try:
        found = json.loads(outputs["layers"].astype(np.uint8).tobytes())
        return [dict(layer) for layer in found]
    except (ValueError, TypeError):
        return []


def of_names(shows: Callable[[list[str]], bool]) -> Sign:
    """The order of the layers' classes shows it, in a Sequential."""

    def sign(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
        top, *found = listed(outputs) or [{}]
        return bool(top) and not top.get("own") and shows([str(layer.get("layer")) for layer in found])

    return sign


def within(few: Sequence[str], many: Sequence[str]) -> bool:
    """Whether the one order is the other with some left out."""
    rest = iter(many)
    return len(few) < len(many) and all(name in rest for name in few)


def norm_behind_relu(names: list[str]) -> bool:
    """Some norms and the ReLUs behind them have changed places."""
    swapped = list(names)
    for i in range(len(swapped) - 1):
        if swapped[i : i + 2] == ["ReLU", "BatchNorm2d"]:
            swapped[i : i + 2] = ["BatchNorm2d", "ReLU"]
    return names != NAMES and swapped == NAMES


def replaced(old: str, new: str) -> Callable[[list[str]], bool]:
    """Some layers of one class are of another one."""
    return lambda names: (
        names != NAMES
        and len(names) == len(NAMES)
        and all(name == due or (due == old and name == new) for name, due in zip(names, NAMES, strict=True))
    )


def of_facts(layer: str, *facts: str) -> Sign:
    """The layers' classes are right, and all that differs are these facts of one class."""

    def sign(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
        _, *found = listed(outputs) or [{}]
        if [one.get("layer") for one in found] != NAMES:
            return False
        different = {
            (due["layer"], fact)
            for one, due in zip(found, DUE, strict=True)
            for fact, value in due.items()
            if fact != "layer" and not alike(one.get(fact), value)
        }
        biases = all(len(one.get("parameters", ())) == 2 for one in found if one["layer"] in WEIGHTED)
        return bool(different) and biases and different <= {(layer, fact) for fact in facts}

    return sign


WEIGHTED = ("Conv2d", "Linear", "BatchNorm2d")


def alike(value: Any, due: Any) -> bool:
    """Whether a fact is right: one number stands for both sides."""
    pair = tuple(value) if isinstance(value, list) else value
    return pair == due or (isinstance(due, int) and pair == (due, due)) or (isinstance(due, tuple) and pair == due[0])


def no_bias(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """Layers are right but for biases that they lack."""
    _, *found = listed(outputs) or [{}]
    if [one.get("layer") for one in found] != NAMES:
        return False
    return any(len(one.get("parameters", ())) == 1 for one in found if one["layer"] in ("Conv2d", "Linear"))


def own_class(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """The network is no Sequential."""
    found = listed(outputs)
    return bool(found) and bool(found[0].get("own"))


def samples(outputs: Arrays) -> list[Array]:
    """Each layer's weights, divided by Xavier's deviation; nothing where the network is another one."""
    whole = outputs["weights"]
    if whole.ndim != 1 or whole[:1].tolist() != [len(FANS)]:
        return []
    sizes = whole[1 : 1 + len(FANS)].astype(int)
    return list(np.split(whole[1 + len(FANS) :], np.cumsum(sizes)[:-1]))


def normal(sample: Array, variance: float) -> bool:
    """Whether a sample is likely to be one of a normal distribution around 0."""
    return _spread(sample, variance) and float(np.mean(sample**4)) / variance**2 > 2.4


def uniform(sample: Array, variance: float) -> bool:
    """Whether a sample is likely to be one of a uniform distribution around 0."""
    return _spread(sample, variance) and float(np.abs(sample).max()) <= math.sqrt(3 * variance) * (1 + 1e-5)


def _spread(sample: Array, variance: float) -> bool:
    room = SIGMAS / math.sqrt(sample.size)
    return abs(float(sample.mean())) < room * math.sqrt(variance) and (
        abs(float(np.mean(sample**2)) / variance - 1) < room * math.sqrt(2)
    )


#: Whether a sample is one of a distribution, from the layer's fan in and fan out.
Drawn = Callable[[Array, int, int], bool]


def relative(variance: Callable[[int, int], float], kind: Callable[[Array, float], bool] = normal) -> Drawn:
    """A distribution with a variance other than Xavier's."""
    return lambda sample, fan_in, fan_out: kind(sample, variance(fan_in, fan_out) * (fan_in + fan_out) / 2)


XAVIER = relative(lambda fan_in, fan_out: 2 / (fan_in + fan_out))
USUAL = relative(lambda fan_in, fan_out: 1 / (3 * fan_in), uniform)


def every_layer(*drawn: Drawn) -> Sign:
    """All layers' weights are drawn like this; of several ways, each one by some layer."""

    def sign(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
        found = [[one(sample, *fans) for one in drawn] for sample, fans in zip(samples(outputs), FANS, strict=False)]
        return bool(found) and all(map(any, found)) and all(map(any, zip(*found, strict=True)))

    return sign


def one_deviation(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """All layers have the same deviation, whatever their size."""
    found = samples(outputs)
    raw = [float(np.mean(sample**2)) * 2 / sum(fans) for sample, fans in zip(found, FANS, strict=False)]
    return bool(raw) and min(raw) > 0 and all(normal(s, raw[0] * sum(f) / 2) for s, f in zip(found, FANS, strict=True))


def biases_drawn(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """Some are not 0, and no two of these are alike."""
    found = outputs["biases"][np.not_equal(outputs["biases"], 0)]
    return found.size > 1 and len(np.unique(found)) > 0.9 * found.size


def biases_constant(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """All are one number that is not 0."""
    found = outputs["biases"]
    return found.size > 1 and bool((found == found[0]).all()) and bool(found[0])


def norms(mean: float, deviation: float) -> Sign:
    """BN's weights have this mean and deviation."""

    def sign(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
        sample = outputs["BN weights"]
        if not deviation:
            return sample.size > 0 and bool((sample == mean).all())
        return sample.size > 0 and normal(sample - mean, deviation**2)

    return sign


def of_layers() -> dict[str, Sign]:
    """What shows in the list of layers."""
    softmax = replaced("Sigmoid", "Softmax")
    return {
        "sigmoid-missing": of_names(lambda names: names == NAMES[:-1]),
        "layer-missing": of_names(lambda names: names != NAMES[:-1] and within(names, NAMES)),
        "layer-too-many": of_names(lambda names: within(NAMES, names)),
        "norm-behind-relu": of_names(norm_behind_relu),
        "mean-pooling": of_names(replaced("MaxPool2d", "AvgPool2d")),
        "softmax": of_names(lambda names: softmax(names) or names == [*NAMES[:-1], "LogSoftmax"]),
        "conv-stride": of_facts("Conv2d", "stride"),
        "conv-padding": of_facts("Conv2d", "padding"),
        "conv-kernel": of_facts("Conv2d", "kernel_size"),
        "pool-window": of_facts("MaxPool2d", "kernel_size", "stride", "padding", "ceil_mode"),
        "bias-missing": no_bias,
        "own-class": own_class,
    }


def of_initialisation() -> Iterator[tuple[str, dict[str, Sign]]]:
    """For each output, what shows in it."""
    he = relative(lambda fan_in, fan_out: 2 / fan_in)
    he_uniform = relative(lambda fan_in, fan_out: 2 / fan_in, uniform)
    he_out = relative(lambda fan_in, fan_out: 2 / fan_out)
    weights = {
        "xavier-uniform": every_layer(relative(lambda fan_in, fan_out: 2 / (fan_in + fan_out), uniform)),
        "he": either_of(he, he_uniform, he_out),
        "xavier-gain": every_layer(relative(lambda fan_in, fan_out: 4 / (fan_in + fan_out))),
        "weights-never-drawn": every_layer(USUAL),
        "weights-some-left-out": every_layer(XAVIER, USUAL),
        "weights-one-deviation": one_deviation,
    }
    yield "weights", weights
    yield "biases", {"biases-never-zeroed": biases_drawn, "biases-constant": biases_constant}
    yield (
        "BN weights",
        {
            "norm-weights-ones": norms(1, 0),
            "norm-weights-around-zero": norms(0, 0.02),
            "norm-weights-variance": norms(1, 0.02**0.5),
        },
    )


def either_of(*drawn: Drawn) -> Sign:
    """All layers' weights are drawn in one of these ways, the same for all."""
    signs: Sequence[Sign] = [every_layer(one) for one in drawn]
    return lambda params, inputs, outputs: any(sign(params, inputs, outputs) for sign in signs)
