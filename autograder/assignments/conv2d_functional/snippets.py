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
    if "gradients" in params:
        cache = ", ".join(f'"{name}": {array(inputs[name])}' for name in ("Z", "W", "b", "A_prev"))
        call = f"conv2d_backward({array(inputs['dZ'])}, cache, {params['stride']}, {params['padding']})"
        gradients = "dW, db, dA_prev"
        lines = [f"cache = {{{cache}}}", f"{gradients} = {call}", f"print({output})"]
        return "\n".join([*imported("conv2d_backward", files, [FILE]), *lines]) + "\n"
    arrays = [array(inputs[name]) for name in ("input", "weight")]
    bias = [array(inputs["bias"])] if "bias" in inputs else []
    if params["function"] == "conv2d_forward":
        call = f"conv2d_forward({', '.join([*arrays, *bias])}, {params['stride']}, {params['padding']})"
        return "\n".join([*imported("conv2d_forward", files, [FILE]), f'print({call}["{output}"])']) + "\n"
    numbers = [str(params[name]) for name in ("stride", "padding", "dilation", "groups")]
    call = f"conv2d({', '.join([*arrays, *numbers, *bias])})"
    return "\n".join([*imported("conv2d", files, [FILE]), f"print({call})"]) + "\n"
