"""Control groups, where one can be made here."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.sandbox import cgroups


@pytest.fixture
def group() -> cgroups.Group:
    made = cgroups.make()
    if made is None:
        pytest.skip("none can be made here")
    return made


def test_a_group_holds_and_is_removed_with_what_is_in_it(group: cgroups.Group) -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        assert group.hold(process.pid, 8)
        group.limit_memory(64)
        assert group.tasks.read_text().strip() == "8" and group.memory.read_text().strip() == str(64 << 20)
        assert all(str(process.pid) in (folder / "cgroup.procs").read_text() for folder in group.folders)
        group.remove()
        assert process.wait(5) == -9
    group.remove()
    assert not any(folder.exists() for folder in group.folders)


def test_memory_beyond_the_bound_ends_the_process(group: cgroups.Group) -> None:
    source = "import sys; sys.stdin.readline(); x = bytearray(200 << 20); print(len(x))"
    with subprocess.Popen([sys.executable, "-c", source], stdin=-1, stdout=-1) as process:
        group.limit_memory(64)
        assert group.hold(process.pid, 8)
        process.communicate(b"\n", timeout=30)
    group.remove()
    assert process.returncode == -9


def test_groups_of_graders_that_are_gone_are_swept(group: cgroups.Group) -> None:
    place = group.folders[0].parent
    left = place / "autograder-99999999-0"
    left.mkdir()
    again = cgroups.make()
    assert again is not None and not left.exists()
    for each in (again, group):
        each.remove()


def test_a_process_that_is_gone_cannot_be_held(group: cgroups.Group) -> None:
    started = time.monotonic()
    assert not group.hold(99999999, 8)
    group.remove()
    assert time.monotonic() - started < 1 and not group.folders[0].exists()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_where_none_can_be_made_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cgroups, "_places", dict)
    assert cgroups.make() is None
    monkeypatch.setattr(cgroups, "_places", lambda: {"unified": tmp_path / "no such folder"})
    assert cgroups.make() is None
