"""numpy_cnn's cases: small arrays of every shape that the contract knows, and values where functions break."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from autograder.assignments.cases import Array, Case, Draw, Level
from autograder.assignments.rubric import Rubric, Section

Shape = tuple[int, ...]


class Probable(Case):
    """A case whose probabilities are made from drawn logits."""

    __slots__ = ()

    def inputs(self, seed: int, section: str) -> dict[str, Array]:
        """The drawn arrays, with probabilities in the place of logits."""
        drawn = Case.inputs(self, seed, section)
        logits = next(name for name in drawn if name.startswith("logits of "))
        chances = 0.5 + 0.49 * np.tanh(drawn.pop(logits))  # nowhere 0 or 1
        # Saturated: certain and wrong, on both sides, so that the clipping decides.
        drawn[logits.removeprefix("logits of ")] = 1.0 - drawn["y"] if self.params["saturated"] else chances
        return drawn


class Large(Case):
    """A case of large values, of which the first is not: what becomes 0 or nearly 0 elsewhere has a scale by it."""

    __slots__ = ()

    def inputs(self, seed: int, section: str) -> dict[str, Array]:
        """The drawn arrays, their first entry between −1 and 1."""
        drawn = Case.inputs(self, seed, section)
        drawn["x"][0] = np.tanh(drawn["x"][0] / 600)
        return drawn


class Trained(Case):
    """A case of `backward`, whose probabilities are those of the unit itself."""

    __slots__ = ()

    def inputs(self, seed: int, section: str) -> dict[str, Array]:
        """The drawn arrays, and `y_hat` = σ(xw + b)."""
        drawn = Case.inputs(self, seed, section)
        drawn["y_hat"] = 0.5 + 0.5 * np.tanh((drawn["x"] @ drawn["w"] + drawn["b"]) / 2)
        return drawn


def shapes(draws: Mapping[str, Draw]) -> str:
    """The arguments' shapes, as a student reads them."""
    return ", ".join(f"{name.removeprefix('logits of ')} {draw.shape}" for name, draw in draws.items())


def call(
    function: str,
    draws: Mapping[str, Draw],
    *numbers: float,
    level: Level = "course",
    remark: str = "",
    kind: type[Case] = Case,
    judged: bool = False,
    options: Mapping[str, float] = MappingProxyType({}),
) -> Case:
    """A case of one function: arrays, then numbers by position, then numbers by name."""
    arrays = [name.removeprefix("logits of ") for name in draws]
    shown = [shapes(draws), *map(str, numbers), *(f"{name}={value}" for name, value in options.items())]
    params = {
        "function": function,
        "arrays": arrays,
        "numbers": list(numbers),
        "options": dict(options),
        "saturated": judged,
    }
    name = f"{function}({', '.join(shown)})" + (f", {remark}" if remark else "")
    return kind(name, params, draws, ("result",), level, judged=("result",) if judged else ())


def of_x(function: str) -> tuple[Case, ...]:
    """A function of one array of any shape: sigmoid, relu, sigmoid_grad."""
    return (
        call(function, {"x": Draw((4,))}),
        call(function, {"x": Draw((3, 2), scale=3.0)}),
        call(function, {"x": Draw((2, 3, 4, 2), scale=5.0)}, level="strict"),
        call(function, {"x": Draw((5,), "integers", -3, 4, dtype="int64")}, level="strict", remark="whole numbers"),
        call(function, {"x": Draw((40,), scale=600.0)}, level="strict", remark="large values", kind=Large),
    )


def labels(shape: Shape) -> Draw:
    """Zeros and ones."""
    return Draw(shape, "integers", 0, 2)


def of_labels(function: str, name: str) -> tuple[Case, ...]:
    """A function of labels and probabilities: cross_entropy and its gradient."""

    def one(shape: Shape, level: Level = "course", remark: str = "", *, judged: bool = False) -> Case:
        draws = {"y": labels(shape), f"logits of {name}": Draw(shape)}
        return call(function, draws, level=level, remark=remark, kind=Probable, judged=judged)

    return (
        one((4,)),
        one((7, 1)),
        one((1,), "strict"),
        one((23,), "strict"),
        one((5,), "strict", "probabilities of 0 and 1 that are wrong", judged=True),
        one((6, 1), "strict", "probabilities of 0 and 1 that are wrong", judged=True),
    )


