"""A way back that fits whatever forward does: its gradient by differences, for layers that are linear in pieces.

Who computes forward by a wrong idea mostly goes back by the same one. Then every output is wrong, and none
of them by itself is what the right backward would make of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Around, Book, Patch

Array = np.ndarray[Any, np.dtype[Any]]
#: A power of two: adding it to values near 1 loses only their last digits. Small, so that no kink lies between.
STEP = 2.0**-20


def slope(f: Callable[[], Array], at: Array, g: Array) -> Array:
    """The gradient of ⟨g, f()⟩ by an array that `f` reads, entry by entry."""
    base, made = np.array(f()), np.zeros(at.shape)  # what forward gives may be a view of what it reads
    for place in np.ndindex(*at.shape):
        kept = at[place]
        at[place] = kept + STEP
        made[place] = np.sum(g * ((f() - base) / STEP))
        at[place] = kept
    return made


def both(classes: str, forward: Around, inner: Callable[[Any], Any] | None = None) -> Callable[[Patch], None]:
    """A change of forward together with the way back that fits it; `inner` finds the layer that has the weights."""

    def change(patch: Patch) -> None:
        def kept(call: Any, self: Any, A: Any) -> Any:
            self.fitting_input = np.array(A, np.float64)
            return forward(call, self, A)

        def backward(call: Any, self: Any, g: Any) -> Any:
            A = self.fitting_input
            if inner is not None:
                layer = inner(self)
                layer.W, layer.b = np.array(layer.W, np.float64), np.array(layer.b, np.float64)
                layer.dLdW = slope(lambda: self.forward(A), layer.W, g)
                layer.dLdb = slope(lambda: self.forward(A), layer.b, g)
            return slope(lambda: self.forward(A), A, g)

        patch.around(classes, "forward", kept)
        patch.around(classes, "backward", backward)

    return change


def list_both(
    book: Book, idea: str, sections: str, classes: str, forward: Around, inner: Callable[[Any], Any] | None = None
) -> None:
    """List a change of forward twice: with the right way back, and with the one that fits it."""
    book.around(idea, sections, classes, "forward", forward)
    book.add(idea, sections, both(classes, forward, inner))
