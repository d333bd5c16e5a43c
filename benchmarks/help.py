"""What `python runner.py --help` takes beyond a bare Python."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from .rows import Row, Say, Spread
from .timing import BARE, interleaved, runner, walls

CLICK = (sys.executable, "-c", "import click")


def rows(runs: int, say: Say) -> Iterator[Row]:
    """The difference, round by round; a help page is short, so three times as many rounds cost nothing."""
    taken = interleaved({"bare": BARE, "click": CLICK, "help": runner("--help")}, 3 * runs)
    bare, click, mine = (walls(taken[name]) for name in ("bare", "click", "help"))
    beyond = Spread.of(1000 * (one - other) for one, other in zip(mine, bare, strict=True))
    limit = Spread.of(1000 * (one - other) for one, other in zip(click, bare, strict=True))
    yield Row(
        "--help", beyond, "ms", "beyond `python -c pass`", 60.0, wall=Spread.of(mine),
        limit=limit.median, limit_is="the library that reads the command line imported, and nothing else",
    )  # fmt: skip
