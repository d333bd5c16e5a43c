"""The command: what it writes, what it says, and that a student who is forgotten is nowhere any more."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import site_making
from site_making import builders

from autograder.cli import main
from autograder.errors import UsageError
from autograder.gradebook import enrolment, queries, store
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.enrolment import Person
from autograder.gradebook.forgetting import forget
from autograder.site import build


def summary(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, list[str], str]:
    """Run it: exit status, lines of output, what it complained of."""
    with pytest.raises(SystemExit) as ended:
        main(["summary", *map(str, words)])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out.splitlines(), said.err


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A gradebook of three, two of whom handed in together."""
    with Gradebook(str(tmp_path / "book"), create=True) as book:
        people = [Person(f"{name}@x.edu", f"{name.title()} Someone") for name in ("ann", "bob", "carl")]
        enrolment.enrol(book, people)
        reports = {"ann@x.edu": builders.mixed(), "carl@x.edu": builders.build()}
        site_making.fill_with(book, "", reports)
        site_making.take(book, ["ann@x.edu", "bob@x.edu"], builders.mixed(), hours=-0.5)
    return tmp_path / "book"


def test_it_writes_a_site_and_says_where(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, lines, _ = summary(capsys, place, "--output", tmp_path / "site")
    assert status == 0
    assert lines[0] == f"3 pages of students: {tmp_path / 'site' / 'index.html'}"
    assert json.loads(lines[-1]) == {
        "schema": "autograder/summary/v1", "assignment": "hw2p1", "students": 3, "removed": 0
    }  # fmt: skip
    assert (tmp_path / "site").stat().st_mode & 0o077 == 0


def test_single_pages_for_feedback(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert summary(capsys, place, "--output", tmp_path / "f", "--student", "ann@x.edu")[0] == 0
    (page,) = (tmp_path / "f").iterdir()
    text = page.read_text()
    assert page.name == "ann@x.edu.html"
    assert "Ann Someone" in text
    assert "carl" not in text
    assert "students.html" not in text
    status, _, complaint = summary(capsys, place, "--output", tmp_path / "f", "--student", "zoe")
    assert (status, "no student 'zoe'" in complaint) == (2, True)


def test_pages_to_publish_with_a_list_of_who_has_which(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (
        place,
        "--output",
        tmp_path / "p",
        "--pseudonyms",
        tmp_path / "secret",
        "--addresses",
        tmp_path / "who.csv",
    )
    assert summary(capsys, *words)[0] == 0
    rows = list(csv.DictReader((tmp_path / "who.csv").read_text().splitlines()))
    assert [row["student"] for row in rows] == ["ann@x.edu", "bob@x.edu", "carl@x.edu"]
    for row in rows:
        assert row["pseudonym"] in (tmp_path / "p" / row["page"]).read_text()
    assert (tmp_path / "who.csv").stat().st_mode & 0o077 == 0


def test_who_is_forgotten_is_in_neither_gradebook_nor_site(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published = ("--output", tmp_path / "p", "--pseudonyms", tmp_path / "secret")
    summary(capsys, place, "--output", tmp_path / "site")
    summary(capsys, place, *published)
    assert len(list((tmp_path / "p" / "p").iterdir())) == 3
    status, lines, _ = summary(capsys, place, "--output", tmp_path / "site", "--forget", "ann@x.edu", "--yes")
    assert status == 0
    assert lines[0] == "forgotten: 1 attempts of their own; 1 of groups stay, without them, for the others"
    assert json.loads(lines[-1])["removed"] == 1
    summary(capsys, place, *published)
    assert len(list((tmp_path / "p" / "p").iterdir())) == 2
    for folder in (place, tmp_path / "site", tmp_path / "p"):
        for path in folder.rglob("*"):
            assert "ann" not in path.name.split("@")[0]
            if path.is_file():
                data = path.read_bytes()
                assert b"ann@x.edu" not in data, path
                assert b"Ann Someone" not in data, path
                assert b"of ann@x.edu_1_handin.tar" not in data, path


def test_no_file_of_the_homework_is_taken_for_a_mention(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Gradebook(str(tmp_path / "book"), create=True) as book:
        enrolment.enrol(book, [Person("pool@x.edu"), Person("bob@x.edu")])
        site_making.fill_with(book, "", {})
        store.declare(book, site_making.NAME, {}, "prof", "the handout's mytorch/pool.py was wrong")
    status, lines, _ = summary(capsys, tmp_path / "book", "--forget", "pool@x.edu", "--yes")
    assert (status, json.loads(lines[-1])["mentions"]) == (0, 0)


def test_nobody_is_forgotten_without_being_asked_for(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda prompt: "n")
    status, _, complaint = summary(capsys, place, "--forget", "ann@x.edu")
    assert (status, "interrupted" in complaint) == (130, True)
    assert (place / "gradebook.sqlite").read_bytes().count(b"ann@x.edu")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((), "where do the pages go"),
        (("--output", "x", "--student", "a", "--pseudonyms", "s"), "one of --student and --pseudonyms"),
        (("--output", "x", "--addresses", "a"), "--addresses goes with --pseudonyms"),
    ],
)
def test_wrong_usage_is_told(
    place: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], complaint: str
) -> None:
    status, _, said = summary(capsys, place, *words)
    assert (status, complaint in said) == (2, True)


@pytest.mark.parametrize("words", [(), ("--student", "bob@x.edu"), ("--forget", "ann@x.edu", "--yes")])
@pytest.mark.parametrize("killed", [False, True])
def test_pages_under_pseudonyms_never_become_pages_with_names(
    killed: bool,
    words: tuple[str, ...],
    place: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    published = ("--output", tmp_path / "p", "--pseudonyms", tmp_path / "secret")
    with monkeypatch.context() as patch:
        if killed:
            patch.setattr(build.overview, "public_index", _interrupted)
        assert summary(capsys, place, *published)[0] == (130 if killed else 0)
    status, _, said = summary(capsys, place, "--output", tmp_path / "p", *words)
    assert (status, "pages under pseudonyms lie there" in said, "--pseudonyms FILE" in said) == (2, True, True)
    assert not [path for path in (tmp_path / "p").rglob("*.html") if "bob@x.edu" in path.name + path.read_text()]
    assert len(students(place)) == 3
    assert summary(capsys, place, *published)[0] == 0


def students(place: Path) -> list[str]:
    with Gradebook(str(place)) as book:
        return [person.key for person in queries.people(book)]


def test_who_is_forgotten_has_no_page_among_single_ones(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ("--output", tmp_path / "f")
    summary(capsys, place, *folder, "--student", "ann@x.edu", "--student", "bob@x.edu")
    status, lines, complaint = summary(capsys, place, *folder, "--forget", "ann@x.edu", "--yes")
    assert (status, complaint) == (0, "")
    assert lines[1] == f"1 page of a student, 1 of an older site taken out: {tmp_path / 'f'}"
    assert [path.name for path in (tmp_path / "f").iterdir()] == ["bob@x.edu.html"]
    assert summary(capsys, place, *folder, "--forget", "bob@x.edu", "--yes")[0] == 0
    assert list((tmp_path / "f").iterdir()) == []
    assert students(place) == ["carl@x.edu"]


def test_a_site_is_made_of_those_who_are_left_also_of_nobody(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    summary(capsys, place, "--output", tmp_path / "site")
    for left, name in ((2, "ann"), (1, "bob"), (0, "carl")):
        words = ("--output", tmp_path / "site", "--forget", f"{name}@x.edu", "--yes")
        status, lines, complaint = summary(capsys, place, *words)
        assert (status, json.loads(lines[-1])["students"]) == (0, left), complaint
        assert len(list((tmp_path / "site" / "students").glob("*"))) == left


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--output", "{there}"), "something else is there"),
        (("--output", "{new}", "-a", "hw9p9"), "nothing of hw9p9"),
        (("--output", "{new}", "--student", "zoe"), "no student 'zoe'"),
        (("--output", "{new}", "--student", "ann@x.edu"), "a page of theirs"),
        (("--output", "{there}/thesis.tex"), "cannot be made"),
        (("--output", "{new}", "--pseudonyms", "{there}/none/secret"), "cannot be"),
    ],
)
def test_nobody_is_forgotten_where_the_pages_cannot_be_made(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], complaint: str
) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "thesis.tex").write_text("years of work")
    given = (word.format(there=tmp_path / "there", new=tmp_path / "new") for word in words)
    status, _, said = summary(capsys, place, *given, "--forget", "ann@x.edu", "--yes")
    assert (status, complaint in said) == (2, True), said
    assert students(place) == ["ann@x.edu", "bob@x.edu", "carl@x.edu"]


def test_nobody_is_forgotten_while_pages_are_made(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    index = build.overview.staff_index

    def meanwhile(*arguments: Any) -> str:
        with Gradebook(str(place)) as other, pytest.raises(UsageError, match="nobody was taken out"):
            forget(other, "ann@x.edu")
        return index(*arguments)

    monkeypatch.setattr(build.overview, "staff_index", meanwhile)
    assert summary(capsys, place, "--output", tmp_path / "site")[0] == 0
    assert len(students(place)) == 3


def _interrupted(*arguments: Any, **options: Any) -> str:
    raise KeyboardInterrupt


def test_a_summary_that_was_killed_can_be_made_again(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build.overview, "staff_index", _interrupted)
    assert summary(capsys, place, "--output", tmp_path / "site")[0] == 130
    assert "being made" in (tmp_path / "site" / "index.html").read_text()
    monkeypatch.undo()
    assert summary(capsys, place, "--output", tmp_path / "site")[0] == 0
    assert "being made" not in (tmp_path / "site" / "index.html").read_text()


def test_who_still_names_the_forgotten_is_told_by_their_key(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Gradebook(str(place)) as book:
        enrolment.enrol(book, [Person("bob@x.edu", "Bob Carl Someone"), Person("carl@x.edu", "Carl")])
    status, lines, _ = summary(capsys, place, "--forget", "Carl@X.edu", "--yes")
    assert status == 0
    assert "  still named in the name of student bob@x.edu" in lines
    assert students(place) == ["ann@x.edu", "bob@x.edu"]


def test_pages_are_made_of_whom_a_key_means_whatever_its_case(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert summary(capsys, place, "--output", tmp_path / "f", "--student", "ANN@x.edu")[0] == 0
    assert [page.name for page in (tmp_path / "f").iterdir()] == ["ann@x.edu.html"]
    status, _, said = summary(capsys, place, "--output", tmp_path / "f", "--student", "ann@y.edu")
    assert (status, "is it 'ann@x.edu'" in said) == (2, True)
