"""The set-ups of the documents: every block of shell is run, in order, in a course's checkout."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from autograder.assignments import registry
from autograder.reports import context as contexts

ROOT = registry.PROJECT


@pytest.fixture
def course(tmp_path) -> Path:
    """A course's checkout, with nothing that is made on the way."""
    litter = shutil.ignore_patterns(".git", ".venv", "__pycache__", "tests", "benchmarks", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, tmp_path / "course", ignore=litter, symlinks=True)
    (tmp_path / "course" / "tests").mkdir()  # pytest's configuration names it
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("python", "python3"):
        (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" -B "$@"\n')
        (tools / name).chmod(0o755)
    return tmp_path / "course"


def follow(course, name):
    """Run a document's blocks as a reader does, one after the other, beginning in the course's checkout; the output."""
    text = (ROOT / "docs" / name).read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    assert blocks
    environ = {
        "PATH": f"{course.parent}/bin:/usr/bin:/bin", "HOME": str(course.parent), "PYTHONUTF8": "1",
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-euvo", "pipefail", "-c", "\n".join(blocks)], cwd=course, env=environ, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_autolab(course):
    last = follow(course, "autolab.md").splitlines()[-1]
    assert sum(json.loads(last)["scores"].values()) == 115


def test_platforms(course):
    follow(course, "platforms.md")
    made = {path.name for path in course.parent.iterdir()}
    assert {"report.json", "junit.xml", "report.html", "report.md", "result.json", "gradescope"} <= made
    assert json.loads((course.parent / "result.json").read_text())["score"] == 230
    workflow = yaml.safe_load((course.parent / "classroom/.github/workflows/score.yml").read_text())
    assert workflow["name"] == "Autograding Tests"
    (job,) = workflow["jobs"].items()
    assert job[0] == "run-autograding-tests"
    (grade,) = (step["run"] for step in job[1]["steps"] if step["name"] == "Grade")
    assert "ci --classroom --trusted ." in grade


def test_the_script_for_classroom_50(solved, released_once, tmp_path):
    """As its runner calls it: in the student's checkout, which holds a `pip.py` of its own."""
    (script,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/platforms.md").read_text("utf-8"), re.DOTALL)
    folder = tmp_path / "autograders"
    shutil.copytree(released_once, folder / "grader")
    (folder / "autograder.py").write_text(script)
    (solved / "pip.py").write_text("raise SystemExit('mine')\n")
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "x"]):
        subprocess.run(["git", *who, *words], cwd=solved, check=True)
    environ = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "PIP_NO_INDEX": "1", "USERNAME": "ann", "CLASSROOM": "dl",
        "ASSIGNMENT": "hw2p1", "SUBMISSION_TAG": "submit/x", "COMMIT_URL": "https://c", "RELEASE_URL": "https://r",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-B", str(folder / "autograder.py")],
        cwd=solved, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    made = json.loads((solved / "result.json").read_text())
    jsonschema.validate(made, json.loads((ROOT / "tests/platforms/classroom50.schema.json").read_text("utf-8")))
    assert (made["owner"], made["score"]) == ("ann", 220)  # twice 95 and 15: questions are the course's


def overlaid(folder, overlay):
    """HW2P1's rubric with an overlay."""
    (folder / "overlay.toml").write_text(overlay)
    return registry.find("hw2p1").rubric(None, folder / "overlay.toml")


def test_the_overlays_of_platforms_are_some(tmp_path):
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "platforms.md").read_text("utf-8"), re.DOTALL)
    rubric, by_case = (overlaid(tmp_path, block) for block in blocks)
    conv2d = next(section for section in by_case.sections if section.key == "Conv2d")
    cases = registry.find("hw2p1").every_case(conv2d, by_case)
    assert {conv2d.visibility_of_case(name) for name in cases} == {"visible", "hidden"}
    assert {section.key for section in rubric.sections if section.visibility == "hidden"} == {"Conv2d"}
    assert contexts.of(rubric, {}).settings["leaderboard"] is False


@pytest.mark.more
def test_ci(course):
    pytest.importorskip("torch")
    assert "passed" in follow(course, "ci.md")
    assert (course.parent / "staff-report" / "report.json.sig").is_file()
    assert (course.parent / "gradebook").is_dir()
