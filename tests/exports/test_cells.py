"""Every text survives a CSV file, and none of them becomes a formula."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.errors import UsageError
from autograder.exports.cells import LEADING, Sheet, neutral, points, restored, written

#: Any text that UTF-8 has, with plenty of what CSV files and spreadsheets stumble over.
TEXTS = st.text(
    st.one_of(st.sampled_from("=+-@'\",;\t\r\n＝ \u202e\u200f\U0001f393é\x00"), st.characters(codec="utf-8")),
    max_size=20,
)


@given(st.lists(st.lists(TEXTS, min_size=1, max_size=4), min_size=1, max_size=4))
@example([["=1+1", "-2", "@x", "+x"], ["'=1+1", "''-", "'quoted'", "'"]])
@example([['O\'Brien, "Bob"\r\nJr.', "\u202eabc", "🎓", "\ttab"]])
def test_texts_come_back_as_they_were_and_no_cell_begins_a_formula(rows: list[list[str]]) -> None:
    text = written([[neutral(cell) for cell in row] for row in rows])
    cells = list(csv.reader(io.StringIO(text, newline="")))
    assert [[restored(cell) for cell in row] for row in cells] == rows
    assert not [cell for row in cells for cell in row if cell.startswith(LEADING)]


@given(
    st.text(st.characters(codec="ascii", min_codepoint=32), max_size=20).filter(
        lambda t: not t.lstrip("'").startswith(LEADING)
    )
)
def test_a_harmless_text_is_left_alone(text: str) -> None:
    assert neutral(text) == text


def test_half_a_character_is_replaced() -> None:
    assert neutral("\ud800x") == "?x"


@pytest.mark.parametrize(
    ("value", "text"),
    [("100", "100"), ("1E+2", "100"), ("2.50", "2.5"), ("0.00", "0"), ("-0.0", "0"), ("-3.25", "-3.25"), (None, "")],
)
def test_points_are_plain_decimals(value: str | None, text: str) -> None:
    assert points(None if value is None else Decimal(value)) == text


@given(
    st.lists(st.lists(TEXTS.map(lambda t: t.replace("\x00", "")), min_size=2, max_size=3), min_size=1, max_size=4),
    st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"]), st.booleans(),
)  # fmt: skip
def test_a_file_from_elsewhere_is_written_as_it_came(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], separator: str, line_end: str, marked: bool
) -> None:
    path = tmp_path_factory.mktemp("sheet") / "in.csv"
    text = ("\ufeff" if marked else "") + written([["Student", "ID", "x"], *rows], separator, line_end)
    path.write_bytes(text.encode())
    sheet = Sheet.read(path)
    assert sheet.rows[1:] == tuple(map(tuple, rows))
    assert sheet.written(sheet.rows) == text


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b'a,"b'])
def test_what_is_no_csv_file_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "in.csv").write_bytes(data)
    with pytest.raises(UsageError):
        Sheet.read(tmp_path / "in.csv")
