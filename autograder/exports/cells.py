"""Cells of CSV files: what a spreadsheet would run as a formula is made text, and can be told from it.

A cell that begins with one of `LEADING` gets an apostrophe before it, and so does one that begins with apostrophes
and then one of them: `restored` therefore gives back every text as it was.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from autograder.batch.sheets import rows_of
from autograder.errors import UsageError

#: What may begin a formula in one spreadsheet or another; their full-width forms, too. A tab, a line end or a
#: carriage return is passed over by some, and what follows is read.
LEADING = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MARK = "'"


def neutral(text: str) -> str:
    """A text as a cell that no spreadsheet runs."""
    # What is no character at all (half of a pair, from a file's name) has no UTF-8.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _MARK + text if text.lstrip(_MARK).startswith(LEADING) else text


def restored(cell: str) -> str:
    """The text of a cell that `neutral` made."""
    return cell[1:] if cell.startswith(_MARK) and cell.lstrip(_MARK).startswith(LEADING) else cell


def points(value: Decimal | None) -> str:
    """Points as a plain decimal, such as `87.5`; empty where there are none."""
    if value is None:
        return ""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file that came from elsewhere: its rows, and how it was written."""

    rows: tuple[tuple[str, ...], ...]
    separator: str = ","
    line_end: str = "\r\n"
    mark: str = ""

    @classmethod
    def read(cls, path: Path) -> Sheet:
        """Read it.

        Raises
        ------
        UsageError
            It cannot be read, or has no line of column names.
        """
        try:
            text = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: cannot be read: {error}", hint="a CSV file, in UTF-8, as exported") from error
        mark = "\ufeff" if text.startswith("\ufeff") else ""
        text = text.removeprefix(mark)
        numbered, separator = rows_of(path, text)
        rows = tuple(tuple(row) for _, row in numbered)
        if not rows or not any(rows[0]):
            raise UsageError(f"{path}: has no line of column names")
        return cls(rows, separator, "\r\n" if text.partition("\n")[0].endswith("\r") else "\n", mark)

    def written(self, rows: Iterable[Sequence[str]]) -> str:
        """Rows in the same way of writing."""
        return self.mark + written(rows, self.separator, self.line_end)


def written(rows: Iterable[Sequence[str]], separator: str = ",", line_end: str = "\n") -> str:
    """Rows as CSV; cells are taken as they are."""
    lines = []
    for row in rows:
        out = io.StringIO(newline="")
        # With this line end the writer quotes both characters; with the shorter one a lone `\r` would end a row.
        csv.writer(out, delimiter=separator, lineterminator="\r\n").writerow(row)
        lines.append(out.getvalue().removesuffix("\r\n") + line_end)
    return "".join(lines)
