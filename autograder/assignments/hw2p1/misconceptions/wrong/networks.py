"""More wrong ideas about networks: which stride, activation or criterion, in which place."""

from __future__ import annotations

from functools import partial
from itertools import permutations, product
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book, Patch

from .models import SCANS, SHARED, SIMPLE


def write(book: Book) -> None:
    """List them."""
    scans(book)
    activations(book)
    criterion(book)
    gradients(book)


def scans(book: Book) -> None:
    """Any other strides, another activation, ReLUs left out on the way back."""

    def strided(numbers: tuple[int, ...]) -> Any:
        def init(call: Any, self: Any) -> None:
            call()
            for layer, stride in zip((self.conv1, self.conv2, self.conv3), numbers, strict=True):
                layer.stride = layer.downsample1d.downsampling_factor = stride

        return init

    known = {
        SIMPLE: {(4, 1, 1), (8, 1, 1), (1, 1, 1), (2, 1, 1), (4, 4, 1), (4, 4, 4)},
        SHARED: {(2, 2, 1), (2, 2, 2), (2, 1, 1), (2, 1, 2), (4, 1, 1), (1, 1, 1), (4, 2, 1), (1, 2, 2), (4, 4, 1)},
    }
    for cls, section in SCANS:
        for numbers in sorted({*product((1, 2, 4), repeat=3)} - known[cls]):
            book.around("scan-stride", section, cls, "__init__", strided(numbers))
        for name in ("Sigmoid", "Tanh", "GELU"):
            book.add("scan-other-activation", section, partial(other, cls=cls, name=name))

        def through(chosen: tuple[int, ...]) -> Any:
            def backward(call: Any, self: Any, g: Any) -> Any:
                for index in chosen:
                    g = self.layers[index].backward(g)
                return g

            return backward

        readings(book, cls, section)
        for chosen in ((5, 4, 2, 1, 0), (5, 4, 3, 2, 0)):
            book.around("scan-activation-missing", section, cls, "backward", through(chosen))

        def leading(call: Any, self: Any) -> None:
            call()
            self.layers = [type(self.layers[1])(), *self.layers]

        book.around("scan-activation-before-first", section, cls, "__init__", leading)


