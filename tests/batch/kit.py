"""What the tests of batches share: running the command, what a gradebook comes to, and grading without a guest."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import helpers
from click.testing import CliRunner

from autograder.assignments.registry import PROJECT
from autograder.assignments.rubric import Rubric
from autograder.batch import documents
from autograder.batch.tasks import Answer, Task
from autograder.cli import cli
from autograder.gradebook import queries
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.standing import standings


def command(*words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the program."""
    return subprocess.run(
        [sys.executable, str(PROJECT / "runner.py"), *map(str, words)],
        capture_output=True, text=True, timeout=options.pop("timeout", 300), **options,
    )  # fmt: skip


def batch(folder: Path, book: object, *more: object) -> dict[str, Any]:
    """Grade a class; the last line."""
    done = command(*arguments(folder, book), *more, timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return last


def arguments(folder: Path, book: object) -> list[object]:
    """How to grade a class of `classroom.make`."""
    lists = ["--roster", folder / "roster.csv", "--times", folder / "times.csv", "--policy", folder / "policy.toml"]
    return ["batch", folder, "--gradebook", book, *lists]


def facts(place: object, name: str = "hw2p1") -> dict[str, Any]:
    """All that a gradebook says, but for numbers and times of writing: equal for equal work."""
    with Gradebook(str(place)) as book:
        found = standings(book, name)
        attempts = queries.attempts(book, name)
        reports = {a.label: queries.report(book, a.grading.id, run=False) for a in attempts if a.grading is not None}
        return {
            "attempts": [(a.label, a.digest, a.students, a.problem, a.trouble, str(a.submitted_at)) for a in attempts],
            "reports": {label: json.dumps(report) for label, report in reports.items()},
            "standings": [
                (
                    s.person.key,
                    s.state,
                    s.reason,
                    s.attempt and s.attempt.label,
                    {g: asdict(t) for g, t in s.sums.items()},
                )
                for s in found.standings
            ],
        }


def exports(place: object, folder: Path) -> dict[str, bytes]:
    """Every file that the gradebook can give out without a template, by its name."""
    folder.mkdir()
    for form in ("csv", "jsonl", "autolab", "gradescope", "markdown", "html"):
        done = CliRunner().invoke(
            cli, ["export", str(place), "--format", form, "--output", str(folder / form)], standalone_mode=False,
            catch_exceptions=False,
        )  # fmt: skip
        assert done.return_value == 0, done.output
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert len(found) > 6
    return found


def graded(book: Path) -> int:
    """How many gradings a folder's gradebook has by now."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{book}/gradebook.sqlite?mode=ro", uri=True)) as connection:
            found: int = connection.execute("SELECT count(*) FROM grading").fetchone()[0]
            return found
    except sqlite3.Error:
        return 0


class Instant:
    """Grades at once, without running anything: points by the digest."""

    capacity = 3

    def __init__(self, seed: str = "11785") -> None:
        self.waiting: deque[Task] = deque()
        self.seed = seed

    def submit(self, task: Task) -> None:
        self.waiting.append(task)

    def next(self) -> Answer:
        task = self.waiting.popleft()
        return Answer(task, document(task.digest, helpers.rubric(), self.seed))

    def close(self) -> None:
        pass


@contextlib.contextmanager
def instant(*arguments: Any) -> Iterator[Instant]:
    """Stands in for `run.crew`."""
    yield Instant()


def document(digest: str, rubric: Rubric, seed: str = "11785", **statuses: str) -> dict[str, Any]:
    """A report of these statuses by id; others pass or fail by the digest."""
    sections: list[dict[str, Any]] = []
    for section in rubric.sections:
        luck = hashlib.sha256(f"{digest}{section.id}".encode()).digest()[0] % 2
        status = statuses.get(section.id, "passed" if luck else "failed")
        points = {"passed": section.points, "ungraded": None}.get(status, Decimal(0))
        sections.append(
            {
                "key": section.key, "number": section.number, "group": section.group,
                "points": None if points is None else float(points), "max": float(section.points), "status": status,
                "message": "", "root_cause": None,
                "checks": [{"name": "Z", "level": "course", "status": "passed" if status == "passed" else "failed"}],
            }
        )  # fmt: skip
    totals = documents.totals(sections, "strict", chosen=True)
    return {
        "schema": "autograder/report/v1", "assignment": rubric.name, "edition": rubric.edition, "seed": seed,
        "profile": "quick", "checks": "strict", "totals": totals, "totals_course": totals, "totals_strict": totals,
        "scores": {s["key"]: s["points"] for s in sections if s["points"] is not None}, "sections": sections,
        "notes": [], "run": {"submission": {"digest": digest}, "sections": {}},
    }  # fmt: skip
