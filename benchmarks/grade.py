"""One submission from the command line to its exit, whole and one section, as a ratio to `python -c "import numpy"`."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from . import submissions
from .rows import Row, Say, Spread
from .submissions import REFERENCE
from .timing import YARDSTICK, interleaved, ratios, runner, told, walls

OF = "`python -c 'import numpy'`"
LIMIT = "NumPy loaded once, and the student's own code run once with nothing around it"

#: What is graded: the chosen keys and the most that it may be.
CHOSEN: Mapping[str, tuple[tuple[str, ...], float]] = {
    "HW2P1 and bonus": ((), 5.0),
    "--only Conv2d": (("Conv2d",), 3.0),
    "--only Build a CNN Model, which imports SciPy": (("Build a CNN Model",), 4.5),
}


def rows(runs: int, say: Say) -> Iterator[Row]:
    """The reference, all of it and one section at a time; the last as most students write it, with SciPy imported."""
    with submissions.folder() as place:
        folders = dict(zip(CHOSEN, (REFERENCE, REFERENCE, submissions.with_scipy(place)), strict=True))
        commands: dict[str, Sequence[str]] = {"yardstick": YARDSTICK}
        for name, (keys, _) in CHOSEN.items():
            commands[name] = runner("grade", folders[name], *(word for key in keys for word in ("--only", key)))
        taken = interleaved(commands, runs)
        yardstick = walls(taken["yardstick"])
        for name, (keys, bound) in CHOSEN.items():
            own = alone(folders[name], keys, runs)
            say(f"{name}: {own * 1000:.0f} ms are the student's own")
            mine = walls(taken[name])
            yield Row(
                name, ratios(mine, yardstick), "×", OF, bound, wall=Spread.of(mine),
                limit=1 + own / statistics.median(yardstick), limit_is=LIMIT,
            )  # fmt: skip
    memory = [sample.memory_mb for sample in taken["HW2P1 and bonus"]]
    yield Row("HW2P1 and bonus: memory of the grader", Spread.of(memory), "MB", "its own process, at its peak", 200.0)


def alone(folder: Path, keys: tuple[str, ...], runs: int) -> float:
    """Median seconds of a submission's own code for these sections (all, where none is named)."""
    command = [sys.executable, "-m", "benchmarks.inprocess", str(folder), *keys]
    return statistics.median(float(told(command)["seconds"]) for _ in range(runs))
