"""The table of students: pages of some hundreds of rows, and the same rows as data where there are several pages.

The script of the table sorts and filters all of them; without scripts each page is readable by itself. Data are
scripts and not JSON, since pages that were opened from a disk may load scripts and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograder.gradebook import accounts
from autograder.gradebook.standing import Standing
from autograder.reports.text import shown
from autograder.reports.words import points

from .files import MARK, page_name

#: Rows of one page.
ROWS = 300
#: Rows of one file of data: some hundred kB. Each file takes a browser some milliseconds to ask for.
SHARD = 1500

#: Flags of a row, as one chooses among them.
STATES = (
    ("", "everybody"), ("graded", "graded"), ("ungraded", "not graded"), ("missing", "nothing handed in"),
    ("withdrawn", "withdrawn"), ("late", "late"), ("hand", "points by hand"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `number` where it sorts by a number, `css` where it is to look otherwise."""

    title: str
    css: str = ""
    number: bool = False


COLUMNS = (
    Column("Student"),
    Column("Name", "wide-only"),
    Column("Section", "wide-only"),
    Column("Main", "count", True),
    Column("Bonus", "count", True),
    Column("State"),
    Column("Late", "wide-only", True),
    Column("Attempts", "count wide-only", True),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A student. `cells` are text and what to sort by, where that is something else."""

    key: str
    page: str
    flags: str
    cells: tuple[tuple[str, str | None], ...]

    def packed(self) -> list[Any]:
        """The row as the script reads it."""
        cells = [shown(text, 120) if sort is None else [shown(text, 120), sort] for text, sort in self.cells]
        return [self.page, self.flags, shown(self.key, 120), cells]


def row(standing: Standing) -> Row:
    """A student's row."""
    person = standing.person
    late = "" if not standing.lateness.by else how_late(standing)
    flags = [standing.state, *(["late"] if late else []), *(["hand"] if standing.adjustments else [])]
    finals = [standing.sums[group].final if group in standing.sums else None for group in ("main", "bonus")]
    state = dict(STATES)[standing.state] + (", by hand" if standing.adjustments else "")
    seconds = str(standing.lateness.seconds)
    return Row(
        person.key,
        page_name(person.key),
        " ".join(flags),
        (
            (person.name, None),
            (person.section, None),
            *((points(final), "" if final is None else f"{final:f}") for final in finals),
            (state, None),
            (late, seconds),
            (str(len(standing.attempts)), None),
        ),
    )


def how_late(standing: Standing) -> str:
    """`1 d 1 h 31 s, 2 days begun, −20 %`."""
    return accounts.late(standing.lateness)


def pages(rows: Sequence[Row]) -> list[Sequence[Row]]:
    """Rows by page; one page even if there are none."""
    return _cut(rows, ROWS) or [()]


def shards(rows: Sequence[Row]) -> dict[str, str]:
    """Files of data, by name: all rows, where one page does not hold them."""
    parts = _cut(rows, SHARD) if len(rows) > ROWS else []
    return {f"data/students-{number}.js": shard(part) for number, part in enumerate(parts, 1)}


def _cut(rows: Sequence[Row], size: int) -> list[Sequence[Row]]:
    return [rows[at : at + size] for at in range(0, len(rows), size)]


def name(page: int) -> str:
    """The file of a page of the table, counted from 1."""
    return "students.html" if page == 1 else f"students-{page}.html"


def shard(rows: Sequence[Row]) -> str:
    """Rows as a script that hands them over; nothing in it can end the script early or be run."""
    lines = (json.dumps(row.packed(), ensure_ascii=True, separators=(",", ":")) for row in rows)
    return f"/* {MARK} */\n(window.studentRows ??= []).push([\n" + ",\n".join(lines) + "\n]);\n"
