"""What a person who writes an assignment gets wrong is found, with file and line, and nothing else is said."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SLIPS: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("faults.toml").read_text("utf-8"))["slip"]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """What is said of each slip, all found in one process that forks."""
    copy = tmp_path_factory.mktemp("project")
    litter = shutil.ignore_patterns("__pycache__", "cat_dog_cnn", "conv2d_*", "numpy_cnn")
    shutil.copytree(ROOT / "autograder", copy / "autograder", ignore=litter)
    shutil.copytree(ROOT / "reference_solutions" / "hw2p1", copy / "reference_solutions" / "hw2p1")
    for name in ("runner.py", "requirements-student.txt"):
        shutil.copy(ROOT / name, copy)
    new = [sys.executable, "-B", "runner.py", "new-assignment", "broken"]
    subprocess.run(new, cwd=copy, check=True, capture_output=True)
    for name in ("ideas.toml", "wrong.py", "predictions.jsonl"):  # the slips bring their own
        (copy / "autograder/assignments/broken/misconceptions" / name).unlink()
    changes = [[slip["file"], slip.get("old"), slip.get("new")] for slip in SLIPS]
    shutil.copy(Path(__file__).with_name("find_faults.py"), copy)
    find = [sys.executable, "-B", "find_faults.py", "broken"]
    done = subprocess.run(find, cwd=copy, input=json.dumps(changes), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("number", range(len(SLIPS)), ids=lambda n: f"{n}-{Path(SLIPS[n]['file']).name}")
def test_each_is_found_with_file_and_line_and_nothing_else_is_said(number: int, said: list[list[str]]) -> None:
    wanted, found = SLIPS[number]["said"], said[number]
    assert len(found) == len(wanted), found
    for pattern in wanted:
        assert any(re.search(pattern, line) for line in found), (pattern, found)
