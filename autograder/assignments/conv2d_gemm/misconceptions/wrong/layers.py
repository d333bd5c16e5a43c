"""Wrong ideas about the layers' forward pass: parameters, bias, activation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

from .tools import BACK, FORWARD, Around


def write(book: Book) -> None:
    """List them."""
    parameters(book)
    outputs(book)
    retained(book)


def parameters(book: Book) -> None:
    """What the first forward pass makes."""

    def made(name: str, change: Callable[[Any], Any]) -> Around:
        def init(call: Any, self: Any, in_ch: int) -> None:
            call(in_ch)
            self.params[name] = change(self.params[name])

        return init

    for idea, name, change in (
        ("weights-zeroed", "W", np.zeros_like),
        ("weights-alike", "W", np.ones_like),
        ("bias-other-shape", "b", lambda b: np.zeros(b.shape[3])),
        ("bias-other-shape", "b", lambda b: np.zeros((1, b.shape[3]))),
        ("bias-other-shape", "b", lambda b: np.zeros((b.shape[3], 1))),
        ("bias-other-shape", "b", lambda b: np.zeros((b.shape[3], 1, 1, 1))),
    ):
        book.around(idea, FORWARD, "Conv2D", "_init_params", made(name, change))


def outputs(book: Book) -> None:
    """What is made of the convolution."""
    for classes in ("Conv2D", "Conv2D_gemm"):
        sections = "loops_forward" if classes == "Conv2D" else "gemm_forward"
        for idea, times in (("bias-missing", 1), ("bias-subtracted", 2)):
            book.around(
                idea, sections, classes, "_convolve",
                lambda call, self, X, times=times: call(X) - times * self.params["b"],
            )  # fmt: skip

    def without(call: Any, self: Any, X: Any, retain_derived: bool = True) -> Any:
        with replaced(self, Plain()):
            return call(X, retain_derived)

    book.around("activation-missing", FORWARD, "Conv2D", "forward", without)

    def before(call: Any, self: Any, X: Any, retain_derived: bool = True) -> Any:
        without(call, self, X, retain_derived)
        b = self.params["b"]
        return self.acti_fn(self._convolve(X)) + b

    book.around("activation-before-bias", FORWARD, "Conv2D", "forward", before)

    def slope(grad: Callable[[Any, Any, Any], Any]) -> Around:
        def backward(call: Any, self: Any, dLda: Any, retain_grads: bool = True) -> Any:
            usual = self.acti_fn
            with replaced(self, Plain(lambda Z: grad(usual, Z, self.params["b"]))):
                return call(dLda, retain_grads)

        return backward

    for idea, grad in (
        ("slope-missing", lambda usual, Z, b: np.ones_like(Z)),
        ("slope-at-activation", lambda usual, Z, b: usual.grad(usual(Z))),
        ("slope-without-bias", lambda usual, Z, b: usual.grad(Z - b)),
    ):
        book.around(idea, BACK, "Conv2D", "backward", slope(grad))


class Plain:
    """The identity as an activation, or with another derivative."""

    def __init__(self, grad: Callable[[Any], Any] = np.ones_like) -> None:
        self.grad = grad

    def __call__(self, Z: Any) -> Any:
        return Z


@contextmanager
def replaced(layer: Any, activation: Any) -> Iterator[None]:
    """A layer with another activation."""
    usual, layer.acti_fn = layer.acti_fn, activation
    try:
        yield
    finally:
        layer.acti_fn = usual


def retained(book: Book) -> None:
    """What a list of gradients does."""

    def one_by_one(kept: int, names: str) -> Around:
        """A list's gradients one after the other; of those of these parameters, only one stays."""

        def backward(call: Any, self: Any, dLda: Any, retain_grads: bool = True) -> Any:
            if not isinstance(dLda, list):
                return call(dLda, retain_grads)
            Xs, Zs, found, stay = self.X, self.derived_variables["Z"], [], []
            for X, Z, g in zip(Xs, Zs, dLda, strict=True):
                self.gradients = {name: 0 * value for name, value in self.gradients.items()}
                self.X, self.derived_variables["Z"] = [X], [Z]
                found.append(call(g, retain_grads))
                stay.append(self.gradients)
            self.gradients = {
                name: value if name in names else sum(each[name] for each in stay) for name, value in stay[kept].items()
            }
            return found

        return backward

    for kept in (0, -1):
        for names in ("Wb", "W", "b"):
            book.around("gradients-overwritten", BACK, "Conv2D", "backward", one_by_one(kept, names))

    def reversed_list(call: Any, self: Any, dLda: Any, retain_grads: bool = True) -> Any:
        found = call(dLda, retain_grads)
        return found[::-1] if isinstance(found, list) else found

    def last_in_first_out(call: Any, self: Any, dLda: Any, retain_grads: bool = True) -> Any:
        if not isinstance(dLda, list):
            return call(dLda, retain_grads)
        self.X, self.derived_variables["Z"] = self.X[::-1], self.derived_variables["Z"][::-1]
        return call(dLda, retain_grads)

    book.around("list-reversed", BACK, "Conv2D", "backward", reversed_list)
    book.around("list-reversed", BACK, "Conv2D", "backward", last_in_first_out)

    def twice(call: Any, self: Any, dLda: Any, retain_grads: bool = True) -> Any:
        found = call(dLda, retain_grads)
        self.gradients = {name: 2 * value for name, value in self.gradients.items()}
        return found

    book.around("gradients-not-summed", BACK, "Conv2D", "backward", twice)
