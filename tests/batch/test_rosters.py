"""Rosters as spreadsheets and learning systems write them, and what is wrong with some."""

from __future__ import annotations

from pathlib import Path

import helpers
import pytest

from autograder.batch import roster, sources
from autograder.batch.roster import Directory, Roster
from autograder.batch.sources import Hint
from autograder.batch.times import timed
from autograder.errors import UsageError


def read(folder: Path, data: str | bytes) -> Roster:
    path = folder / "roster.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return roster.read(path)


@pytest.mark.parametrize("separator", [";", "\t", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_however_a_spreadsheet_writes_it(tmp_path: Path, separator: str, encoding: str) -> None:
    rows = (("Email", "Name", "Group"), ("ann@x.edu", '"Lee, Zoë; Ann"', ""), ("bob@x.edu", "Bob", "7"))
    found = read(tmp_path, "\r\n".join(separator.join(row) for row in rows).encode(encoding))
    assert [(p.key, p.name, p.team) for p in found.people] == [
        ("ann@x.edu", "Lee, Zoë; Ann", ""), ("bob@x.edu", "Bob", "7"),
    ]  # fmt: skip
    assert found.columns == {"email", "name", "team"}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("email,name\nann@x.edu,José\n".encode("cp1252"), "not written in UTF-8"),
        ("email,name\nann@x.edu,José\n".encode("utf-16")[:-1], "not written in UTF-8"),
        ('email,name\nann@x.edu,Ann\nbob@x.edu,"Bob\ncy@x.edu,Cy\n', "no CSV file.*line 3"),
        ('email,name\nann@x.edu,"Ann\nbob@x.edu,"Bob"\n', "no CSV file.*line 2"),
        (f"email,name\nann@x.edu,{'x' * 200_000}\n", "no CSV file: field larger than"),
        ("section,foo\nA,1\n", "no column that names a student"),
        ("email,name\n", "names no student"),
        ("email\nAnn@X.edu\nann@x.edu\n", "line 3: ann@x.edu is there twice"),
        ('email,name\nann@x.edu,"Ann\nLee"\nann@x.edu,Ann\n', "line 4: ann@x.edu is there twice"),
        ("name,email\nBob Ray,bob@x.edu\nLee, Ann,ann@x.edu\n", "line 3: 3 cells under 2 columns"),
        ("email,name,Email\nann@x.edu,Ann,\n", "two columns 'email'"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(tmp_path: Path, data: str | bytes, why: str) -> None:
    with pytest.raises(UsageError, match=why) as caught:
        read(tmp_path, data)
    assert "UTF-8" not in why or "UTF-8" in caught.value.hint


def test_cells_that_say_nothing_stand_in_nobodys_way(tmp_path: Path) -> None:
    """Spreadsheets write empty cells at the end, and columns that are not read may be called alike."""
    found = read(tmp_path, "email,name,quiz,quiz,\nann@x.edu,Ann,1,2,,,\n,,,,\nbob@x.edu\n")
    assert [(person.key, person.name) for person in found.people] == [("ann@x.edu", "Ann"), ("bob@x.edu", "")]


def test_moodles_worksheet_tells_namesakes_apart_by_its_own_numbers(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "Identifier,Full name,ID number,Email address,Status\n"
        "Participant 4712,Kim Lee,A1,klee1@x.edu,Submitted\nTeilnehmer/in 4713,Kim Lee,,klee2@x.edu,Submitted\n",
    )
    assert [person.number for person in found.people] == ["A1 4712 participant:4712", "4713 teilnehmerin:4713"]
    known = Directory(found.people)
    matched = [known.match([Hint(name="Kim Lee", number=number)]) for number in ("4712", "4713", "4714")]
    assert [[person.key for person in people] for people in matched] == [["klee1@x.edu"], ["klee2@x.edu"], []]


@pytest.mark.parametrize("columns", ["Identifier,Full name,Email address,ID", "Identifier,ID"])
def test_moodles_worksheet_says_whose_what_it_hides_the_names_of_is(tmp_path: Path, columns: str) -> None:
    rows = {"Participant 4712": ("Kim Lee", "klee1@x.edu", "9"), "Teilnehmer/in 4713": ("Bob Ray", "bob@x.edu", "4712")}
    cells = (row if "Full" in columns else row[2:] for row in rows.values())
    text = "".join(",".join((who, *some)) + "\n" for who, some in zip(rows, cells, strict=True))
    found = read(tmp_path, f"{columns}\n{text}")
    folder = tmp_path / "download"
    for name in ("Participant_4712", "Teilnehmerin_4713", "Participant_9", "A 1-Participant_4712"):
        (folder / f"{name}_assignsubmission_file").mkdir(parents=True)
    known = Directory(found.people)
    matched = {one.label: known.match(one.hints) for one in sources.find([folder], helpers.rubric())}
    first, second = ((person,) for person in found.people)
    assert {label.removesuffix("_assignsubmission_file"): people for label, people in matched.items()} == {
        "Participant_4712": first, "A 1-Participant_4712": first, "Teilnehmerin_4713": second,
        "Participant_9": (),  # the id of a school is no number of Moodle's
    }  # fmt: skip


def test_without_a_roster_everybody_whose_name_moodle_hides_is_somebody(tmp_path: Path) -> None:
    for number in (4712, 4713):
        (tmp_path / f"Participant_{number}_assignsubmission_file").mkdir()
    known = Directory(())
    matched = [known.match(one.hints) for one in sources.find([tmp_path], helpers.rubric())]
    assert [[person.key for person in people] for people in matched] == [["participant:4712"], ["participant:4713"]]


def test_canvas_test_student_is_nobody(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"
        '"Lee, Ann",12,a1,annl,A\n"Student, Test",900,,f3a1,A\n',
    )
    assert [person.key for person in found.people] == ["annl"]


def test_times_may_be_written_as_rosters_are(tmp_path: Path) -> None:
    (tmp_path / "times.csv").write_bytes("submission;submitted_at\r\n\r\n".encode("utf-16"))
    assert timed([], str(tmp_path / "times.csv")) == ([], ())
    (tmp_path / "times.csv").write_text(f"submission,submitted_at\n{'x' * 200_000},\n")
    with pytest.raises(UsageError, match="field larger than"):
        timed([], str(tmp_path / "times.csv"))
