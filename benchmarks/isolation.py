"""What the boundary of each level of isolation costs.

The whole of HW2P1 is graded at each level in turn, round after round in warm guests, so that what else the machine does
falls on all alike. Compared is computing time: of the host, of the guest, of the process that holds the submission, and
of the sections.

A level is compared with no boundary and all else alike: sections' folders lie in memory at all levels, and what
`bubblewrap` is held against has the files of all sections at one place, too, where they are compiled once for all.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from autograder.assignments import registry
from autograder.grading.grader import Grader, Options
from autograder.sandbox import clock, levels
from autograder.sandbox.host import Guest
from autograder.submissions import Submission, read

from .rows import Row, Say, Spread

BOUND = 15.0
#: Where Linux has a file system in memory that everybody may use.
MEMORY = Path("/dev/shm")
#: What each level is held against.
WITHOUT = {"bubblewrap": "process, at one place", "landlock": "process"}


class AtOnePlace(Guest):
    """A guest at `process` with the files of every section at the same place, one section at a time."""

    place = ""

    @property
    def fixed(self) -> str | None:
        """That place."""
        self.place = self.place or tempfile.mkdtemp()
        return self.place

    @contextlib.contextmanager
    def folder(self) -> Iterator[Path]:
        """That place, as an empty folder."""
        folder = Path(str(self.fixed))
        folder.mkdir(exist_ok=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


def rows(runs: int, say: Say) -> Iterator[Row]:
    """Two rows for each level that this machine has: all that a submission computes, and what the boundary is of it."""
    taken = measured(2 * runs)
    for level, other in WITHOUT.items():
        if level not in taken:
            say(f"{level} is not to be had here")
            continue
        seen = [1000 * cpu for _, cpu in taken[level]]
        yield Row(
            f"isolation {level}", Spread.of(seen), "ms", "computing time of a submission", None,
            wall=Spread.of(wall for wall, _ in taken[level]),
        )  # fmt: skip
        more = (cpu - 1000 * bare for cpu, (_, bare) in zip(seen, taken[other], strict=True))
        yield Row(
            f"isolation {level}: the boundary", Spread.of(more), "ms",
            "computing time of a submission beyond that without a boundary, all else alike", BOUND,
            limit=0.0, limit_is="nothing: a boundary that costs nothing to set up",
        )  # fmt: skip


def measured(rounds: int) -> dict[str, list[tuple[float, float]]]:
    """By level, or what it is held against, wall and CPU seconds of each round."""
    assignment = registry.find("hw2p1")
    rubric = assignment.rubric()
    submission = read(assignment.reference, rubric)
    with contextlib.ExitStack() as stack:
        stack.enter_context(in_memory())
        graders = {
            level: stack.enter_context(Grader(assignment, rubric, Options(isolation=level, lanes=1)))
            for level in levels.available()
        }
        bare = stack.enter_context(Grader(assignment, rubric, Options(isolation="process", lanes=1)))
        bare.guest.close()
        bare.guest = AtOnePlace(bare.guest.parts, "process")
        graders["process, at one place"] = bare
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in graders}
        for number in range(1 + rounds):
            for name, grader in graders.items():
                seen = once(grader, submission)
                if number:
                    taken[name].append(seen)
    return taken


@contextlib.contextmanager
def in_memory() -> Iterator[None]:
    """Have temporary files in memory, where there is such a place: a disk would be compared with it."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        tempfile.tempdir = folder
        Path(folder).chmod(0o711)
        try:
            yield
        finally:
            tempfile.tempdir = before


def once(grader: Grader, submission: Submission) -> tuple[float, float]:
    """Wall seconds and CPU seconds of one submission."""
    before = time.perf_counter(), time.process_time() + guest_seconds(grader)
    results = grader.run_all(submission)
    after = time.perf_counter(), time.process_time() + guest_seconds(grader)
    sections = sum(result.ended.cpu_seconds for result in results.values() if result.ended is not None)
    return after[0] - before[0], after[1] - before[1] + sections


def guest_seconds(grader: Grader) -> float:
    """CPU seconds of the guest itself and of those who hold submissions, without sections."""
    guest = grader.guest.pid
    return sum(clock.cpu_seconds(pid) or 0.0 for pid in (guest, *children(guest)))


def children(parent: int) -> list[int]:
    """The processes that one has started, as far as they are there."""
    found: list[int] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found
