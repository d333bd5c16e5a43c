"""Wrong ideas about the scanning MLPs, the CNN and Flatten."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book, Patch

SIMPLE, SHARED = "CNN_SimpleScanningMLP", "CNN_DistributedScanningMLP"
SCANS = ((SIMPLE, "scan_simple"), (SHARED, "scan_distributed"))


def write(book: Book) -> None:
    """List them."""
    for cls, section in SCANS:
        weights(book, cls, section)
        layers(book, cls, section)
    strides(book)
    flatten(book)
    network(book)


def weights(book: Book, cls: str, section: str) -> None:
    """How the MLP's matrices become kernels."""

    def kernels(made: Any, *, wide: bool = False) -> Any:
        """Of all layers, or of those alone whose kernels are `wide`r than one step."""

        def init_weights(call: Any, self: Any, matrices: Any) -> None:
            call(matrices)
            for layer, matrix in zip((self.conv1, self.conv2, self.conv3), matrices, strict=True):
                inner = layer.conv1d_stride1
                out, inside, K = inner.W.shape
                if K > 1 or not wide:
                    inner.W = made(matrix, inner.W, out, inside, K)

        return init_weights

    for idea, made in (
        ("scan-feature-by-feature", lambda m, W, o, c, K: m[: c * K, :o].T.reshape(o, c, K)),
        ("scan-time-reversed", lambda m, W, o, c, K: W[:, :, ::-1]),
        ("scan-last-block", lambda m, W, o, c, K: m[: c * K, -o:].T.reshape(o, K, c).swapaxes(1, 2)),
        ("scan-last-block", lambda m, W, o, c, K: m[-c * K :, -o:].T.reshape(o, K, c).swapaxes(1, 2)),
        ("scan-not-transposed", lambda m, W, o, c, K: m[: c * K, :o].reshape(o, c, K)),
        ("scan-not-transposed", lambda m, W, o, c, K: m[: c * K, :o].reshape(o, K, c).swapaxes(1, 2)),
    ):
        if idea != "scan-last-block" or cls == SHARED:
            book.around(idea, section, cls, "init_weights", kernels(made))
            book.around(idea, section, cls, "init_weights", kernels(made, wide=True))
    for chosen in (slice(None), slice(0, 1), slice(1, None)):

        def unused(call: Any, self: Any, matrices: Any, chosen: slice = chosen) -> None:
            layers = [layer.conv1d_stride1 for layer in (self.conv1, self.conv2, self.conv3)[chosen]]
            before = [layer.W for layer in layers]
            call(matrices)
            for layer, W in zip(layers, before, strict=True):
                layer.W = W

        book.around("scan-weights-as-built", section, cls, "init_weights", unused)


def layers(book: Book, cls: str, section: str) -> None:
    """The layers and their order."""

    def rearranged(made: Any) -> Any:
        def init(call: Any, self: Any) -> None:
            call()
            self.layers = made(self.layers)

        return init

    for idea, made in (
        ("scan-activation-after-last", lambda L: [*L[:5], type(L[1])(), L[5]]),
        ("scan-activation-missing", lambda L: [L[0], *L[2:]]),
        ("scan-activation-missing", lambda L: [*L[:3], *L[4:]]),
        ("scan-activation-missing", lambda L: [L[0], L[2], *L[4:]]),
        ("scan-activation-shared", lambda L: [L[0], L[1], L[2], L[1], L[4], L[5]]),
    ):
        book.around(idea, section, cls, "__init__", rearranged(made))

    def through(order: Any) -> Any:
        def backward(call: Any, self: Any, g: Any) -> Any:
            for layer in order(self.layers):
                g = layer.backward(g)
            return g

        return backward

    book.around("backward-stops-early", section, cls, "backward", through(lambda L: reversed(L[1:])))
    book.around("backward-in-forward-order", section, cls, "backward", through(lambda L: L))

    def by_time(back: bool) -> Any:
        def change(patch: Patch) -> None:
            patch.around(
                cls, "forward", lambda call, self, A: call(A).reshape(1, 4, -1).transpose(0, 2, 1).reshape(1, -1)
            )
            if back:
                patch.around(
                    cls,
                    "backward",
                    lambda call, self, g: call(g.reshape(1, -1, 4).transpose(0, 2, 1).reshape(1, -1)),
                )

        return change

    for back in (True, False):
        book.add("scan-output-by-time", section, by_time(back))


def strides(book: Book) -> None:
    """The convolutions' strides, as they come out of the wrong window."""

    def strided(numbers: tuple[int, int, int]) -> Any:
        def init(call: Any, self: Any) -> None:
            call()
            for layer, stride in zip((self.conv1, self.conv2, self.conv3), numbers, strict=True):
                layer.stride = layer.downsample1d.downsampling_factor = stride

        return init

    for numbers in ((8, 1, 1), (1, 1, 1), (2, 1, 1), (4, 4, 1), (4, 4, 4)):
        book.around("scan-stride", "scan_simple", SIMPLE, "__init__", strided(numbers))
    for numbers in ((2, 2, 2), (2, 1, 1), (2, 1, 2), (4, 1, 1), (1, 1, 1), (4, 2, 1), (1, 2, 2), (4, 4, 1)):
        book.around("scan-stride", "scan_distributed", SHARED, "__init__", strided(numbers))


