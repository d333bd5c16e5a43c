"""What a section gives, made of what a submission's own code gives elsewhere, where no function can take its place.

An assignment's `compositions.py` names them by section id (`COMPOSED`). All of it runs in the host; the submission only
ever answers to an exercise, on values that are not scored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .oracles import Inputs, Params

Arrays = Mapping[str, np.ndarray[Any, np.dtype[Any]]]
#: Puts parameters and inputs through the submission's part.
Ask = Callable[[Mapping[str, Any], Inputs], Arrays]


@dataclass(frozen=True, slots=True)
class Composition:
    """How a section's outputs follow from a part.

    Attributes
    ----------
    exercise
        The one that puts the part through.
    made
        The outputs that follow.
    outputs
        Their names; another one that is wrong is the section's own mistake.
    steady
        Those of them that are the same for other values (a shape): no stub is told from what is right by them.
    mends
        Whether a section that gives just this is right once the part is. Else it only fits the part, and may hold the
        same mistake again.
    """

    exercise: str
    made: Callable[[Params, Inputs, Ask], Arrays]
    outputs: frozenset[str]
    steady: frozenset[str] = frozenset()
    mends: bool = True
