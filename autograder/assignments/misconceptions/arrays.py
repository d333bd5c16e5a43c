"""What an assignment calls its arrays and their axes: general ideas speak of them by these names."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

#: The file of an assignment that says so.
FILE = "misconceptions/arrays.toml"


@dataclass(frozen=True, slots=True)
class Arrays:
    """The names of arrays and axes.

    Attributes
    ----------
    roles
        By role, the names of the arrays that play it: `input` and `weights` and `bias` go into a forward pass, `output`
        comes out of it, `gradient` goes into a backward pass and `input gradient` comes out; `kept` is what a layer
        learns of its inputs from call to call.
    axes
        By array, the names of its axes, once for each number of axes; `*` stands for all other arrays. `N` is the
        batch, `C` channels, `H` and `W` are sides of an image, and what begins with `K` is a side of a kernel.
    """

    roles: Mapping[str, Sequence[str]] = field(default_factory=dict)
    axes: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)

    def plays(self, name: str, role: str) -> bool:
        """Whether an array has a role."""
        return name in self.roles.get(role, ())

    def of(self, name: str, ndim: int) -> tuple[str, ...]:
        """Names of an array's axes; empty texts where nobody named them."""
        known = next((self.axes[key] for key in (name, name.split()[-1], "*") if key in self.axes), ())
        return next((tuple(names) for names in known if len(names) == ndim), ("",) * ndim)

    def sides(self, name: str, ndim: int) -> tuple[int, ...]:
        """Which two axes are the sides of an image or a kernel; none where there are not two."""
        found = tuple(i for i, axis in enumerate(self.of(name, ndim)) if axis in ("H", "W") or axis[:1] == "K" != axis)
        return found if len(found) == 2 else ()

    def labels(self, name: str, ndim: int) -> tuple[str, ...]:
        """The axes by number and name: `2 (H)`."""
        return tuple(f"{i} ({axis})" if axis else str(i) for i, axis in enumerate(self.of(name, ndim)))


@cache
def load(folder: Path) -> Arrays:
    """What an assignment says; nothing is named where it says nothing."""
    path = folder / FILE
    if not path.is_file():
        return Arrays()
    table = tomllib.loads(path.read_text("utf-8"))
    return Arrays(table["roles"], table["axes"])
