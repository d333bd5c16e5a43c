"""A failing case as lines that a student can paste into a Python shell and run without the grader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.assignments.snippet_lines import array, imported

from . import snippets_of_models as model_snippets
from .exercises import FILES

Array = np.ndarray[Any, np.dtype[Any]]


def snippet(
    params: Mapping[str, Any], inputs: Mapping[str, Array], output: str, files: Mapping[str, bytes]
) -> str | None:
    """The lines, up to printing the output; None where they cannot be written without knowing how the parts are kept.

    Parameters
    ----------
    files
        The submission's, so that the class is imported from where it is.
    """
    name = params["layer"]
    if name in ("CNN", "ResBlock"):
        return model_snippets.snippet(params, inputs, output, files)
    if name.startswith("CNN_"):
        return model_snippets.scan(params, inputs, output, files)
    if name not in FILES:
        return None
    lines = [*imported(name, files, FILES[name], ("mytorch", "models", "."))]
    if "W" in inputs:  # as in the exercise: a layer that keeps its first weights gives the same here
        lines.append("zeros = lambda *shape: np.zeros(shape)")
    lines.append(f"layer = {name}({_arguments(params, weighed='W' in inputs)})")
    inner = _inner(name)
    for letter in ("W", "b", "BW", "Bb"):
        if letter in inputs:
            lines.append(f"{inner}.{letter} = {array(inputs[letter])}")
    if "W" in inputs and "b" not in inputs:
        lines.append(f"{inner}.b = np.zeros({len(inputs['W'])})")
    for suffix in ("_first", "") if "A_first" in inputs else ("",):
        lines.append(f"Z = layer.forward({array(inputs[f'A{suffix}'])})")
        if output not in ("Z", "BZ", "flatten Z", "M", "V", "Z eval") or suffix:
            given = inputs.get(f"dLdZ{suffix}")  # where there is none it is the layer's own output, as in the course
            lines.append(f"dLdA = layer.backward({'Z' if given is None else array(given)})")
    if output.endswith("eval"):
        lines.append(f"Z = layer.forward({array(inputs.get('A eval', inputs['A']))}, True)")
    return "\n".join([*lines, f"print({_result(output, inner)})"]) + "\n"


def _arguments(params: Mapping[str, Any], *, weighed: bool) -> str:
    shown = [str(value) for value in params["arguments"].values()]
    if weighed:
        shown += ["weight_init_fn=zeros", "bias_init_fn=zeros"]
    if "padding" in params:
        shown.append(f"padding={params['padding']}")
    return ", ".join(shown)


def _inner(name: str) -> str:
    if name.endswith("_stride1") or not name.startswith("Conv"):
        return "layer"
    return "layer.conv2d_stride1" if name.endswith("2d") else "layer.conv1d_stride1"


def _result(output: str, inner: str) -> str:
    if output in ("Z", "BZ", "flatten Z", "BZ eval", "Z eval"):
        return "Z"
    if output in ("dLdA", "dLdZ", "flatten dLdA"):
        return "dLdA"
    return f"{inner}.{output.removesuffix(' after eval')}"
