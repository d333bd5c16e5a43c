"""How many times faster than the way in which courses grade: PyTorch imported, everything in one process.

The other side is `benchmarks/inprocess.py --course`: inputs of the course's sizes, which the profile `full` has, put
through PyTorch and the student's layers, compared with `numpy.allclose`. It reads no archive, keeps nothing in,
explains nothing and writes no report.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from . import submissions
from .grade import alone
from .rows import Row, Say, Spread
from .timing import ENVIRONMENT, ROOT, YARDSTICK, interleaved, runner, walls

#: Seconds after which the course's way is ended: we are then faster by at least so much.
PATIENCE = 120.0


def rows(runs: int, say: Say) -> Iterator[Row]:
    """Vectorised work, and work in loops."""
    yield vectorised(submissions.REFERENCE, runs)
    with submissions.folder() as place:
        yield loops(submissions.loops(place), runs, say)


def vectorised(folder: Path, runs: int) -> Row:
    """Both in turn."""
    commands = {"theirs": theirs(folder), "ours": runner("grade", folder), "yardstick": YARDSTICK}
    taken = {name: walls(samples) for name, samples in interleaved(commands, runs).items()}
    own = median(taken["yardstick"]) + alone(folder, (), 3)
    return faster("vectorised work", taken["theirs"], taken["ours"], own, 10.0)


def loops(folder: Path, runs: int, say: Say) -> Row:
    """The course's way once, for it takes minutes, nearly all of them computing; ours as often as everything."""
    taken = {
        name: walls(samples)
        for name, samples in interleaved({"ours": runner("grade", folder), "yardstick": YARDSTICK}, runs).items()
    }
    seconds, ended = patiently(theirs(folder))
    say(f"the course's way with loops: {'' if ended else 'ended after '}{seconds:.0f} s")
    own = median(taken["yardstick"]) + alone(folder, (), 3)
    name = "work in loops" if ended else f"work in loops (at least: the course's way was ended after {PATIENCE:.0f} s)"
    return faster(name, [seconds] * runs, taken["ours"], own, 40.0)


def theirs(folder: Path) -> list[str]:
    """The course's way."""
    return [sys.executable, "-m", "benchmarks.inprocess", "--course", str(folder)]


def patiently(command: Sequence[str]) -> tuple[float, bool]:
    """Seconds that a command took, and whether it came to its end."""
    begun = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL) as process:
        try:
            if process.wait(PATIENCE):
                raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
        except subprocess.TimeoutExpired:
            process.kill()
            return time.perf_counter() - begun, False
    return time.perf_counter() - begun, True


def faster(name: str, theirs: Sequence[float], ours: Sequence[float], own: float, bound: float) -> Row:
    """How many times faster we are; `own` are the seconds that a grader cannot go below."""
    times = Spread.of(one / other for one, other in zip(theirs, ours, strict=True))
    return Row(
        name, times, "×", "how many times faster than PyTorch and the course's sizes in one process", bound,
        at_least=True, wall=Spread.of(ours), limit=median(theirs) / own,
        limit_is="NumPy loaded once, and the student's own code run once on the small arrays of `quick`",
    )  # fmt: skip
