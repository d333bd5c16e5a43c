"""The same on a Dask cluster: a scheduler and workers started by their command lines, one of them killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import classroom
import kit
import pytest
from distributed import Client
from test_batch_run import check
from test_crash import started, wait_for_children, wait_for_gradings

from autograder.assignments.registry import PROJECT
from autograder.assignments.seeds import from_file

pytestmark = pytest.mark.more


@contextlib.contextmanager
def cluster(folder: Path, workers: int, **environment: str) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler, with more in its environment, and its workers; the scheduler's address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    words = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    running = [start(folder, "scheduler", *words, **environment)]
    try:
        wait(port)
        for number in range(workers):
            running.append(worker(folder, address, f"w{number}"))
        yield address, running[1:]
    finally:
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def worker(folder: Path, address: str, name: str, **environment: str) -> subprocess.Popen[bytes]:
    words = ["--nthreads", "1", "--no-dashboard", "--no-nanny", "--name", name, "--local-directory", str(folder / name)]
    return start(folder, "worker", address, *words, **environment)


def start(folder: Path, what: str, *words: str, **environment: str) -> subprocess.Popen[bytes]:
    log = (folder / f"{what}.log").open("ab")
    with log:
        return subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_" + what, *words],
            stdout=log, stderr=log, start_new_session=True, cwd=folder,
            env={**os.environ, "PYTHONPATH": str(PROJECT), **environment},
        )  # fmt: skip


def wait(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError("no scheduler")


def wait_for_workers(address: str, count: int) -> None:
    with Client(address) as client:
        client.wait_for_workers(count, timeout=30)


def graded_on_two_and_one_killed(folder: Path, book: Path, place: Path, after: int, *more: str) -> None:
    """Grade a class on a cluster of two workers, one of which is killed after so many gradings."""
    with cluster(place, 2) as (address, workers):
        wait_for_workers(address, 2)
        batch = started(folder, book, "--scheduler", address, *more)
        wait_for_gradings(batch, book, after)
        assert batch.poll() is None, "graded before a worker could be killed"
        os.killpg(workers[0].pid, signal.SIGKILL)
        assert batch.wait(timeout=1500) == 0


@pytest.mark.parametrize("seeds", ["own", "shared"])
def test_a_secret_seed_on_two_workers_and_one_killed(tmp_path: Path, seeds: str) -> None:
    """Of each student's own, whose key never leaves us, and the same for all."""
    expected = classroom.make(tmp_path / "class", 24)
    (tmp_path / "seed.txt").write_text("correct horse battery staple")
    secret = ("--seed-file", str(tmp_path / "seed.txt"), "--seeds", seeds)
    graded_on_two_and_one_killed(tmp_path / "class", tmp_path / "book", tmp_path, 4, *secret)
    check(tmp_path / "book", expected)
    kit.batch(tmp_path / "class", tmp_path / "local", "--jobs", 2, *secret)
    assert kit.facts(tmp_path / "book") == kit.facts(tmp_path / "local")
    assert kit.exports(tmp_path / "book", tmp_path / "a") == kit.exports(tmp_path / "local", tmp_path / "b")
    logs = b"".join(path.read_bytes() for path in tmp_path.glob("*.log"))
    assert b"correct horse" not in logs
    assert str(from_file(tmp_path / "seed.txt").value).encode() not in logs


def test_a_worker_of_other_code_may_not_grade(tmp_path: Path) -> None:
    classroom.make(tmp_path / "class", 2)
    other = copied(tmp_path / "other")
    change(other)
    with cluster(tmp_path, 0) as (address, _):
        late = worker(tmp_path, address, "other", PYTHONPATH=str(other))
        try:
            wait_for_workers(address, 1)
            words = [*kit.arguments(tmp_path / "class", tmp_path / "book"), "--scheduler", address]
            done = kit.command(*words)
            assert done.returncode == 3, done.stdout + done.stderr
            assert "another rubric, other cases or other code" in done.stderr
        finally:
            os.killpg(late.pid, signal.SIGKILL)
            late.wait()


def copied(other: Path) -> Path:
    """Another checkout."""
    for part in ("autograder", "reference_solutions", "handout"):
        shutil.copytree(PROJECT / part, other / part, ignore=shutil.ignore_patterns("__pycache__"))
    return other


def change(checkout: Path) -> None:
    """Make it ask otherwise than this one."""
    with (checkout / "autograder/assignments/hw2p1/exercises/running.py").open("a") as file:
        file.write("\n# changed\n")


def test_a_worker_that_can_grade_no_more_is_left_out(tmp_path: Path) -> None:
    expected = classroom.make(tmp_path / "class", 24)
    other = copied(tmp_path / "other")
    with cluster(tmp_path, 1) as (address, _), (tmp_path / "said.txt").open("w+") as said:
        late = worker(tmp_path, address, "other", PYTHONPATH=str(other))
        try:
            wait_for_workers(address, 2)
            batch = started(tmp_path / "class", tmp_path / "book", "--scheduler", address, stderr=said.fileno())
            wait_for_gradings(batch, tmp_path / "book", 4)
            change(other)
            for child in wait_for_children(late.pid):  # its grading process, which is started anew
                os.kill(child, signal.SIGKILL)
            assert batch.wait(timeout=300) == 0
        finally:
            os.killpg(late.pid, signal.SIGKILL)
            late.wait()
        said.seek(0)
        told = [line for line in said if "may not grade" in line]
    assert len(told) == 1, told
    assert "another rubric, other cases or other code" in told[0]
    check(tmp_path / "book", expected)


def test_a_scheduler_without_this_program_is_told_before_anything_is_graded(tmp_path: Path) -> None:
    classroom.make(tmp_path / "class", 1)
    with cluster(tmp_path, 1, PYTHONPATH="") as (address, _):
        wait_for_workers(address, 1)
        done = kit.command(*kit.arguments(tmp_path / "class", tmp_path / "book"), "--scheduler", address)
    assert done.returncode == 2, done.stdout + done.stderr
    assert f"the scheduler {address} cannot load this program" in done.stderr
    assert "PYTHONPATH" in done.stderr


def test_no_scheduler_is_wrong_usage(tmp_path: Path) -> None:
    classroom.make(tmp_path / "class", 1)
    done = kit.command(*kit.arguments(tmp_path / "class", tmp_path / "book"), "--scheduler", "tcp://127.0.0.1:1")
    assert done.returncode == 2
    assert "no Dask scheduler" in done.stderr
