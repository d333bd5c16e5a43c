"""Canvas's and Moodle's own files come back with the grades in, and nothing else changed."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import marks
import pytest

from autograder.errors import UsageError

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Quiz (7),HW2P1 (4711),Current Score (read only)\r\n"
    ",,,,,Manual Posting,Manual Posting,(read only)\r\n"
    "    Points Possible,,,,,10,100,(read only)\r\n"
    '"Lee, Ann",101,S-1,annl,"A, with lab",9,,=1+1\r\n'
    '"O\'Brien, Bob",0102,S-2,bobo,A,,77,\r\n'
    '"Ångström, Cy",103,S-3,cy,B,,,\r\n'
    '"Roe, Dan",104,S-4,danr,B,8,12,\r\n'
    '"Zed, ""Z"" 🎓",999,S-9,zed,B,,5,\r\n'
    '"Student, Test",900,,a1b2c3,A,,,\r\n'
)


@pytest.fixture
def usual(tmp_path: Path) -> marks.Marks:
    return marks.usual(tmp_path / "book")


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def canvas(made: marks.Marks, folder: Path, text: str = CANVAS, *more: object) -> dict[str, object]:
    (folder / "in.csv").write_bytes(text.encode())
    return made.export("canvas", folder / "out.csv", "--template", folder / "in.csv", *more)


def test_only_the_column_changes(usual: marks.Marks, tmp_path: Path) -> None:
    canvas(usual, tmp_path)
    before, after = rows(tmp_path / "in.csv"), rows(tmp_path / "out.csv")
    assert [row[6] for row in after[1:]] == ["Manual Posting", "100", "115", "89.7", "60", "12", "5", ""]
    for row in (*before, *after):
        row.pop(6)
    assert before == after


def test_the_bytes_stay_too_where_nobody_is_graded(tmp_path: Path) -> None:
    made = marks.Marks(tmp_path / "book")
    made.student("nobody@x.edu")
    made.hand_in([], "stranger.zip")
    for text in (CANVAS, "\ufeff" + CANVAS, CANVAS.replace("\r\n", "\n")):
        canvas(made, tmp_path, text)
        assert (tmp_path / "out.csv").read_bytes() == text.encode()


def test_who_is_left_out_is_listed(usual: marks.Marks, tmp_path: Path) -> None:
    usual.hand_in([usual.student("new@x.edu", name="New Comer")], "new.zip")
    said = canvas(usual, tmp_path)
    assert said["written"] == 3
    assert said["strangers"] == ['Zed, "Z" 🎓 (zed)']
    assert said["absent"] == ["new@x.edu: 115 points"]
    assert said["without_points"] == ["dan@x.edu: ungraded: is empty"]
    assert said["unmatched"] == ["stranger.zip"]
    assert said["notes"] == ["O'Brien, Bob: 89.7 instead of 77"]


def test_the_output_may_be_the_next_template(usual: marks.Marks, tmp_path: Path) -> None:
    canvas(usual, tmp_path)
    first = (tmp_path / "out.csv").read_bytes()
    canvas(usual, tmp_path, first.decode())
    assert (tmp_path / "out.csv").read_bytes() == first


def test_other_columns_and_other_points(usual: marks.Marks, tmp_path: Path) -> None:
    said = canvas(usual, tmp_path, CANVAS, "--column", "quiz", "--points", "bonus")
    assert [row[5] for row in rows(tmp_path / "out.csv")[3:]] == ["15", "12", "", "8", "", ""]
    assert "Quiz (7) is worth 10 points there, and 15 here" in str(said["notes"])


@pytest.mark.parametrize("text", [CANVAS.replace("HW2P1", "Other"), CANVAS.replace("Quiz (7)", "hw2p1 (9)")])
def test_the_column_must_be_certain(usual: marks.Marks, tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        canvas(usual, tmp_path, text)
    assert "--column" in caught.value.hint


@pytest.mark.parametrize("name", ["ID", "student", "SIS User ID", "SIS Login ID", "Section"])
def test_who_somebody_is_stays(usual: marks.Marks, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="says who somebody is, and is not to be filled") as caught:
        canvas(usual, tmp_path, CANVAS, "--column", name)
    assert (
        caught.value.hint == "--column NAME, of an assignment: 'Quiz (7)', 'HW2P1 (4711)', 'Current Score (read only)'"
    )
    assert not (tmp_path / "out.csv").exists()
    assert canvas(usual, tmp_path, CANVAS.replace("Quiz (7)", "Section (7)"), "--column", "Section (7)")["written"] == 3


def test_a_namesake_gets_nobodys_grade(tmp_path: Path) -> None:
    made = marks.Marks(tmp_path / "book")
    made.hand_in([made.student("annl", name="Ann Lee", login="annl")], "ann.zip")
    text = CANVAS.replace("annl", "annl2").replace("101,S-1", "201,S-7")
    said = canvas(made, tmp_path, text)
    assert said["written"] == 0
    assert said["absent"] == ["annl: 115 points"]
    assert "Lee, Ann (annl2)" in str(said["strangers"])


def test_a_number_that_is_another_persons_here_gives_them_nobodys_points(tmp_path: Path) -> None:
    made = marks.Marks(tmp_path / "book")
    made.hand_in([made.student("bob@x.edu", name="Bob Lee", number="4711")], "bob.zip")
    text = CANVAS.replace('"Lee, Ann",101,S-1,annl', '"Zed, Kim",4711,,zed')
    said = canvas(made, tmp_path, text)
    assert [row[6] for row in rows(tmp_path / "out.csv")[3:5]] == ["", "77"]
    assert "Zed, Kim (zed)" in str(said["strangers"])
    assert said["absent"] == ["bob@x.edu: 115 points"]


def test_a_login_of_one_and_a_name_of_another_mean_nobody(usual: marks.Marks, tmp_path: Path) -> None:
    said = canvas(
        usual, tmp_path, CANVAS.replace('"Lee, Ann",101,S-1', '"O\'Brien, Bob",,').replace(",0102,S-2,bobo", ",,,")
    )
    assert "O'Brien, Bob (annl)" in str(said["strangers"])


def test_a_name_is_enough_where_nothing_else_is_known(tmp_path: Path) -> None:
    made = marks.Marks(tmp_path / "book")
    made.hand_in([made.student("leeann", name="leeann")], "ann.zip")
    assert canvas(made, tmp_path)["written"] == 1


def test_a_login_may_be_an_address(usual: marks.Marks, tmp_path: Path) -> None:
    text = CANVAS.replace("101,S-1,annl", "201,S-7,ann@x.edu").replace("0102,S-2,bobo", ",,Bob@X.edu")
    assert canvas(usual, tmp_path, text)["written"] == 3


def test_a_file_that_is_none_of_canvas_is_refused(usual: marks.Marks, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no gradebook that Canvas exported"):
        canvas(usual, tmp_path, "a,b\n1,2\n")


MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade\n"
    "Participant 11,Ann Lee,ann@x.edu,Submitted,,100.00\n"
    'Participant 12,Bob O\'Brien,BOB@x.edu,"Submitted, late",50.00,100.00\n'
    "Participant 14,Dan Roe,dan@x.edu,,,100.00\n"
    "=Participant 19,Zed,zed@x.edu,,,100.00\n"
)


def test_moodle_gets_its_identifiers_and_one_grade(usual: marks.Marks, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(MOODLE)
    said = usual.export("moodle", tmp_path / "out.csv", "--template", tmp_path / "in.csv")
    title = usual.rubric.title
    assert rows(tmp_path / "out.csv") == [["Identifier", title], ["Participant 11", "115"], ["Participant 12", "89.7"]]
    assert said["strangers"] == ["Zed (zed@x.edu)"]
    assert said["absent"] == ["cy@x.edu: 60 points"]
    assert said["without_points"] == ["dan@x.edu: ungraded: is empty"]


def test_moodles_own_number_is_enough_and_no_other_number_speaks_against_it(tmp_path: Path) -> None:
    made = marks.Marks(tmp_path / "book")
    made.hand_in([made.student("klee1", name="Kim Lee", number="11")], "klee1.zip")
    made.hand_in([made.student("klee2", name="Kim Lee", number="12")], "klee2.zip")
    made.hand_in([made.student("ann", name="Ann Lee", number="A7")], "ann.zip")
    (tmp_path / "in.csv").write_text(
        "Identifier,Full name,Grade\nParticipant 12,Kim Lee,\nParticipant 13,Ann Lee,\nParticipant 14,Kim Lee,\n"
    )
    said = made.export("moodle", tmp_path / "out.csv", "--template", tmp_path / "in.csv")
    assert [row[0] for row in rows(tmp_path / "out.csv")[1:]] == ["Participant 12", "Participant 13"]
    assert said["strangers"] == ["Kim Lee (14)"]
    (tmp_path / "in.csv").write_text("Identifier,Grade\nParticipant 11,\n")  # nobody is told the names
    made.export("moodle", tmp_path / "out.csv", "--template", tmp_path / "in.csv")
    assert [row[0] for row in rows(tmp_path / "out.csv")[1:]] == ["Participant 11"]


def test_another_identifier(usual: marks.Marks, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(MOODLE)
    usual.export("moodle", tmp_path / "out.csv", "--template", tmp_path / "in.csv", "--column", "email address")
    assert [row[0] for row in rows(tmp_path / "out.csv")] == ["Email address", "ann@x.edu", "BOB@x.edu"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Status", "'Submitted' stands there for several"),
        ("Maximum Grade", "'100.00' stands there for several"),
        ("Grade", "it is empty for Ann Lee"),
    ],
)
def test_a_column_that_identifies_nobody_is_refused(usual: marks.Marks, tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "in.csv").write_text(MOODLE.replace("Submitted, late", "Submitted"))
    with pytest.raises(UsageError) as caught:
        usual.export("moodle", tmp_path / "out.csv", "--template", tmp_path / "in.csv", "--column", name)
    assert str(caught.value) == f"{tmp_path / 'in.csv'}: the column {name!r} does not say who somebody is: {why}"
    assert "--column" in caught.value.hint
    assert not (tmp_path / "out.csv").exists()


def test_a_known_identifier_that_is_not_filled_in_is_passed_over(usual: marks.Marks, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(MOODLE.replace("Identifier", "ID number").replace("Participant 12", ""))
    usual.export("moodle", tmp_path / "out.csv", "--template", tmp_path / "in.csv")
    assert [row[0] for row in rows(tmp_path / "out.csv")] == ["Email address", "ann@x.edu", "BOB@x.edu"]


def test_a_student_may_have_two_rows(usual: marks.Marks, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(MOODLE + "Participant 11,Ann Lee,ann@x.edu,Submitted,,100.00\n")
    said = usual.export("moodle", tmp_path / "out.csv", "--template", tmp_path / "in.csv")
    assert said["notes"] == ["ann@x.edu has 2 rows, all filled"]


@pytest.mark.parametrize("words", [("canvas",), ("csv", "--template", "x.csv"), ("html", "--column", "x")])
def test_templates_go_with_canvas_and_moodle(usual: marks.Marks, tmp_path: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="--template"):
        usual.export(words[0], tmp_path / "out", *words[1:])
