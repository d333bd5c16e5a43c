"""Cases: fixed parameters and shapes, seeded values.

Everything about a case but its values is data, the same for everyone. The values come from a stream of
random numbers that depends on (seed, section, case) only, so that grading one section alone sees the
same values as grading all, and a new case changes no other one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Level = Literal["course", "strict"]
Kind = Literal["normal", "integers", "onehot", "powers"]


@dataclass(frozen=True, slots=True)
class Draw:
    """How the values of one input are drawn.

    Attributes
    ----------
    shape
        Sides of the array; `()` is a scalar array.
    kind
        `normal`: around `mean` with deviation `scale`; `integers`: `low` to `high - 1`, as float64 unless
        `dtype` says otherwise (few distinct values make ties); `onehot`: rows `(N, C)` with a single one, in the
        columns `low` to `high - 1` as far as there are such; `powers`: in each plane of the last two axes
        1, 2, 4, … in random order, so that a sum of some of them tells which.
    """

    shape: tuple[int, ...]
    kind: Kind = "normal"
    low: int = -9
    high: int = 10
    scale: float = 1.0
    mean: float = 0.0
    dtype: str = "float64"

    def sample(self, rng: np.random.Generator) -> Array:
        """An array of this shape, drawn from `rng`."""
        if self.kind == "integers":
            return rng.integers(self.low, self.high, self.shape).astype(self.dtype)
        if self.kind == "onehot":
            rows, classes = self.shape
            ones = rng.integers(max(self.low, 0), min(self.high, classes), rows)
            return np.eye(classes, dtype=self.dtype)[ones]
        if self.kind == "powers":
            *planes, rows, columns = self.shape
            ranks = np.tile(np.arange(rows * columns), (*planes, 1))
            return (2.0 ** rng.permuted(ranks, axis=-1)).reshape(self.shape).astype(self.dtype)
        return (self.mean + self.scale * rng.standard_normal(self.shape)).astype(self.dtype)


@dataclass(frozen=True, slots=True)
class Case:
    """One input of a section.

    Attributes
    ----------
    name
        What a person reads: `Conv1d(in_channels=6, out_channels=5, kernel_size=4, stride=3) on (1, 6, 40)`.
        Unique within the section; the stream of values depends on it.
    params
        JSON facts that the exercise (guest) and the oracles (host) get.
    draws
        The input arrays, in the order in which they are drawn.
    outputs
        Names of the outputs that are checked; exactly these must be known to an oracle or a judge.
    level
        `course` where the course's own grader makes such a case, else `strict`.
    optional
        The exercise may say that this case does not apply to the submission (a `Conv2d` without padding).
    judged
        Those of the outputs that have more than one right value in this case: a judge of the assignment
        says whether one is right, instead of a comparison with an oracle's.
    fed
        By output, the one that the exercise gives back to the submission to have it: it can be no more precise than
        that one.
    """

    name: str
    params: Mapping[str, Any]
    draws: Mapping[str, Draw]
    outputs: tuple[str, ...]
    level: Level = "course"
    optional: bool = False
    judged: tuple[str, ...] = ()
    fed: Mapping[str, str] = field(default_factory=dict)

    def inputs(self, seed: int, section: str) -> dict[str, Array]:
        """The case's inputs under a seed: fresh arrays at every call."""
        rng = np.random.default_rng(np.random.SeedSequence([seed, digest(section), digest(self.name)]))
        return {name: draw.sample(rng) for name, draw in self.draws.items()}


def digest(text: str) -> int:
    """A number of 64 bits for a text, the same on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def own_draws(case: str) -> int:
    """What `numpy.random` is seeded with while a case of that name is put through: here and in the guest the same."""
    return digest(case) & 0xFFFFFFFF
