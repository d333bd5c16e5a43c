"""Where expected values come from: the practice data that ships, or the oracles.

Both give questions: a case, its inputs, and what its outputs must be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from .cases import Case
from .rubric import Section

Array = np.ndarray[Any, np.dtype[Any]]

#: The output that is an answer to a question: what is right is told to nobody. What other texts are due, messages tell.
ANSWER = "answer"
#: Says in the student's words what is wrong with an output that has more than one right value; None: nothing.
#: Gets the case's parameters, its inputs, and the outputs that came back.
Judge = Callable[[Mapping[str, Any], Mapping[str, Array], Mapping[str, Array]], str | None]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Question:
    """A case ready to be asked: its inputs, and what is expected of each output.

    Attributes
    ----------
    expected
        Arrays, or short texts, by output.
    judges
        For outputs that are judged rather than compared: what judges them.
    """

    case: Case
    inputs: Mapping[str, Array]
    expected: Mapping[str, Array | str]
    judges: Mapping[str, Judge] = field(default_factory=dict)


class Truth(Protocol):
    """A source of questions."""

    @property
    def withheld(self) -> Collection[str]:
        """Ids of sections of which some cases are not here: the course alone has them."""

    def questions(self, section: Section) -> list[Question]:
        """The section's cases, simplest first, with inputs and expected values.

        Raises
        ------
        autograder.errors.HarnessError
            They cannot be had; the section is then `ungraded`.
        """
