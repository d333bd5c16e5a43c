"""`pytest --assignment`: sections as tests, and nothing of the homework imported on the way."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignments import registry

REFERENCE = registry.PROJECT / "reference_solutions" / "hw2p1"


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    options = ["-q", "-p", "no:cacheprovider", "--assignment", "hw2p1"]
    return subprocess.run(
        [sys.executable, "-B", "-m", "pytest", *options, *arguments],
        cwd=registry.PROJECT, env={**os.environ, **environ}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture
def work(tmp_path: Path) -> Path:
    shutil.copytree(REFERENCE, tmp_path / "work")
    return tmp_path / "work"


def test_nothing_of_a_submission_runs_in_pytest(work: Path, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    for folder in (work, *(path for path in work.iterdir() if path.is_dir())):
        for name in ("conftest.py", "__init__.py", "sitecustomize.py", "evil.py"):
            (folder / name).write_text(f"open({str(trace)!r}, 'a').write(__file__)\n")
    for name, text in (("pytest.ini", "[pytest]"), ("setup.cfg", "[tool:pytest]"), ("tox.ini", "[pytest]")):
        (work / name).write_text(f"{text}\naddopts = -p evil\npythonpath = .\n")
    (work / "mytorch/pool.py").write_text("class MaxPool2d: pass\n")
    done = run(f"--submission={work}")
    assert not trace.exists(), trace.read_text()
    assert "21 passed" in done.stdout, done.stdout + done.stderr


def test_a_submission_that_pytest_would_take_for_its_own_is_refused() -> None:
    done = run("--submission", str(REFERENCE))
    assert done.returncode == 4
    assert "write --submission=PATH" in done.stderr


def test_a_test_says_what_grade_says_with_what_explains_it(work: Path) -> None:
    resampling = work / "mytorch" / "resampling.py"
    resampling.write_text(resampling.read_text().replace("return A[:, :, ::", "return 2 * A[:, :, ::", 1))
    chosen = ["Downsampling1d", "Conv1d"]
    done = run(f"--submission={work}", "-k", " or ".join(chosen))
    words = [word for key in chosen for word in ("--only", key)]
    grade = [
        sys.executable,
        "runner.py",
        "grade",
        str(work),
        *words,
        "--format",
        "json",
        "--output",
        str(work / "r.json"),
    ]
    subprocess.run(grade, cwd=registry.PROJECT, capture_output=True, check=True, timeout=120)
    sections = json.loads((work / "r.json").read_text())["sections"]
    assert [section["root_cause"] for section in sections] == [None, "Downsampling1d"]
    hints = {check["diagnosis"]["hint"] for check in sections[0]["checks"] if check["diagnosis"]}
    for words in (*hints, sections[0]["message"].partition(": ")[2]):
        assert words in done.stdout
    assert "It builds upon Downsampling1d, which fails: mend that one first." in done.stdout
    assert hints


def test_files_and_sections_can_be_chosen() -> None:
    done = run("handout/hw2p1/mytorch/pool.py::MaxPool2d", "handout/hw2p1/MCQ")
    assert "6 failed" in done.stdout, done.stdout
