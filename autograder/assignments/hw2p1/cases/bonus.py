"""The bonus: Dropout2d, BatchNorm2d and the residual block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.assignments.cases import Case, Draw, Level

from .layers import output_shape

Shape = tuple[int, ...]
SECTIONS = ("dropout2d", "batchnorm2d", "resnet")


def cases(section: str, settings: Mapping[str, Any], profile: str) -> tuple[Case, ...]:
    """The cases of a bonus section."""
    full = profile == "full"
    if section == "dropout2d":
        return DROPOUTS + (DROPOUTS_FULL if full else ())
    if section == "batchnorm2d":
        return NORMS + (NORMS_FULL if full else ())
    return tuple(_block(block) for block in BLOCKS + (BLOCKS_FULL if full else ()))


def _dropout(
    p: float, shape: Shape, level: Level = "strict", *, first: Shape | None = None, default: bool = False
) -> Case:
    """The mask is the layer's own: judges say what it must satisfy. With `default` p is not even passed."""
    draws = {"A_first": Draw(first), "dLdZ_first": Draw(first)} if first else {}
    return Case(
        f"Dropout2d({'' if default else f'p={p}'}) on {shape}" + (f", used twice, first on {first}" if first else ""),
        {"layer": "Dropout2d", "arguments": {"p": p}} | ({"given": 0} if default else {}),
        {**draws, "A": Draw(shape), "dLdZ": Draw(shape)},
        ("Z", "dLdA", "Z eval"),
        level,
        judged=("Z", "dLdA"),
    )


#: 512 channels are enough to tell the rate with a false alarm in 1e-9.
DROPOUTS = (
    _dropout(0.3, (8, 64, 2, 2), "course"),
    _dropout(0.5, (16, 32, 2, 2), "course"),
    _dropout(0.0, (1, 3, 2, 3)),
    _dropout(0.5, (64, 8, 1, 3), default=True),
    _dropout(0.8, (64, 8, 1, 3)),
    _dropout(0.4, (8, 64, 2, 1), first=(3, 4, 3, 2)),
)
DROPOUTS_FULL = (_dropout(0.2, (3, 200, 55, 55), "course"),)


def _norm(
    shape: Shape,
    alpha: float = 0.9,
    level: Level = "strict",
    *,
    scale: float = 1.0,
    weights: bool = False,
    first: Shape | None = None,
    default: bool = False,
) -> Case:
    """Without `weights` BW and Bb stay as they initially are; with `default` alpha is not even passed."""
    channels = shape[1]
    parameters = {"BW": Draw((1, channels, 1, 1)), "Bb": Draw((1, channels, 1, 1))} if weights else {}
    before = {"A_first": Draw(first, scale=3.0), "dLdZ_first": Draw(first)} if first else {}
    remarks = [f"BatchNorm2d(num_features={channels}{'' if default else f', alpha={alpha}'}) on {shape}"]
    remarks += ["with BW and Bb"] if weights else []
    remarks += ["small values"] if scale < 1 else []
    remarks += [f"used twice, first on {first}"] if first else []
    last = {"A": Draw(shape, scale=scale), "dLdZ": Draw(shape), "A eval": Draw((2, *shape[1:]), scale=scale)}
    statistics = ("M", "V", "running_M", "running_V")
    return Case(
        ", ".join(remarks),
        {"layer": "BatchNorm2d", "arguments": {"num_features": channels, "alpha": alpha}}
        | ({"given": 1} if default else {}),
        {**parameters, **before, **last},
        ("BZ", "dLdZ", "dLdBW", "dLdBb", *statistics, "BZ eval", "running_M after eval", "running_V after eval"),
        level,
    )


NORMS = (
    _norm((1, 1, 2, 2), level="course"),
    _norm((3, 2, 4, 4), level="course"),
    _norm((2, 3, 2, 5), alpha=0.3, weights=True),
    # A variance as small as this shows the eps of 1e-8.
    _norm((3, 2, 3, 2), scale=0.01, weights=True, default=True),
    _norm((1, 2, 3, 4), alpha=0.6, weights=True, first=(3, 2, 2, 3)),
)
NORMS_FULL = (_norm((3, 14, 55, 55), level="course"),)


