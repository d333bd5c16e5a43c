"""More wrong ideas about the residual block: which shortcut, with which parameters, and the way back through it."""

from __future__ import annotations

from functools import partial
from typing import Any

from autograder.assignments.misconceptions.wrong import Book, Patch

from .bonus import BLOCK

SECTION = "resnet"


def write(book: Book) -> None:
    """List them."""
    shortcuts(book)
    parts(book)
    back(book)


def shortcuts(book: Book) -> None:
    """Other parameters for a block. (A block too many or too few the exercise misses, and says so.)"""

    def another(patch: Patch, numbers: Any, part: str) -> None:
        """Other parameters for the shortcut's or the first block."""

        def init(call: Any, self: Any, into: int, out: int, K: int, stride: int = 3, padding: int = 1) -> None:
            call(into, out, K, stride, padding)
            if type(self.residual_connection).__name__ == "ConvBlock":
                made = patch.find("ConvBlock")(into, out, *numbers(K, stride, padding))
                if part == "shortcut":
                    self.residual_connection = made
                else:
                    self.convolution_layers = [made, *self.convolution_layers[1:]]

        patch.around(BLOCK, "__init__", init)

    for numbers in (
        lambda K, s, p: (K, s, 0),
        lambda K, s, p: (K, 3, 1),
        lambda K, s, p: (1, s, 0),
        lambda K, s, p: (1, s, p),
        lambda K, s, p: (K, 1, p),
    ):
        for part in ("shortcut", "first"):
            idea = "block-shortcut-parameters" if part == "shortcut" else "block-first-parameters"
            book.add(idea, SECTION, partial(another, numbers=numbers, part=part))


def parts(book: Book) -> None:
    """Blocks without their normalisation."""

    def bare(of: Any) -> Any:
        def init(call: Any, self: Any, *args: Any, **options: Any) -> None:
            call(*args, **options)
            for block in of(self):
                if hasattr(block, "layers"):
                    block.forward, block.backward = block.layers[0].forward, block.layers[0].backward

        return init

    for of in (
        lambda self: [self.residual_connection],
        lambda self: [self.convolution_layers[2]],
        lambda self: [self.convolution_layers[0]],
        lambda self: [self.residual_connection, self.convolution_layers[0], self.convolution_layers[2]],
    ):
        book.around("block-norm-missing", SECTION, BLOCK, "__init__", bare(of))

    def activated(call: Any, self: Any, *args: Any, **options: Any) -> None:
        call(*args, **options)
        self.convolution_layers = [*self.convolution_layers, type(self.final_activation)()]

    def shortcut_activated(call: Any, self: Any, A: Any) -> Any:
        main = A
        for layer in self.convolution_layers:
            main = layer.forward(main)
        shortcut = self.residual_connection.forward(A)
        return self.final_activation.forward(main + shortcut * (shortcut > 0))

    def one_object(call: Any, self: Any, *args: Any, **options: Any) -> None:
        call(*args, **options)
        self.final_activation = self.convolution_layers[1]

    book.around("scan-activation-shared", SECTION, BLOCK, "__init__", one_object)
    book.around("block-branches", SECTION, BLOCK, "__init__", activated)
    book.around("block-branches", SECTION, BLOCK, "forward", shortcut_activated)


def back(book: Book) -> None:
    """The way back."""

    def main(inner: bool, ends: bool, raw: bool) -> Any:
        def backward(call: Any, self: Any, given: Any) -> Any:
            g = self.final_activation.backward(given)
            shortcut = self.residual_connection.backward(g)
            first, activation, second = self.convolution_layers
            g = second.backward(given if raw else g)
            if inner:
                g = activation.backward(g)
            g = first.backward(g)
            return g + (self.final_activation.backward(shortcut) if ends else shortcut)

        return backward

    book.around("block-back-inner-activation", SECTION, BLOCK, "backward", main(False, False, False))
    book.around("block-back-final-activation", SECTION, BLOCK, "backward", main(True, False, True))

    def chained(call: Any, self: Any, g: Any) -> Any:
        g = self.final_activation.backward(g)
        for layer in reversed(self.convolution_layers):
            g = layer.backward(g)
        return g + self.residual_connection.backward(g)

    def untouched(call: Any, self: Any, given: Any) -> Any:
        g = self.final_activation.backward(given)
        self.residual_connection.backward(g)
        for layer in reversed(self.convolution_layers):
            g = layer.backward(g)
        return g + given

    for stand_in in (chained, untouched):
        book.around("block-back-one-branch", SECTION, BLOCK, "backward", stand_in)

    def stopped(call: Any, self: Any, g: Any) -> Any:
        g = self.final_activation.backward(g)
        shortcut = self.residual_connection.backward(g)
        for layer in reversed(self.convolution_layers[1:]):
            g = layer.backward(g)
        return g + shortcut

    book.around("backward-stops-early", SECTION, BLOCK, "backward", stopped)

    def averaged(call: Any, self: Any, g: Any) -> Any:
        return call(g) / 2

    book.around("block-back-one-branch", SECTION, BLOCK, "backward", averaged)
