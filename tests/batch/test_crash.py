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
from autograder.batch.crew import LocalCrew, Worker
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


def test_so_many_workers_are_ready_before_there_is_anything_to_grade() -> None:
    crew = local_crew(early=1)
    try:
        deadline = time.monotonic() + 60
        while not crew.workers[0].facts:
            assert time.monotonic() < deadline, "no worker started by itself"
            time.sleep(0.05)
        assert crew.workers[1].process is None  # the other waits for a task
    finally:
        crew.close()


def test_a_crew_that_is_closed_while_it_starts_leaves_no_process() -> None:
    crew = local_crew(early=2)
    crew.close()
    assert [worker.process for worker in crew.workers] == [None, None]
    assert not any(thread.is_alive() for thread in crew._threads)


def local_crew(early: int) -> LocalCrew:
    from test_dispatch import JOB, terms

    return LocalCrew(setup(JOB, terms(JOB).digest), 2, 60, early)


def test_a_worker_with_another_rubric_may_not_grade() -> None:
    one = worker()
    one.setup = {**one.setup, "conditions": "sha256:other"}
    try:
        for _ in range(2):
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
    # Where tests are run in the background it is ignored, and that is inherited.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    batch = started(tmp_path / "class", tmp_path / "book", stderr=subprocess.PIPE)
    signal.signal(signal.SIGINT, before)
    wait_for_gradings(batch, tmp_path / "book", 1)
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
def test_a_few_kills(tmp_path: Path) -> None:
    expected = classroom.make(tmp_path / "class", 12)
    killed_over_the_run(tmp_path / "class", tmp_path / "book", 13, 2)
    kit.batch(tmp_path / "class", tmp_path / "whole")
    assert kit.facts(tmp_path / "book") == kit.facts(tmp_path / "whole")
    from test_batch_run import check

    check(tmp_path / "book", expected)


def killed_over_the_run(folder: Path, book: Path, gradings: int, kills: int) -> None:
    """Kill a batch of so many gradings so often, at random moments from its start to near its end; then let it end."""
    chance = random.Random(11785)
    # A few that are under way when it is killed may be kept yet.
    for after in sorted(chance.choices(range(gradings - 6), k=kills)):
        batch = started(folder, book)
        wait_for_gradings(batch, book, after)
        time.sleep(chance.uniform(0, 0.3))
        assert batch.poll() is None, "it ended before it was killed: make the class larger"
        batch.kill()
        batch.wait()
    kit.batch(folder, book)


def wait_for_gradings(batch: subprocess.Popen[str], book: Path, wanted: int) -> None:
    """Wait until so many gradings are kept."""
    deadline = time.monotonic() + 300
    while kit.graded(book) < wanted and batch.poll() is None:
        assert time.monotonic() < deadline, "nothing was graded"
        time.sleep(0.02)


#: In a namespace of its own: a batch on a full disk, the same command with more room, and what is kept then.
FULL_DISK = """
mount -t tmpfs -o size=400k none "$1" || exit 90
shift; book="$1"; out="$2"; shift 2
"$@" >"$out/first.txt" 2>&1; echo $? >"$out/first"
mount -o remount,size=64m "$book" || exit 91
"$@" >"$out/second.txt" 2>&1; echo $? >"$out/second"
cp -r "$book/." "$out/book"
"""


@pytest.mark.more
def test_a_full_disk_loses_nothing_and_the_same_command_goes_on(tmp_path: Path) -> None:
    """On a real file system that is too small: ENOSPC from the kernel, in the middle of a batch."""
    classroom.make(tmp_path / "class", 12)
    book, out = tmp_path / "small", tmp_path / "out"
    book.mkdir()
    (out / "book").mkdir(parents=True)
    words = [
        sys.executable,
        str(PROJECT / "runner.py"),
        *map(str, kit.arguments(tmp_path / "class", book)),
        "--jobs",
        "2",
    ]
    apart = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", FULL_DISK, "sh"]
    done = subprocess.run(
        [*apart, str(book), str(book), str(out), *words], capture_output=True, text=True, timeout=300
    )  # fmt: skip
    if done.returncode and not (out / "first").exists():
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()[:200]}")
    assert done.returncode == 0, done.stderr
    assert (out / "first").read_text().strip() == "3"
    said = (out / "first.txt").read_text()
    assert "disk is full" in said
    assert "the same command goes on from there" in said
    assert "Traceback" not in said
    assert (out / "second").read_text().strip() == "0", (out / "second.txt").read_text()
    kit.batch(tmp_path / "class", tmp_path / "whole")
    assert kit.facts(out / "book") == kit.facts(tmp_path / "whole")
