"""A learning system's own export as the template: finding its columns, and whom of the gradebook each row means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autograder.batch import matching
from autograder.batch.matching import Marks, People
from autograder.batch.roster import IDENTIFIER, person_of
from autograder.errors import UsageError
from autograder.gradebook.enrolment import Person

from .cells import points
from .grades import Grades

_NUMBER = re.compile(r"\s*\(\d+\)\s*$")


class Finder:
    """Finds a student of the gradebook by a row of a template."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._known = People(people)

    def find(self, row: Person) -> Person | None:
        """The one who is meant; None where nobody is, where two could be, or where the row contradicts itself."""
        said = matching.of_person(row)
        person = self._known.find(said)
        if person is None or set(self._known.fitting(said)) != {"name"}:
            return person
        return None if _speak_against(said, matching.of_person(person)) else person


def _speak_against(one: Marks, other: Marks) -> bool:
    """Whether two of the same name have addresses, logins or numbers that differ: they are two people."""
    pairs = ((one.emails, other.emails), (_logins(one), _logins(other)), (one.numbers, other.numbers))
    return any(mine and theirs for mine, theirs in pairs)


def _logins(marks: Marks) -> frozenset[str]:
    return marks.logins | marks.locals


@dataclass(slots=True)
class Filled:
    """What filling a template came to.

    Attributes
    ----------
    text
        The file.
    written
        How many got points.
    strangers
        Rows of the template that mean nobody in the gradebook.
    absent
        Students of the gradebook with points whom the template lacks.
    without
        Students in both who have no points; their cells stay as they were.
    notes
        What else staff should know.
    """

    text: str = ""
    written: int = 0
    strangers: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def named(columns: Sequence[str], row: Sequence[str]) -> Person | None:
    """Whom a row names; nobody where it is no student's."""
    return person_of(dict(zip(columns, row, strict=False)))[0]


def fill(grades: Grades, columns: Sequence[str], rows: Iterable[Sequence[str]], filled: Filled) -> list[str | None]:
    """What goes into each row's cell; None where it stays as it is. Who is not found is listed in `filled`."""
    finder = Finder(standing.person for standing in grades.students)
    standing_of = {standing.person.key: standing for standing in grades.students}
    seen: dict[str, int] = {}
    cells: list[str | None] = []
    for row in rows:
        person, found = named(columns, row), _found(finder, columns, row)
        cells.append(None)
        if person is None:
            continue
        if found is None:
            filled.strangers.append(_called(person))
            continue
        standing = standing_of[found.key]
        total = grades.total(standing)
        seen[found.key] = seen.get(found.key, 0) + 1
        if total is None:
            filled.without.append(f"{found.key}: {standing.state}: {standing.reason}")
        else:
            cells[-1] = points(total.final)
            filled.written += 1
            if standing.state == "withdrawn":
                filled.notes.append(f"{found.key}: {standing.reason}; filled with what stands for them")
    filled.notes += [f"{key} has {count} rows, all filled" for key, count in sorted(seen.items()) if count > 1]
    filled.absent += [
        f"{key}: {points(total.final)} points" + (" (withdrawn)" if standing.state == "withdrawn" else "")
        for key, standing in standing_of.items()
        if key not in seen and (total := grades.total(standing)) is not None
    ]
    return cells


def _found(finder: Finder, columns: Sequence[str], row: Sequence[str]) -> Person | None:
    """Whom a row means. Moodle's own number of somebody is asked for last: rosters of other kinds do not have it."""
    cells = dict(zip(columns, row, strict=False))
    others = {name: cell for name, cell in cells.items() if name.strip().lower() != IDENTIFIER}
    said = (person_of(some)[0] for some in (others, cells))
    return next((found for one in said if one is not None and (found := finder.find(one))), None)


def column(columns: Sequence[str], wanted: str | None, names: Iterable[str]) -> int:
    """The column to fill: the one that is named, or the one that is called as the assignment is.

    Learning systems put a number behind a column's name, as in `HW2P1 (12345)`: it may be left out.

    Raises
    ------
    UsageError
        There is none, or there are several.
    """
    candidates = [wanted] if wanted is not None else list(names)
    for plain in (str.strip, _bare):
        for name in candidates:
            found = [n for n, column in enumerate(columns) if plain(column).casefold() == plain(name).casefold()]
            if len(found) == 1:
                return found[0]
    shown = ", ".join(repr(name) for name in columns if name.strip())
    raise UsageError(
        f"no column {wanted!r}" if wanted is not None else "which column is to be filled?",
        hint=f"--column NAME, of: {shown}",
    )


def _bare(name: str) -> str:
    return _NUMBER.sub("", name).strip()


def _called(person: Person) -> str:
    return person.key if person.key == person.name or not person.name else f"{person.name} ({person.key})"
