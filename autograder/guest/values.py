"""Only arrays cross: whatever a submission returned becomes a plain, owned array of numbers, or is refused.

This runs in the guest, beside the student's code, so nothing here protects the grader: it makes honest
mistakes readable. The host checks everything again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


class NotImplementedYet(Exception):
    """The submission returned None or NotImplemented where a result was due."""


class WrongValue(Exception):
    """Something that the submission holds is there, and wrong, before there is an output to compare."""


class BadOutput(Exception):
    """The submission returned something that is no array of numbers."""


class ForgottenReturn(BadOutput):
    """The submission returned None where it had computed something."""


class PassedOn(BadOutput):
    """The submission returned None, which came from something that it called."""


def plain(name: str, value: Any, *, scalar: bool = False) -> Array:
    """A copy of `value` as an exact `numpy.ndarray` of a dtype that may cross the wire.

    Raises
    ------
    NotImplementedYet
        The value is None or NotImplemented.
    BadOutput
        It is anything else than an array of numbers; with `scalar`, a number is fine too.
    """
    if value is None or value is NotImplemented:
        raise NotImplementedYet(f"`{name}` is {value}")
    if isinstance(value, np.generic) or (scalar and type(value) in (int, float)):
        value = np.asarray(value)
    if type(value) is not np.ndarray:
        kind = type(value)
        what = f"a subclass of ndarray ({kind.__name__})" if isinstance(value, np.ndarray) else f"a {kind.__name__}"
        raise BadOutput(f"`{name}` is {what}, not a plain numpy.ndarray")
    if value.dtype.kind not in "biufc":
        raise BadOutput(f"`{name}` is an array of {value.dtype.name}, not of numbers")
    if value.dtype.itemsize > (16 if value.dtype.kind == "c" else 8):
        value = value.astype(np.complex128 if value.dtype.kind == "c" else np.float64)
    return np.array(value, order="C", copy=True)
