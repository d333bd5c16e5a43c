"""Timing whole processes, interleaved with a yardstick, as the operating system accounts for them."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent

#: What everything is held against: a Python that has loaded NumPy, with one BLAS thread.
YARDSTICK = (sys.executable, "-c", "import numpy")

#: One BLAS thread, and byte code kept, as it is for people: a run after the first one finds everything compiled.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of a command: wall seconds, and the peak memory of its own process in MB."""

    wall: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A command beside the yardstick.

    Attributes
    ----------
    ratio
        Median of the ratios, pair by pair, of the wall times.
    spread
        The least and the largest of these ratios.
    wall, yardstick
        Median wall times in seconds.
    memory_mb
        The largest peak memory of the command's own process.
    """

    name: str
    ratio: float
    spread: tuple[float, float]
    wall: float
    yardstick: float
    memory_mb: float


def once(command: Sequence[str], environment: Mapping[str, str] = ENVIRONMENT) -> Sample:
    """Run a command and wait for its end; it must end well."""
    started = time.perf_counter()
    with subprocess.Popen(
        command, cwd=ROOT, env=dict(environment), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Sample(wall, usage.ru_maxrss / 1024)


def measure(name: str, command: Sequence[str], *, runs: int = 7, against: Sequence[str] = YARDSTICK) -> Measured:
    """Run both in turn after a warm-up, and compare pair by pair."""
    once(against)
    once(command)
    pairs = [(once(against), once(command)) for _ in range(runs)]
    ratios = [mine.wall / theirs.wall for theirs, mine in pairs]
    return Measured(
        name,
        statistics.median(ratios),
        (min(ratios), max(ratios)),
        statistics.median(mine.wall for _, mine in pairs),
        statistics.median(theirs.wall for theirs, _ in pairs),
        max(mine.memory_mb for _, mine in pairs),
    )


def runner(*arguments: object) -> list[str]:
    """A command line of `runner.py`."""
    return [sys.executable, str(ROOT / "runner.py"), *map(str, arguments)]
