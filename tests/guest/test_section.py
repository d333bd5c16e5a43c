"""How an exception is told, and what a submission may weigh."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.guest import section, wire


def outcome_of(error: BaseException) -> tuple[str, str]:
    told = section.described(error, Path("/"))
    return told["outcome"], told["limit"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.EFBIG, "x"), ("limit", "file")),
        (OSError(errno.ENOSPC, "x"), ("limit", "disk")),
        (OSError(errno.EMFILE, "x"), ("limit", "open_files")),
        (RuntimeError("can't start new thread"), ("limit", "threads")),
        (PermissionError(errno.EPERM, "x"), ("forbidden_call", "")),
        (OSError(errno.ENOSYS, "x"), ("forbidden_call", "")),
        (PermissionError(errno.EACCES, "x"), ("raised", "")),
        (NotImplementedError(), ("not_implemented", "")),
        (MemoryError(), ("memory", "")),
        (SystemExit(0), ("exited", "")),
        (KeyboardInterrupt(), ("raised", "")),
        (RuntimeError("else"), ("raised", "")),
    ],
)
def test_an_exception_has_an_outcome(error: BaseException, told: tuple[str, str]) -> None:
    assert outcome_of(error) == told


def test_a_refused_process_is_known_by_its_line(tmp_path: Path) -> None:
    source = "def go():\n    refuse('fork')\n"
    path = tmp_path / "a.py"
    path.write_text(source)

    def refuse(what: str) -> None:
        raise PermissionError(errno.EPERM, what)

    space: dict[str, Any] = {"refuse": refuse}
    exec(compile(source, str(path), "exec"), space)
    with pytest.raises(PermissionError) as caught:
        space["go"]()
    told = section.described(caught.value, tmp_path)
    assert (told["outcome"], told["limit"], told["frames"][-1]["line"]) == ("limit", "processes", 2)


def test_texts_are_cut_whatever_they_are() -> None:
    class Hostile(str):
        __slots__ = ()

        def __getitem__(self, key: Any) -> str:
            return self

    class Silent(Exception):
        def __str__(self) -> str:
            raise SystemExit

    assert len(section.cut(Hostile("x" * 10**5))) == section.TEXT_LIMIT
    assert "cannot be shown" in section.text(Silent())
    assert section.cut("\ud800") == "?"


def staged(root: Path, files: dict[str, bytes], room: int = 1 << 20) -> Any:
    fields = {"files": [[path, len(content)] for path, content in files.items()], "search": ["", "a", "no"]}
    contents = np.frombuffer(b"".join(files.values()), np.uint8)
    return section.stage(wire.Frame("submission", fields, {"contents": contents}), root, room)


def test_files_are_written_and_importable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    found = staged(tmp_path, {"a/b/c.py": b"x = 1", "a/d.py": b"", "e.py": b"y"})
    assert (tmp_path / "a/b/c.py").read_bytes() == b"x = 1" and Path.cwd() == tmp_path
    assert found.files == ["a/b/c.py", "a/d.py", "e.py"]


@pytest.mark.parametrize(("count", "size"), [(3, 1 << 19), (5000, 0)])
def test_too_much_is_refused_before_it_is_written(tmp_path: Path, count: int, size: int) -> None:
    with pytest.raises(OSError) as caught:
        staged(tmp_path, {f"{number}.py": bytes(size) for number in range(count)})
    assert caught.value.errno == errno.ENOSPC and list(tmp_path.iterdir()) == []
