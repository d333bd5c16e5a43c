"""The cases: a table of geometries that all sections share, and which of its rows each section uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.assignments.cases import Case, Draw, Level
from autograder.assignments.rubric import Rubric, Section

Pair = tuple[int, int]
Pad = int | str | Pair | tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Geometry:
    """A convolution: `shape` is (N, H, W, Cin), `kernel` (fr, fc), `out` the number of output channels."""

    shape: tuple[int, int, int, int]
    kernel: Pair
    out: int
    pad: Pad = 0
    stride: int = 1
    dilation: int = 1
    level: Level = "strict"

    @property
    def text(self) -> str:
        """Its parameters, as a person reads them."""
        extra = f", dilation={self.dilation}" if self.dilation > 1 else ""
        return f"kernel {self.kernel}, pad={self.pad!r}, stride={self.stride}{extra} on {self.shape}"

    @property
    def params(self) -> dict[str, Any]:
        """Its parameters, as JSON."""
        pad = list(self.pad) if isinstance(self.pad, tuple) else self.pad
        facts = {"kernel": list(self.kernel), "out": self.out, "stride": self.stride, "dilation": self.dilation}
        return {**facts, "pad": pad, "shape": list(self.shape)}

    @property
    def weights(self) -> tuple[int, int, int, int]:
        """The kernel's shape (fr, fc, Cin, Cout)."""
        return (*self.kernel, self.shape[3], self.out)

    @property
    def output(self) -> tuple[int, int, int, int]:
        """The output's shape (N, rows, cols, Cout)."""
        top, bottom, left, right = four(self)
        sides = (self.shape[1] + top + bottom, self.shape[2] + left + right)
        rows, cols = (
            (side - (taps - 1) * self.dilation - 1) // self.stride + 1
            for side, taps in zip(sides, self.kernel, strict=True)
        )
        return (self.shape[0], rows, cols, self.out)


