"""A failing case as lines that a student can paste into a Python shell and run without the grader."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from .exercises import FILES

Array = npt.NDArray[Any]


def snippet(
    params: Mapping[str, Any], inputs: Mapping[str, Array], output: str, files: Mapping[str, bytes]
) -> str | None:
    """The lines, up to printing the output; None where a case is more than one layer.

    Parameters
    ----------
    files
        The submission's, so that the class is imported from where it is.
    """
    name = params["layer"]
    if name not in FILES or name.startswith("CNN") or name == "ResBlock":
        return None
    lines = [*_import(name, files), f"layer = {name}({_arguments(params)})"]
    inner = _inner(name)
    for letter in ("W", "b", "BW", "Bb"):
        if letter in inputs:
            lines.append(f"{inner}.{letter} = np.array({_shown(inputs[letter])})")
    if "W" in inputs and "b" not in inputs:
        lines.append(f"{inner}.b = np.zeros({len(inputs['W'])})")
    for suffix in ("_first", "") if "A_first" in inputs else ("",):
        lines.append(f"Z = layer.forward(np.array({_shown(inputs[f'A{suffix}'])}))")
        if output not in ("Z", "BZ", "flatten Z", "M", "V") or suffix:
            lines.append(f"dLdA = layer.backward(np.array({_shown(inputs[f'dLdZ{suffix}'])}))")
    if output.endswith("eval"):
        lines.append(f"Z = layer.forward(np.array({_shown(inputs['A eval'])}), True)")
    return "\n".join([*lines, f"print({_result(output, inner)})"]) + "\n"


def _import(name: str, files: Mapping[str, bytes]) -> Iterator[str]:
    definition = re.compile(rf"^class\s+{name}\b".encode(), re.MULTILINE)
    known = [path for path in FILES[name] if path in files]
    path = next((path for path in (*known, *files) if definition.search(files[path])), FILES[name][0])
    folder, _, file = path.rpartition("/")
    folders = json.dumps(list(dict.fromkeys([folder or ".", "mytorch", "models", "."])))
    yield f"import sys; sys.path[:0] = {folders}"
    yield "import numpy as np"
    yield f"from {file.removesuffix('.py')} import {name}"


def _arguments(params: Mapping[str, Any]) -> str:
    shown = [str(value) for value in params["arguments"].values()]
    if "padding" in params:
        shown.append(f"padding={params['padding']}")
    return ", ".join(shown)


def _inner(name: str) -> str:
    if name.endswith("_stride1") or not name.startswith("Conv"):
        return "layer"
    return "layer.conv2d_stride1" if name.endswith("2d") else "layer.conv1d_stride1"


def _result(output: str, inner: str) -> str:
    if output in ("Z", "BZ", "flatten Z", "BZ eval"):
        return "Z"
    if output in ("dLdA", "dLdZ", "flatten dLdA"):
        return "dLdA"
    return f"{inner}.{output.removesuffix(' after eval')}"


def _shown(array: Array) -> str:
    def text(values: Any) -> str:
        if isinstance(values, list):
            return f"[{', '.join(map(text, values))}]"
        return f"{float(values):g}." if float(values).is_integer() else repr(float(values))

    return text(np.asarray(array).tolist())
