"""How a batch grows, from 30 to 10,000 submissions, where guests cost nothing: only our own part is left.

The command runs for real, with a roster, on real archives of groups of three, into a real gradebook; only those who
grade are stand-ins, who answer at once with reports that a grader made before. What is left is reading, checking and
keeping. `python -m benchmarks.simulated FOLDER BOOK REPORTS ROSTER` is one such batch, in a process of its own so that
its peak of memory is its own.
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import sys
import time
import zipfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import submissions
from .rows import Row, Say, Spread
from .timing import told

#: Classes of these sizes; with fewer than seven runs, of the smaller ones only.
SIZES = (30, 1000, 10_000)
SMALL = (30, 100, 300)
LINEAR = 1.25


def rows(runs: int, say: Say) -> Iterator[Row]:
    """Time and memory of the largest class against those of smaller ones."""
    sizes = SIZES if runs >= 7 else SMALL
    with submissions.folder() as place:
        (place / "reports.json").write_text(json.dumps(reports(place)), "utf-8")
        made, seen = 0, {}
        for size in sizes:
            for number in range(made, size):
                (place / "class").mkdir(exist_ok=True)
                (place / "class" / f"s{number:05}@x.edu_1_handin.zip").write_bytes(handed_in(number))
            made = size
            lines = [f"s{number:05}@x.edu,Student {number},{number // 3}" for number in range(size)]
            (place / "roster.csv").write_text("\n".join(["email,name,group", *lines]) + "\n", "utf-8")
            seen[size] = measured(place, size)
            say(f"{size} submissions: {seen[size]['seconds']:.1f} s, {seen[size]['peak_mb']:.0f} MB")
    *_, before, large = sizes
    each = {size: seen[size]["seconds"] / size for size in sizes}
    yield Row(
        f"own cost from {before:,} to {large:,} submissions", Spread.of([each[large] / each[before]]), "×",
        "time a submission in the larger class to that in the smaller one", LINEAR, limit=1.0, limit_is="linear",
    )  # fmt: skip
    yield Row(
        f"memory from {before:,} to {large:,} submissions",
        Spread.of([seen[large]["peak_mb"] / seen[before]["peak_mb"] / (large / before)]),
        "×", "the parent's peak a submission in the larger class to that in the smaller one", LINEAR,
        limit=before / large, limit_is="none is kept",
    )  # fmt: skip
    yield Row(
        f"own cost at {large:,} submissions", Spread.of([1000 * each[large]]), "ms", "a submission, guests left out",
        wall=Spread.of([seen[large]["seconds"]]),
    )  # fmt: skip
    yield Row(f"memory at {large:,} submissions", Spread.of([seen[large]["peak_mb"]]), "MB", "the parent's peak")


def reports(place: Path) -> list[dict[str, Any]]:
    """Two reports as workers send them: of the reference, and of one that fails."""
    from autograder.assignments import registry
    from autograder.grading.grader import Grader, Options
    from autograder.grading.report import document
    from autograder.submissions import read

    assignment = registry.find("hw2p1")
    rubric = assignment.rubric()
    folders = (submissions.REFERENCE, submissions.failing(place / "failing"))
    with Grader(assignment, rubric, Options(protected=True)) as grader:
        return [document(grader.grade(read(folder, rubric)), run=True) for folder in folders]


def handed_in(number: int) -> bytes:
    """The reference as an archive, with a file that makes it somebody's own."""
    whole = io.BytesIO(archive())
    with zipfile.ZipFile(whole, "a") as archived:
        archived.writestr("handin/MCQ/notes.py", f"# student {number}\n")
    return whole.getvalue()


def archive(made: list[bytes] = []) -> bytes:  # noqa: B006 - kept on purpose: it is the same for everyone
    """The reference as an archive, packed once."""
    if not made:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in submissions.reference().items():
                packed.writestr(f"handin/{name}", content)
        made.append(out.getvalue())
    return made[0]


def measured(place: Path, size: int) -> dict[str, float]:
    """A class of this size in a process of its own."""
    words = [str(place / name) for name in ("class", f"book{size}", "reports.json", "roster.csv")]
    found: dict[str, float] = told([sys.executable, "-m", "benchmarks.simulated", *words])
    return found


class Instant:
    """Answers at once; what would travel is put into words and read back, as it is for a worker."""

    capacity = 3

    def __init__(self, documents: list[dict[str, Any]]) -> None:
        self.lines = [json.dumps(document) for document in documents]
        self.waiting: deque[Any] = deque()

    def submit(self, task: Any) -> None:
        """Take a task on."""
        from autograder.batch.tasks import spelt

        json.dumps(spelt(task))
        self.waiting.append(task)

    def next(self) -> Any:
        """A report that says it is this submission's."""
        from autograder.batch.tasks import Answer

        task = self.waiting.popleft()
        document = json.loads(self.lines[task.attempt % len(self.lines)])
        document["run"]["submission"]["digest"] = task.digest
        return Answer(task, document)

    def close(self) -> None:
        """Nothing runs."""


def main() -> None:
    """One batch: its seconds, and the most memory that it held."""
    folder, book, kept, roster = sys.argv[1:]
    from autograder.batch import run
    from autograder.cli import cli

    documents = json.loads(Path(kept).read_text("utf-8"))

    @contextlib.contextmanager
    def crew(*arguments: Any) -> Iterator[Instant]:
        yield Instant(documents)

    run.crew = crew  # type: ignore[assignment]
    begun = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()) as out:
        words = ["batch", folder, "--gradebook", book, "--roster", roster, "--quiet"]
        cli.main(words, standalone_mode=False)
    graded = json.loads(out.getvalue().splitlines()[-1])["graded"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"graded": graded, "seconds": time.perf_counter() - begun, "peak_mb": peak}))


if __name__ == "__main__":
    main()
