"""Moodle: a file to import, with the identifier column of the site's own export and one column of grades."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.errors import UsageError

from .cells import Sheet
from .grades import Grades
from .templates import Filled, fill, named

#: What Moodle's exports call what identifies somebody; the first that a template has is taken.
IDENTIFIERS = ("identifier", "id number", "email address", "username", "email")


def filled(grades: Grades, template: Path, wanted: str | None, title: str) -> Filled:
    """The import file, and what making it came to. Identifiers stand in it as Moodle wrote them.

    Parameters
    ----------
    wanted
        The identifier's column; None: one that Moodle is known to have, and that says who each of them is.
    title
        What the column of grades is called.

    Raises
    ------
    UsageError
        The template is no export of Moodle's, has no such column, or one that does not say who somebody is.
    """
    sheet = Sheet.read(template)
    columns = sheet.rows[0]
    hint = "--column NAME, of: " + ", ".join(repr(name) for name in columns)
    places = {name.strip().casefold(): number for number, name in reversed(list(enumerate(columns)))}
    known = IDENTIFIERS if wanted is None else (wanted.strip().casefold(),)
    there = [places[name] for name in known if name in places]
    if not there:
        raise UsageError(
            f"{template}: no column {wanted!r}" if wanted else f"{template}: no column that identifies a student",
            hint=hint,
        )
    done = Filled()
    cells = fill(grades, columns, sheet.rows[1:], done)
    unfit = {place: _unfit(sheet, place, cells) for place in there}
    place = next((place for place in there if not unfit[place]), None)
    if place is None:
        name = columns[there[0]]
        raise UsageError(f"{template}: the column {name!r} does not say who somebody is: {unfit[there[0]]}", hint=hint)
    rows = [(row[place], cell) for row, cell in zip(sheet.rows[1:], cells, strict=True) if cell is not None]
    done.text = sheet.written([(columns[place], title), *rows])
    return done


def _unfit(sheet: Sheet, place: int, cells: Sequence[str | None]) -> str:
    """Why a column does not say whose the grades are; empty where it does."""
    columns, rows = sheet.rows[0], sheet.rows[1:]
    owners: dict[str, set[str]] = {}
    for row in rows:
        person = named(columns, row)
        owners.setdefault(_cell(row, place), set()).add("" if person is None else person.key)
    for row, cell in zip(rows, cells, strict=True):
        value = _cell(row, place)
        if cell is not None and not value:
            person = named(columns, row)
            return "it is empty for " + ("somebody" if person is None else person.name or person.key)
        if cell is not None and len(owners[value]) > 1:
            return f"{value!r} stands there for several"
    return ""


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""
