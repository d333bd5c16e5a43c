"""How many times as much four Dask workers grade as one, where guests sleep rather than compute.

Scheduler, workers, batch, guests and sandboxes are real, each started by its command line; only the submissions do
nothing but sleep, so that four workers have room on two cores. What keeps four from being four times one is then our
own: handing out, taking in, and the gradebook that one process writes.
"""

from __future__ import annotations

import importlib
import itertools
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.assignments import registry

from . import submissions
from .batch import finished
from .rows import Row, Say, Spread
from .timing import ENVIRONMENT, ROOT, runner

#: A small assignment: its guests cost little beside their sleep.
ASSIGNMENT = "conv2d_functional"
WORKERS, SLEEP = 4, 1.0
#: The rate is that between finished submissions, part by part, once each worker has begun.
PARTS = 7


def rows(runs: int, say: Say) -> Iterator[Row]:
    """One worker and four, on the same class."""
    size = WORKERS * (PARTS + 1)
    with submissions.folder() as place:
        sleepers(place / "class", size)
        rates = {}
        for workers in (1, WORKERS):
            rates[workers] = rate(place, workers)
            say(f"{workers} worker{'s' * (workers > 1)}: {Spread.of(rates[workers]).median:.2f} submissions a second")
    yield Row(
        f"{WORKERS} Dask workers against one",
        Spread.of(many / one for many, one in zip(rates[WORKERS], rates[1], strict=True)),
        "×", f"submissions a second; each sleeps {SLEEP:.0f} s", 3.6, at_least=True,
        limit=float(WORKERS), limit_is="nothing is lost between them",
    )  # fmt: skip


def sleepers(folder: Path, size: int) -> None:
    """Submissions whose module sleeps where it is imported, which each section does for itself."""
    sections = registry.find(ASSIGNMENT).rubric().sections
    for number in range(size):
        text = f"# student {number}\nimport time\n\ntime.sleep({SLEEP / len(sections):.4f})\n"
        submissions.write({"conv2d.py": text.encode()}, folder / f"s{number:02}")


def rate(place: Path, workers: int) -> list[float]:
    """Submissions a second with so many workers, part by part."""
    cluster = submissions.of_tests("test_cluster").cluster

    work = place / f"with{workers}"
    work.mkdir()
    with cluster(work, workers) as (address, _):
        wait(address, workers)
        words = ["batch", place / "class", "-a", ASSIGNMENT, "--gradebook", work / "book", "--scheduler", address]
        subprocess.run(
            runner(*words, "--quiet"), cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=True
        )  # fmt: skip
    ends = sorted(when for when, _ in finished(work / "book", ASSIGNMENT))
    return parts(ends, WORKERS, PARTS)


def parts(ends: Sequence[float], each: int, count: int) -> list[float]:
    """Rates of so many parts, each of so many finished submissions; the first part is the start and is left out."""
    edges = ends[each - 1 :: each][: count + 1]
    return [each / (later - earlier) for earlier, later in itertools.pairwise(edges)]


def wait(address: str, workers: int) -> None:
    """Until all workers have come to the scheduler."""
    with importlib.import_module("distributed").Client(address, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=60)
    time.sleep(1.0)
