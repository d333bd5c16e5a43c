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
        setattr(np, name, _filling(function, f"{root}{os.sep}"))


def _filling(function: Callable[..., Any], below: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def made(*args: Any, **options: Any) -> Any:
        array = function(*args, **options)
        # `like=` may give anything.
        if isinstance(array, np.ndarray) and sys._getframe(1).f_code.co_filename.startswith(below):
            fill(array)
        return array

    return made


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