def flatten(book: Book) -> None:
    """Flatten: the order of what is laid out."""

    def laid(forward: Any, backward: Any) -> Any:
        def change(patch: Patch) -> None:
            patch.around("Flatten", "forward", forward)
            if backward is not None:
                patch.around("Flatten", "backward", backward)

        return change

    def column_major(call: Any, self: Any, A: Any) -> Any:
        self.input_shape = A.shape
        return A.reshape(len(A), -1, order="F")

    def turned(call: Any, self: Any, A: Any) -> Any:
        self.input_shape = A.shape
        return np.moveaxis(A, 1, -1).reshape(len(A), -1)

    def turned_back(call: Any, self: Any, g: Any) -> Any:
        shape = self.input_shape
        return np.moveaxis(g.reshape(shape[0], *shape[2:], shape[1]), -1, 1)

    def column_back(call: Any, self: Any, g: Any) -> Any:
        return g.reshape(self.input_shape, order="F")

    def whole(call: Any, self: Any, A: Any) -> Any:
        self.input_shape = A.shape
        return A.reshape(-1)

    idea, section = "flatten-order", "cnn"
    for ahead, back in ((column_major, column_back), (column_major, None), (turned, turned_back), (turned, None)):
        book.add(idea, section, laid(ahead, back))
    book.around(idea, section, "Flatten", "backward", column_back)
    book.around("flatten-batch-too", section, "Flatten", "forward", whole)
    book.around("flatten-batch-too", section, "Flatten", "forward", lambda call, self, A: call(A).reshape(1, -1))


def network(book: Book) -> None:
    """The CNN."""

    def through(order: Any) -> Any:
        def backward(call: Any, self: Any, labels: Any) -> Any:
            self.loss = self.criterion.forward(self.Z, labels)
            g = self.criterion.backward()
            for layer in order(self.layers):
                g = layer.backward(g)
            return g

        return backward

    book.around("backward-stops-early", "cnn", "CNN", "backward", through(lambda L: reversed(L[1:])))
    book.around("cnn-activation-missing", "cnn", "CNN", "backward", through(lambda L: [L[-1], L[-2], *L[-4::-2]]))

    def logits(call: Any, self: Any, labels: Any) -> Any:
        call(labels)
        g = self.Z - labels
        for layer in reversed(self.layers):
            g = layer.backward(g)
        return g

    def output(call: Any, self: Any, labels: Any) -> Any:
        call(labels)
        g = self.Z
        for layer in reversed(self.layers):
            g = layer.backward(g)
        return g

    def labels_used(call: Any, self: Any, labels: Any) -> Any:
        call(labels)
        g = labels
        for layer in reversed(self.layers):
            g = layer.backward(g)
        return g

    def loss_itself(call: Any, self: Any, labels: Any) -> Any:
        call(labels)
        g = np.full(np.shape(self.Z), self.loss)
        for layer in reversed(self.layers):
            g = layer.backward(g)
        return g

    for stand_in in (logits, output, labels_used, loss_itself):
        book.around("cnn-loss-gradient", "cnn", "CNN", "backward", stand_in)

    def rearranged(made: Any) -> Any:
        def init(call: Any, self: Any, *args: Any, **options: Any) -> None:
            call(*args, **options)
            self.layers = made(self.layers)

        return init

    for made in (
        lambda L: [layer for i, layer in enumerate(L) if i != 1],
        lambda L: [*L[: len(L) - 3], *L[len(L) - 2 :]],
        lambda L: [layer for i, layer in enumerate(L) if i % 2 == 0 or i >= len(L) - 2],
    ):
        book.around("cnn-activation-missing", "cnn", "CNN", "__init__", rearranged(made))
    book.around("cnn-activations-reversed", "cnn", "CNN", "__init__", rearranged(lambda L: turned_activations(L)))

    def stepped(rate: Any) -> Any:
        def step(call: Any, self: Any) -> Any:
            kept, self.lr = self.lr, rate(self.lr)
            call()
            self.lr = kept

        return step

    for rate in (lambda lr: -lr, lambda lr: 1.0, lambda lr: 2 * lr):
        book.around("cnn-step", "cnn", "CNN", "step", stepped(rate))

    def only(name: str, parts: str) -> Any:
        def step(call: Any, self: Any) -> Any:
            every = [*(layer.conv1d_stride1 for layer in self.convolutional_layers), self.linear_layer]
            kept = [(layer, getattr(layer, n)) for layer in every for n in "Wb" if n == name]
            call()
            for layer, value in kept:
                if parts == "all" or (layer is self.linear_layer) == (parts == "linear"):
                    setattr(layer, name, value)

        return step

    for name in "Wb":
        for parts in ("all", "linear", "convolutions"):
            book.around("cnn-step-incomplete", "cnn", "CNN", "step", only(name, parts))

    def zeroed(call: Any, self: Any) -> Any:
        return None

    def partly(call: Any, self: Any) -> Any:
        kept = self.linear_layer.dLdW, self.linear_layer.dLdb
        call()
        self.linear_layer.dLdW, self.linear_layer.dLdb = kept

    book.around("cnn-zero-grads", "cnn", "CNN", "zero_grads", zeroed)
    book.around("cnn-zero-grads", "cnn", "CNN", "zero_grads", partly)


def turned_activations(layers: list[Any]) -> list[Any]:
    """The activations in the opposite order."""
    activations = layers[1:-2:2][::-1]
    pairs = [part for pair in zip(layers[0:-2:2], activations, strict=True) for part in pair]
    return [*pairs, *layers[-2:]]
