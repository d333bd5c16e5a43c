"""Lines that assignments' snippets share: a name imported from where a submission has it, an array as Python."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
#: So many numbers among zeros have a statement each.
ALONE = 3


def imported(
    name: str, files: Mapping[str, bytes], usual: Sequence[str], folders: Sequence[str] = (".",)
) -> Iterator[str]:
    """The lines that import a class or function.

    Parameters
    ----------
    files
        The submission's.
    usual
        Where it is looked for first, and said to be where no file has it.
    folders
        What the submission's modules import each other from.
    """
    definition = re.compile(rf"^(class|def)\s+{name}\b".encode(), re.MULTILINE)
    known = [path for path in usual if path in files]
    path = next((path for path in (*known, *files) if definition.search(files[path])), usual[0])
    folder, _, file = path.rpartition("/")
    yield f"import sys; sys.path[:0] = {json.dumps(list(dict.fromkeys([folder or '.', *folders])))}"
    yield "import numpy as np"
    yield f"from {file.removesuffix('.py')} import {name}"


def array(values: Array) -> str:
    """An array as Python, of the type that it has."""
    values = np.asarray(values)
    plain = values.dtype in (np.float64, np.int64)  # what Python's own numbers become
    return f"np.array({_text(values.tolist())}{'' if plain else f', dtype={values.dtype.name!r}'})"


def sparse(name: str, values: Array) -> str:
    """Statements, in one line, that make an array of zeros and put in what is not 0."""
    places = np.argwhere(values)
    kind = "" if values.dtype == np.float64 else f", dtype={values.dtype.name!r}"
    made = [f"{name} = np.zeros({values.shape}{kind})"]
    if len(places) <= ALONE:
        made += [f"{name}{place.tolist()} = {_text(values[tuple(place)])}" for place in places]
    else:
        axes = ", ".join(str(axis.tolist()) for axis in places.T)
        made.append(f"{name}[{axes}] = {_text(values[tuple(places.T)].tolist())}")
    return "; ".join(made)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, int):
        return str(value)
    return f"{float(value):g}." if float(value).is_integer() else repr(float(value))
