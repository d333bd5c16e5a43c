"""`numpy.empty` with something in it: what is never written must not hang on the memory that an array happened to get.

Fresh memory is zeros, and memory that was used before is not; which of them comes hangs on the level of isolation and
on what ran before. So what the submission's own lines ask for is filled with what shows: NaN, or an extreme integer.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .agreed import UNFILLED

#: The NaN that says where it came from: arithmetic hands it on as it is, into single precision too.
MARK = np.array([0x7FF << 52 | UNFILLED << 29], np.uint64).view(np.float64)[0]
OWN: dict[str, Callable[..., Any]] = {"empty": np.empty, "empty_like": np.empty_like}


def install(root: Path) -> None:
    """Have `numpy.empty` and `numpy.empty_like` fill what files below `root` ask for; all others get what they did."""
    for name, function in OWN.items():
        setattr(np, name, _Filling(function, f"{root}{os.sep}"))


class _Filling:
    """A function that fills what files below a folder get of it. As an attribute of a class it is no method of it."""

    def __init__(self, function: Callable[..., Any], below: str) -> None:
        functools.update_wrapper(self, function)
        self._function, self._below = function, below

    def __call__(self, *args: Any, **options: Any) -> Any:
        array = self._function(*args, **options)
        # `like=` may give anything.
        if isinstance(array, np.ndarray) and sys._getframe(1).f_code.co_filename.startswith(self._below):
            fill(array)
        return array

    def __repr__(self) -> str:
        return repr(self._function)

    def __reduce__(self) -> str:
        """It is pickled, and copied, by its name."""
        return str(self._function.__name__)


def fill(array: np.ndarray[Any, Any]) -> None:
    """Fill an array, of whatever class, with what no right result has in it."""
    kind, into = array.dtype.kind, functools.partial(np.ndarray.fill, array)
    if kind in "fc":
        into(MARK)
    elif kind in "iu":
        limits = np.iinfo(array.dtype)
        into(limits.min if kind == "i" else limits.max)
    elif kind != "O":  # objects are None
        into(np.zeros((), array.dtype)[()])
