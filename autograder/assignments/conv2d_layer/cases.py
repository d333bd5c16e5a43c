"""conv2d_layer's cases as tables: a row is a layer, an input, and what is special about the case.

Every table has batches of 1 and more, sides that differ, several channels, a kernel of 1 and one as large as the image,
a stride that does not divide, whole numbers as integers, and a layer that is used twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.assignments.cases import Case, Draw, Level
from autograder.assignments.rubric import Rubric, Section

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One use of a layer.

    Attributes
    ----------
    sizes
        in_channels, out_channels, kernel_size, stride, padding.
    shape, first
        Of the input, and of that of a first use of the same layer.
    decay
        λ, where weight decay is on; "default" for the λ that a layer has by itself.
    unused
        λ that is given although weight decay is off.
    silent
        Whether the gradient that comes in is zero, so that the decay's share stands alone.
    """

    sizes: tuple[int, int, int, int, int]
    shape: Shape
    level: Level = "strict"
    first: Shape | None = None
    integers: bool = False
    decay: float | str | None = None
    unused: float | None = None
    silent: bool = False

    @property
    def rate(self) -> float:
        """The λ that counts."""
        if self.decay is None:
            return 0.0
        return 1e-8 if isinstance(self.decay, str) else self.decay

    @property
    def arguments(self) -> dict[str, Any]:
        """The constructor's arguments; stride and padding only where they are not the usual ones."""
        names = ("in_channels", "out_channels", "kernel_size", "stride", "padding")
        given: dict[str, Any] = dict(zip(names, self.sizes, strict=True))
        for name, usual in (("stride", 1), ("padding", 0)):
            if given[name] == usual:
                del given[name]
        if self.decay is not None:
            given["weight_decay"] = True
        rate = self.unused if self.decay in (None, "default") else self.decay
        return given if rate is None else {**given, "weight_decay_lambda": rate}

    def output(self, shape: Shape) -> Shape:
        """The shape of the output for an input."""
        _, filters, kernel, stride, padding = self.sizes
        after = [(side + 2 * padding - kernel) // stride + 1 for side in shape[2:]]
        return (shape[0], filters, *after)

    @property
    def shown(self) -> str:
        """The layer and its input, as a student would write them."""
        arguments = ", ".join(f"{name}={value}" for name, value in self.arguments.items())
        remarks = [f"conv2D({arguments}) on {self.shape}"]
        remarks += ["whole numbers"] if self.integers else []
        remarks += ["gradient of zeros"] if self.silent else []
        remarks += [f"used twice, first on {self.first}"] if self.first else []
        return ", ".join(remarks)


def course(sizes: tuple[int, int, int, int, int], shape: Shape) -> Row:
    """A row as courses make them: square images."""
    return Row(sizes, shape, "course")


FORWARD = (
    course((1, 1, 3, 1, 0), (1, 1, 3, 3)),
    course((1, 2, 2, 1, 0), (2, 1, 4, 4)),
    course((3, 2, 3, 1, 0), (2, 3, 6, 6)),
    Row((2, 3, 1, 1, 0), (3, 2, 2, 4)),
    Row((2, 2, 3, 1, 0), (1, 2, 5, 3)),
    Row((3, 4, 2, 1, 0), (3, 3, 3, 5), integers=True),
    Row((2, 3, 2, 1, 0), (1, 2, 4, 3), first=(3, 2, 5, 6)),
)
STRIDE_PADDING = (
    course((1, 1, 3, 1, 1), (1, 1, 3, 3)),
    course((1, 2, 2, 2, 0), (1, 1, 4, 4)),
    course((2, 3, 3, 2, 1), (2, 2, 5, 5)),
    Row((1, 2, 2, 2, 0), (1, 1, 5, 4)),
    Row((2, 3, 3, 3, 2), (3, 2, 4, 7)),
    Row((2, 1, 1, 2, 1), (1, 2, 3, 4)),
    Row((3, 2, 4, 2, 1), (2, 3, 2, 5), integers=True),
    Row((2, 3, 3, 2, 1), (1, 2, 6, 4), first=(2, 2, 3, 7)),
)
BACKWARD = (
    course((1, 1, 2, 1, 0), (1, 1, 3, 3)),
    course((1, 2, 3, 1, 1), (1, 1, 3, 3)),
    course((2, 3, 2, 2, 0), (2, 2, 4, 4)),
    Row((2, 3, 3, 1, 0), (3, 2, 4, 5)),
    Row((1, 2, 2, 2, 0), (2, 1, 5, 4)),
    Row((3, 2, 3, 2, 1), (2, 3, 6, 5)),
    Row((2, 2, 1, 3, 2), (3, 2, 3, 4)),
    Row((2, 3, 4, 1, 2), (1, 2, 4, 3)),
    Row((2, 1, 3, 2, 1), (3, 2, 5, 4), integers=True),
    Row((2, 3, 2, 2, 1), (3, 2, 4, 6), first=(2, 2, 7, 3)),
    Row((1, 2, 2, 1, 0), (2, 1, 3, 4), first=(2, 1, 3, 4)),
)
DECAY = (
    Row((1, 2, 2, 1, 0), (1, 1, 3, 3), "course", decay=0.1),
    Row((2, 3, 3, 1, 1), (4, 2, 3, 3), "course", decay=0.25),
    Row((2, 3, 2, 2, 1), (3, 2, 5, 4), decay=1.5),
    Row((2, 2, 2, 1, 0), (2, 2, 3, 4), decay="default", silent=True),
    Row((2, 2, 2, 1, 0), (3, 2, 3, 4), unused=0.5),
    Row((2, 3, 2, 1, 0), (3, 2, 4, 4), first=(2, 2, 3, 5), decay=0.5),
)
#: Section id: its rows, and the outputs that it looks at.
TABLES: Mapping[str, tuple[tuple[Row, ...], tuple[str, ...]]] = {
    "forward": (FORWARD, ("Z",)),
    "stride_padding": (STRIDE_PADDING, ("Z",)),
    "dX": (BACKWARD, ("dX",)),
    "grads_W": (BACKWARD, ("grads W",)),
    "grads_b": (BACKWARD, ("grads b",)),
    "weight_decay": (DECAY, ("grads W", "grads b")),
}


def cases(section: Section, rubric: Rubric, profile: str) -> tuple[Case, ...]:
    """The cases of a section, from the simplest to the richest; both profiles have the same.

    Raises
    ------
    ValueError
        There is no such profile.
    """
    if profile not in ("quick", "full"):
        raise ValueError(f"no profile {profile!r}; there are quick, full")
    if section.id == "state":
        return STATE
    rows, outputs = TABLES[section.id]
    return tuple(_case(row, outputs) for row in rows)


def _case(row: Row, outputs: tuple[str, ...]) -> Case:
    params = {
        "arguments": row.arguments,
        "stride": row.sizes[3],
        "padding": row.sizes[4],
        "decay": row.rate,
        "outputs": list(outputs),
    }
    return Case(row.shown, params, _draws(row, backward=outputs != ("Z",)), outputs, row.level)


def _draws(row: Row, *, backward: bool) -> dict[str, Draw]:
    channels, filters, kernel, *_ = row.sizes
    draws = {"filters": Draw((filters, channels, kernel, kernel)), "bias": Draw((filters,))}
    for suffix, shape in (("_first", row.first), ("", row.shape)):
        if shape is None:
            continue
        draws[f"X{suffix}"] = Draw(shape, "integers", dtype="int64") if row.integers else Draw(shape)
        if backward:
            draws[f"grads{suffix}"] = _incoming(row, row.output(shape))
    return draws


def _incoming(row: Row, shape: Shape) -> Draw:
    if row.silent:
        return Draw(shape, "integers", 0, 1)
    return Draw(shape, "integers", dtype="int64") if row.integers else Draw(shape)


def _state(looks_at: str, says: str, row: Row, outputs: tuple[str, ...], *, backward: bool = False) -> Case:
    channels, filters, kernel, stride, padding = row.sizes
    draws = _draws(row, backward=backward)
    if looks_at == "as built":
        draws = {"drawn": Draw((filters, channels, kernel, kernel))}
    params = {"looks_at": looks_at, "arguments": row.arguments, "stride": stride, "padding": padding, "decay": 0.0}
    return Case(f"{row.shown}: {says}", params, draws, outputs, row.level)


STATE = (
    _state(
        "as built",
        "as it is built",
        course((2, 3, 4, 1, 0), (1, 2, 4, 4)),
        ("filters", "bias shape", "params W as built", "params b shape", "grads as built"),
    ),
    _state("called", "called", course((1, 2, 2, 1, 0), (2, 1, 3, 3)), ("Z of the call", "input")),
    _state(
        "replaced",
        "filters and bias replaced after a forward",
        course((2, 3, 2, 1, 1), (2, 2, 3, 3)),
        ("Z", "params W", "params b"),
    ),
    _state(
        "cleared",
        "clear_grad(), then once more",
        course((2, 2, 2, 1, 0), (3, 2, 3, 3)),
        ("grads as cleared", "Z", "grads W", "grads b"),
        backward=True,
    ),
)
