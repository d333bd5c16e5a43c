"""Wrong ideas about the activations of one's own `activation.py`, which show in the networks only."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book, Patch

from .state import stale

#: ReLU stands in all networks, the two others in the CNN.
NETWORKS, CNN = "scan_simple scan_distributed cnn resnet", "cnn"
#: What a backward gives of an activation's input, its output, and the gradient that comes in.
Back = Callable[[Any, Any, Any], Any]


def write(book: Book) -> None:
    """List them."""
    relu(book)
    slopes(book)
    unused(book)


def backward(patch: Patch, cls: str, made: Back) -> None:
    """Put another backward into an activation."""

    def forward(call: Any, self: Any, Z: Any) -> Any:
        self.given = Z
        return call(Z)

    patch.around(cls, "forward", forward)
    patch.around(cls, "backward", lambda call, self, g: made(self.given, self.A, g))


def both(patch: Patch, made: Callable[[Any], Any], back: Back | None) -> None:
    """Put another ReLU's forward in, with the backward `back`, or with the reference's, which asks its output."""

    def forward(call: Any, self: Any, Z: Any) -> Any:
        call(Z)
        self.given, self.A = Z, made(Z)
        return self.A

    patch.around("ReLU", "forward", forward)
    if back is not None:
        patch.around("ReLU", "backward", lambda call, self, g: back(self.given, self.A, g))


def relu(book: Book) -> None:
    """ReLU forward and back."""
    back: dict[str, tuple[Back, ...]] = {
        "relu-back-unmasked": (lambda Z, A, g: g,),
        "relu-back-mask": (
            lambda Z, A, g: np.where(g > 0.0, g, 0.0),
            lambda Z, A, g: np.where(A > 0.0, 0.0, g),
            lambda Z, A, g: np.where((A > 0.0) & (g > 0.0), g, 0.0),
            lambda Z, A, g: np.where(A > 1.0, g, 0.0),
        ),
        "relu-back-times-output": (
            lambda Z, A, g: g * A,
            lambda Z, A, g: g * Z,
            lambda Z, A, g: A,
        ),
    }
    for idea, variants in back.items():
        for made in variants:
            book.add(idea, NETWORKS, partial(backward, cls="ReLU", made=made))

    def masked(Z: Any, A: Any, g: Any) -> Any:
        return np.where(Z > 0.0, g, 0.0)

    def leaking(leak: float) -> tuple[Callable[[Any], Any], Back]:
        return lambda Z: np.where(Z > 0.0, Z, leak * Z), lambda Z, A, g: np.where(Z > 0.0, g, leak * g)

    pairs: tuple[tuple[Callable[[Any], Any], Back], ...] = (
        (np.abs, lambda Z, A, g: g * np.sign(Z)),
        *map(leaking, (0.01, 0.1, 0.2)),
        (lambda Z: np.minimum(Z, 0.0), lambda Z, A, g: np.where(Z < 0.0, g, 0.0)),
        (lambda Z: np.maximum(Z, 1.0), lambda Z, A, g: np.where(Z > 1.0, g, 0.0)),
        (lambda Z: (Z > 0.0) * 1.0, lambda Z, A, g: np.zeros(g.shape)),
    )
    for forward, own in pairs:
        for fitting in (None, masked, own):
            book.add("relu-forward", NETWORKS, partial(both, made=forward, back=fitting))
    # Without any backward of its own that is a network without activations, which has another name.
    book.add("relu-forward", NETWORKS, partial(both, made=lambda Z: Z, back=masked))
    book.add("state-of-first-use", NETWORKS, partial(stale, cls="ReLU", names="A"))


def slopes(book: Book) -> None:
    """By what the gradient is multiplied."""
    slope: dict[str, tuple[Callable[[Any, Any], Any], ...]] = {
        "Tanh": (
            lambda Z, A: 1.0 - A,
            lambda Z, A: 1.0 + A**2,
            lambda Z, A: 1.0 - Z**2,
            lambda Z, A: 1.0 - np.tanh(A) ** 2,
            lambda Z, A: A**2 - 1.0,
            lambda Z, A: A * (1.0 - A),
            lambda Z, A: (1.0 - A) ** 2,
            lambda Z, A: 1.0 - 2.0 * A,
            lambda Z, A: A,
            lambda Z, A: A**2,
            lambda Z, A: (A > 0.0) * 1.0,
            lambda Z, A: 1.0,
        ),
        "Sigmoid": (
            lambda Z, A: 1.0 - A,
            lambda Z, A: 1.0 + A,
            lambda Z, A: A,
            lambda Z, A: A**2,
            lambda Z, A: A * (1.0 + A),
            lambda Z, A: A * (A - 1.0),
            lambda Z, A: A * (1.0 - A**2),
            lambda Z, A: A * (1.0 - Z),
            lambda Z, A: Z * (1.0 - Z),
            lambda Z, A: 1.0 - A**2,
            lambda Z, A: twice(A) * (1.0 - twice(A)),
            lambda Z, A: np.exp(-Z) * A,
            lambda Z, A: 1.0,
        ),
    }

    def times(factor: Callable[[Any, Any], Any]) -> Back:
        return lambda Z, A, g: g * factor(Z, A)

    for cls, factors in slope.items():
        for factor in factors:
            book.add(f"{cls.lower()}-back-slope", CNN, partial(backward, cls=cls, made=times(factor)))


def twice(A: Any) -> Any:
    """The logistic function of what it gave already."""
    return 1.0 / (1.0 + np.exp(-A))


def unused(book: Book) -> None:
    """The slope alone, without the gradient that comes in."""
    for cls, sections, alone in (
        ("ReLU", NETWORKS, lambda Z, A, g: (A > 0.0) * 1.0),
        ("ReLU", NETWORKS, lambda Z, A, g: np.ones(g.shape)),
        ("Tanh", CNN, lambda Z, A, g: 1.0 - A**2),
        ("Sigmoid", CNN, lambda Z, A, g: A * (1.0 - A)),
    ):
        book.add("activation-gradient-unused", sections, partial(backward, cls=cls, made=alone))
