"""What a batch says at its end: what a person must decide, and what they must know for it."""

from __future__ import annotations

from pathlib import Path

import classroom
import kit
import pytest
from click.testing import CliRunner

from autograder.batch import run
from autograder.cli import cli

ROSTER = "name\nAnn Lee\nBob Ray\nCy Kay\n"


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of a download of Canvas's: one with a report beside, one late, one who wrote a text."""
    monkeypatch.setattr(run, "crew", kit.instant)
    folder = tmp_path / "class"
    folder.mkdir()
    data = classroom.zipped(classroom.contents(classroom.variants()[0]))
    for name in ("leeann_1234_5_handin.zip", "raybob_LATE_1235_7_handin.zip"):
        (folder / name).write_bytes(data)
    (folder / "leeann_1234_6_report.pdf").write_bytes(b"%PDF-1.7")
    (folder / "kaycy_1236_8_handin.txt").write_text("my laptop broke")
    (folder / "roster.csv").write_text(ROSTER)
    words = ["batch", folder, "--gradebook", tmp_path / "book", "--roster", folder / "roster.csv"]
    words += ["--deadline", "2026-10-01T12:00:00Z"]
    done = CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False, standalone_mode=False)
    return done.output


def test_a_report_beside_an_archive_is_left_aside_and_said(said: str) -> None:
    title = "1 left aside, beside an archive or code of the same student's"
    assert f"{title}:\n  leeann_1234_6_report.pdf (Ann Lee)\n" in said
    assert '"unopened": 1, "aside": 1, "unmatched": 0, "missing": 0' in said


def test_what_is_no_homework_at_all_is_said_with_the_reason(said: str) -> None:
    assert "kaycy_1236_8_handin.txt (Cy Kay): is neither a folder nor an archive" in said


def test_whom_canvas_calls_late_comes_first(said: str) -> None:
    assert "unknown time, so not called late (--times says when):\n  Bob Ray: Canvas says late\n  Ann Lee\n" in said
