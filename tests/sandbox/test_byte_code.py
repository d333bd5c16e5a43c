"""Byte code of what runs inside is made outside, and nothing else of an assignment goes along."""

from __future__ import annotations

import os
from pathlib import Path

from autograder.sandbox import bubblewrap, levels
from autograder.sandbox.launch import Parts, byte_code


def test_it_is_made_once_and_again_when_the_source_is_newer(tmp_path: Path) -> None:
    source = tmp_path / "exercises.py"
    source.write_text("EXERCISES = {}\n")
    made = byte_code(source)
    assert made is not None and made.is_file()
    first = made.stat().st_mtime_ns
    assert byte_code(source) == made
    assert made.stat().st_mtime_ns == first
    later = made.stat().st_mtime + 10
    os.utime(source, (later, later))
    byte_code(source)
    assert made.stat().st_mtime_ns != first


def test_where_it_cannot_be_made_there_is_none(tmp_path: Path) -> None:
    assert byte_code(tmp_path / "missing.py") is None


def test_only_the_exercises_byte_code_is_mounted(tmp_path: Path) -> None:
    for name in ("exercises.py", "oracles.py"):
        (tmp_path / name).write_text("EXERCISES = {}\n")
        byte_code(tmp_path / name)
    arguments = list(bubblewrap.command(Parts(tmp_path / "exercises.py")).arguments)
    mounted = [word for word in arguments if word.startswith(str(tmp_path))]
    assert [Path(word).name.partition(".")[0] for word in mounted] == ["exercises", "exercises"]


def test_of_a_package_its_folder_is_mounted_with_byte_code_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "exercises"
    folder.mkdir()
    for name in ("exercises/__init__.py", "exercises/inner.py", "oracles.py"):
        (tmp_path / name).write_text("EXERCISES = {}\n")
    byte_code(tmp_path / "oracles.py")
    arguments = list(levels.command("bubblewrap", Parts(folder)).arguments)
    assert [word for word in arguments if word.startswith(str(tmp_path))] == [str(folder)]
    made = {path.name.partition(".")[0] for path in (folder / "__pycache__").iterdir()}
    assert made == {"__init__", "inner"}
