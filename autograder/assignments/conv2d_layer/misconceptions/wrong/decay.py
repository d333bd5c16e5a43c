"""Wrong ideas about weight decay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograder.assignments.misconceptions.wrong import Book

from .tools import having, rate

DECAY = "weight_decay"


def write(book: Book) -> None:
    """List them."""

    def adding(made: Callable[[Any, int], Any], *, bias: bool = False) -> Any:
        """A backward that adds `made(self, N)` in the decay's place, and twice λ times the biases to theirs."""

        def backward(call: Any, self: Any, grads: Any) -> Any:
            dX = having(self, "weight_decay", False, call, grads)
            W, b = self.grads["W"] + made(self, len(grads)), self.grads["b"]
            self.grads = {"W": W, "b": b + 2 * rate(self) * self.bias if bias else b}
            return dX

        return backward

    def right(self: Any, N: int) -> Any:
        return 2 * rate(self) * self.filters

    book.around("decay-missing", DECAY, "conv2D", "backward", adding(lambda self, N: 0.0))
    book.around("decay-without-2", DECAY, "conv2D", "backward", adding(lambda self, N: right(self, N) / 2))
    book.around("decay-before-the-mean", DECAY, "conv2D", "backward", adding(lambda self, N: right(self, N) / N))
    halved = adding(lambda self, N: right(self, N) / 2 / N)
    book.around("decay-before-the-mean", DECAY, "conv2D", "backward", halved)
    book.around("decay-times-N", DECAY, "conv2D", "backward", adding(lambda self, N: right(self, N) * N))
    book.around("decay-subtracted", DECAY, "conv2D", "backward", adding(lambda self, N: -right(self, N)))
    book.around("decay-of-the-bias", DECAY, "conv2D", "backward", adding(right, bias=True))
    squared = adding(lambda self, N: rate(self) * self.filters**2)
    book.around("decay-is-the-loss", DECAY, "conv2D", "backward", squared)
    total = adding(lambda self, N: rate(self) * (self.filters**2).sum())
    book.around("decay-is-the-loss", DECAY, "conv2D", "backward", total)
    always = adding(lambda self, N: 2 * self.weight_decay_lambda * self.filters)
    book.around("decay-although-off", "weight_decay grads_W state", "conv2D", "backward", always)
    own = adding(lambda self, N: 2e-8 * self.filters if self.weight_decay else 0.0)
    book.around("decay-rate-fixed", DECAY, "conv2D", "backward", own)
    whole = adding(lambda self, N: 2 * self.filters if self.weight_decay else 0.0)
    book.around("decay-rate-fixed", DECAY, "conv2D", "backward", whole)
