"""The guest that is started before the command line is read: the right one, and gone where nobody asked for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import helpers
import pytest

from autograder import start
from autograder.grading.grader import parts
from autograder.sandbox import ahead

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("", "hw2p1"),
        ("--only Conv1d", "hw2p1"),
        ("grade", "hw2p1"),
        ("grade work/ -a numpy_cnn", "numpy_cnn"),
        ("grade --assignment=conv2d_layer work/", "conv2d_layer"),
        ("--watch -a conv2d_gemm", "conv2d_gemm"),
        ("--help", None),
        ("grade --debug", None),
        ("grade --isolation=process", None),
        ("grade --seed-file seed.txt", None),
        ("sections -a hw2p1", None),
        ("batch folder --gradebook marks", None),
    ],
)
def test_the_assignment_is_told_from_the_bare_arguments(words: str, name: str | None) -> None:
    assert start.assignment(words.split()) == name


def test_the_guest_that_waits_is_the_one_that_is_asked_for_once() -> None:
    wanted = parts(helpers.ASSIGNMENT, helpers.rubric())
    ahead.begin(helpers.ASSIGNMENT.name, wanted)
    first, second = (ahead.guest(wanted, "auto", protected=False) for _ in range(2))
    other = ahead.guest(wanted, "process", protected=False)
    assert first is not second and first.parts == second.parts and other.level == "process"
    for guest in (first, second, other):
        guest.close()


def test_a_guest_that_nobody_asked_for_is_ended() -> None:
    ahead.begin(helpers.ASSIGNMENT.name, parts(helpers.ASSIGNMENT, helpers.rubric()))
    waiting = ahead._ahead.guest
    assert waiting is not None and waiting.process is not None
    process = waiting.process
    ahead.drop()
    ahead.drop()
    assert not process.alive


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["grade", "-a", "nothing"], 2, "no assignment 'nothing'"),
        (["grade", "no-such-folder"], 2, "there is no no-such-folder"),
        (["grade", "--fail-under"], 2, "--fail-under"),
        (["--only", "Upsampling1d", "--quiet"], 0, ""),
    ],
)
def test_the_exit_status_is_the_commands_own(words: list[str], status: int, said: str) -> None:
    done = subprocess.run([sys.executable, ROOT / "runner.py", *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == status and said in done.stderr


def test_output_that_nobody_reads_is_no_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, ROOT / "runner.py", "--only", "Upsampling1d"]
    done = subprocess.run(words, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert done.returncode and b"Traceback" not in done.stderr, done.stderr
