"""What a benchmark found: a figure with its spread, the bound that it is held against, and the physical limit."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

#: Is told what goes on.
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Spread:
    """Several measurements of one thing: their median, the least and the largest, and how many there were."""

    median: float
    least: float
    most: float
    runs: int

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """The spread of some measurements."""
        seen = sorted(values)
        return cls(statistics.median(seen), seen[0], seen[-1], len(seen))


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes
    ----------
    name
        What was measured.
    figure, unit
        The figure that counts: `×` is a ratio within one run, `ms`, `MB`.
    of
        What it is a ratio to, or how it is counted.
    bound
        What it must not pass; None: it is only told.
    at_least
        The bound is one from below.
    wall
        Seconds that it took, where that says more than the figure.
    limit, limit_is
        The figure that physics would allow, measured or computed in the same run, and what stands behind it.
    """

    name: str
    figure: Spread
    unit: str
    of: str
    bound: float | None = None
    at_least: bool = False
    wall: Spread | None = None
    limit: float | None = None
    limit_is: str = ""

    @property
    def holds(self) -> bool:
        """Whether the median keeps to the bound; a figure without one does."""
        if self.bound is None:
            return True
        return self.figure.median >= self.bound if self.at_least else self.figure.median <= self.bound

    def document(self) -> dict[str, Any]:
        """The row as JSON values, with its verdict."""
        return {**asdict(self), "holds": self.holds}


def row(document: dict[str, Any]) -> Row:
    """The row that was written so."""
    values = {name: value for name, value in document.items() if name != "holds"}
    wall = values["wall"]
    return Row(**{**values, "figure": Spread(**values["figure"]), "wall": None if wall is None else Spread(**wall)})
