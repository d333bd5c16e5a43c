"""Timing whole processes, interleaved with what they are held against, as the operating system accounts for them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .rows import Spread

ROOT = Path(__file__).resolve().parent.parent

#: What one submission is held against: a Python that has loaded NumPy, with one BLAS thread.
YARDSTICK = (sys.executable, "-c", "import numpy")
BARE = (sys.executable, "-c", "pass")

#: One BLAS thread, and byte code kept, as it is for people: a run after the first one finds everything compiled.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONPATH": str(ROOT),
}

#: Several runs of several commands: by command's name, wall seconds in the order of the runs.
Times = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of a command: wall seconds, and the peak memory of its own process in MB."""

    wall: float
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


def interleaved(commands: Mapping[str, Sequence[str]], runs: int) -> dict[str, list[Sample]]:
    """Run all of them in turn, round after round, after a round to warm up: what else goes on falls on all alike."""
    for command in commands.values():
        once(command)
    taken: dict[str, list[Sample]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            taken[name].append(once(command))
    return taken


def walls(samples: Sequence[Sample]) -> list[float]:
    """The wall times of some samples, in seconds."""
    return [sample.wall for sample in samples]


def ratios(ones: Sequence[float], others: Sequence[float]) -> Spread:
    """How many times the others the ones are, round by round."""
    return Spread.of(one / other for one, other in zip(ones, others, strict=True))


def told(command: Sequence[str], **options: Any) -> Any:
    """Run a command that ends with a line of JSON, and give what it says."""
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True, check=True, **options)
    return json.loads(done.stdout.splitlines()[-1])


def runner(*arguments: object) -> list[str]:
    """A command line of `runner.py`."""
    return [sys.executable, str(ROOT / "runner.py"), *map(str, arguments)]
