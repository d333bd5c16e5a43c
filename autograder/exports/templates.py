"""A learning system's own export as the template: finding its columns, and whom of the gradebook each row means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autograder.batch.roster import identifiers, person_of
from autograder.errors import UsageError
from autograder.gradebook.store import Person

from .cells import points
from .grades import Grades

#: What identifies somebody, the surest first; names only where nothing surer speaks against it.
_SURE = ("email", "login", "number")
_NUMBER = re.compile(r"\s*\(\d+\)\s*$")


class Finder:
    """Finds a student of the gradebook by a row of a template."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = {person.key: person for person in people}
        self._by: dict[tuple[str, str], set[str]] = {}
        for person in self.people.values():
            for identifier in identifiers(person):
                self._by.setdefault(identifier, set()).add(person.key)

    def find(self, row: Person) -> Person | None:
        """The one who is meant; None where nobody is, or where two could be."""
        marks = identifiers(row)
        for kind in _SURE:
            keys = self._keys(marks, kind)
            if keys:
                return self.people[keys.pop()] if len(keys) == 1 else None
        keys = self._keys(marks, "name")
        if len(keys) != 1:
            return None
        person = self.people[keys.pop()]
        return None if _speak_against(marks, identifiers(person)) else person

    def _keys(self, marks: set[tuple[str, str]], kind: str) -> set[str]:
        return set().union(*(self._by.get(mark, set()) for mark in marks if mark[0] == kind))


def _speak_against(one: set[tuple[str, str]], other: set[tuple[str, str]]) -> bool:
    """Whether two of the same name have addresses, logins or numbers that differ: they are two people."""
    return any(
        {value for kind, value in one if kind == sure} and {value for kind, value in other if kind == sure}
        for sure in _SURE
    )


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
        person = named(columns, row)
        found = None if person is None else finder.find(person)
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
    filled.notes += [f"{key} has {count} rows, all filled" for key, count in sorted(seen.items()) if count > 1]
    filled.absent += [
        f"{key}: {points(total.final)} points"
        for key, standing in standing_of.items()
        if key not in seen and (total := grades.total(standing)) is not None
    ]
    return cells


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
