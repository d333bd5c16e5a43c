"""`--debug` says of a submission what `grade` says of it, and lets a debugger in."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import helpers
import pytest

from autograder.assignments import registry
from autograder.grading.grader import Grader

REFERENCE = helpers.reference()
RESAMPLING, MLP = "mytorch/resampling.py", "models/mlp_scan.py"
FORWARD = ("Downsample1d.forward", "return ")


def resampling(new: str, before: str = "") -> Mapping[str, str]:
    return {RESAMPLING: before + helpers.patched(REFERENCE[RESAMPLING], *FORWARD, new)}


SUBMISSIONS: Mapping[str, tuple[str, Mapping[str, str | None]]] = {
    "wrong values": ("Downsampling1d", resampling("return 2 * ")),
    "single precision": ("Downsampling1d", resampling("A = A.astype(np.float32); return ")),
    "an exception": ("Downsampling1d", resampling("raise KeyError; return ")),
    "what is still to be written": ("Downsampling1d", resampling("raise NotImplementedError; return ")),
    "nothing returned": ("Downsampling1d", resampling("")),
    "an end in a module": ("Downsampling1d", resampling("return ", "import sys\nsys.exit(3)\n")),
    "what may not be used": ("Downsampling1d", resampling("return torch.relu(1) * ", "import torch\n")),
    "what is caught where it may not be used": (
        "Downsampling1d",
        resampling("return ", "try:\n    import torch\n    torch.manual_seed(0)\nexcept ImportError:\n    pass\n"),
    ),
    "random numbers": ("Downsampling1d", resampling("return np.random.rand() * ")),
    "nothing there": ("Downsampling1d", {RESAMPLING: "import numpy as np\n"}),
    "files that were handed out, left out": (
        "CNN as Simple Scanning MLP",
        {"mytorch/linear.py": None, "mytorch/activation.py": None, "mytorch/loss.py": None, "models/mlp.py": None},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with helpers.warm() as made:
        yield made


def place(tmp_path: Path, files: Mapping[str, str | None]) -> Path:
    for path, content in helpers.submission_from(files).files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    return tmp_path


def debug(folder: Path, key: str, typed: str = "", *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, registry.PROJECT / "runner.py", "grade", folder, "--debug", "--only", key, *more],
        input=typed, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("what", SUBMISSIONS)
def test_debug_says_what_grade_says(grader: Grader, tmp_path: Path, what: str) -> None:
    key, files = SUBMISSIONS[what]
    done = debug(place(tmp_path, files), key)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    section = next(section for section in grader.sections if section.key == key)
    (found,) = grader.graded(helpers.submission_from(files), [section]).report.sections
    assert found.message.partition(": ")[2] in done.stdout
    said = re.findall(rf"^{key}: .*: (.*)$", done.stdout, re.MULTILINE)
    assert (set(said) == {"right"}) == (found.status == "passed"), done.stdout


def test_debug_leaves_nothing_in_the_folder(tmp_path: Path) -> None:
    folder = place(tmp_path, SUBMISSIONS["files that were handed out, left out"][1])
    before = sorted(folder.rglob("*"))
    debug(folder, "CNN as Simple Scanning MLP")
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("stop", ["breakpoint()", "import pdb; pdb.set_trace()"])
def test_a_debugger_stops_and_can_be_left(tmp_path: Path, stop: str) -> None:
    folder = place(tmp_path, resampling(f"{stop}; return "))
    done = debug(folder, "Downsampling1d", "p 40 + 2\nq\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "42" in done.stdout
    assert "Traceback" not in done.stdout
    assert "The debugger was left; what comes after is not run." in done.stdout
