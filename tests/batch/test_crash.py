"""Killed at any moment, the same command goes on, and the gradebook is that of an undisturbed run."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import classroom
import kit
import pytest

from autograder.assignments.registry import PROJECT
from autograder.batch.crew import Worker
from autograder.batch.tasks import Task, setup

DRIVE = Path(__file__).parent / "drive.py"


def killed_before_writes(tmp_path: Path, first: int, step: int) -> int:
    classroom.make(tmp_path / "class", 10)
    done = subprocess.run(
        [sys.executable, str(DRIVE), str(tmp_path / "class"), str(tmp_path), str(first), str(step)],
        capture_output=True, text=True, timeout=400,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    killed: int = json.loads(done.stdout)["killed"]
    return killed


def test_killed_before_some_writes(tmp_path: Path) -> None:
    assert killed_before_writes(tmp_path, 5, 29) >= 3


@pytest.mark.more
def test_killed_before_each_write(tmp_path: Path) -> None:
    assert killed_before_writes(tmp_path, 0, 1) > 100


def worker() -> Worker:
    from test_dispatch import JOB, terms

    return Worker(setup(JOB, terms(JOB).digest), 60)


def task(**changes: bytes) -> Task:
    import helpers

    from autograder.batch.tasks import reading
    from autograder.gradebook.packing import pack

    submission = helpers.submission_from(dict(changes))
    return Task(1, submission.digest, pack(submission.files), reading(submission), ("MCQ 1",))


def test_a_worker_that_was_killed_is_replaced() -> None:
    one = worker()
    try:
        assert one.grade(task()).document["scores"] == {"MCQ 1": 1}
        assert one.process is not None
        os.kill(one.process.pid, signal.SIGKILL)
        one.process.wait()
        assert one.grade(task()).document["scores"] == {"MCQ 1": 1}
    finally:
        one.close()


def test_a_worker_that_dies_while_it_grades_is_our_trouble() -> None:
    one = worker()
    try:
        one.start()
        assert one.process is not None
        os.kill(one.process.pid, signal.SIGSTOP)
        victim = one.process.pid
        import threading

        threading.Timer(0.3, os.kill, (victim, signal.SIGKILL)).start()
        answer = one.grade(task())
        assert answer.document is None
        assert answer.trouble == "the worker process died"
    finally:
        one.close()


def test_a_worker_that_is_silent_is_ended() -> None:
    one = worker()
    one.patience = 0.5
    try:
        one.start()
        assert one.process is not None
        os.kill(one.process.pid, signal.SIGSTOP)
        assert "no answer" in one.grade(task()).trouble
    finally:
        one.close()


def test_a_worker_with_another_rubric_may_not_grade() -> None:
    one = worker()
    one.setup = {**one.setup, "conditions": "sha256:other"}
    try:
        answer = one.grade(task())
        assert answer.fatal
        assert "another rubric" in answer.trouble
    finally:
        one.close()


def test_workers_end_with_the_batch(tmp_path: Path) -> None:
    classroom.make(tmp_path / "class", 12)
    batch = started(tmp_path / "class", tmp_path / "book")
    children = wait_for_children(batch.pid)
    batch.kill()
    batch.wait()
    deadline = time.monotonic() + 20
    while any(alive(pid) for pid in children):
        assert time.monotonic() < deadline, "a worker outlived its batch"
        time.sleep(0.1)
    kit.batch(tmp_path / "class", tmp_path / "book")


def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    classroom.make(tmp_path / "class", 24)
    batch = started(tmp_path / "class", tmp_path / "book", stderr=subprocess.PIPE)
    wait_for_children(batch.pid)
    time.sleep(0.5)
    batch.send_signal(signal.SIGINT)
    _, said = batch.communicate(timeout=60)
    assert batch.returncode == 130, said
    assert "the same command goes on from there" in said
    assert "Traceback" not in said


def started(folder: Path, book: Path, *more: str, **options: int) -> subprocess.Popen[str]:
    words = [sys.executable, str(PROJECT / "runner.py"), *map(str, kit.arguments(folder, book)), "--jobs", "2", *more]
    options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **options}
    return subprocess.Popen(words, text=True, **options)  # type: ignore[call-overload, no-any-return]


def wait_for_children(pid: int) -> list[int]:
    """The processes that a process has started, once there are some."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = {
            int(child) for each in Path(f"/proc/{pid}/task").glob("*/children") for child in each.read_text().split()
        }
        if found:
            return sorted(found)
        time.sleep(0.05)
    raise AssertionError(f"{path}: no workers")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.more
def test_a_hundred_kills(tmp_path: Path) -> None:
    """A class of 300, killed a hundred times at random moments, and graded undisturbed: the same gradebook."""
    many_kills(tmp_path, 300, 100)


def test_a_few_kills(tmp_path: Path) -> None:
    many_kills(tmp_path, 12, 2)


def many_kills(tmp_path: Path, size: int, kills: int) -> None:
    """Kill a batch so often, each time a little after it has graded something, and let it end."""
    expected = classroom.make(tmp_path / "class", size)
    chance = random.Random(11785)
    done = 0
    for _ in range(kills):
        batch = started(tmp_path / "class", tmp_path / "book")
        done = wait_for_gradings(batch, tmp_path / "book", done + chance.choice((0, 1, 1, 2, 3)))
        time.sleep(chance.uniform(0, 0.3))
        assert batch.poll() is None, "it ended before it was killed: make the class larger"
        batch.kill()
        batch.wait()
    kit.batch(tmp_path / "class", tmp_path / "book")
    kit.batch(tmp_path / "class", tmp_path / "whole")
    assert kit.facts(tmp_path / "book") == kit.facts(tmp_path / "whole")
    from test_batch_run import check

    check(tmp_path / "book", expected)


def wait_for_gradings(batch: subprocess.Popen[str], book: Path, wanted: int) -> int:
    """Wait until so many gradings are kept; how many there are."""
    deadline = time.monotonic() + 120
    while (found := kit.graded(book)) < wanted and batch.poll() is None:
        assert time.monotonic() < deadline, "nothing was graded"
        time.sleep(0.02)
    return found
