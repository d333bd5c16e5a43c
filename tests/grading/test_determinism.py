"""Same submission, same seed, same report: whatever the hash seed, the isolation and the interpreter.

`AUTOGRADER_PYTHONS` is a list of interpreters with NumPy and SciPy, separated as paths are; CI fills it with those of
other minor versions.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import helpers
import pytest

from autograder.assignments.registry import PROJECT

#: Takes submissions as JSON `{name: {path: text}}` and an isolation; answers with their reports, one a line.
SCRIPT = """
import json, sys
from autograder.assignments import registry
from autograder.grading.grader import Grader, Options
from autograder.grading.report import document
from autograder.submissions import Submission
assignment = registry.find("hw2p1")
with Grader(assignment, assignment.rubric(), Options(isolation=sys.argv[1])) as grader:
    for name, files in json.load(sys.stdin).items():
        report = grader.grade(Submission.of(name, {path: text.encode() for path, text in files.items()}))
        print(json.dumps(document(report, run=False)))
"""
SIZE_OF_A_TUPLE = ("mytorch/resampling.py", "Downsample2d.backward", "*self.input_size", "*self.input_size[::-1]")


def submissions() -> dict[str, dict[str, str]]:
    """One that earns everything, the stubs, and two that fail in many ways."""
    files = dict(helpers.reference())

    def with_patches(*patches: tuple[str, str, str, str]) -> dict[str, str]:
        changed = dict(files)
        for path, where, old, new in patches:
            changed[path] = helpers.patched(changed[path], where, old, new)
        return changed

    stubs = {
        path.relative_to(helpers.ASSIGNMENT.handout).as_posix(): path.read_text("utf-8")
        for path in sorted(helpers.ASSIGNMENT.handout.rglob("*.py"))
    }
    wrong = with_patches(
        ("mytorch/Conv1d.py", "Conv1d_stride1.forward", " + self.b[:, None]", ""),
        ("mytorch/batchnorm2d.py", "BatchNorm2d.__init__", "1e-8", "1e-5"),
        ("mytorch/dropout2d.py", "Dropout2d.forward", "shape = (*x.shape[:2], 1, 1)", "shape = x.shape"),
        SIZE_OF_A_TUPLE,
    )
    broken = with_patches(
        ("mytorch/pool.py", "MaxPool2d_stride1.forward", "K = self.kernel", "K = 1 / 0"),
        ("mytorch/pool.py", "MeanPool2d_stride1.forward", "return", "return {'a', 'b', 'c'} or"),
        ("mytorch/ConvTranspose.py", "ConvTranspose1d.forward", "def forward(self, A):", "def forward(self, A)"),
        ("mytorch/dropout2d.py", "Dropout2d.forward", "if eval:", "import os\n        os._exit(3)\n        if eval:"),
        ("models/cnn.py", "CNN.backward", "return gradient", "import torch\n        return torch.tensor(gradient)"),
    )
    return {"everything": files, "stubs": stubs, "wrong": wrong, "broken": broken}


def reports(python: str = sys.executable, isolation: str = "auto", hash_seed: str = "0") -> list[str]:
    """The reports of all submissions, graded in a fresh process, as bytes would be written."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        [python, "-c", SCRIPT, isolation],
        input=json.dumps(submissions()),
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=keep | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=300,
        check=False,
    )
    if "is not to be had on this machine" in done.stderr:
        pytest.skip(f"isolation {isolation} is not to be had here")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def first() -> list[str]:
    return reports()


def test_passing_and_failing_ones_are_there(first: list[str]) -> None:
    documents = [json.loads(line) for line in first]
    assert [document["totals"]["main"]["points"] for document in documents[:2]] == [100, 0]
    statuses = {section["status"] for document in documents[2:] for section in document["sections"]}
    assert statuses >= {"passed", "failed", "error", "crashed", "forbidden", "bad_output"}


@pytest.mark.parametrize(
    "hash_seed", ["1", pytest.param("4242", marks=pytest.mark.more), pytest.param("random", marks=pytest.mark.more)]
)
def test_same_bytes_whatever_the_hash_seed(first: list[str], hash_seed: str) -> None:
    assert reports(hash_seed=hash_seed) == first


@pytest.mark.parametrize("isolation", ["bubblewrap", "landlock", "process"])
def test_same_bytes_whatever_the_isolation(first: list[str], isolation: str) -> None:
    assert reports(isolation=isolation) == first


def test_same_bytes_from_a_warm_grader(first: list[str]) -> None:
    """In another order, after others."""
    from autograder.grading.report import document

    with helpers.warm() as grader:
        again = []
        for name, files in reversed(submissions().items()):
            report = grader.grade(helpers.submission_from(files, name, base={}))
            again.append(json.dumps(document(report, run=False)))
    assert again[::-1] == first


def interpreters() -> list[str]:
    return [name for name in os.environ.get("AUTOGRADER_PYTHONS", "").split(os.pathsep) if name]


def verdicts(line: str) -> dict[str, Any]:
    """What has to be the same under every version of Python: totals, scores, each section's and each check's status."""
    document = json.loads(line)
    sections = {
        section["key"]: (section["status"], [(c["name"], c["level"], c["status"]) for c in section["checks"]])
        for section in document["sections"]
    }
    return {name: document[name] for name in ("scores", "totals", "totals_course", "totals_strict")} | sections


@pytest.mark.parametrize("python", interpreters() or [None])
def test_same_verdicts_under_other_versions_of_python(first: list[str], python: str | None) -> None:
    if python is None:
        pytest.skip("AUTOGRADER_PYTHONS names no other interpreter")
    assert Path(python).exists(), f"AUTOGRADER_PYTHONS: {python} is not there"
    assert [verdicts(line) for line in reports(python)] == [verdicts(line) for line in first]
