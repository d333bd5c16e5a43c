"""Wrong ideas about the loss and its gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

#: The contract's bound, and those that others use.
EPS = 1e-12
OTHERS = (1e-3, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-14, 1e-15)

LOSS, GRADIENT = "cross_entropy", "cross_entropy_grad"


def write(book: Book) -> None:
    """List them."""
    losses(book)
    gradients(book)


def clipped(p: Any, eps: float = EPS) -> Any:
    """Probabilities between a bound and one minus it."""
    return np.clip(p, eps, 1 - eps)


def of(value: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """What stands in a function's place: a function of labels and clipped probabilities."""
    return lambda call, y, p: value(y, clipped(p))


def each(y: Any, p: Any) -> Any:
    """The loss of each sample."""
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def losses(book: Book) -> None:
    """The loss."""
    for idea, value in (
        ("loss-summed", lambda y, p: each(y, p).sum()),
        ("loss-not-averaged", each),
        ("loss-negated", lambda y, p: -each(y, p).mean()),
        ("loss-one-term", lambda y, p: -np.mean(y * np.log(p))),
        ("loss-one-term", lambda y, p: -np.mean((1 - y) * np.log(1 - p))),
        ("loss-log-base", lambda y, p: each(y, p).mean() / np.log(2)),
        ("loss-log-base", lambda y, p: each(y, p).mean() / np.log(10)),
        ("loss-log-base", lambda y, p: -np.mean(y * np.log2(p) + (1 - y) * np.log(1 - p))),
        ("loss-log-base", lambda y, p: -np.mean(y * np.log(p) + (1 - y) * np.log2(1 - p))),
        ("loss-is-squared-error", lambda y, p: np.mean((y - p) ** 2)),
        ("loss-is-squared-error", lambda y, p: np.mean((y - p) ** 2) / 2),
        ("loss-is-squared-error", lambda y, p: np.sum((y - p) ** 2)),
        ("loss-term-wrong", lambda y, p: -np.mean(y * np.log(p) + (1 - y) * np.log(p))),
        ("loss-term-wrong", lambda y, p: -np.mean(y * np.log(p) - (1 - y) * np.log(1 - p))),
        ("loss-term-wrong", lambda y, p: -np.mean(y * np.log(p) + (1 - y) * (1 - np.log(p)))),
    ):
        book.function(idea, LOSS, LOSS, of(value))
    book.function("loss-swapped", LOSS, LOSS, lambda call, y, p: call(p, y))
    for eps in OTHERS:
        book.function("clip-elsewhere", LOSS, LOSS, lambda call, y, p, eps=eps: each(y, clipped(p, eps)).mean())
        book.function(
            "clip-elsewhere", LOSS, LOSS,
            lambda call, y, p, eps=eps: -np.mean(y * np.log(p + eps) + (1 - y) * np.log(1 - p + eps)),
        )  # fmt: skip


def by_probability(y: Any, p: Any) -> Any:
    """The gradient of the sum of the losses."""
    return (p - y) / (p * (1 - p))


def gradients(book: Book) -> None:
    """Its gradient by the probabilities."""
    for idea, value in (
        ("gradient-is-loss", lambda y, p: each(y, p).mean()),
        ("gradient-is-loss", lambda y, p: each(y, p).sum()),
        ("gradient-is-loss", each),
        ("gradient-of-sum", by_probability),
        ("gradient-averaged", lambda y, p: by_probability(y, p).mean()),
        ("gradient-averaged", lambda y, p: by_probability(y, p).mean() / len(y)),
        ("gradient-by-logit", lambda y, p: (p - y) / len(y)),
        ("gradient-by-logit", lambda y, p: p - y),
        ("gradient-negated", lambda y, p: -by_probability(y, p) / len(y)),
        ("gradient-one-term", lambda y, p: -y / p / len(y)),
        ("gradient-one-term", lambda y, p: -y / p),
        ("gradient-one-term", lambda y, p: (1 - y) / (1 - p) / len(y)),
        ("gradient-one-term", lambda y, p: (1 - y) / (1 - p)),
        ("gradient-denominator", lambda y, p: (p - y) / p / len(y)),
        ("gradient-denominator", lambda y, p: (p - y) / (1 - p) / len(y)),
        ("gradient-inner-sign", lambda y, p: (-y / p - (1 - y) / (1 - p)) / len(y)),
        ("gradient-inner-sign", lambda y, p: -y / p - (1 - y) / (1 - p)),
    ):
        book.function(idea, GRADIENT, GRADIENT, of(value))
    for eps in OTHERS:
        book.function(
            "clip-elsewhere", GRADIENT, GRADIENT,
            lambda call, y, p, eps=eps: by_probability(y, clipped(p, eps)) / len(y),
        )  # fmt: skip
        book.function(
            "clip-elsewhere", GRADIENT, GRADIENT,
            lambda call, y, p, eps=eps: (p - y) / (p * (1 - p) + eps) / len(y),
        )  # fmt: skip
