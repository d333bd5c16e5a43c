"""Folders of sections: fresh, and gone afterwards whatever was done to them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.sandbox.folders import Work, exceeds, remove


def test_sections_have_folders_of_their_own() -> None:
    work = Work()
    with work.section() as one, work.section() as other:
        assert one != other and one.parent == other.parent == work.path
        (one / "x").write_text("x")
        assert list(other.iterdir()) == []
    assert list(work.path.iterdir()) == []
    work.close()
    assert not work.path.exists()


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