def pool(shape: Shape, kernel: int, stride: int, level: Level = "course", *, below_zero: bool = False) -> Case:
    """A case of max_pooling."""
    values = Draw(shape, "integers", -90, -10) if below_zero else Draw(shape)
    remark = "all entries below zero" if below_zero else ""
    return call("max_pooling", {"x": values}, kernel, stride, level=level, remark=remark)


def convolve(shape: Shape, kernel: Shape, level: Level = "course", **options: int) -> Case:
    """A case of conv."""
    return call(
        "conv", {"x": Draw(shape), "kernel": Draw(kernel), "bias": Draw(kernel[:1])}, level=level, options=options
    )  # fmt: skip


def unit(samples: int, features: int, *, column: bool) -> dict[str, Draw]:
    """A logistic unit's data, flat or as columns."""
    return {
        "x": Draw((samples, features)),
        "w": Draw((features, 1) if column else (features,)),
        "b": Draw((1,) if column else ()),
    }


def step(samples: int, features: int, rate: float, level: Level = "course", *, column: bool = False) -> Case:
    """A case of backward."""
    draws = {**unit(samples, features, column=column), "y": labels((samples, 1) if column else (samples,))}
    name = f"backward({shapes(draws)}, y_hat = σ(xw + b), lr={rate})"
    return Trained(name, {"lr": rate}, draws, ("w", "b"), level)


CASES: Mapping[str, tuple[Case, ...]] = {
    "sigmoid": of_x("sigmoid"),
    "cross_entropy": of_labels("cross_entropy", "y_hat"),
    "relu": of_x("relu"),
    "max_pooling": (
        pool((1, 1, 4, 4), 2, 2),
        pool((2, 3, 3, 3), 2, 1),
        pool((1, 2, 5, 5), 2, 2, below_zero=True),
        pool((2, 2, 7, 5), 3, 2, "strict"),
        pool((3, 1, 4, 9), 2, 3, "strict"),
        pool((2, 3, 4, 4), 4, 1, "strict", below_zero=True),
        pool((1, 2, 3, 2), 1, 2, "strict"),
    ),
    "conv": (
        convolve((1, 1, 3, 3), (1, 1, 3, 3), stride=1, padding=0),
        convolve((2, 3, 4, 4), (3, 3, 3, 3), stride=2, padding=1),
        convolve((2, 3, 4, 4), (3, 3, 3, 3)),
        convolve((2, 2, 5, 5), (4, 2, 2, 2), "strict", stride=1, padding=1),
        convolve((3, 2, 6, 4), (2, 2, 2, 3), "strict", stride=2, padding=0),
        convolve((1, 3, 5, 7), (2, 3, 3, 1), "strict", stride=3, padding=2),
        convolve((3, 1, 2, 5), (3, 1, 1, 4), "strict"),
        convolve((2, 2, 4, 6), (1, 2, 4, 2), "strict", stride=2, padding=0),
    ),
    "forward": (
        call("forward", unit(4, 3, column=False)),
        call("forward", unit(5, 2, column=True)),
        call("forward", unit(1, 6, column=False), level="strict"),
        call("forward", unit(3, 3, column=True), level="strict"),
        call("forward", unit(3, 3, column=False), level="strict"),
    ),
    "sigmoid_grad": of_x("sigmoid_grad"),
    "cross_entropy_grad": of_labels("cross_entropy_grad", "p"),
    "backward": (
        step(4, 3, 0.1),
        step(6, 2, 0.5, column=True),
        step(1, 5, 1.0, "strict"),
        step(3, 3, 0.3, "strict", column=True),
        step(3, 3, 0.7, "strict"),
        step(50, 4, 2.0, "strict"),
    ),
}


def cases(section: Section, rubric: Rubric, profile: str) -> tuple[Case, ...]:
    """The cases of a section, from the simplest to the richest; both profiles have the same.

    Raises
    ------
    ValueError
        There is no such profile.
    """
    if profile not in ("quick", "full"):
        raise ValueError(f"no profile {profile!r}; there are quick, full")
    return CASES[section.id]
