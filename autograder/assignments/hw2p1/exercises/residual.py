"""The residual block, whose parts are found wherever it keeps them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .finding import find
from .parameters import set_parameters
from .running import arguments, private, record_attribute, run


def resnet(task: Any) -> None:
    """A residual block: parameters go in by role, wherever the block keeps its parts."""
    task.expecting("Z")
    block = find(task, "ResBlock")(*arguments(task))
    roles = ["conv1", "conv2", "shortcut"] if task.has("shortcut W") else ["conv1", "conv2"]
    kernels = by_role(task, block, roles, "convolution", is_convolution)
    for role, (path, kernel) in kernels.items():
        set_parameters(task, kernel, f"{role} W", f"{role} b", path)
    if task.has("conv1 BW"):
        norms = by_role(task, block, roles, "BatchNorm2d", is_norm)
        for role, (_, norm) in norms.items():
            norm.BW, norm.Bb = private(task, f"{role} BW"), private(task, f"{role} Bb")
    run(task, block)
    for role, (_, kernel) in kernels.items():
        record_attribute(task, f"{role} dLdW", kernel, "dLdW")


def is_convolution(part: Any) -> bool:
    """Whether an object holds the weights of a two-dimensional convolution."""
    return isinstance(getattr(part, "W", None), np.ndarray) and part.W.ndim == 4


def is_norm(part: Any) -> bool:
    """Whether an object is a batch normalisation."""
    return hasattr(part, "BW") and hasattr(part, "Bb")


#: Names under which blocks keep their shortcut, the clearer ones first (some call the main path 'residual').
SHORTCUT = (
    re.compile(r"short|skip|proj|down_?sample|identity", re.I),
    re.compile(r"resid|(^|[._])res([._\d]|$)", re.I),
)


def by_role(
    task: Any, block: Any, roles: list[str], what: str, fits: Callable[[Any], bool]
) -> dict[str, tuple[str, Any]]:
    """The parts of a block of one kind by role, with where they are; what cannot be told apart is never guessed.

    The main path's parts come in the order in which the block keeps them. The shortcut's is the one
    that an attribute's name says it is.
    """
    every = {path: part for path, part in walk(block) if fits(part)}
    # The innermost holds the parameters; a layer around it may show the same arrays.
    outer = {path for path in every if any(other != path and other.startswith(f"{path}.") for other in every)}
    found = [(path, part) for path, part in every.items() if path not in outer]
    if not found:
        task.unfinished(f"ResBlock holds no {what}")
    if len(found) != len(roles):
        layers = f"{what} layer" if len(found) == 1 else f"{what} layers"
        task.missing(f"ResBlock holds {len(found)} {layers} where {len(roles)} are due ({', '.join(roles)})")
    side: list[tuple[str, Any]] = []
    if "shortcut" in roles:
        named = ([entry for entry in found if pattern.search(entry[0])] for pattern in SHORTCUT)
        side = next((entries for entries in named if len(entries) == 1), [])
        if not side:
            task.missing(f"cannot tell which {what} of ResBlock is the shortcut's; keep it in `residual_connection`")
    main = [entry for entry in found if entry not in side]
    return {
        role: (re.sub(r"\.(\d+)", r"[\1]", path), part) for role, (path, part) in zip(roles, main + side, strict=True)
    }


def walk(root: Any) -> Iterator[tuple[str, Any]]:
    """Every object of the submission's own classes below `root`, each once, with its path of attribute names."""
    seen: set[int] = set()

    def visit(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
        plain = value is None or isinstance(value, (str, bytes, int, float, np.ndarray, np.generic, type))
        if plain or inspect.isroutine(value) or inspect.ismodule(value) or id(value) in seen or depth > 12:
            return
        seen.add(id(value))
        if isinstance(value, dict):
            inside = [(str(key), item) for key, item in value.items()]
        elif isinstance(value, (list, tuple)):
            inside = [(str(index), item) for index, item in enumerate(value)]
        else:
            yield path, value
            inside = list(getattr(value, "__dict__", {}).items())
        for name, item in inside:
            yield from visit(item, f"{path}.{name}" if path else name, depth + 1)

    yield from visit(root, "", 0)
