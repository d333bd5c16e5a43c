"""CSV files as spreadsheets and learning systems write them."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from autograder.errors import UsageError

_SEPARATORS = (",", ";", "\t")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_of(path: Path) -> str:
    """A file's text: UTF-8, or UTF-16 as spreadsheets write it.

    Raises
    ------
    UsageError
        It cannot be read, or is written otherwise.
    """
    try:
        data = path.read_bytes()
        return data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path}: is not written in UTF-8", hint="save it again as UTF-8 (spreadsheets call that: CSV UTF-8)"
        ) from error


def rows_of(path: Path, text: str) -> tuple[list[tuple[int, list[str]]], str]:
    """The rows of a text, each with the number of its first line, and what separates the cells.

    Raises
    ------
    UsageError
        It is no CSV file. A quote that is not closed would otherwise take everything after it into one cell.
    """
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for row in reader:
            rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"{path}: is no CSV file: {error}, in the row that begins in line {line}") from error
    return rows, separator


def table(path: Path, known: Collection[str]) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """A file's columns, in lower case, and its rows by them, each with the number of its first line; no empty ones.

    Parameters
    ----------
    known
        Columns that are read. Others may be there twice.

    Raises
    ------
    UsageError
        It cannot be read, a known column is there twice, or a row has a cell that is under no column.
    """
    numbered, _ = rows_of(path, text_of(path))
    columns = [name.strip().lower() for name in numbered[0][1]] if numbered else []
    if twice := [name for name, count in Counter(columns).items() if count > 1 and name in known]:
        raise UsageError(f"{path}: two columns {twice[0]!r}", hint="leave one of them out")
    rows = []
    for line, cells in numbered[1:]:
        if any(cell.strip() for cell in cells[len(columns) :]):
            raise UsageError(
                f"{path}, line {line}: {len(cells)} cells under {len(columns)} columns",
                hint='a cell that has a comma in it needs quotes round it: "Lee, Ann"',
            )
        if any(cell.strip() for cell in cells):
            rows.append((line, dict(zip(columns, cells, strict=False))))
    return columns, rows
