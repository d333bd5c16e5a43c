"""Wrong ideas about sigmoid, its derivative, and relu."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

#: What a sigmoid's mistake spoils.
SIGMOIDS = "sigmoid sigmoid_grad"


def write(book: Book) -> None:
    """List them."""
    sigmoids(book)
    slopes(book)
    relus(book)


def instead(made: Callable[[Any], Any]) -> Callable[..., Any]:
    """What stands in a function's place: a function of the same argument."""
    return lambda call, x: made(x)


def sigmoids(book: Book) -> None:
    """The sigmoid."""
    book.function("sigmoid-negated", SIGMOIDS, "sigmoid", lambda call, x: call(-x))
    book.function("sigmoid-is-tanh", SIGMOIDS, "sigmoid", instead(np.tanh))
    for bound in (3, 4, 5, 6, 8, 10, 15, 20):
        book.function(
            "sigmoid-clipped", SIGMOIDS, "sigmoid", lambda call, x, bound=bound: call(np.clip(x, -bound, bound))
        )
    book.function("sigmoid-not-minus-one", SIGMOIDS, "sigmoid", lambda call, x: 2 * call(x))
    book.function("sigmoid-not-minus-one", SIGMOIDS, "sigmoid", lambda call, x: 1 / (2 + np.exp(-x)))
    book.function("sigmoid-not-minus-one", "sigmoid", "sigmoid", lambda call, x: 1 + np.exp(np.clip(-x, None, 700)))


def slopes(book: Book) -> None:
    """Its derivative."""
    for idea, slope in (
        ("slope-of-probability", lambda call, z: z * (1 - z)),
        ("slope-of-tanh", lambda call, z: 1 - np.tanh(z) ** 2),
    ):
        book.function(idea, "sigmoid_grad", "sigmoid_grad", slope)

    def from_sigmoid(value: Callable[[Any], Any], twice: bool = False) -> Callable[..., Any]:
        def slope(call: Any, z: Any) -> Any:
            s = once(z)
            return value(once(s) if twice else s)

        return slope

    book.function("slope-sigmoid-twice", "sigmoid_grad", "sigmoid_grad", from_sigmoid(lambda s: s * (1 - s), True))
    for value in (lambda s: s, lambda s: 1 - s, lambda s: s**2, lambda s: s * (s - 1)):
        book.function("slope-factor-missing", "sigmoid_grad", "sigmoid_grad", from_sigmoid(value))
    book.function("slope-of-tanh", "sigmoid_grad", "sigmoid_grad", from_sigmoid(lambda s: 1 - s**2))


def once(z: Any) -> Any:
    """The sigmoid itself, by another road than the reference's."""
    return 0.5 + 0.5 * np.tanh(z / 2)


def relus(book: Book) -> None:
    """The rectifier."""
    for idea, made in (
        ("relu-absolute", np.abs),
        ("relu-derivative", lambda x: (x > 0) * 1.0),
        ("relu-derivative", lambda x: (x >= 0) * 1.0),
        ("relu-capped", lambda x: np.clip(x, 0, 1)),
        ("relu-capped", lambda x: np.clip(x, 0, 6)),
        ("relu-one-number", lambda x: np.maximum(x.max(), 0)),
        ("relu-one-number", lambda x: np.maximum(x, 0).sum()),
    ):
        book.function(idea, "relu", "relu", instead(made))
    for slope in (0.001, 0.01, 0.1, 0.2, 0.3):
        book.function("relu-leaky", "relu", "relu", lambda call, x, slope=slope: np.where(x > 0, x, slope * x))
