"""The class: a roster from a CSV file, and who of it handed something in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.errors import UsageError
from autograder.gradebook.enrolment import Person
from autograder.gradebook.moments import Extension, extension

from . import matching
from .matching import People
from .sheets import table
from .sources import Hint

#: Columns that name somebody.
NAMING = ("email", "login", "number", "name", "first", "last")
#: Lines of Canvas's gradebook that are nobody's: what each column is worth, and the student for trying things out.
NOBODY = ("points possible", "student, test")

#: What is written where somebody is in no group.
NO_GROUP = frozenset({"-", "--", "–", "—", "none", "no group", "n/a"})

#: Moodle's own number of somebody in an assignment, which stands in the names of what they hand in: `Participant 4712`.
IDENTIFIER = "identifier"
_PARTICIPANT = re.compile(r"(?P<word>\D+) (?P<number>\d+)")

#: What each particular is called in the rosters and gradebooks that courses export, in lower case.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "e-mail", "email address", "mail"),
    "login": ("login", "username", "user name", "sis login id", "andrew id", "andrewid", "netid", "github"),
    "number": ("id", "sid", "student id", "sis user id", "id number", "number", "canvas id", IDENTIFIER),
    "name": ("name", "full name", "student", "student name"),
    "first": ("first name", "first", "given name"),
    "last": ("last name", "last", "surname", "family name"),
    "section": ("section", "sections", "lecture"),
    "team": ("group", "team", "group name"),
    "extension": ("extension", "extended to", "deadline"),
}


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of a course, and the extensions that the roster grants.

    Attributes
    ----------
    columns
        Which of a person's particulars it tells.
    extensions
        By key; None where it has no column of them, and so says nothing about any.
    before
        Who of its people is called otherwise in the gradebook so far: that key, by the one on the roster.
    """

    people: tuple[Person, ...] = ()
    columns: frozenset[str] = frozenset()
    extensions: Mapping[str, Extension] | None = None
    before: Mapping[str, str] = field(default_factory=dict)


def read(path: Path, timezone: ZoneInfo | None = None) -> Roster:
    """Read a roster: any CSV with a line of column names. The `timezone` is that of times without an offset.

    Raises
    ------
    UsageError
        It cannot be read, has no column that names anybody or one of these twice, a row with more cells than there
        are columns, names nobody, or somebody twice.
    """
    header, rows = table(path, [name for known in COLUMNS.values() for name in known])
    columns = _told(header)
    if not columns & set(NAMING):
        raise UsageError(
            f"{path}: no column that names a student", hint="for example: email,name,id,section,group,extension"
        )
    people: dict[str, Person] = {}
    extensions: dict[str, Extension] = {}
    taken: set[str] = set()
    for line, row in rows:
        person, granted = person_of(row)
        if person is None:
            continue
        if person.key.casefold() in taken:  # addresses and logins are the same in capitals
            raise UsageError(f"{path}, line {line}: {person.key} is there twice")
        taken.add(person.key.casefold())
        people[person.key] = person
        if granted:
            try:
                extensions[person.key] = extension(granted, timezone)
            except ValueError as error:
                raise UsageError(f"{path}, line {line}: {error}") from error
    if not people:
        raise UsageError(f"{path}: names no student")
    told = columns & {one.name for one in fields(Person)}
    return Roster(tuple(people.values()), told, extensions if "extension" in columns else None)


def _told(header: Iterable[str]) -> frozenset[str]:
    """What these columns tell; a name also where it is in two."""
    names = set(header)
    told = {what for what, known in COLUMNS.items() if names & set(known)}
    return frozenset(told | {"name"} if told & {"first", "last"} else told)


