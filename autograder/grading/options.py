"""How submissions are graded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.assignments.seeds import Seed
from autograder.sandbox.levels import Wanted

if TYPE_CHECKING:
    from .score import Scored


@dataclass(frozen=True, slots=True)
class Options:
    """How to grade.

    Attributes
    ----------
    protected
        Never without a boundary, even if nothing is secret.
    lanes
        How many sections run at a time.
    explain
        Whether failures are explained: wrong ideas by name, smallest examples, root causes.
    """

    profile: str = "quick"
    checks: Scored = "strict"
    seed: Seed = field(default_factory=Seed)
    isolation: Wanted = "auto"
    only: tuple[str, ...] = ()
    protected: bool = False
    lanes: int = 1
    explain: bool = True
