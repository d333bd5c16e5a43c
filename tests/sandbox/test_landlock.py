"""The level landlock: what is readable, and who sections are."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import helpers
import pytest

from autograder.grading.grader import Grader, Options
from autograder.sandbox import landlock
from autograder.sandbox.launch import Interpreter, Parts

PARTS = Parts(helpers.ASSIGNMENT.exercises)
pytestmark = pytest.mark.skipif(not landlock.available(), reason="no Landlock here")


def test_no_folder_of_packages_is_readable_as_a_whole() -> None:
    readable = [Path(path).resolve() for path in landlock.readable(PARTS)]
    for name in ("site-packages", "dist-packages"):
        for folder in (Interpreter.current().stdlib / name, Path("/usr/lib/python3") / name):
            assert not [path for path in readable if folder.resolve().is_relative_to(path)], folder
    project = PARTS.harness.resolve()
    for secret in ("assignments/hw2p1/practice.npy", "assignments/hw2p1/answers.toml", "grading/compare.py", "sandbox"):
        assert not [path for path in readable if (project / secret).is_relative_to(path)], secret
    exercises = PARTS.exercises.resolve()
    assert [path for path in readable if path.is_relative_to(project)] == [project / "guest", exercises]
    assert exercises.name.startswith("exercises")
    assert (project / "guest") in readable and (Interpreter.current().stdlib / "os.py").resolve() in readable


def test_only_root_can_be_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert landlock.other_user(PARTS, tmp_path) is None


def test_nobody_else_is_taken_who_could_not_read_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(landlock, "_may_change_user", lambda: True)
    monkeypatch.setattr(landlock, "_open_to_all", lambda path: True)
    user = landlock.other_user(PARTS, tmp_path)
    assert user is not None and 61184 <= user <= 65519
    monkeypatch.setattr(landlock, "_open_to_all", lambda path: "numpy" not in str(path))
    assert landlock.other_user(PARTS, tmp_path) is None


def test_open_to_all_looks_at_every_folder_above(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b"
    file.parent.mkdir()
    file.write_text("x")
    above = landlock._open_to_all(tmp_path)
    file.chmod(0o644)
    file.parent.chmod(0o755)
    assert landlock._open_to_all(file) == above
    file.chmod(0o600)
    assert not landlock._open_to_all(file)
    file.chmod(0o644)
    file.parent.chmod(0o700)
    assert not landlock._open_to_all(file) and not landlock._open_to_all(file.parent / "nothing")


def test_where_mounts_can_be_had_reading_leaves_no_time_behind() -> None:
    own = shutil.which("unshare")
    if own is None or subprocess.run([own, "--mount", "true"], capture_output=True).returncode:
        pytest.skip("we may not mount")
    shared = PARTS.harness / "guest" / "seccomp" / "aarch64-one.bpf"  # which nobody else reads here
    if os.uname().machine == "aarch64":
        shared = shared.with_name("x86_64-one.bpf")
    changed = shared.stat().st_mtime
    os.utime(shared, (changed - 1, changed))
    text = f"open({str(shared)!r}, 'rb').read()\n" + helpers.reference()["mytorch/pool.py"]
    with Grader(
        helpers.ASSIGNMENT, helpers.rubric(), Options(isolation="landlock", only=("MaxPool2d_stride1",))
    ) as grader:
        report = grader.grade(helpers.submission_from({"mytorch/pool.py": text}))
    assert report.sections[0].status == "passed", report.sections[0].message
    assert shared.stat().st_atime == changed - 1
