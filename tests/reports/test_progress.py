"""The line that shows how far a run is: only at a terminal, and gone at the end."""

from __future__ import annotations

import io

import pytest

from autograder.reports.progress import Progress


class Terminal(io.StringIO):
    encoding = "utf-8"  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def terminal_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")


def test_it_counts_and_leaves_an_empty_line() -> None:
    stream = Terminal()
    with Progress(3, stream=stream) as progress:
        progress.advance("Conv1d_stride1", "passed")
        progress.advance("Conv1d", "failed")
    frames = stream.getvalue().split("\r")
    assert frames[1] == "grading  ···  0/3"
    assert frames[2].rstrip() == "grading  ✓··  1/3  Conv1d_stride1"
    assert frames[3].rstrip() == "grading  ✓✗·  2/3  Conv1d"
    assert len(frames[3]) == len(frames[2])
    assert frames[4].strip() == ""
    assert frames[5] == ""


def test_it_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    stream = Terminal()
    with Progress(25, stream=stream) as progress:
        progress.advance("CNN as Distributed Scanning MLP", "passed")
    assert max(map(len, stream.getvalue().split("\r"))) < 20


def test_keys_are_inert() -> None:
    stream = Terminal()
    with Progress(1, stream=stream) as progress:
        progress.advance("\x1b[2J\n", "passed")
    assert "\x1b" not in stream.getvalue()
    assert "\n" not in stream.getvalue()


def test_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet, plain, dumb = Terminal(), io.StringIO(), Terminal()
    with Progress(1, quiet=True, stream=quiet) as progress:
        progress.advance("a", "passed")
    with Progress(1, stream=plain) as progress:
        progress.advance("a", "passed")
    monkeypatch.setenv("TERM", "dumb")
    with Progress(1, stream=dumb) as progress:
        progress.advance("a", "passed")
    assert quiet.getvalue() == plain.getvalue() == dumb.getvalue() == ""


def test_a_terminal_that_goes_away_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: str) -> int:
        raise OSError(5, "Input/output error")

    stream = Terminal()
    with Progress(1, stream=stream) as progress:
        monkeypatch.setattr(stream, "write", gone)
        progress.advance("a", "passed")
    assert not progress.active