def readings(book: Book, cls: str, section: str) -> None:
    """Any way to read a matrix as a kernel, of the first layer or of all; activations in any places."""

    def read(order: tuple[int, ...], flips: tuple[int, ...], of: str, step: int | None = None) -> Any:
        def init_weights(call: Any, self: Any, matrices: Any) -> None:
            call(matrices)
            for layer, matrix in zip(convolutions(self, of), chosen_of(matrices, of), strict=True):
                inner = layer.conv1d_stride1
                out, inside, K = inner.W.shape
                sides = {0: out, 1: inside, 2: K}
                cut = matrix[: inside * K, :out].reshape([sides[axis] for axis in order])
                W = np.flip(cut.transpose(np.argsort(order)), flips)
                if step is not None:
                    W = np.where(np.arange(K) == step, W, 0.0)
                inner.W = W

        return init_weights

    right, wide = (2, 1, 0), "1" if cls == SIMPLE else "123"
    known = {(right, (2,)), *((order, ()) for order in ((0, 1, 2), (0, 2, 1), (1, 2, 0)))}
    for order in permutations(range(3)):
        for flips in ((), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)):
            for of in ("123", "1", "2", "3", "23"):
                named = of in ("123", wide) and (order, flips) in known
                if (order, flips) != (right, ()) and not named:
                    book.around("scan-entries", section, cls, "init_weights", read(order, flips, of))
    for step in range(8 if cls == SIMPLE else 2):
        for of in ("123", "1"):
            book.around("scan-entries", section, cls, "init_weights", read(right, (), of, step))

    def looked_up(row: Any) -> Any:
        def init_weights(call: Any, self: Any, matrices: Any) -> None:
            call(matrices)
            for layer, matrix in zip(convolutions(self, "123"), chosen_of(matrices, "123"), strict=True):
                inner = layer.conv1d_stride1
                out, inside, K = inner.W.shape
                inner.W = np.stack([np.stack([matrix[row(c, t, inside, K), :out] for t in range(K)], 1)
                                    for c in range(inside)], 1)  # fmt: skip

        return init_weights

    for row in (lambda c, t, C, K: t * K + c, lambda c, t, C, K: c * C + t, lambda c, t, C, K: c + t):
        book.around("scan-entries", section, cls, "init_weights", looked_up(row))

    def split_first(call: Any, self: Any, matrices: Any) -> None:
        call(matrices)
        for layer, matrix in zip(convolutions(self, "123"), chosen_of(matrices, "123"), strict=True):
            inner = layer.conv1d_stride1
            out, inside, K = inner.W.shape
            inner.W = matrix.reshape(K, -1, matrix.shape[1])[:, :inside, :out].transpose(2, 1, 0)

    if cls == SHARED:
        book.around("scan-entries", section, cls, "init_weights", split_first)

    def blocks(call: Any, self: Any, matrices: Any) -> None:
        call(matrices)
        inner = self.conv2.conv1d_stride1
        out, inside, K = inner.W.shape
        inner.W = matrices[1][:out, : inside * K].reshape(K, inside, out).transpose(2, 1, 0)

    if cls == SHARED:
        book.around("scan-entries", section, cls, "init_weights", blocks)

    def placed(places: tuple[int, ...]) -> Any:
        def init(call: Any, self: Any) -> None:
            call()
            kind, convolutions = type(self.layers[1]), [self.conv1, self.conv2, self.conv3]
            layers: list[Any] = [kind()] if 0 in places else []
            for index, layer in enumerate(convolutions, 1):
                layers += [layer, kind()] if index in places else [layer]
            self.layers = [*layers, self.layers[-1]]

        return init

    for places in ((0, 1), (0, 2), (1, 3), (2, 3), (0, 1, 2, 3), (3,), (0,)):
        book.around("scan-activation-places", section, cls, "__init__", placed(places))

    def cut(left_out: int) -> Any:
        def forward(call: Any, self: Any, A: Any) -> Any:
            for index, layer in enumerate(self.layers):
                if index != left_out:
                    A = layer.forward(A)
            return A

        return forward

    for left_out in (0, 2, 4):
        book.around("scan-layer-left-out", section, cls, "forward", cut(left_out))


def convolutions(net: Any, of: str) -> list[Any]:
    """Some of a scanning network's convolutions, by their numbers."""
    return [getattr(net, f"conv{number}") for number in of]


def chosen_of(matrices: Any, of: str) -> list[Any]:
    """The matrices of those convolutions."""
    return [matrices[int(number) - 1] for number in of]


def other(patch: Patch, cls: str, name: str) -> None:
    """Another activation in ReLU's place."""

    def init(call: Any, self: Any) -> None:
        call()
        self.layers = [patch.find(name)() if type(layer).__name__ == "ReLU" else layer for layer in self.layers]

    patch.around(cls, "__init__", init)


