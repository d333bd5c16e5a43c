"""Arrays of integers where numbers with digits behind the point are due, inside a layer or at its end."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.misconceptions.wrong import Book, Patch

#: A class, and the sections of what has it inside.
INSIDE = (
    ("Upsample1d", "convtranspose1d"),
    ("Upsample2d", "convtranspose2d"),
    ("Downsample1d", "conv1d"),
    ("Downsample2d", "conv2d maxpool2d meanpool2d"),
    ("Conv1d_stride1", "conv1d convtranspose1d"),
    ("Conv2d_stride1", "conv2d convtranspose2d"),
    ("MaxPool2d_stride1", "maxpool2d"),
    ("MeanPool2d_stride1", "meanpool2d"),
)


def write(book: Book) -> None:
    """List them."""

    def cut(call: Any, self: Any, array: Any) -> Any:
        return np.trunc(call(array))

    def like_input(call: Any, self: Any, A: Any) -> Any:
        """`zeros_like` of an input of integers."""
        Z = call(A)
        self.of_integers = A.dtype.kind in "iu"
        return np.trunc(Z) if self.of_integers else Z

    def like_kept(call: Any, self: Any, g: Any) -> Any:
        made = call(g)
        return np.trunc(made) if getattr(self, "of_integers", False) else made

    def remembers(call: Any, self: Any, A: Any) -> Any:
        self.of_integers = A.dtype.kind in "iu"
        return call(A)

    for cls, sections in INSIDE:
        for method in ("forward", "backward"):
            book.around("integer-array", sections, cls, method, cut)

    def ways(cls: str, ahead: Any, back: Any) -> Any:
        def change(patch: Patch) -> None:
            patch.around(cls, "forward", ahead)
            patch.around(cls, "backward", back)

        return change

    for cls in ("Conv2d_stride1", "Downsample2d", "Conv2d", "ConvBlock", "ResBlock"):
        book.around("integer-array", "resnet", cls, "forward", like_input)
        book.add("integer-array", "resnet", ways(cls, remembers, like_kept))
        book.add("integer-array", "resnet", ways(cls, like_input, like_kept))

    def sum_cut(call: Any, self: Any, A: Any) -> Any:
        shortcut = self.residual_connection.forward(A)
        main = A
        for layer in self.convolution_layers:
            main = layer.forward(main)
        total = main + shortcut
        return self.final_activation.forward(np.trunc(total) if A.dtype.kind in "iu" else total)

    book.around("integer-array", "resnet", "ResBlock", "forward", sum_cut)
