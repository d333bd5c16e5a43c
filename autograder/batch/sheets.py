"""CSV files as spreadsheets and learning systems write them."""

from __future__ import annotations

import codecs
import csv
import io
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
