"""`--watch`: from saving a file to the verdict on the sections that it can affect.

The command runs for real on a copy of the reference. A file is saved as an editor does it, and time stops at the line
that has the scores.
"""

from __future__ import annotations

import queue
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from autograder.assignments import registry
from autograder.grading.grader import Grader, Options
from autograder.submissions import read

from . import submissions
from .grade import alone
from .rows import Row, Say, Spread
from .timing import ENVIRONMENT, ROOT, runner

BOUND = 150.0
#: From a file that affects one section to one that most sections build upon.
FILES = ("mytorch/dropout2d.py", "mytorch/pool.py", "mytorch/Conv2d.py", "mytorch/resampling.py")
LIMIT = "the change noticed at once, and the student's own code for these sections run once"
PATIENCE = 60.0


def rows(runs: int, say: Say) -> Iterator[Row]:
    """A row for each file."""
    opened = files_opened()
    with submissions.folder() as place:
        submissions.write(submissions.reference(), place)
        with Watching(place) as watching:
            taken: dict[str, list[float]] = {file: [] for file in FILES}
            for number in range(runs + 1):
                for file in FILES:
                    time.sleep(0.25 + 0.007 * number)  # at other moments of the watcher's rounds
                    seconds = watching.save(file)
                    if number:
                        taken[file].append(1000 * seconds)
    for file, milliseconds in taken.items():
        keys = tuple(key for key, files in opened.items() if file in files)
        say(f"{file}: {len(keys)} sections, {statistics.median(milliseconds):.0f} ms")
        yield Row(
            f"--watch, {file} saved ({len(keys)} section{'s' * (len(keys) > 1)})", Spread.of(milliseconds), "ms",
            "from the file saved to the scores printed", BOUND,
            limit=1000 * alone(submissions.REFERENCE, keys, 3), limit_is=LIMIT,
        )  # fmt: skip


def files_opened() -> dict[str, set[str]]:
    """Of each section, which files of the reference it opens."""
    found = registry.find("hw2p1")
    rubric = found.rubric()
    with Grader(found, rubric, Options()) as grader:
        results = grader.graded(read(submissions.REFERENCE, rubric)).results.values()
    return {result.section.key: result.opened for result in results}


class Watching:
    """`runner.py grade FOLDER --watch`, and its verdicts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.verdicts: queue.SimpleQueue[float] = queue.SimpleQueue()

    def __enter__(self) -> Watching:
        self.process = subprocess.Popen(
            runner("grade", self.folder, "--watch"), cwd=ROOT, text=True, bufsize=1,
            env={**ENVIRONMENT, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.verdicts.get(timeout=PATIENCE)
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.terminate()
        self.process.wait()
        self.reader.join()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def read(self) -> None:
        """Note when each verdict came."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            now = time.perf_counter()
            if line.startswith('{"scores": '):  # the last line of a report
                self.verdicts.put(now)

    def save(self, file: str) -> float:
        """Save a file with a comment more; seconds until the verdict."""
        path = self.folder / file
        text = path.read_text("utf-8") + "#\n"
        begun = time.perf_counter()
        path.write_text(text, "utf-8")
        return self.verdicts.get(timeout=PATIENCE) - begun
