"""Wrong ideas about batch normalisation and the residual block. Dropout's are in `observed`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book, Patch

NORM, BLOCK = "BatchNorm2d", "ResBlock"
AXES = (0, 2, 3)


def write(book: Book) -> None:
    """List them."""
    statistics(book)
    evaluation(book)
    gradients(book)
    block(book)


def norm(
    mean: Any = lambda Z: Z.mean(axis=AXES, keepdims=True),
    variance: Any = lambda Z: Z.var(axis=AXES, keepdims=True),
    root: Any = lambda V, eps: np.sqrt(V + eps),
    running: Any = lambda a, old, new: a * old + (1 - a) * new,
    kept: Any = lambda Z, V: V,
) -> Any:
    """A training pass of batch normalisation with one of its parts exchanged."""

    def forward(call: Any, self: Any, Z: Any, eval: bool = False) -> Any:
        if eval:
            self.NZ = (Z - self.running_M) / root(self.running_V, self.eps)
            return self.BW * self.NZ + self.Bb
        self.M, self.V = mean(Z), variance(Z)
        self.running_M = running(self.alpha, self.running_M, self.M)
        self.running_V = running(self.alpha, self.running_V, kept(Z, self.V))
        self.NZ = (Z - self.M) / root(self.V, self.eps)
        return self.BW * self.NZ + self.Bb

    return forward


def statistics(book: Book) -> None:
    """Means and variances of a batch."""

    def by(axes: tuple[int, ...]) -> dict[str, Any]:
        def taken(statistic: Any) -> Any:
            def of(Z: Any) -> Any:
                found = statistic(Z, axis=axes, keepdims=True)
                return np.broadcast_to(found, (1, Z.shape[1], 1, 1)) if len(axes) == 4 else found

            return of

        return {"mean": taken(np.mean), "variance": taken(np.var)}

    def unbiased(Z: Any, *_: Any) -> Any:
        return Z.var(axis=AXES, keepdims=True, ddof=1)

    for idea, forward in (
        ("norm-unbiased-variance", norm(variance=unbiased)),
        ("norm-unbiased-variance", norm(kept=unbiased)),
        ("norm-eps", norm(root=lambda V, eps: np.sqrt(V))),
        ("norm-eps", norm(root=lambda V, eps: np.sqrt(V) + eps)),
        ("norm-eps", norm(root=lambda V, eps: np.sqrt(V + 1e-5))),
        ("norm-divides-by-variance", norm(root=lambda V, eps: V + eps)),
        ("norm-alpha-swapped", norm(running=lambda a, old, new: (1 - a) * old + a * new)),
        ("norm-running-replaced", norm(running=lambda a, old, new: new)),
        ("norm-running-replaced", norm(running=lambda a, old, new: old)),
        ("norm-running-replaced", norm(running=lambda a, old, new: old + (1 - a) * new)),
        ("norm-axes", norm(**by((0,)))),
        ("norm-axes", norm(**by((2, 3)))),
        ("norm-axes", norm(**by((0, 1, 2, 3)))),
        ("norm-axes", norm(**by((1, 2, 3)))),
        ("norm-axes", norm(**by((0, 2)))),
        ("norm-axes", norm(**by((0, 3)))),
    ):
        book.around(idea, "batchnorm2d", NORM, "forward", forward)

    def shifted(call: Any, self: Any, Z: Any, eval: bool = False) -> Any:
        right = call(Z, eval)
        return right - self.Bb + self.BW * self.Bb

    def plain(call: Any, self: Any, Z: Any, eval: bool = False) -> Any:
        call(Z, eval)
        return self.NZ

    def unshifted(call: Any, self: Any, Z: Any, eval: bool = False) -> Any:
        return call(Z, eval) - self.Bb

    for stand_in in (shifted, plain, unshifted):
        book.around("norm-scale-and-shift", "batchnorm2d", NORM, "forward", stand_in)


def evaluation(book: Book) -> None:
    """Evaluation."""

    def batch(call: Any, self: Any, Z: Any, eval: bool = False) -> Any:
        if not eval:
            return call(Z, False)
        kept = {name: getattr(self, name) for name in ("M", "V", "running_M", "running_V")}
        BZ = call(Z, False)
        for name, value in kept.items():
            setattr(self, name, value)
        return BZ

    def last(call: Any, self: Any, Z: Any, eval: bool = False) -> Any:
        if not eval:
            return call(Z, False)
        return self.BW * (Z - self.M) / np.sqrt(self.V + self.eps) + self.Bb

    def updated(call: Any, self: Any, Z: Any, eval: bool = False) -> Any:
        BZ = call(Z, eval)
        if eval:
            self.running_M = self.alpha * self.running_M + (1 - self.alpha) * Z.mean(axis=AXES, keepdims=True)
            self.running_V = self.alpha * self.running_V + (1 - self.alpha) * Z.var(axis=AXES, keepdims=True)
        return BZ

    def mixed(mean: str, variance: str) -> Any:
        """Evaluation takes its statistics from the last batch or the present one, one of them from the running ones."""

        def forward(call: Any, self: Any, Z: Any, eval: bool = False) -> Any:
            if not eval:
                return call(Z, False)
            means = {"last": self.M, "running": self.running_M, "present": Z.mean(axis=AXES, keepdims=True)}
            variances = {"last": self.V, "running": self.running_V, "present": Z.var(axis=AXES, keepdims=True)}
            return self.BW * (Z - means[mean]) / np.sqrt(variances[variance] + self.eps) + self.Bb

        return forward

    for other in ("last", "present"):
        for of in ((other, "running"), ("running", other)):
            book.around("norm-eval-uses-batch", "batchnorm2d", NORM, "forward", mixed(*of))
    book.around("norm-eval-uses-batch", "batchnorm2d", NORM, "forward", batch)
    book.around("norm-eval-uses-batch", "batchnorm2d", NORM, "forward", last)
    book.around(
        "norm-eval-uses-batch", "batchnorm2d", NORM, "forward", lambda call, self, Z, eval=False: call(Z, False)
    )

    def updated_first(call: Any, self: Any, Z: Any, eval: bool = False) -> Any:
        if eval:
            kept = {name: getattr(self, name, None) for name in ("M", "V", "NZ")}
            call(Z)
            vars(self).update(kept)
        return call(Z, eval)

    book.around("norm-eval-updates", "batchnorm2d", NORM, "forward", updated_first)
    book.around("norm-eval-updates", "batchnorm2d", NORM, "forward", updated)


def gradients(book: Book) -> None:
    """Backward."""

    def formula(centre: bool = True, along: bool = True, scale: bool = True, root: Any = None) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            call(g)
            g = self.BW * g if scale else g
            made = g - (g.mean(axis=AXES, keepdims=True) if centre else 0)
            made = made - (self.NZ * np.mean(g * self.NZ, axis=AXES, keepdims=True) if along else 0)
            return made / (np.sqrt(self.V + self.eps) if root is None else root(self))

        return backward

    for options in ({"centre": False}, {"along": False}, {"centre": False, "along": False}):
        book.around("norm-back-incomplete", "batchnorm2d", NORM, "backward", formula(**options))
    book.around("norm-back-scale", "batchnorm2d", NORM, "backward", formula(scale=False))
    book.around("norm-eps", "batchnorm2d", NORM, "backward", formula(root=lambda self: np.sqrt(self.V)))

    def summed(name: str, made: Any) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            dLdZ = call(g)
            setattr(self, name, made(self, g, getattr(self, name)))
            return dLdZ

        return backward

    for name in ("dLdBW", "dLdBb"):
        idea = "norm-gradient-mean"
        for count in (lambda g: g.size / g.shape[1], len, lambda g: g[0, 0].size):
            book.around(idea, "batchnorm2d", NORM, "backward", summed(name, lambda s, g, right, n=count: right / n(g)))
    raw = "norm-back-raw-input"
    book.around(
        raw, "batchnorm2d", NORM, "backward",
        summed("dLdBW", lambda s, g, right: np.sum(g * (s.NZ * np.sqrt(s.V + s.eps) + s.M), axis=AXES, keepdims=True)),
    )  # fmt: skip
    book.around(
        raw, "batchnorm2d", NORM, "backward",
        summed("dLdBW", lambda s, g, right: np.sum(g * (s.BW * s.NZ + s.Bb), axis=AXES, keepdims=True)),
    )  # fmt: skip
    book.around(
        raw, "batchnorm2d", NORM, "backward",
        summed("dLdBW", lambda s, g, right: np.sum(g, axis=AXES, keepdims=True)),
    )  # fmt: skip


def block(book: Book) -> None:
    """The residual block."""

    def rebuilt(change: Any) -> Any:
        def init(call: Any, self: Any, *args: Any, **options: Any) -> None:
            call(*args, **options)
            change(self)

        return init

    def no_inner(self: Any) -> None:
        self.convolution_layers = [self.convolution_layers[0], self.convolution_layers[2]]

    def nothing(self: Any) -> None:
        self.final_activation = Passing()

    book.around("block-inner-activation", "resnet", BLOCK, "__init__", rebuilt(no_inner))
    book.around("block-final-activation", "resnet", BLOCK, "__init__", rebuilt(nothing))

    def no_shortcut(patch: Patch) -> None:
        def forward(call: Any, self: Any, A: Any) -> Any:
            self.residual_connection.forward(A)
            for layer in self.convolution_layers:
                A = layer.forward(A)
            return self.final_activation.forward(A)

        patch.around(BLOCK, "forward", forward)

    book.add("block-shortcut-missing", "resnet", no_shortcut)

    def unaided(call: Any, self: Any, g: Any) -> Any:
        g = self.final_activation.backward(g)
        self.residual_connection.backward(g)
        for layer in reversed(self.convolution_layers):
            g = layer.backward(g)
        return g

    def one_sided(call: Any, self: Any, g: Any) -> Any:
        g = self.final_activation.backward(g)
        for layer in reversed(self.convolution_layers):
            g = layer.backward(g)
        return g

    def other_side(call: Any, self: Any, g: Any) -> Any:
        g = self.final_activation.backward(g)
        shortcut = self.residual_connection.backward(g)
        for layer in reversed(self.convolution_layers):
            g = layer.backward(g)
        return shortcut

    def direct(call: Any, self: Any, g: Any) -> Any:
        g = self.final_activation.backward(g)
        shortcut = g
        for layer in reversed(self.convolution_layers):
            g = layer.backward(g)
        return g + shortcut

    def unless_identity(call: Any, self: Any, g: Any) -> Any:
        identity = type(self.residual_connection).__name__ == "IdentityBlock"
        return unaided(call, self, g) if identity else call(g)

    for stand_in in (unaided, one_sided, other_side, direct, unless_identity):
        book.around("block-back-one-branch", "resnet", BLOCK, "backward", stand_in)

    def ungated(call: Any, self: Any, g: Any) -> Any:
        shortcut = self.residual_connection.backward(g)
        for layer in reversed(self.convolution_layers):
            g = layer.backward(g)
        return g + shortcut

    def half_gated(call: Any, self: Any, g: Any) -> Any:
        shortcut = self.residual_connection.backward(g)
        g = self.final_activation.backward(g)
        for layer in reversed(self.convolution_layers):
            g = layer.backward(g)
        return g + shortcut

    for stand_in in (ungated, half_gated):
        book.around("block-back-final-activation", "resnet", BLOCK, "backward", stand_in)

    def before(call: Any, self: Any, A: Any) -> Any:
        shortcut = self.residual_connection.forward(A)
        for layer in self.convolution_layers:
            A = layer.forward(A)
        return self.final_activation.forward(A) + shortcut

    def chained(call: Any, self: Any, A: Any) -> Any:
        for layer in self.convolution_layers:
            A = layer.forward(A)
        return self.final_activation.forward(A + self.residual_connection.forward(A))

    def product(call: Any, self: Any, A: Any) -> Any:
        shortcut = self.residual_connection.forward(A)
        for layer in self.convolution_layers:
            A = layer.forward(A)
        return self.final_activation.forward(A - shortcut)

    def each(call: Any, self: Any, A: Any) -> Any:
        shortcut = self.residual_connection.forward(A)
        for layer in self.convolution_layers:
            A = layer.forward(A)
        return self.final_activation.forward(A) + self.final_activation.forward(shortcut)

    def other(join: Any) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            shortcut = self.residual_connection.forward(A)
            for layer in self.convolution_layers:
                A = layer.forward(A)
            return self.final_activation.forward(join(A, shortcut))

        return forward

    joins = (np.maximum, np.multiply, lambda A, shortcut: (A + shortcut) / 2, lambda A, shortcut: shortcut - A)
    joined: tuple[Any, ...] = (before, chained, product, each, *map(other, joins))
    for stand_in in joined:
        book.around("block-branches", "resnet", BLOCK, "forward", stand_in)


class Passing:
    """An activation that changes nothing."""

    def forward(self, A: Any) -> Any:
        """The input."""
        return A

    def backward(self, g: Any) -> Any:
        """The gradient."""
        return g
