"""The class: a roster from a CSV file, and who of it handed something in."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.errors import UsageError
from autograder.gradebook.moments import Extension, extension
from autograder.gradebook.store import Person

from .sources import Hint

#: What each particular is called in the rosters and gradebooks that courses export, in lower case.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "e-mail", "email address", "mail"),
    "login": ("login", "username", "user name", "sis login id", "andrew id", "andrewid", "netid", "github"),
    "number": ("id", "sid", "student id", "sis user id", "id number", "number", "canvas id"),
    "name": ("name", "full name", "student", "student name"),
    "first": ("first name", "first", "given name"),
    "last": ("last name", "last", "surname", "family name"),
    "section": ("section", "sections", "lecture"),
    "team": ("group", "team", "group name"),
    "extension": ("extension", "extended to", "deadline"),
}


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of a course, and the extensions that the roster grants."""

    people: tuple[Person, ...] = ()
    extensions: Mapping[str, Extension] = field(default_factory=dict)


def read(path: Path, timezone: ZoneInfo | None = None) -> Roster:
    """Read a roster: any CSV with a line of column names. The `timezone` is that of times without an offset.

    Raises
    ------
    UsageError
        It cannot be read, has no column that names anybody, or names somebody twice.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    known = {name for names in COLUMNS.values() for name in names}
    if not rows or not {(column or "").strip().lower() for column in rows[0]} & known:
        raise UsageError(
            f"{path}: no column that names a student", hint="for example: email,name,id,section,group,extension"
        )
    people: dict[str, Person] = {}
    extensions: dict[str, Extension] = {}
    for line, row in enumerate(rows, start=2):
        person, granted = person_of(row)
        if person is None:
            continue
        if person.key in people:
            raise UsageError(f"{path}, line {line}: {person.key} is there twice")
        people[person.key] = person
        if granted:
            try:
                extensions[person.key] = extension(granted, timezone)
            except ValueError as error:
                raise UsageError(f"{path}, line {line}: {error}") from error
    return Roster(tuple(people.values()), extensions)


def person_of(row: Mapping[str | None, str | None]) -> tuple[Person | None, str]:
    """Whom a line names, and the extension that it grants; nobody where it is no student's."""
    cells = {(column or "").strip().lower(): (value or "").strip() for column, value in row.items() if column}

    def get(what: str) -> list[str]:
        return [cells[name] for name in COLUMNS[what] if cells.get(name)]

    def one(what: str) -> str:
        return next(iter(get(what)), "")

    name = one("name") or " ".join([*get("first")[:1], *get("last")[:1]])
    email, login, numbers = one("email"), one("login"), get("number")
    key = email or login or next(iter(numbers), "") or name
    if not key or name.lower() == "points possible":  # Canvas's second line
        return None, ""
    number = " ".join(dict.fromkeys(numbers))
    return Person(key, name, email, login, number, one("section"), one("team"), on_roster=True), one("extension")


class Directory:
    """Finds a student by what a download says about them.

    Parameters
    ----------
    people
        Everybody known. Where nobody is on a roster, whoever is not known yet is taken in as they come.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self.people: dict[str, Person] = {}
        self._by: dict[tuple[str, str], set[str]] = {}
        self._teams: dict[str, list[Person]] = {}
        self.closed = False
        for person in people:
            self.add(person)

    def add(self, person: Person) -> None:
        """Make a student known."""
        self.people[person.key] = person
        self.closed |= person.on_roster
        if person.team:
            self._teams.setdefault(person.team, []).append(person)
        for identifier in identifiers(person):
            self._by.setdefault(identifier, set()).add(person.key)

    def match(self, hints: Sequence[Hint]) -> tuple[Person, ...]:
        """Everybody whom a submission counts for: those who are named, and the rest of their groups."""
        found = {person.key: person for hint in hints if (person := self._one(hint)) is not None}
        for team in {person.team for person in found.values()}:
            for person in self._teams.get(team, ()):
                found.setdefault(person.key, person)
        return tuple(found[key] for key in sorted(found))

    def _one(self, hint: Hint) -> Person | None:
        """The one person who fits; where the surest mark fits two, nobody does."""
        for identifier in _marks(hint):
            keys = self._by.get(identifier, set())
            if len(keys) == 1:
                return self.people[next(iter(keys))]
            if keys:
                return None
        if self.closed:
            return None
        key = hint.email or hint.login or hint.number or hint.name
        if not key:
            return None
        number = "" if hint.number == hint.login else hint.number
        person = Person(key, "" if hint.name == hint.login else hint.name, hint.email, hint.login, number)
        self.add(person)
        return person


def _marks(hint: Hint) -> list[tuple[str, str]]:
    """What identifies somebody, the surest first."""
    local = hint.email.partition("@")[0]
    marks = [
        ("email", hint.email.casefold()),
        ("login", hint.login.casefold()),
        ("number", hint.number.casefold()),
        ("login", local.casefold()),
        ("name", plain(hint.name)),
    ]
    return [mark for mark in marks if mark[1]]


def identifiers(person: Person) -> set[tuple[str, str]]:
    """All that a student may be found by: kind and value."""
    words = person.name.replace(",", " ").split()
    orders = {plain(person.name), plain("".join(words[-1:] + words[:-1])), plain("".join(words[1:] + words[:1]))}
    logins = {person.login.casefold(), person.email.partition("@")[0].casefold()}
    # At many schools one logs in by address.
    addresses = {person.email.casefold(), *(login for login in logins if "@" in login)}
    return {
        *(("email", value) for value in addresses if value),
        *(("login", value) for value in logins if value),
        *(("number", value.casefold()) for value in person.number.split()),
        *(("name", value) for value in orders if value),
    }


def plain(name: str) -> str:
    """A name as platforms write it into file names: letters and digits only, no accents, lower case."""
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(c for c in decomposed if c.isalnum()).casefold()
