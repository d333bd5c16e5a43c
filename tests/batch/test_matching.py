"""A submission counts for whom everything that is said of it fits; where that contradicts itself, for nobody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import helpers
import pytest

from autograder.batch import roster, sources
from autograder.batch.roster import Directory
from autograder.batch.sources import Hint
from autograder.gradebook.enrolment import Person

ROSTER = "email,name,id\nann@x.edu,Ann Lee,1\nbob@x.edu,Bob Lee,4711\ncy@x.edu,Cy Kay,55\n"


def directory(*people: Person) -> Directory:
    return Directory(replace(person, on_roster=True) for person in people)


def keys(known: Directory, *hints: Hint) -> list[str]:
    return [person.key for person in known.match(hints)]


def test_nobody_gets_what_a_platforms_number_or_half_an_address_would_give_them(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(ROSTER)
    for name in ("ann@x.edu_1_h.tar", "ann@y.edu_2_h.tar", "leebob_55_99_h.zip", "leebob_77_99_h.zip"):
        (tmp_path / name).touch()
    for number in (4711, 9001):
        (tmp_path / f"Cy Kay_{number}_assignsubmission_file_").mkdir()
    known = Directory(roster.read(tmp_path / "roster.csv").people)
    found = {one.label: keys(known, *one.hints) for one in sources.find([tmp_path], helpers.rubric())}
    assert found == {
        "Cy Kay_4711_assignsubmission_file_": [],  # Bob's number and Cy's name
        "Cy Kay_9001_assignsubmission_file_": ["cy@x.edu"],
        "ann@x.edu_1_h.tar": ["ann@x.edu"],
        "ann@y.edu_2_h.tar": [],
        "leebob_55_99_h.zip": [],
        "leebob_77_99_h.zip": ["bob@x.edu"],
    }


@pytest.mark.parametrize(
    ("person", "hint"),
    [
        (Person("b", "Bob Lee", number="4711"), Hint(name="Zed", number="4711")),
        (Person("ann@x.edu", "Ann Lee", "ann@x.edu"), Hint(email="ann@y.edu")),
        (Person("ann@x.edu", "Ann Lee", "ann@x.edu"), Hint(email="ann@y.edu", name="Ann Lee")),
        (Person("ann@x.edu", "Ann Lee", "ann@x.edu"), Hint(email="other@y.edu", login="ann")),
        (Person("ann@x.edu", "Ann Lee", "ann@x.edu", number="7"), Hint(email="zed@y.edu", name="Zed", number="7")),
        (Person("ann@x.edu", "Ann Lee", "ann@x.edu"), Hint(login="ann", name="Zed Kim")),
    ],
)
def test_one_mark_that_fits_is_not_enough_where_another_says_otherwise(person: Person, hint: Hint) -> None:
    assert keys(directory(person), hint) == []


@pytest.mark.parametrize(
    ("person", "hint"),
    [
        (Person("b", "", number="4711"), Hint(name="leebob", number="4711")),
        (Person("b", "Bob Lee", number="4711"), Hint(number="4711")),
        (Person("b", "Bob Lee", number="4711"), Hint(login="4711", number="4711", name="4711")),  # 4711.zip
        (Person("b", "Bob Lee", "bob@x.edu"), Hint(login="bob", number="bob", name="bob")),
        (Person("b", "Bob Lee", login="bob"), Hint(email="bob@x.edu")),
        (Person("b", "Bob Lee", "bob@x.edu"), Hint(login="bob", name="Robert Lee")),
        (Person("b", "Bob Lee", login="bob"), Hint(login="bob", name="Al")),
        (Person("b", "Bob Lee", "bob@x.edu", login="bob"), Hint(email="bob@mail.x.edu", login="bob")),
        (Person("b", "Bob Lee", "bob@x.edu", number="7"), Hint(email="bob@home.org", name="Bob Lee", number="7")),
        (Person("b", "Bob Lee", "bob@x.edu"), Hint(email="BOB@x.edu", name="Robert L", number="8")),
    ],
)
def test_what_fits_and_is_not_contradicted_is_enough(person: Person, hint: Hint) -> None:
    assert keys(directory(person), hint) == ["b"]


ANN = Person("lee@x.edu", "Ann Lee", "lee@x.edu", number="1", former="ann@x.edu al7")


@pytest.mark.parametrize(
    ("people", "hint", "expected"),
    [
        ((ANN,), Hint(email="Ann@x.edu"), ["lee@x.edu"]),
        ((ANN,), Hint(login="al7", number="al7", name="al7"), ["lee@x.edu"]),
        ((ANN,), Hint(login="ann", number="ann", name="ann"), ["lee@x.edu"]),
        ((ANN,), Hint(email="ann@x.edu", name="Ann Kim Lee", number="1"), ["lee@x.edu"]),
        ((ANN,), Hint(email="ann@y.edu"), []),
        ((ANN,), Hint(email="ann@x.edu", name="Bob Ray"), []),
        ((ANN,), Hint(email="ann@x.edu", number="2"), []),
        ((ANN, Person("b", "Bob", login="ann")), Hint(email="ann@x.edu"), []),
        ((ANN, Person("b", "Bob", "b@x.edu", login="ann")), Hint(email="ann@x.edu"), []),
        ((ANN, Person("b", "Bob", "ann@z.edu")), Hint(login="ann", number="ann", name="ann"), ["b"]),
        ((ANN, Person("b", "Bob", "ann@x.edu")), Hint(email="ann@x.edu"), ["b"]),
        ((ANN, Person("b", "Bob", former="ann@x.edu")), Hint(email="ann@x.edu"), []),
    ],
)
def test_what_somebody_was_called_fits_unless_it_is_anothers(
    people: tuple[Person, ...], hint: Hint, expected: list[str]
) -> None:
    assert keys(directory(*people), hint) == expected


def test_without_a_roster_who_had_an_address_is_not_somebody_new() -> None:
    assert keys(Directory([ANN]), Hint(email="ann@x.edu")) == ["lee@x.edu"]
    assert keys(Directory([ANN]), Hint(email="ann@x.edu", name="Bob Ray")) == []


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Müller, Jörg", "muellerjoerg"),
        ("Müller, Jörg", "mullerjorg"),
        ("Mu\u0308ller, Jo\u0308rg", "müllerjörg"),
        ("Mueller, Joerg", "müllerjörg"),
        ("Søren Łukasz Weiß", "weisssorenlukasz"),
        ("Søren Łukasz Weiß", "weisssoerenlukasz"),
    ],
)
def test_letters_that_platforms_write_with_others_are_found(name: str, written: str) -> None:
    known = directory(Person("one", name), Person("other", "Jörn Müll"))
    assert keys(known, Hint(name=written, number="77")) == ["one"]


def test_who_may_be_two_by_how_letters_are_written_is_nobody() -> None:
    known = directory(Person("one", "Müller, Jörg"), Person("two", "Mueller, Joerg"))
    assert keys(known, Hint(name="muellerjoerg", number="77")) == []
    assert keys(known, Hint(name="mullerjorg", number="77")) == ["one"]


def test_a_number_tells_namesakes_apart() -> None:
    known = directory(Person("a", "Jo Doe", number="1"), Person("b", "Jo Doe", number="2"))
    assert keys(known, Hint(name="doejo", number="2")) == ["b"]
    assert keys(known, Hint(name="doejo", number="3")) == []


def test_an_address_goes_before_the_login_in_it() -> None:
    known = directory(Person("a", email="ann@x.edu"), Person("b", login="ann"))
    assert keys(known, Hint(email="ann@x.edu")) == ["a"]


def test_who_is_not_on_the_roster_any_more_is_nobody() -> None:
    people = [Person("ann@x.edu", email="ann@x.edu", on_roster=True), Person("55", "Ann", number="55")]
    assert keys(Directory(people), Hint(name="Ann", number="55")) == []


def test_without_a_roster_another_address_is_another_person() -> None:
    known = Directory([])
    assert keys(known, Hint(email="ann@x.edu", name="Ann Lee")) == ["ann@x.edu"]
    assert keys(known, Hint(email="ann@y.edu", name="Ann Lee")) == ["ann@y.edu"]
    assert keys(known, Hint(email="ann@x.edu")) == ["ann@x.edu"]


def test_without_a_roster_what_contradicts_itself_is_nobodys() -> None:
    known = Directory([])
    assert keys(known, Hint(name="leeann", number="55")) == ["55"]
    assert keys(known, Hint(name="kaycy", number="55")) == []
    assert keys(known, Hint(login="9", number="9", name="9")) == ["9"]
    assert keys(known, Hint(name="kaycy", number="9")) == []


def test_files_that_are_given_one_by_one_are_named_as_in_their_folder(tmp_path: Path) -> None:
    (tmp_path / "ann@x.edu_2_handin.tar").touch()
    (one,) = sources.find([tmp_path / "ann@x.edu_2_handin.tar"], helpers.rubric())
    assert (one.source, one.number, one.hints) == ("autolab", 2, (Hint(email="ann@x.edu"),))
