"""Who is meant by what a download or a table says of somebody.

A wrong match gives one student's points to another, without a word; nobody is a line in a list. So all that is said
must fit the same person, and a mark that others may have by chance is not enough where another one says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from autograder.gradebook import names
from autograder.gradebook.enrolment import Person

from .sources import Hint


@dataclass(frozen=True, slots=True)
class Marks:
    """What somebody can be found by, as it is compared.

    Attributes
    ----------
    locals
        What stands before the `@` of an address. At many schools it is the login; at another one it is somebody else.
    words
        Of the name, each by itself.
    vague
        One word was said, and nobody knows which of these it is.
    participants
        Numbers as `participant` makes them: what is said for the name may be Moodle's word for somebody unnamed.
    """

    emails: frozenset[str]
    logins: frozenset[str]
    locals: frozenset[str]
    numbers: frozenset[str]
    names: frozenset[str]
    words: frozenset[str]
    vague: bool = False
    participants: frozenset[str] = frozenset()

    def identify(self, other: Marks) -> bool:
        """Whether an address, a login or a number is the same: what a course gives to one person only."""
        return bool(self.emails & other.emails or self.logins & other.logins or self.numbers & other.numbers)


def of_person(person: Person) -> Marks:
    """A student's marks, with the name in every order in which platforms write it."""
    orders = names.orders(person.name)
    # At many schools one logs in by address.
    addresses = (person.email, person.login if "@" in person.login else "")
    return Marks(
        _set(addresses, str.casefold),
        _set([person.login], str.casefold),
        _set([person.email.partition("@")[0]], str.casefold),
        _set(person.number.split(), str.casefold),
        _spelt(map("".join, orders)),
        _spelt(orders[0]),
    )


def of_former(person: Person) -> Marks:
    """What a student was called before, as addresses and logins: a download of then calls them so."""
    called = person.former.split()
    addresses = [mark for mark in called if "@" in mark]
    return Marks(
        _set(addresses, str.casefold),
        _set(called, str.casefold),
        _set((mark.partition("@")[0] for mark in addresses), str.casefold),
        frozenset(),
        frozenset(),
        frozenset(),
    )


def of_hint(hint: Hint) -> Marks:
    """The marks that a download gives."""
    return Marks(
        _set([hint.email], str.casefold),
        _set([hint.login], str.casefold),
        _set([hint.email.partition("@")[0]], str.casefold),
        _set([hint.number], str.casefold),
        _spelt([hint.name]),
        _spelt(hint.name.replace(",", " ").split()),
        vague=hint.name == hint.login,
        participants=frozenset(participant(hint.name, hint.number) for _ in range(bool(hint.name and hint.number))),
    )


def participant(word: str, number: str) -> str:
    """What tells somebody whose name Moodle hides: `participant:4712`, by its word for that and its own number."""
    return f"{names.plain(word)}:{number}"


def _spelt(values: Iterable[str]) -> frozenset[str]:
    return frozenset(spelt for value in values for spelt in names.plains(value) if spelt)


def _set(values: Iterable[str], compared: Callable[[str], str]) -> frozenset[str]:
    return frozenset(found for value in values if (found := compared(value)))


class People:
    """Everybody who can be found."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.people: dict[str, Person] = {}
        self._by: dict[tuple[str, str], set[str]] = {}
        self._before: dict[tuple[str, str], set[str]] = {}
        for person in people:
            self.add(person)

    def add(self, person: Person) -> None:
        """Make a person known."""
        self.people[person.key] = person
        for index, marks in ((self._by, of_person(person)), (self._before, of_former(person))):
            for kind in ("emails", "logins", "locals", "numbers", "names"):
                for value in getattr(marks, kind):
                    index.setdefault((kind, value), set()).add(person.key)

    def fitting(self, said: Marks) -> dict[str, set[str]]:
        """Whom each kind of mark fits, by key; without the kinds that fit nobody.

        `former` is an address or login of before, where it is nobody's now.
        """
        emails, logins = _keys(self._by, "emails", said.emails), _logins(self._by, said)
        former = set() if emails or logins else _keys(self._before, "emails", said.emails) | _logins(self._before, said)
        found = {
            "email": emails,
            "login": logins,
            "local": set() if emails else _keys(self._by, "logins", said.locals),
            "former": former,
            "number": _keys(self._by, "numbers", said.numbers | said.participants),
            "name": _keys(self._by, "names", said.names),
        }
        return {kind: keys for kind, keys in found.items() if keys}

    def find(self, said: Marks) -> Person | None:
        """The one person whom all of it fits that fits anybody; None also where a mark says that it is another."""
        fitting = self.fitting(said)
        keys = set.intersection(*fitting.values()) if fitting else set()
        if len(keys) != 1:
            return None
        person = self.people[keys.pop()]
        theirs, before = of_person(person), of_former(person)
        if "former" in fitting:
            if _another_than_before(said, theirs):
                return None
            theirs = replace(theirs, emails=theirs.emails | before.emails, logins=theirs.logins | before.logins)
        return None if _another(said, theirs, frozenset(fitting)) else person


def _keys(index: Mapping[tuple[str, str], set[str]], kind: str, values: Iterable[str]) -> set[str]:
    return set().union(*(index.get((kind, value), set()) for value in values))


def _logins(index: Mapping[tuple[str, str], set[str]], said: Marks) -> set[str]:
    return _keys(index, "logins", said.logins) | _keys(index, "locals", said.logins)


def _another_than_before(said: Marks, theirs: Marks) -> bool:
    """Whether name or number say that an address that was theirs is somebody else's by now."""
    if (said.vague and said.logins) or said.words & theirs.words:
        return False
    return _differ(said.names, theirs.names) or _differ(said.numbers, theirs.numbers)


def _another(said: Marks, theirs: Marks, fits: frozenset[str]) -> bool:
    """Whether it is another person of whom this is said, though these kinds of marks fit."""
    if said.logins & theirs.logins or said.participants & theirs.numbers:
        return False
    if _differ(said.emails, theirs.emails) and not {"number", "name"} <= fits:
        return True
    misnamed = not said.vague and _differ(said.names, theirs.names)
    if fits == {"number"}:  # platforms number people too, by numbers of their own
        return misnamed or (not said.vague and _differ(said.logins, theirs.logins))
    if fits <= {"login", "local"}:  # part of an address was taken for a login
        return misnamed and not said.words & theirs.words
    return False


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and not one & other
