"""How an exception is told."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from autograder.guest import section
from autograder.guest.values import WrongValue


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
        (WrongValue(), ("wrong", "")),
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


@pytest.mark.parametrize("limit", [0, 1, -1, None, "none"])
def test_an_exception_s_lines_are_told_whatever_limit_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: Any
) -> None:
    monkeypatch.setattr("sys.tracebacklimit", limit, raising=False)
    (path := tmp_path / "a.py").write_text("def go():\n    raise PermissionError(1, 'x')\n")
    space: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), space)
    try:
        space["go"]()
    except PermissionError as error:
        told = section.described(error, tmp_path)
    assert [(frame["line"], frame["function"]) for frame in told["frames"]] == [(2, "go")]


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
