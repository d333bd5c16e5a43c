"""How fast a class is graded, and how much memory the batch itself takes.

A class is made up from the references, graded by the command, and three things are told: what is left of wall time
times cores without the processor time of students' code, how many submissions that makes a second, and whether the
parent's memory grows. `python -m benchmarks.batch SIZE…` says more of other sizes, a line of JSON for each.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import floor, submissions
from .grade import alone
from .rows import Row, Say, Spread
from .timing import ENVIRONMENT, runner

SIZE, PARTS = 300, 10
CORES = len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class Measured:
    """A class that was graded.

    Attributes
    ----------
    wall, begun
        Seconds from the command line to its exit, and when that was.
    finished
        For each submission when it was graded, in that order, and the seconds that its sections computed.
    memory
        What the parent held, as it was looked at: when, and MB.
    """

    jobs: int
    begun: float
    wall: float
    finished: tuple[tuple[float, float], ...]
    memory: tuple[tuple[float, float], ...]

    @property
    def guests(self) -> float:
        """Seconds that students' code computed."""
        return sum(cpu for _, cpu in self.finished)

    @property
    def overhead(self) -> float:
        """Seconds of a core for each submission, beside its own code; start and end of the command included."""
        return (self.wall * self.jobs - self.guests) / len(self.finished)

    def overheads(self, parts: int) -> list[float]:
        """The same for each so-many-th part of the class in the order of finishing; the start is in the first."""
        size = len(self.finished) // parts
        edges = [self.begun, *(self.finished[size * (part + 1) - 1][0] for part in range(parts))]
        return [
            ((edges[part + 1] - edges[part]) * self.jobs - self.computed(size * part, size)) / size
            for part in range(parts)
        ]

    def computed(self, first: int, count: int) -> float:
        """Seconds that so many submissions computed."""
        return sum(cpu for _, cpu in self.finished[first : first + count])

    def grown(self) -> float:
        """How many times more memory the parent held in the last quarter of the run than in the second."""
        first, last = self.finished[0][0], self.finished[-1][0]

        def most(low: float, high: float) -> float:
            low, high = first + low * (last - first), first + high * (last - first)
            return max(mb for when, mb in self.memory if low <= when <= high)

        return most(0.75, 1.0) / most(0.25, 0.5)


def rows(runs: int, say: Say) -> Iterator[Row]:
    """One class of 300; its ten tenths show how far the figure spreads (fewer submissions for fewer runs)."""
    size = SIZE if runs >= 7 else 10 * runs
    seen = measured(size, CORES)
    tenths = Spread.of(1000 * part for part in seen.overheads(PARTS))
    figure = Spread(1000 * seen.overhead, tenths.least, tenths.most, PARTS)
    say(f"{size} submissions in {seen.wall:.0f} s; students' own code {seen.guests:.0f} s of computing")
    yield Row(
        f"batch of {size}", figure, "ms", "a submission: wall time × cores without what its sections computed",
        25.0, wall=Spread.of([seen.wall]), limit=floor.measured(),
        limit_is="a process for each section, forked by one that has NumPy; bytes sent and compared, a commit",
    )  # fmt: skip
    each = 1000 * seen.wall * seen.jobs / len(seen.finished)
    yield Row(
        f"batch of {size}: cost of one", Spread.of([each]), "ms", "a submission: wall time × cores",
        limit=1000 * alone(submissions.REFERENCE, (), 3), limit_is="the reference's own code in a bare process",
    )  # fmt: skip
    yield Row(
        f"batch of {size}: memory of the parent", Spread.of([seen.grown()]), "×",
        "the most held in the run's last quarter to the most in its second", 1.1, limit=1.0, limit_is="none is kept",
    )  # fmt: skip


def measured(size: int, jobs: int) -> Measured:
    """Grade a class of this size."""
    classroom = submissions.of_tests("classroom")

    root = Path(tempfile.mkdtemp(prefix="autograder-benchmark-"))
    try:
        classroom.make(root / "class", size)
        begun = time.time()
        words = ["batch", root / "class", "--gradebook", root / "book", "--jobs", jobs, "--quiet"]
        process = subprocess.Popen(runner(*words), env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        watcher = Memory(process.pid)
        said = json.loads(process.communicate()[0].splitlines()[-1])
        wall = time.time() - begun
        ends = tuple(sorted(finished(root / "book", "hw2p1")))
        if len(ends) != said["graded"]:
            raise SystemExit(f"{said['graded']} were graded, and {len(ends)} are in the gradebook")
        return Measured(jobs, begun, wall, ends, watcher.stop())
    finally:
        shutil.rmtree(root, ignore_errors=True)


def finished(book: Path, assignment: str) -> Iterator[tuple[float, float]]:
    """For each grading of a gradebook when it was written, and what its sections computed, for explanations too."""
    from sqlalchemy import select

    from autograder.gradebook import queries
    from autograder.gradebook.engine import Gradebook
    from autograder.gradebook.models import Grading

    with Gradebook(str(book)) as opened:
        with opened.session() as session:
            when = {row.id: row.graded_at for row in session.execute(select(Grading.id, Grading.graded_at))}
        for attempt in queries.attempts(opened, assignment):
            if attempt.grading is not None:
                used: float = queries.report(opened, attempt.grading.id)["run"]["cpu_seconds"]
                yield when[attempt.grading.id].timestamp(), used


class Memory:
    """What a process holds, looked at ten times a second."""

    def __init__(self, pid: int) -> None:
        self.pid, self._go = pid, True
        self.seen: list[tuple[float, float]] = []
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while self._go:
            if held := memory_mb(self.pid):
                self.seen.append((time.time(), float(held)))
            time.sleep(0.1)

    def stop(self) -> tuple[tuple[float, float], ...]:
        """All that was seen."""
        self._go = False
        self._thread.join()
        return tuple(self.seen)


def memory_mb(pid: int) -> int:
    """Memory that a process holds, where the system tells (Linux)."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") >> 20


def main() -> None:
    """Measure classes of other sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[30, SIZE])
    parser.add_argument("--jobs", type=int, default=CORES)
    chosen = parser.parse_args()
    for size in chosen.sizes:
        seen = measured(size, chosen.jobs)
        count = len(seen.finished)
        facts = {
            "submissions": count,
            "jobs": seen.jobs,
            "wall_seconds": round(seen.wall, 2),
            "a_second": round(count / seen.wall, 2),
            "core_seconds_each": round(seen.wall * seen.jobs / count, 3),
            "guest_cpu_seconds_each": round(seen.guests / count, 3),
            "overhead_ms_each": round(1000 * seen.overhead, 1),
            "parent_peak_mb": max(mb for _, mb in seen.memory),
            "load": round(os.getloadavg()[0], 1),
        }
        print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main()
