"""Folders of sections: fresh, and gone afterwards whatever was done to them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.sandbox import folders
from autograder.sandbox.folders import PREFIX, Work, exceeds, remove

ROOT = Path(__file__).parents[2]


def test_sections_have_folders_of_their_own() -> None:
    work = Work()
    with work.section() as one, work.section() as other:
        assert one != other and one.parent == other.parent == work.path
        (one / "x").write_text("x")
        assert list(other.iterdir()) == []
    assert list(work.path.iterdir()) == []
    work.close()
    assert not work.path.exists()


POSIX = pytest.mark.skipif(os.name == "nt", reason="folders cannot be locked there")
LEFT = "import os, signal; from autograder.sandbox.folders import Work; work = Work(); "


@POSIX
@pytest.mark.parametrize("ending", ["SIGTERM", "SIGHUP", "SIGKILL"])
def test_what_an_ended_grader_left_is_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    other = Work()
    (other.path / "x").write_text("x")
    program = f"{LEFT}(work.path / 'x').write_text('x'); os.kill(os.getpid(), signal.{ending})"
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", program], env=environment, check=False, cwd=ROOT)
    assert ended.returncode == -signal.Signals[ending]
    assert len(list(tmp_path.iterdir())) == 2
    foreign = tmp_path / "autograder-of-others"
    foreign.mkdir()
    (tmp_path / f"{PREFIX}link").symlink_to(foreign)
    work = Work()
    assert {path.name for path in tmp_path.iterdir()} == {
        work.path.name,
        other.path.name,
        foreign.name,
        f"{PREFIX}link",
    }
    assert (other.path / "x").read_text() == "x", "another grader still runs in it"
    work.close()
    other.close()
    assert not work.path.exists() and not other.path.exists()


@POSIX
def test_a_folder_that_is_swept_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    real, times = folders.locked, iter([True, False])

    def swept(folder: Path) -> int | None:
        if next(times):
            folder.rmdir()
        return real(folder)

    monkeypatch.setattr(folders, "locked", swept)
    work = Work()
    assert work.path.is_dir() and work.lock is not None
    work.close()


@pytest.mark.skipif(os.name == "nt", reason="needs rm")
def test_folders_without_end_are_removed(tmp_path: Path) -> None:
    folder, here = tmp_path / "work", Path.cwd()
    folder.mkdir()
    try:
        os.chdir(folder)
        for _ in range(1200):
            Path("deeper").mkdir()
            os.chdir("deeper")
    finally:
        os.chdir(here)
    remove(folder)
    assert not folder.exists()


@pytest.mark.skipif(os.name == "nt", reason="modes mean nothing there")
def test_unreadable_folders_are_removed(tmp_path: Path) -> None:
    (tmp_path / "work/shut").mkdir(parents=True)
    (tmp_path / "work/shut/x").write_text("x")
    (tmp_path / "work/shut").chmod(0)
    remove(tmp_path / "work")
    assert not (tmp_path / "work").exists()


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/kept").write_text("x")
    (tmp_path / "work").mkdir()
    (tmp_path / "work/link").symlink_to(tmp_path / "outside")
    assert not exceeds(tmp_path / "work", 1, 10)
    remove(tmp_path / "work")
    assert (tmp_path / "outside/kept").read_text() == "x"


def test_too_much_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").write_bytes(bytes(3 << 20))
    assert exceeds(tmp_path, 2, 10) and not exceeds(tmp_path, 4, 10)
    for number in range(20):
        (tmp_path / "a" / str(number)).touch()
    assert exceeds(tmp_path, 4, 10)
    assert not exceeds(tmp_path / "no such folder", 1, 1)
