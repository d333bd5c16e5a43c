"""Wrong ideas about what a layer keeps from one call to the next; any layer may have them."""

from __future__ import annotations

from functools import partial
from typing import Any

from autograder.assignments.misconceptions.wrong import Book, Patch

#: The remembered things of the references by class: what forward keeps for backward.
KEPT = {
    "Downsample1d": ("downsampling1d", "input_width"),
    "Downsample2d": ("downsampling2d", "input_size"),
    "Conv1d_stride1": ("conv1d_stride1 conv1d convtranspose1d", "A"),
    "Conv2d_stride1": ("conv2d_stride1 conv2d convtranspose2d", "A"),
    "MaxPool2d_stride1": ("maxpool2d_stride1 maxpool2d", "input_shape winner"),
    "MeanPool2d_stride1": ("meanpool2d_stride1 meanpool2d", "input_shape"),
    "Flatten": ("cnn", "input_shape"),
}


def write(book: Book) -> None:
    """List them."""
    for cls, (sections, names) in KEPT.items():
        for chosen in {names, *names.split()}:
            book.add("state-of-first-use", sections, partial(stale, cls=cls, names=chosen))
            if chosen in ("A", "winner"):  # shapes are the same of all objects that are at work at the same time
                book.add("state-shared", sections, partial(shared, cls=cls, names=chosen))
    book.add("state-of-first-use", "batchnorm2d", lambda patch: stale(patch, "BatchNorm2d", "M V"))
    book.add("state-of-first-use", "batchnorm2d", lambda patch: stale(patch, "BatchNorm2d", "NZ"))


def stale(patch: Patch, cls: str, names: str) -> None:
    """Keep what the first call kept."""

    def forward(call: Any, self: Any, *args: Any) -> Any:
        old = {name: getattr(self, name) for name in names.split() if hasattr(self, f"first_{name}")}
        Z = call(*args)
        for name in names.split():
            if name in old:
                setattr(self, name, old[name])
            setattr(self, f"first_{name}", True)
        return Z

    patch.around(cls, "forward", forward)


def shared(patch: Patch, cls: str, names: str) -> None:
    """Keep for the class what belongs to the object."""
    kept: dict[str, Any] = {}

    def forward(call: Any, self: Any, *args: Any) -> Any:
        Z = call(*args)
        kept.update({name: getattr(self, name) for name in names.split()})
        return Z

    def backward(call: Any, self: Any, g: Any) -> Any:
        for name, value in kept.items():
            setattr(self, name, value)
        return call(g)

    patch.around(cls, "forward", forward)
    patch.around(cls, "backward", backward)
