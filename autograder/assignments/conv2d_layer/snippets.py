"""A failing case as lines that a student can paste into a Python shell and run without the grader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.assignments.cases import Array
from autograder.assignments.snippet_lines import array, imported

from .exercises import FILE


def snippet(
    params: Mapping[str, Any], inputs: Mapping[str, Array], output: str, files: Mapping[str, bytes]
) -> str | None:
    """The lines, up to printing the output."""
    given = dict(params["arguments"])
    sizes = [str(given.pop(name)) for name in ("in_channels", "out_channels", "kernel_size")]
    named = [f"{name}={value}" for name, value in given.items()]
    lines = [*imported("conv2D", files, [FILE]), f"layer = conv2D({', '.join([*sizes, *named])})"]
    lines += [f"layer.{name} = {array(inputs[name])}" for name in ("filters", "bias")]
    for suffix in ("_first", "") if "X_first" in inputs else ("",):
        lines.append(f"Z = layer.forward({array(inputs[f'X{suffix}'])})")
        if f"grads{suffix}" in inputs:
            lines.append(f"dX = layer.backward({array(inputs[f'grads{suffix}'])})")
    kind, _, name = output.partition(" ")
    return "\n".join([*lines, f'print(layer.{kind}["{name}"])' if name else f"print({output})"]) + "\n"