def person_of(row: Mapping[str, str]) -> tuple[Person | None, str]:
    """Whom a line names, and the extension that it grants; nobody where it is no student's."""
    cells = {column.strip().lower(): value.strip() for column, value in row.items()}
    unnamed = _PARTICIPANT.fullmatch(cells.get(IDENTIFIER, ""))
    if unnamed:
        cells[IDENTIFIER] = unnamed["number"]

    def get(what: str) -> list[str]:
        return [cells[name] for name in COLUMNS[what] if cells.get(name)]

    def one(what: str) -> str:
        return next(iter(get(what)), "")

    name = one("name") or " ".join([*get("first")[:1], *get("last")[:1]])
    email, login, numbers = one("email"), one("login"), get("number")
    key = email or login or next(iter(numbers), "") or name
    if not key or name.lower() in NOBODY:
        return None, ""
    if unnamed:
        numbers.append(matching.participant(*unnamed.groups()))
    number = " ".join(dict.fromkeys(numbers))
    team = "" if one("team").casefold() in NO_GROUP else one("team")
    return Person(key, name, email, login, number, one("section"), team, on_roster=True), one("extension")


def numbered(identifier: str) -> str:
    """Moodle's number of somebody, by the `Identifier` of its grading worksheet; empty where it has none."""
    match = _PARTICIPANT.fullmatch(identifier.strip())
    return "" if match is None else match["number"]


def renamed(people: Sequence[Person], known: Sequence[Person]) -> dict[str, str]:
    """Whom of a roster's people the gradebook knows under another key: that key, by the one on the roster.

    Somebody is the same where the address, the login or the number is, and all else that both sides say fits
    (`matching`). A name alone is not enough: what was taken from one student by hand would follow another one.
    """
    keys, there = {person.key for person in people}, {person.key for person in known}
    # What somebody was called before may be another one's address on this very roster.
    others = [replace(person, former="") for person in known if person.key not in keys]
    spelt, found = {person.key.casefold(): person.key for person in others}, People(others)

    def of(person: Person) -> str | None:
        marks = matching.of_person(person)
        fits = found.find(marks)
        sure = fits is not None and marks.identify(matching.of_person(fits))
        return spelt.get(person.key.casefold(), fits.key if fits is not None and sure else None)

    same = {person.key: before for person in people if person.key not in there and (before := of(person))}
    claims = Counter(same.values())
    return {key: before for key, before in same.items() if claims[before] == 1}


class Directory:
    """Finds a student by what a download says about them.

    Parameters
    ----------
    people
        Everybody known; where some are on a roster, only these count. Where nobody is, whoever is not known yet is
        taken in as they come.

    Attributes
    ----------
    known
        Those who count.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        everybody = list(people)
        self.closed = any(person.on_roster for person in everybody)
        self.known = People(())
        self._teams: dict[str, list[Person]] = {}
        for person in everybody:
            if person.on_roster or not self.closed:
                self._add(person)

    def _add(self, person: Person) -> None:
        self.known.add(person)
        if person.team:
            self._teams.setdefault(person.team, []).append(person)

    def match(self, hints: Sequence[Hint]) -> tuple[Person, ...]:
        """Everybody whom a submission counts for: those who are named, and the rest of their groups."""
        found = {person.key: person for hint in hints if (person := self._one(hint)) is not None}
        for team in {person.team for person in found.values()}:
            for person in self._teams.get(team, ()):
                found.setdefault(person.key, person)
        return tuple(found[key] for key in sorted(found))

    def _one(self, hint: Hint) -> Person | None:
        """The one person who fits, or somebody new."""
        said = matching.of_hint(hint)
        person = self.known.find(said)
        if person is not None or self.closed:
            return person
        fitting = self.known.fitting(said)
        key = hint.email or hint.login or hint.number or hint.name
        # An address that nobody has or had is somebody new; any other mark that somebody has is not.
        had = fitting.keys() & {"email", "former"}
        if not key or key in self.known.people or had or (fitting and not hint.email):
            return None
        number = "" if hint.number == hint.login else hint.number
        person = Person(key, "" if hint.name == hint.login else hint.name, hint.email, hint.login, number)
        self._add(person)
        return person