def activations(book: Book) -> None:
    """The CNN's activations."""

    def rebuilt(made: Any) -> Any:
        def init(call: Any, self: Any, *args: Any, **options: Any) -> None:
            call(*args, **options)
            self.layers = made(self.layers)

        return init

    def all_of(index: int) -> Any:
        def made(layers: list[Any]) -> list[Any]:
            one = layers[1:-2:2][index]
            return [*(one if i % 2 else layer for i, layer in enumerate(layers[:-2])), *layers[-2:]]

        return made

    def anew(index: int) -> Any:
        def made(layers: list[Any]) -> list[Any]:
            kind = type(layers[1:-2:2][index])
            return [*(kind() if i % 2 else layer for i, layer in enumerate(layers[:-2])), *layers[-2:]]

        return made

    def second(layers: list[Any]) -> list[Any]:
        return [*layers[:3], layers[1], *layers[4:]]

    def halved(layers: list[Any]) -> list[Any]:
        behind = [layers[1 + 2 * (i // 4)] if i % 2 else layer for i, layer in enumerate(layers[:-2])]
        return [*behind, *layers[-2:]]

    for shared in (second, halved):
        book.around("cnn-activation-shared", "cnn", "CNN", "__init__", rebuilt(shared))
    for index in (0, -1):
        book.around("cnn-activation-shared", "cnn", "CNN", "__init__", rebuilt(all_of(index)))
        book.around("cnn-activation-shared", "cnn", "CNN", "__init__", rebuilt(anew(index)))
    book.around("cnn-output-activated", "cnn", "CNN", "__init__", rebuilt(lambda L: [*L, type(L[-3])()]))
    book.around("cnn-output-activated", "cnn", "CNN", "__init__", rebuilt(lambda L: [*L, type(L[1])()]))

    def softmax(call: Any, self: Any, A: Any) -> Any:
        Z = call(A)
        powers = np.exp(Z - Z.max(axis=1, keepdims=True))
        self.Z = powers / powers.sum(axis=1, keepdims=True)
        return self.Z

    book.around("cnn-output-activated", "cnn", "CNN", "forward", softmax)

    def partly(left_out: Any) -> Any:
        def backward(call: Any, self: Any, labels: Any) -> Any:
            self.loss = self.criterion.forward(self.Z, labels)
            g = self.criterion.backward()
            for index in reversed(range(len(self.layers))):
                if index not in left_out(len(self.layers)):
                    g = self.layers[index].backward(g)
            return g

        return backward

    for left_out in (lambda n: {1}, lambda n: {n - 3}):
        book.around("cnn-activation-missing", "cnn", "CNN", "backward", partly(left_out))


def criterion(book: Book) -> None:
    """Output and labels in the criterion."""

    def swapped(call: Any, self: Any, labels: Any) -> Any:
        self.loss = self.criterion.forward(labels, self.Z)
        g = self.criterion.backward()
        for layer in reversed(self.layers):
            g = layer.backward(g)
        return g

    def loss_only(call: Any, self: Any, labels: Any) -> Any:
        g = call(labels)
        self.loss = self.criterion.forward(labels, self.Z)
        return g

    def negative(call: Any, self: Any, labels: Any) -> Any:
        call(labels)
        self.criterion.forward(self.Z, labels)
        g = -self.criterion.backward()
        for layer in reversed(self.layers):
            g = layer.backward(g)
        return g

    book.around("cnn-criterion-swapped", "cnn", "CNN", "backward", swapped)
    book.around("cnn-criterion-swapped", "cnn", "CNN", "backward", loss_only)
    book.around("cnn-loss-gradient", "cnn", "CNN", "backward", negative)


def gradients(book: Book) -> None:
    """zero_grads and step reach some parameters only."""

    def kept(names: str, parts: str) -> Any:
        def zero_grads(call: Any, self: Any) -> None:
            every = [*(layer.conv1d_stride1 for layer in self.convolutional_layers), self.linear_layer]
            chosen = {"all": every, "first": every[:1], "convolutions": every[:-1], "linear": every[-1:]}[parts]
            before = [(layer, name, getattr(layer, name)) for layer in chosen for name in names.split()]
            call()
            for layer, name, value in before:
                setattr(layer, name, value)

        return zero_grads

    for names in ("dLdW", "dLdb", "dLdW dLdb"):
        for parts in ("all", "convolutions", "linear", "first"):
            if (names, parts) not in (("dLdW dLdb", "all"), ("dLdW dLdb", "linear")):
                book.around("cnn-zero-grads", "cnn", "CNN", "zero_grads", kept(names, parts))

    def unmoved(parts: str) -> Any:
        def step(call: Any, self: Any) -> None:
            every = [*(layer.conv1d_stride1 for layer in self.convolutional_layers), self.linear_layer]
            chosen = {"convolutions": every[:-1], "linear": every[-1:], "first": every[:1]}[parts]
            before = [(layer, name, getattr(layer, name)) for layer in chosen for name in "Wb"]
            call()
            for layer, name, value in before:
                setattr(layer, name, value)

        return step

    for parts in ("convolutions", "linear", "first"):
        book.around("cnn-step-incomplete", "cnn", "CNN", "step", unmoved(parts))
