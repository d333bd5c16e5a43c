"""A submission held for its sections: written for each, compiled for all."""

from __future__ import annotations

import importlib.machinery
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path

import numpy as np
import pytest

from autograder.guest import wire
from autograder.guest.held import LONGEST, MOST, Held, TooLarge, own


def held(root: Path, files: dict[str, bytes]) -> Held:
    fields = {"files": [[path, len(content)] for path, content in files.items()], "search": ["", "a", "no"]}
    contents = np.frombuffer(b"".join(files.values()), np.uint8)
    return Held(wire.Frame("submission", fields, {"contents": contents}), str(root))


def test_files_are_written_and_importable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    held(tmp_path, {"a/b/c.py": b"x = 1", "a/d.py": b"", "e.py": b"y"}).stage(tmp_path, 1 << 20)
    assert (tmp_path / "a/b/c.py").read_bytes() == b"x = 1" and Path.cwd() == tmp_path
    assert sys.path[-2:] == [str(tmp_path), f"{tmp_path}/a"]


@pytest.mark.parametrize(("folders", "count", "size"), [("", 3, 1 << 19), ("", 5000, 0), ("{0}/a/b/c/", 1000, 0)])
def test_too_much_is_refused_before_it_is_written(tmp_path: Path, folders: str, count: int, size: int) -> None:
    files = {f"{folders.format(number)}{number}.py": bytes(size) for number in range(count)}
    with pytest.raises(TooLarge):
        held(tmp_path, files).stage(tmp_path, 8 << 20 if folders else 1 << 20)
    assert list(tmp_path.iterdir()) == []


def compiled(root: Path, files: dict[str, bytes]) -> Held:
    ahead = held(root, files)
    while ahead.waiting:
        ahead.compile_next()
    return ahead


def test_what_compiles_in_silence_is_compiled_ahead(tmp_path: Path) -> None:
    files = {
        "good.py": b"x = 1",
        "not_python.txt": b"x = 1",
        "broken.py": b"def f(:\n",
        "warns.py": b"x = 1 is 1\n",
        "binary.py": b"\x00",
        "deep.py": b"x = " + b"-" * 50_000 + b"1",
        "long.py": b"#" * (LONGEST + 1),
    }
    assert [Path(place).name for place in compiled(tmp_path, files).compiled] == ["good.py"]


def test_a_module_that_was_compiled_ahead_is_imported_from_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SourceFileLoader, "get_code", SourceFileLoader.get_code)
    monkeypatch.chdir(tmp_path)
    ahead = compiled(tmp_path, {"a.py": b"x = 1", "b.py": b"x = 2"})
    ahead.stage(tmp_path, 1 << 20)
    ahead.hand_over()
    (tmp_path / "b.py").write_text("x = 3")  # a section can write its files anew

    def code_of(name: str) -> object:
        return importlib.machinery.SourceFileLoader(name, str(tmp_path / f"{name}.py")).get_code(name)

    known = {Path(place).name: code for place, (_, code) in ahead.compiled.items()}
    assert code_of("a") is known["a.py"] and code_of("b") != known["b.py"]


def test_a_submission_s_own_modules_are_known_by_name_where_python_would_find_them(tmp_path: Path) -> None:
    files = [
        "b.py",
        "a/b.py",
        "a/c.py",
        "a/b.c.py",
        "no.txt",
        "numpy.py",
        "random.py",
        "d/e.py",
        "d.py",
        "f.py",
        "f.abi3.so",
    ]
    assert own(str(tmp_path), ["", "a"], files) == {"b": f"{tmp_path}/b.py", "c": f"{tmp_path}/a/c.py"}


def test_a_great_many_files_are_not_all_compiled(tmp_path: Path) -> None:
    files = {f"{number}.py": b"#" * LONGEST for number in range(9)}
    assert len(compiled(tmp_path, files).compiled) == MOST // LONGEST


def test_where_every_section_has_another_folder_nothing_is_compiled_ahead(tmp_path: Path) -> None:
    frame = wire.Frame("submission", {"files": [["a.py", 1]]}, {"contents": np.frombuffer(b"1", np.uint8)})
    assert Held(frame).waiting == [] and held(tmp_path, {"a.py": b"1"}).waiting == ["a.py"]
