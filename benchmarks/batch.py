"""How fast a class is graded, and how much memory the batch itself takes: `python -m benchmarks.batch [SIZE…]`.

For each size a class is made up from the references, graded by the command, and four things are told: wall time times
cores, the processor time of students' code, what is left of the first for each submission, and the most memory that
the parent ever held. The same again is graded on an ever longer class: memory must stay flat.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests/batch")]


def main() -> None:
    """Measure, and print a line of JSON for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[30, 300])
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    chosen = parser.parse_args()
    for size in chosen.sizes:
        print(json.dumps(measured(size, chosen.jobs)), flush=True)


def measured(size: int, jobs: int) -> dict[str, float]:
    """Grade a class of this size."""
    import classroom

    root = Path(tempfile.mkdtemp(prefix="autograder-benchmark-"))
    try:
        classroom.make(root / "class", size)
        begun = time.monotonic()
        words = ["batch", str(root / "class"), "--gradebook", str(root / "book"), "--jobs", str(jobs), "--quiet"]
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "runner.py"), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        peak = Peak(process.pid)
        said = json.loads(process.communicate()[0].splitlines()[-1])
        wall = time.monotonic() - begun
        guests = students_time(root / "book")
        graded = said["graded"]
        return {
            "submissions": graded,
            "jobs": jobs,
            "wall_seconds": round(wall, 2),
            "a_second": round(graded / wall, 2),
            "core_seconds_each": round(wall * jobs / graded, 3),
            "guest_cpu_seconds_each": round(guests / graded, 3),
            "overhead_ms_each": round(1000 * (wall * jobs - guests) / graded, 1),
            "parent_peak_mb": peak.stop(),
            "load": os.getloadavg()[0],
        }
    finally:
        shutil.rmtree(root, ignore_errors=True)


def students_time(book: Path) -> float:
    """Processor time of all sections' processes, as the reports tell it."""
    from autograder.gradebook import queries
    from autograder.gradebook.engine import Gradebook

    total = 0.0
    with Gradebook(str(book)) as opened:
        for attempt in queries.attempts(opened, "hw2p1"):
            if attempt.grading is not None:
                facts = queries.report(opened, attempt.grading.id)["run"]["sections"]
                total += sum(section.get("cpu_seconds", 0.0) for section in facts.values())
    return total


class Peak:
    """The most memory that a process holds, looked at ten times a second."""

    def __init__(self, pid: int) -> None:
        self.pid, self.most, self._go = pid, 0, True
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        from autograder.batch.crew import memory_mb

        while self._go:
            self.most = max(self.most, memory_mb(self.pid))
            time.sleep(0.1)

    def stop(self) -> int:
        """The peak in MB."""
        self._go = False
        self._thread.join()
        return self.most


if __name__ == "__main__":
    main()
