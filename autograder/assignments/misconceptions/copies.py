"""A reading of layers that only move values: which entry stands where another one is due."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .evidence import Seen
from .ideas import Idea

Array = np.ndarray[Any, np.dtype[Any]]
#: So many entries must stand in wrong places, over all failing cases.
ENTRIES = 3


def explain(failing: Sequence[Seen]) -> Idea | None:
    """That values stand in other places, with the first of them in the smallest case; nothing unless all are copies."""
    moved = 0
    for one in failing:
        source = _source(one)
        if source is None or not one.wrong_values or not _copied(one, source[1]):
            return None
        moved += len(_moved(one))
    if moved < ENTRIES:
        return None
    smallest = min(failing, key=lambda one: 0 if one.got is None else one.got.size)
    return Idea(
        "misplaced", f"The values stand in other places: {_example(smallest)}",
        "Work out by hand which entry belongs there, and which one your indices give.",
    )  # fmt: skip


def _source(one: Seen) -> tuple[str, Array] | None:
    """The array that a layer's output is taken from, or its input's gradient, with its name."""
    role = "input" if one.plays("output") else "gradient" if one.plays("input gradient") else ""
    given = ((name, array) for name, array in one.inputs.items() if one.names.plays(name, role))
    own = ((name, array) for name, array in one.others.items() if one.names.plays(name, "output"))
    return next(given, None) or (next(own, None) if role == "gradient" else None)


def _copied(one: Seen, source: Array) -> bool:
    """Whether what is due, and what came back, are entries of the source and zeros; the source has no entry twice."""
    if one.got is None or one.expected is None or one.got.dtype.kind not in "biuf":
        return False
    distinct = len(np.unique(source)) == source.size and source.all()
    return bool(distinct and all(np.isin(array, source)[array != 0].all() for array in (one.got, one.expected)))


def _moved(one: Seen) -> Array:
    """The places where another value stands than is due."""
    assert one.got is not None and one.expected is not None  # noqa: S101 - asked of such only
    return np.argwhere(one.got != one.expected)


def _example(one: Seen) -> str:
    source = _source(one)
    assert source is not None and one.got is not None and one.expected is not None  # noqa: S101 - looked at before
    place = tuple(int(i) for i in _moved(one)[0])
    got, due = (_called(array[place], *source) for array in (one.got, one.expected))
    return f"{one.output}{_index(place)} is {got}, and should be {due}"


def _called(value: float, name: str, source: Array) -> str:
    """The source's entry of this value."""
    return name + _index(np.argwhere(source == value)[0]) if value else "0"


def _index(place: Any) -> str:
    return f"[{', '.join(str(int(i)) for i in place)}]"
