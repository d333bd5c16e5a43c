"""Writing who there is. Each function is one transaction: after it, its fact is on the disk."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select

from .engine import Gradebook
from .models import Student
from .policy import renamed
from .store import ASKED, declare_in, policies


@dataclass(frozen=True, slots=True)
class Person:
    """A student's particulars, as `models.Student` has them.

    `key` is what they are called everywhere: their address, login or number.
    """

    key: str
    name: str = ""
    email: str = ""
    login: str = ""
    number: str = ""
    section: str = ""
    team: str = ""
    on_roster: bool = False
    former: str = ""


def enrol(book: Gradebook, people: Sequence[Person]) -> dict[str, int]:
    """Add students, or correct their particulars; their ids by key."""
    with book.writing() as session:
        keys = list(dict.fromkeys(person.key for person in people))
        known: dict[str, Student] = {}
        for at in range(0, len(keys), ASKED):
            some = select(Student).where(Student.key.in_(keys[at : at + ASKED]))
            known |= {student.key: student for student in session.scalars(some)}
        for person in people:
            student = known.get(person.key)
            if student is None:
                student = known[person.key] = Student(**asdict(person))
                session.add(student)
            else:
                for name, value in asdict(person).items():
                    if value and getattr(student, name) != value:
                        setattr(student, name, value)
        session.flush()
        return {key: student.id for key, student in known.items()}


def enrol_class(
    book: Gradebook, people: Sequence[Person], columns: Collection[str], before: Mapping[str, str] | None = None
) -> None:
    """Make a roster the class: these students are on it and nobody else is.

    Parameters
    ----------
    columns
        The particulars that the roster tells: they hold, also where they are empty now. Others stay.
    before
        By key, what students were called so far. All that is theirs stays so, extensions in every assignment too.
    """
    with book.writing() as session:
        known = {student.key: student for student in session.scalars(select(Student))}
        called = {student.id: _called(student) for student in known.values()}
        for key, old in (before or {}).items():
            known[key] = known.pop(old)
            known[key].key = key
        if before:
            for row in session.scalars(policies()):
                document = renamed(json.loads(row.document), before)
                declare_in(session, row.assignment, document, "", "the roster calls students otherwise")
        for key in known.keys() - {person.key for person in people}:
            known[key].on_roster = False
        for person in people:
            student = known.get(person.key)
            if student is None:
                known[person.key] = student = Student(**asdict(person))
                session.add(student)
                continue
            for name in columns:
                setattr(student, name, getattr(person, name))
            student.on_roster = True
        session.flush()
        _remember(known.values(), called)


def _called(student: Student) -> list[str]:
    """What one student only is called. What has spaces in it is a name, which several may have."""
    return [mark for mark in (student.key, student.email, student.login) if mark and not any(map(str.isspace, mark))]


def _remember(students: Collection[Student], called: Mapping[int, Sequence[str]]) -> None:
    """Write down what students were called before this roster: downloads go on calling them so.

    What anybody is called now is nobody's former address: courses give addresses of those who left to others.
    """
    now = {mark.casefold() for one in students for mark in (*_called(one), *one.number.split())}
    for student in students:
        before = dict.fromkeys([*student.former.split(), *called.get(student.id, ())])
        former = " ".join(mark for mark in before if mark.casefold() not in now)
        if former != student.former:
            student.former = former