def four(row: Geometry) -> tuple[int, int, int, int]:
    """A padding as top, bottom, left, right."""
    pad = row.pad
    if pad == "same":
        needed = [
            max(0, (-(-side // row.stride) - 1) * row.stride + (taps - 1) * row.dilation + 1 - side)
            for side, taps in zip(row.shape[1:3], row.kernel, strict=True)
        ]
        (top, left), (bottom, right) = [n // 2 for n in needed], [n - n // 2 for n in needed]
        return top, bottom, left, right
    if isinstance(pad, str):
        return 0, 0, 0, 0
    if isinstance(pad, int):
        return pad, pad, pad, pad
    return pad if len(pad) == 4 else (pad[0], pad[0], pad[1], pad[1])


#: Simplest first: not square, strides that do not divide, a kernel as large as the image, gaps between windows,
#: an odd total of padding, one that would be negative, one larger than the image, one that the stride decides and not
#: the dilation, a rest that rounding takes for one more window, a window larger than the image without padding.
ROWS = (
    Geometry((1, 4, 4, 1), (2, 2), 1, 0, level="course"),
    Geometry((2, 5, 5, 3), (3, 3), 2, "same", level="course"),
    Geometry((2, 7, 6, 2), (3, 2), 3, 1, 2, level="course"),
    Geometry((1, 6, 8, 2), (2, 3), 4, (1, 2), 2, level="course"),
    Geometry((3, 5, 2, 2), (3, 3), 2, (0, 1, 3, 2)),
    Geometry((2, 7, 9, 1), (3, 2), 2, "valid", 1, 2, level="course"),
    Geometry((1, 9, 8, 3), (2, 4), 2, "same", 3, 2),
    Geometry((2, 6, 5, 2), (2, 4), 3, "same"),
    Geometry((2, 4, 5, 2), (2, 1), 3, "same", 3),
    Geometry((1, 3, 4, 2), (3, 4), 2),
    Geometry((2, 6, 7, 2), (2, 2), 2, 0, 3),
    Geometry((1, 3, 4, 2), (3, 3), 2, 2, 2, 3),
)
#: A layer's activation and first weights, for each geometry that a layer is tried on.
LAYERS = (
    (0, None, "glorot_uniform"),
    (1, "relu", "glorot_normal"),
    (2, "sigmoid", "glorot_uniform"),
    (3, "tanh", "he_uniform"),
    (4, None, "glorot_uniform"),
    (5, "tanh", "glorot_uniform"),
    (6, "relu", "he_normal"),
    (7, None, "glorot_uniform"),
    (8, None, "glorot_uniform"),
    (10, "tanh", "glorot_uniform"),
    (11, "sigmoid", "glorot_uniform"),
)
FULL = (
    Geometry((4, 28, 28, 3), (5, 5), 8, "same", 2),
    Geometry((2, 31, 22, 8), (3, 3), 16, (1, 2), 1, 2),
)


def cases(section: Section, rubric: Rubric, profile: str) -> tuple[Case, ...]:
    """The cases of a section, from the simplest to the richest."""
    rows = ROWS + (FULL if profile == "full" else ())
    if section.exercise in ("forward", "backward"):
        return tuple(_layer_cases(section, rows, profile))
    return tuple(FUNCTIONS[section.id](row) for row in rows) if section.id != "speed" else (SPEED,)


def _function(row: Geometry, name: str, draws: Mapping[str, Draw], outputs: tuple[str, ...]) -> Case:
    return Case(f"{name}: {row.text}", {"function": name, **row.params}, draws, outputs, row.level)


def _columns(row: Geometry) -> tuple[int, int]:
    N, rows, cols, _ = row.output
    return row.kernel[0] * row.kernel[1] * row.shape[3], rows * cols * N


def _col2im(row: Geometry) -> Case:
    case = _function(row, "col2im", {"X_col": Draw(_columns(row))}, ("X",))
    return Case(case.name, {**case.params, "pad4": list(four(row))}, case.draws, case.outputs, case.level)


def _convolution(name: str, row: Geometry) -> Case:
    return _function(row, name, {"X": Draw(row.shape), "W": Draw(row.weights)}, ("Z",))


FUNCTIONS: Mapping[str, Callable[[Geometry], Case]] = {
    "pad2d": lambda row: _function(row, "Pad2D", {"X": Draw(row.shape)}, ("X_pad", "pad4")),
    "conv2d": lambda row: _convolution("Conv2d", row),
    "im2col": lambda row: _function(row, "im2col", {"X": Draw(row.shape)}, ("X_col", "pad4")),
    "col2im": _col2im,
    "conv2d_gemm": lambda row: _convolution("conv2D_gemm", row),
}


def _layer_cases(section: Section, rows: tuple[Geometry, ...], profile: str) -> Iterator[Case]:
    full = [(index, None, "glorot_uniform") for index in range(len(ROWS), len(rows))]
    for index, activation, init in (*LAYERS, *full):
        yield layer_case(section.id, rows[index], activation, init)
        if section.exercise == "backward" and index in (2, 6):
            yield layer_case(section.id, rows[index], activation, init, twice=True)


def layer_case(section: str, row: Geometry, activation: str | None, init: str, *, twice: bool = False) -> Case:
    """A layer's forward pass, or its way back, of two inputs where it is used twice."""
    name = "Conv2D" if section.startswith("loops") else "Conv2D_gemm"
    params = {**row.params, "layer": name, "acti_fn": activation, "init_w": init}
    title = f"{name}, acti_fn={activation!r}: {row.text}"
    draws = {"X": Draw(row.shape), "W": Draw(row.weights), "b": Draw((1, 1, 1, row.out))}
    if section.endswith("forward"):
        outputs = ("Z", "W", "b", "hyperparams", "hyperparams numbers")
        return Case(title, params, draws, outputs, row.level, judged=("W", "b", "hyperparams"))
    draws["dLda"] = Draw(row.output)
    if not twice:
        return Case(title, params, draws, ("dX", "dW", "db"), row.level)
    first = {"X first": Draw(row.shape), "dLda first": Draw(row.output)}
    title = f"{title}, two inputs and a list of two gradients"
    return Case(title, params, {**first, **draws}, ("dX first", "dX", "dW", "db"))


#: What is timed: (10, 32, 32, 3) by (3, 3, 3, 64). Of each round, the last call's images are one image times ten
#: factors, and the output is summed up with given weights, so that little has to be sent and kept; still every entry
#: counts. The other calls' images are drawn anew for each, from the seed: whether what they give is right, is judged.
SPEED = Case(
    "conv2D_gemm: kernel (3, 3), 64 filters, pad=0 on (10, 32, 32, 3), 'Z' summed up with weights",
    {"kernel": [3, 3], "out": 64, "stride": 1, "dilation": 1, "pad": 0, "shape": [10, 32, 32, 3], "positions": 9000},
    {
        "image": Draw((32, 32, 3)),
        "factors": Draw((10,)),
        "W": Draw((3, 3, 3, 64)),
        "by image": Draw((10,)),
        "by position": Draw((30, 30)),
        "by channel": Draw((64,)),
        "seed": Draw((1,), "integers", 0, 2**31 - 1, dtype="int64"),
    },
    ("Z", "Z by channel", "Z of other images"),
    judged=("Z of other images",),
)
