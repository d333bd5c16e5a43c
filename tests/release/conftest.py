"""A released repository, made once for each worker, and how to call it as a student does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignments import registry
from autograder.release import contents, updating

ROOT = registry.PROJECT
ASSIGNMENT = registry.find("hw2p1")


@pytest.fixture(scope="session")
def made() -> contents.Release:
    return contents.students(ASSIGNMENT, ROOT)


@pytest.fixture(scope="session")
def released_once(made, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("released")
    list(updating.write(made, target))
    return target


@pytest.fixture
def released(released_once, tmp_path) -> Path:
    """A copy that a test may change."""
    target = tmp_path / "repository"
    shutil.copytree(released_once, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def call(folder: Path, *arguments: str | Path, runner: Path | str = "runner.py", **environ: str):
    """Run a grader's command line in a folder, with nothing of this process's environment but the path."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-B", str(runner), *map(str, arguments)],
        cwd=folder, env={**kept, **environ}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture
def run():
    return call


@pytest.fixture
def solved(released) -> Path:
    """A released repository in which the homework is the reference solution."""
    shutil.copytree(ASSIGNMENT.reference, released / "handout" / "hw2p1", dirs_exist_ok=True)
    return released
