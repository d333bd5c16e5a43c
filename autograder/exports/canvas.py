"""Canvas: the gradebook that it exported, with one column filled; everything else stays as it was, cell by cell."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

from autograder.batch.roster import COLUMNS
from autograder.errors import UsageError

from .cells import Sheet, points
from .grades import Grades
from .templates import Filled, column, fill

#: In Canvas's export the second line says what each column is worth; the name stands behind four blanks.
POSSIBLE = "Points Possible"
#: A line that Canvas keeps for trying things out.
TEST_STUDENT = "student, test"

#: What says who somebody is: Canvas would take grades in it for other people, or nobody.
_IDENTIFYING = {
    "integration id",
    "root account",
    *(name for kind, names in COLUMNS.items() if kind != "extension" for name in names),
}


def filled(grades: Grades, template: Path, wanted: str | None, names: tuple[str, ...]) -> Filled:
    """The template with the assignment's column filled, and what that came to.

    Raises
    ------
    UsageError
        The template is no gradebook of Canvas, or has no such column of grades.
    """
    sheet = Sheet.read(template)
    columns = sheet.rows[0]
    if columns[0].strip().casefold() != "student" or "ID" not in columns:
        raise UsageError(
            f"{template}: is no gradebook that Canvas exported: its first column is {columns[0]!r}",
            hint="in Canvas: Grades, Export, Export Entire Gradebook",
        )
    target = column(columns, wanted, names)
    if _identifies(columns[target]):
        others = ", ".join(repr(name) for name in columns if name.strip() and not _identifies(name))
        raise UsageError(
            f"{template}: the column {columns[target]!r} says who somebody is, and is not to be filled",
            hint=f"--column NAME, of an assignment: {others}",
        )
    done = Filled()
    cells = fill(grades, columns, ((() if _is_ours(row) else row) for row in sheet.rows[1:]), done)
    rows = [columns]
    for row, cell in zip(sheet.rows[1:], cells, strict=True):
        if row and row[0].strip() == POSSIBLE:
            done.notes += _worth(row, target, columns[target], grades)
        if cell is not None:
            done.notes += _replaced(row, target, cell)
            row = (*row[:target], *[""] * (target - len(row)), cell, *row[target + 1 :])
        rows.append(row)
    done.text = sheet.written(rows)
    return done


def _identifies(name: str) -> bool:
    """Whether a column says who somebody is, or where they belong."""
    return name.strip().casefold() in _IDENTIFYING


def _is_ours(row: tuple[str, ...]) -> bool:
    """Whether a row is Canvas's own and no student's: points possible, posting, the test student."""
    name = row[0].strip().casefold() if row else ""
    return name in ("", POSSIBLE.casefold(), TEST_STUDENT)


def _worth(row: tuple[str, ...], target: int, name: str, grades: Grades) -> list[str]:
    """Whether Canvas has another maximum than we have."""
    # The bonus comes on top of what a column is worth.
    groups = ("main",) if "main" in grades.groups else grades.groups
    full = {total.max for standing in grades.students if (total := standing.total(groups)) is not None and total.max}
    try:
        possible = Decimal(row[target].strip())
    except (InvalidOperation, IndexError):
        return []
    if not full or possible in full:
        return []
    return [f"{name} is worth {points(possible)} points there, and {points(max(full))} here"]


def _replaced(row: tuple[str, ...], target: int, cell: str) -> list[str]:
    before = row[target].strip() if target < len(row) else ""
    return (
        [f"{row[0].strip()}: {cell} instead of {before}"]
        if before not in ("", cell) and not _same(before, cell)
        else []
    )


def _same(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False
