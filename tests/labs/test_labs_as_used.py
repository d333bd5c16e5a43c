"""Each lab as it is used: a small class graded in a batch, and its students' repository grading by itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.assignments import registry
from autograder.assignments.registry import PROJECT, Assignment
from autograder.assignments.rubric import Section
from autograder.assignments.truth import ANSWER
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.standing import standings
from autograder.release import contents, updating

DEAR = "cat_dog_cnn"  # trains for seconds
NAMES = [name for name in registry.names() if name != "hw2p1"]
LABS = [pytest.param(name, marks=pytest.mark.more if name == DEAR else ()) for name in NAMES]
each = pytest.mark.parametrize("name", LABS)


def run(folder: Path, *words: object) -> dict[str, Any]:
    """The last line of a command, run from a folder as its user does."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-B", "runner.py", *map(str, words)],
        cwd=folder, env=kept, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return last


def points(book: Path, name: str) -> dict[str, float | None]:
    """What each student of a gradebook has earned; None where nothing could be graded."""
    with Gradebook(str(book)) as opened:
        found = standings(opened, name).standings
    return {one.person.key: float(one.sums["main"].earned) if one.attempt and one.sums else None for one in found}


def checked_there(lab: Assignment) -> list[Section]:
    """The sections that students' copies check: no answers to questions, and nothing that is hidden as a whole."""
    rubric = lab.rubric()
    return [
        section
        for section in rubric.sections
        if section.visibility == "visible" and ANSWER not in section.outputs
        and any(section.visibility_of_case(case.name) == "visible" for case in lab.cases(section, rubric, "quick"))
    ]  # fmt: skip


@each
def test_a_class_is_graded(name: str, tmp_path: Path) -> None:
    lab = registry.find(name)
    shutil.copytree(lab.reference, tmp_path / "class" / "done")
    shutil.copytree(lab.handout, tmp_path / "class" / "begun")
    said = run(PROJECT, "batch", tmp_path / "class", "-a", name, "--gradebook", tmp_path / "book", "--jobs", 1)
    assert (said["graded"], said["ungraded"], said["unopened"]) == (2, 0, 0)
    assert points(tmp_path / "book", name) == {"done": 100.0, "begun": 0.0}


@each
def test_its_release_grades_by_itself(name: str, tmp_path: Path) -> None:
    lab = registry.find(name)
    list(updating.write(contents.students(lab, PROJECT), tmp_path / "lab"))
    assert not (tmp_path / "lab" / "reference_solutions").exists()
    assert sum(run(tmp_path / "lab")["scores"].values()) == 0
    shutil.copytree(lab.reference, tmp_path / "lab" / "handout" / name, dirs_exist_ok=True)
    assert run(tmp_path / "lab")["scores"] == {section.key: section.points for section in checked_there(lab)}


def test_a_class_of_notebooks_is_graded_and_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    lab = registry.find("numpy_cnn")
    whole = json.loads((lab.reference / "numpy_cnn.ipynb").read_text("utf-8"))
    code = ["".join(cell["source"]) for cell in whole["cells"] if cell["cell_type"] == "code"]
    large = json.dumps({**whole, "cells": [*whole["cells"], {"cell_type": "raw", "source": "0" * 100_000_000}]})
    handed_in = {
        "exported": ("numpy_cnn.py", "# In[1]:\n" + "\n".join(text for text in code if "%" not in text)),
        "large": ("numpy_cnn.ipynb", large),
        "old": ("numpy_cnn.ipynb", json.dumps({"nbformat": 3, "worksheets": []})),
        "broken": ("numpy_cnn.ipynb", json.dumps(whole)[:3000]),
    }
    for student, (file, text) in handed_in.items():
        (tmp_path / "class" / student).mkdir(parents=True)
        (tmp_path / "class" / student / file).write_text(text, "utf-8")
    said = run(PROJECT, "batch", tmp_path / "class", "-a", lab.name, "--gradebook", tmp_path / "book", "--jobs", 1)
    assert (said["graded"], said["unopened"]) == (1, 3)
    assert points(tmp_path / "book", lab.name)["exported"] == 100.0
    with Gradebook(str(tmp_path / "book")) as book:
        reasons = {one.person.key: one.reason for one in standings(book, lab.name).standings}
    assert "clear its outputs" in reasons["large"]
    assert "format 3" in reasons["old"]
    assert "its JSON is broken" in reasons["broken"]
