"""The answer that is right in all: seen at one look, without a comparison for each of its arrays.

Nothing is decided here that `compare` would decide otherwise: where not every entry is within its bounds, of the shape
and the dtype that is due, the case is looked at output by output.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from autograder.assignments.truth import Question
from autograder.guest.wire import DTYPES, Frame, name_of

from .compare import Array, tolerance

#: Of cases with more entries each array is compared by itself: what is kept here is a copy of what is expected.
ENTRIES = 1 << 16


@dataclass(frozen=True, slots=True)
class AllRight:
    """What the outputs of a question should be, one behind the other.

    Attributes
    ----------
    due
        Each output's name, shape and dtype, in turn.
    wanted, room
        For each entry, what it should be, and by how much it may differ.
    """

    due: tuple[tuple[str, tuple[int, ...], np.dtype[Any]], ...]
    wanted: Array
    room: Array

    def shown_by(self, answer: Frame) -> bool:
        """Whether an answer is all right; where not, it takes a second look to say why."""
        if tuple((name, array.shape, array.dtype) for name, array in answer.arrays.items()) != self.due:
            return False
        whole = answer.whole
        if whole is None:
            whole = np.concatenate([array.ravel() for array in answer.arrays.values()])
        with np.errstate(all="ignore"):
            return bool((np.abs(whole - self.wanted) <= self.room).all())  # NaN compares false


_MADE: WeakKeyDictionary[Question, AllRight | None] = WeakKeyDictionary()


def of(question: Question) -> AllRight | None:
    """The same for every submission that is asked the question; None where its outputs are not just arrays."""
    if question not in _MADE:
        _MADE[question] = _made(question)
    return _MADE[question]


def _made(question: Question) -> AllRight | None:
    due, wanted, room = [], [], []
    for name in question.case.outputs:
        expected = question.expected.get(name)
        if expected is None or isinstance(expected, str) or name in question.judges:
            return None
        scale = float(np.abs(expected.astype(np.float64, copy=False)).max(initial=0.0))
        if not math.isfinite(scale):
            return None
        dtype = "float32" if name_of(expected.dtype) == "float32" else "float64"
        due.append((name, expected.shape, DTYPES[dtype]))
        wanted.append(expected.astype(np.float64).ravel())
        room.append(np.full(expected.size, tolerance(scale, dtype, name_of(expected.dtype))))
    if not due or sum(array.size for array in wanted) > ENTRIES:
        return None
    return AllRight(tuple(due), np.concatenate(wanted), np.concatenate(room))
