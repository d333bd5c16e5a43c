"""Oracles: what a case's outputs must be, by at least two independent truths where there are two.

An oracle never sees a submission. Whenever expected values are built, all oracles of a section run and must
agree on what two of them give; a reference that is wrong is our fault and stops us, never a student.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.errors import HarnessError, UsageError

from .cases import Case

Array = np.ndarray[Any, np.dtype[Any]]
Value = Array | str
Params = Mapping[str, Any]
Inputs = Mapping[str, Array]
Outputs = Mapping[str, Value]

#: Says what is wrong with an output that has more than one right value, in the student's words; None: nothing.
#: Gets the case's parameters, its inputs, and all outputs that came back: the judged one is real and finite,
#: the others are as they came.
Judge = Callable[[Params, Inputs, Mapping[str, Array]], str | None]

#: How far two truths may differ, relative to the largest entry; and where one is in single precision.
AGREEMENT = 1e-9
SINGLE = 1e-5
#: An expected array of zeros has no scale of its own.
ZERO = 1e-12


class OracleError(HarnessError):
    """Two oracles disagree, or none knows an output."""


class OraclesAbsent(UsageError):
    """What was asked for needs an oracle that is not installed here: PyTorch or the references."""


@dataclass(frozen=True, slots=True)
class Oracle:
    """One truth about a section.

    Attributes
    ----------
    name
        What messages call it: `PyTorch`, `reference`, `scanned MLP`.
    compute
        From a case's parameters and inputs to its outputs: arrays or texts. It may leave some out.
    single
        Outputs that it gives in single precision on purpose, where others have them in double.
    """

    name: str
    compute: Callable[[Params, Inputs], Outputs]
    single: frozenset[str] = frozenset()

    def differs(self, other: Oracle, output: str, mine: Value, its: Value) -> str:
        """How two truths about an output differ; empty where they agree.

        Two types are a difference, too: of one in single precision by mistake, every answer would have that one's room.
        """
        if difference := disagreement(mine, its):
            return difference
        if isinstance(mine, str) or isinstance(its, str) or output in self.single | other.single:
            return ""
        types = mine.dtype.name, its.dtype.name
        return f"{types[0]} and {types[1]}" if "float32" in types and types[0] != types[1] else ""


def expected(case: Case, inputs: Inputs, oracles: Sequence[Oracle], *, section: str = "") -> dict[str, Value]:
    """What a case's outputs must be, except those that a judge decides; the first oracle that gives one is taken.

    Parameters
    ----------
    section
        The section's id, for messages.

    Raises
    ------
    OracleError
        Two oracles disagree on an output, one gives an output that the case does not have, or none gives
        one that it has.
    OraclesAbsent
        An oracle is not installed.
    """
    wanted = [name for name in case.outputs if name not in case.judged]
    found: dict[str, tuple[Oracle, Value]] = {}
    place = f"{section}: {case.name}" if section else case.name
    for oracle in oracles:
        given = oracle.compute(case.params, {name: np.array(array) for name, array in inputs.items()})
        if unknown := set(given) - set(case.outputs):
            raise OracleError(f"{place}: {oracle.name} gives {', '.join(sorted(unknown))}, which the case lacks")
        for name in wanted:
            if name not in given:
                continue
            first, value = found.setdefault(name, (oracle, given[name]))
            if difference := first.differs(oracle, name, value, given[name]):
                raise OracleError(f"{place}: {first.name} and {oracle.name} disagree on `{name}`: {difference}")
    if lacking := [name for name in wanted if name not in found]:
        raise OracleError(f"{place}: no oracle gives {', '.join(lacking)}")
    return {name: found[name][1] for name in wanted}


def disagreement(one: Value, other: Value) -> str:
    """How two truths differ; empty where they agree."""
    if isinstance(one, str) or isinstance(other, str):
        return "" if isinstance(one, str) and isinstance(other, str) and one == other else f"{one!r} and {other!r}"
    if one.shape != other.shape:
        return f"shapes {one.shape} and {other.shape}"
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return "entries that are not finite"
    scale = float(np.max(np.abs(one), initial=0.0))
    error = float(np.max(np.abs(one.astype(np.float64) - other.astype(np.float64)), initial=0.0))
    room = SINGLE if "float32" in (one.dtype.name, other.dtype.name) else AGREEMENT
    return "" if error <= max(room * scale, ZERO) else f"by {error:.2g} where the largest entry is {scale:.2g}"
