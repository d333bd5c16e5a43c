"""Wrong ideas about the logistic unit and its training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

Step = Callable[..., tuple[Any, Any]]


def write(book: Book) -> None:
    """List them."""
    for idea, value in (
        ("unit-bias-missing", lambda x, w, b: x @ w),
        ("unit-bias-subtracted", lambda x, w, b: x @ w - b),
        ("unit-activated", lambda x, w, b: 0.5 + 0.5 * np.tanh((x @ w + b) / 2)),
        ("unit-not-summed", lambda x, w, b: x * np.ravel(w) + b),
        ("unit-not-summed", lambda x, w, b: (x * np.ravel(w)).sum() + b),
    ):
        book.function(idea, "forward", "forward", lambda call, x, w, b, value=value: value(x, w, b))
    for idea, slope in (
        ("step-uphill", lambda y, p: y - p),
        ("step-of-sum", lambda y, p: (p - y) * len(y)),
        ("step-averaged-twice", lambda y, p: (p - y) / len(y)),
        ("step-slope-twice", lambda y, p: (p - y) * p * (1 - p)),
        ("step-slope-twice", lambda y, p: (p - y) * p * (1 - p) * len(y)),
        ("step-slope-missing", lambda y, p: (p - y) / (p * (1 - p))),
        ("step-slope-missing", lambda y, p: (p - y) / (p * (1 - p)) * len(y)),
    ):
        book.function(idea, "backward", "backward", with_slope(slope))
    for idea, step in STEPS:
        book.function(idea, "backward", "backward", gradients_to(step))


def with_slope(slope: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """A step with another gradient by xw + b, times the number of samples."""

    def backward(call: Any, x: Any, y: Any, y_hat: Any, w: Any, b: Any, lr: float) -> Any:
        return call(x, y, y + slope(y, y_hat), w, b, lr)

    return backward


def gradients_to(step: Step) -> Callable[..., Any]:
    """What is made of the right gradients by w and b."""

    def backward(call: Any, x: Any, y: Any, y_hat: Any, w: Any, b: Any, lr: float) -> Any:
        new_w, new_b = call(x, y, y_hat, w, b, 1.0)
        return step(w, b, w - new_w, b - new_b, lr, y_hat - y)

    return backward


#: What is returned, from w, b, their gradients, the rate and the errors.
STEPS: tuple[tuple[str, Step], ...] = (
    ("step-rate-missing", lambda w, b, dw, db, lr, e: (w - dw, b - db)),
    ("step-rate-missing", lambda w, b, dw, db, lr, e: (w - lr * dw, b - db)),
    ("step-rate-missing", lambda w, b, dw, db, lr, e: (w - dw, b - lr * db)),
    ("step-missing", lambda w, b, dw, db, lr, e: (w - lr * dw, b)),
    ("step-missing", lambda w, b, dw, db, lr, e: (w, b - lr * db)),
    ("step-missing", lambda w, b, dw, db, lr, e: (w, b)),
    ("step-gradient-returned", lambda w, b, dw, db, lr, e: (dw, db)),
    ("step-gradient-returned", lambda w, b, dw, db, lr, e: (lr * dw, lr * db)),
    ("step-gradient-returned", lambda w, b, dw, db, lr, e: (-lr * dw, -lr * db)),
    ("step-averaged-twice", lambda w, b, dw, db, lr, e: (w - lr * dw, b - lr * db / len(e))),
    ("step-of-sum", lambda w, b, dw, db, lr, e: (w - lr * dw, b - lr * db * len(e))),
    ("step-of-sum", lambda w, b, dw, db, lr, e: (w - lr * dw * len(e), b - lr * db)),
    ("step-bias-as-weights", lambda w, b, dw, db, lr, e: (w - lr * dw, b - lr * e / len(e))),
    ("step-bias-as-weights", lambda w, b, dw, db, lr, e: (w - lr * dw, b - lr * e)),
    ("step-uphill", lambda w, b, dw, db, lr, e: (w + lr * dw, b - lr * db)),
    ("step-uphill", lambda w, b, dw, db, lr, e: (w - lr * dw, b + lr * db)),
)