@dataclass(frozen=True, slots=True)
class Block:
    """A residual block: `(in_channels, out_channels, filter_size, stride, padding)`; the first `given` are passed."""

    arguments: tuple[int, int, int, int, int]
    shape: Shape
    level: Level = "strict"
    integers: bool = False
    norms: bool = False
    first: Shape | None = None
    given: int = 5


BLOCKS = (
    Block((2, 2, 1, 1, 0), (1, 2, 3, 3), "course", integers=True),
    Block((2, 3, 3, 3, 1), (2, 2, 6, 6), "course", integers=True),
    Block((3, 3, 1, 1, 0), (3, 3, 2, 4), norms=True),
    Block((2, 4, 1, 1, 0), (1, 2, 3, 4), norms=True),
    # One reason at a time for a shortcut that is not the identity.
    Block((3, 2, 1, 1, 0), (1, 3, 2, 3)),
    Block((2, 2, 2, 1, 0), (1, 2, 3, 4)),
    Block((2, 2, 1, 1, 1), (1, 2, 2, 3), norms=True),
    Block((2, 3, 2, 3, 1), (1, 2, 3, 5), given=3),
    Block((3, 3, 1, 2, 0), (3, 3, 5, 4), norms=True),
    Block((2, 2, 3, 1, 1), (1, 2, 3, 5), integers=True, norms=True),
    Block((3, 2, 4, 2, 2), (2, 3, 5, 8), norms=True, first=(3, 3, 6, 5)),
)
BLOCKS_FULL = (Block((5, 14, 3, 3, 1), (3, 5, 55, 55), "course", integers=True),)


def has_shortcut(arguments: tuple[int, int, int, int, int]) -> bool:
    """Whether the residual connection is a ConvBlock and not the identity."""
    channels, filters, size, stride, padding = arguments
    return stride != 1 or channels != filters or size != 1 or padding != 0


def _block(block: Block) -> Case:
    names = ("in_channels", "out_channels", "filter_size", "stride", "padding")
    arguments = dict(zip(names, block.arguments, strict=True))
    roles = ("conv1", "conv2", "shortcut") if has_shortcut(block.arguments) else ("conv1", "conv2")
    shown = ", ".join(f"{name}={value}" for name, value in list(arguments.items())[: block.given])
    remarks = [f"ResBlock({shown}) on {block.shape}"]
    remarks += ["integers"] if block.integers else []
    remarks += ["with biases, BW and Bb"] if block.norms else []
    remarks += [f"used twice, first on {block.first}"] if block.first else []
    return Case(
        ", ".join(remarks),
        {"layer": "ResBlock", "arguments": arguments} | ({"given": block.given} if block.given < 5 else {}),
        _block_draws(block, roles),
        ("Z", "dLdA", *(f"{role} dLdW" for role in roles)),
        block.level,
    )


def _block_draws(block: Block, roles: tuple[str, ...]) -> dict[str, Draw]:
    channels, filters, size, stride, padding = block.arguments
    draws = {}
    for role in roles:
        draws[f"{role} W"] = Draw((filters, filters, 1, 1) if role == "conv2" else (filters, channels, size, size))
        if block.norms:
            draws[f"{role} b"] = Draw((filters,))
            # Such that no ReLU is dead: what is behind one would be rounding, normalised to something.
            draws[f"{role} BW"] = Draw((1, filters, 1, 1), scale=0.2, mean=1.0)
            draws[f"{role} Bb"] = Draw((1, filters, 1, 1), scale=0.2, mean=0.5)
    convolution = {"out_channels": filters, "kernel_size": size, "stride": stride}
    for suffix, shape in (("_first", block.first), ("", block.shape)):
        if shape is not None:
            # The course's case feeds integers, as integers.
            draws[f"A{suffix}"] = Draw(shape, "integers", dtype="int64") if block.integers else Draw(shape)
            draws[f"dLdZ{suffix}"] = Draw(output_shape("Conv2d", convolution, shape, padding))
    return draws
