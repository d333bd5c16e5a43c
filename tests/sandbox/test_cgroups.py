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
        swap = group.folders[0] / "memory.swap.max"
        assert group.version == 1 or not swap.exists() or swap.read_text().strip() == "0"
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


def tree(root: Path, **controllers: str) -> Path:
    """A part of version 2's tree, as it looks from a process in `session`."""
    for folder in (root / "slice" / "session", root / "slice", root):
        folder.mkdir(parents=True, exist_ok=True)
        handed_on = controllers.get(folder.name, "")
        (folder / "cgroup.subtree_control").write_text(handed_on + "\n")
    return root / "slice" / "session"


def test_version_2_gives_a_neighbour_where_the_group_above_hands_on(tmp_path: Path) -> None:
    session = tree(tmp_path, slice="cpu memory pids")
    assert cgroups._delegated(session) == tmp_path / "slice"
    (session / "cgroup.subtree_control").write_text("memory pids\n")
    assert cgroups._delegated(session) == session
    with pytest.raises(FileNotFoundError, match="hands memory and pids on neither"):
        cgroups._delegated(tree(tmp_path / "other", slice="memory"))


def test_version_1_is_taken_where_it_has_the_controllers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = {
        "1": "cgroup /c/memory cgroup rw,memory 0 0",
        "2": "cgroup2 /c/unified cgroup2 rw 0 0",
        "p": "cgroup /c/pids cgroup rw,pids 0 0",
    }
    read = Path.read_text

    def seen(mounts: str) -> list[str]:
        table = "\n".join(lines[one] for one in mounts)
        monkeypatch.setattr(Path, "read_text", lambda path: table if "mounts" in str(path) else read(path))
        return list(cgroups._mounts())

    assert [seen(mounts) for mounts in ("12p", "12", "2", "1", "")] == [
        ["memory", "pids"],
        ["unified"],
        ["unified"],
        [],
        [],
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_where_none_can_be_made_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cgroups, "_places", dict)
    assert cgroups.make() is None
    monkeypatch.setattr(cgroups, "_places", lambda: {"unified": tmp_path / "no such folder"})
    assert cgroups.make() is None
    monkeypatch.undo()
    monkeypatch.setattr(cgroups, "_mounts", dict)
    assert cgroups.make() is None and "no control groups are mounted" in cgroups.hindrance()
