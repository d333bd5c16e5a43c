"""A failing case as lines to paste into a new cell of the notebook, or, of a module, into a Python shell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from autograder.assignments.cases import Array
from autograder.assignments.snippet_lines import array, imported

NOTEBOOK, MODULE = "numpy_cnn.ipynb", "numpy_cnn.py"


def snippet(
    params: Mapping[str, Any], inputs: Mapping[str, Array], output: str, files: Mapping[str, bytes]
) -> str | None:
    """The lines, up to printing the output."""
    function = params.get("function", "backward")
    numbers = [*map(str, params.get("numbers", ())), *(f"{k}={v}" for k, v in params.get("options", {}).items())]
    names = params.get("arrays", ("x", "y", "y_hat", "w", "b"))
    call = f"{function}({', '.join([*(array(inputs[name]) for name in names), *numbers])}"
    if function == "backward":
        lines = [f"w, b = {call}, {params['lr']})", f"print({output})"]
    else:
        lines = [f"print({call}))"]
    return "\n".join([*_before(function, files), *lines]) + "\n"


def _before(function: str, files: Mapping[str, bytes]) -> Iterator[str]:
    if NOTEBOOK in files:
        yield f"# in a new cell of {NOTEBOOK}, below the others"
        yield "import numpy as np"
    else:
        yield from imported(function, files, [MODULE])
