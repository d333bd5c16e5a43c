"""More wrong ideas about batch normalisation: what is kept, where it starts, what backward divides by."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book

from .bonus import AXES, NORM, norm

SECTION = "batchnorm2d"


def write(book: Book) -> None:
    """List them."""
    kept(book)
    initial(book)
    backward(book)


def kept(book: Book) -> None:
    """Deviations for variances, running statistics in training, and other mixtures."""
    deviation = "norm-running-deviation"
    book.around(deviation, SECTION, NORM, "forward", norm(kept=lambda Z, V: np.sqrt(V)))

    def as_deviation(call: Any, self: Any, Z: Any, eval: bool = False) -> Any:
        """The running number is a deviation, and evaluation takes it for one."""
        if eval:
            return self.BW * (Z - self.running_M) / (self.running_V + self.eps) + self.Bb
        old = self.running_V
        BZ = call(Z)
        self.running_V = self.alpha * old + (1 - self.alpha) * np.sqrt(self.V)
        return BZ

    def all_deviations(call: Any, self: Any, Z: Any, eval: bool = False) -> Any:
        BZ = as_deviation(call, self, Z, eval)
        self.V = self.V if eval else np.sqrt(self.V)
        return BZ

    book.around(deviation, SECTION, NORM, "forward", as_deviation)
    book.around(deviation, SECTION, NORM, "forward", all_deviations)

    def running_used(call: Any, self: Any, Z: Any, eval: bool = False) -> Any:
        BZ = call(Z, eval)
        if eval:
            return BZ
        self.NZ = (Z - self.running_M) / np.sqrt(self.running_V + self.eps)
        return self.BW * self.NZ + self.Bb

    def old_used(call: Any, self: Any, Z: Any, eval: bool = False) -> Any:
        M, V = self.running_M, self.running_V
        BZ = call(Z, eval)
        if eval:
            return BZ
        self.NZ = (Z - M) / np.sqrt(V + self.eps)
        return self.BW * self.NZ + self.Bb

    def output_kept(call: Any, self: Any, Z: Any, eval: bool = False) -> Any:
        BZ = call(Z, eval)
        self.NZ = self.NZ if eval else BZ
        return BZ

    book.around("norm-back-raw-input", SECTION, NORM, "forward", output_kept)
    for stand_in in (running_used, old_used):
        book.around("norm-training-running", SECTION, NORM, "forward", stand_in)
    for running in (
        lambda a, old, new: a * old + new,
        lambda a, old, new: a * new,
        lambda a, old, new: (1 - a) * new,
        lambda a, old, new: old + new,
    ):
        book.around("norm-running-replaced", SECTION, NORM, "forward", norm(running=running))
    uncentred = norm(variance=lambda Z: np.mean(Z**2, axis=AXES, keepdims=True))
    absolute = norm(variance=lambda Z: np.mean(np.abs(Z - Z.mean(axis=AXES, keepdims=True)), axis=AXES, keepdims=True))
    total = norm(variance=lambda Z: np.sum((Z - Z.mean(axis=AXES, keepdims=True)) ** 2, axis=AXES, keepdims=True))
    for forward in (uncentred, absolute, total):
        book.around("norm-variance", SECTION, NORM, "forward", forward)


def initial(book: Book) -> None:
    """What stands there before the first call."""

    def starts(name: str, value: float) -> Any:
        def init(call: Any, self: Any, *args: Any, **options: Any) -> None:
            call(*args, **options)
            setattr(self, name, np.full(self.BW.shape, value))

        return init

    others = [("running_V", 0.0), ("running_M", 1.0), ("BW", 0.0), ("Bb", 1.0)]
    for name, value in (*others, ("alpha", 0.1), ("alpha", 0.99), ("alpha", 0.5)):
        book.around("norm-initial-state", SECTION, NORM, "__init__", starts(name, value))


def backward(book: Book) -> None:
    """dLdZ, dLdBW and dLdBb."""

    def formula(count: Any = None, root: Any = None, M: Any = None, V: Any = None) -> Any:
        def back(call: Any, self: Any, g: Any) -> Any:
            call(g)
            n = g.size / g.shape[1]
            by = n if count is None else count(g)
            variance = (self.V if V is None else V(self)) + self.eps
            below = np.sqrt(variance) if root is None else root(variance)
            NZ = self.NZ if M is None else (self.NZ * np.sqrt(self.V + self.eps) + self.M - M(self)) / np.sqrt(variance)
            g = self.BW * g
            mean, along = (np.sum(part, axis=AXES, keepdims=True) / by for part in (g, g * NZ))
            return (g - mean - NZ * along) / below

        return back

    def steps(count: Any) -> Any:
        """The paper's three gradients one by one; another n leaves more than one of them wrong."""

        def back(call: Any, self: Any, g: Any) -> Any:
            call(g)
            n, deviation = count(g), np.sqrt(self.V + self.eps)
            g, centred = self.BW * g, self.NZ * deviation
            dV = -0.5 * np.sum(g * centred, axis=AXES, keepdims=True) / deviation**3
            dM = -np.sum(g, axis=AXES, keepdims=True) / deviation
            return g / deviation + dV * 2 * centred / n + dM / n

        return back

    counts: tuple[Any, ...] = (
        len,
        lambda g: g[0, 0].size,
        lambda g: g.size / g.shape[1] - 1,
        lambda g: g.size,
        lambda g: len(g) * g.shape[2],
        lambda g: len(g) * g.shape[3],
        lambda g: 1,
    )
    for count in counts:
        book.around("norm-back-count", SECTION, NORM, "backward", formula(count=count))
        book.around("norm-back-count", SECTION, NORM, "backward", steps(count))
    for root in (lambda V: V, lambda V: 1.0, lambda V: 1 / np.sqrt(V)):
        book.around("norm-back-root", SECTION, NORM, "backward", formula(root=root))
    running = formula(M=lambda self: self.running_M, V=lambda self: self.running_V)
    for back in (running, formula(V=lambda self: self.running_V)):
        book.around("norm-back-statistics", SECTION, NORM, "backward", back)

    def summed(name: str, axes: tuple[int, ...]) -> Any:
        def back(call: Any, self: Any, g: Any) -> Any:
            dLdZ = call(g)
            terms = g * self.NZ if name == "dLdBW" else g
            setattr(self, name, terms.sum(axis=axes, keepdims=True))
            return dLdZ

        return back

    for name in ("dLdBW", "dLdBb"):
        for axes in ((0,), (2, 3), (0, 2), (0, 3), (0, 1, 2, 3)):
            book.around("norm-gradient-axes", SECTION, NORM, "backward", summed(name, axes))
