"""Moodle: a file to import, with the identifier column of the site's own export and one column of grades."""

from __future__ import annotations

from pathlib import Path

from autograder.errors import UsageError

from .cells import Sheet
from .grades import Grades
from .templates import Filled, fill

#: What Moodle's exports call what identifies somebody; the first that a template has is taken.
IDENTIFIERS = ("identifier", "id number", "email address", "username", "email")


def filled(grades: Grades, template: Path, wanted: str | None, title: str) -> Filled:
    """The import file, and what making it came to. Identifiers stand in it as Moodle wrote them.

    Parameters
    ----------
    wanted
        The identifier's column; None: one that Moodle is known to have.
    title
        What the column of grades is called.

    Raises
    ------
    UsageError
        The template is no export of Moodle's, or has no such column.
    """
    sheet = Sheet.read(template)
    columns = sheet.rows[0]
    places = {name.strip().casefold(): number for number, name in reversed(list(enumerate(columns)))}
    known = IDENTIFIERS if wanted is None else (wanted.strip().casefold(),)
    place = next((places[name] for name in known if name in places), None)
    if place is None:
        raise UsageError(
            f"{template}: no column {wanted!r}" if wanted else f"{template}: no column that identifies a student",
            hint="--column NAME, of: " + ", ".join(repr(name) for name in columns),
        )
    done = Filled()
    cells = fill(grades, columns, sheet.rows[1:], done)
    rows = [
        (row[place], cell)
        for row, cell in zip(sheet.rows[1:], cells, strict=True)
        if cell is not None and len(row) > place
    ]
    done.text = sheet.written([(columns[place], title), *rows])
    return done
