"""What counts for nobody says why, and is nobody's matter any more once it counts under another name."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import classroom
import kit
import pytest
from click.testing import CliRunner

from autograder.batch import run, unmatched
from autograder.batch.sources import Hint
from autograder.cli import cli
from autograder.gradebook import queries
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.enrolment import Person
from autograder.gradebook.facts import AttemptFacts
from autograder.gradebook.standing import standings

PEOPLE = (
    Person("ann@x.edu", "Ann Lee", "ann@x.edu", number="1", on_roster=True),
    Person("bob@x.edu", "Bob Ray", "bob@x.edu", number="4711", on_roster=True),
    Person("klee1@x.edu", "Kim Lee", "klee1@x.edu", on_roster=True),
    Person("klee2@x.edu", "Kim Lee", "klee2@x.edu", on_roster=True),
    Person("gone@x.edu", "Ann Lee", "gone@x.edu", number="4711"),
)


@pytest.mark.parametrize(
    ("label", "hints", "line"),
    [
        ("zed@y.edu_1_h.tar", [Hint(email="zed@y.edu")], "zed@y.edu_1_h.tar"),
        ("leekim_7_8_h.zip", [Hint(name="leekim", number="7")], "leekim_7_8_h.zip: fits klee1@x.edu and klee2@x.edu"),
        (
            "Ann Lee_4711_assignsubmission_file",
            [Hint(name="Ann Lee", number="4711")],
            "Ann Lee_4711_assignsubmission_file: the number fits bob@x.edu, and the name fits ann@x.edu",
        ),
        (
            "zed_4711_8_h.zip",
            [Hint(name="zed", number="4711")],
            "zed_4711_8_h.zip: the number fits bob@x.edu, who has the name Bob Ray",
        ),
        (
            "submission_1",
            [Hint("new@x.edu", "", "199", "New Person")],
            "submission_1: New Person, new@x.edu, 199",
        ),
        (
            "submission_2",
            [Hint("ann@y.edu", "", "", "Ann Lee"), Hint("klee@x.edu", "", "", "Kim Lee")],
            "submission_2: Ann Lee, ann@y.edu: the name fits ann@x.edu, who has the address ann@x.edu; "
            "Kim Lee, klee@x.edu: fits klee1@x.edu and klee2@x.edu",
        ),
        (
            "Participant_7_assignsubmission_file",
            [Hint(number="participant:7")],
            "Participant_7_assignsubmission_file: Moodle hides the name; a roster with the column Identifier of its "
            "grading worksheet says whose it is",
        ),
        ("submission_3", [], "submission_3: the download does not say whose it is"),
        ("ann.zip", [Hint("", "ann", "ann", "ann")], "ann.zip: fits ann@x.edu now: run the batch again with it"),
    ],
)
def test_the_line_says_who_and_why(label: str, hints: list[Hint], line: str) -> None:
    told = json.dumps([asdict(hint) for hint in hints])
    attempt = AttemptFacts(1, label, "d", "canvas", 1, None, False, None, 0, told, (), None, "")
    assert unmatched.named(attempt, unmatched.reasons([attempt], PEOPLE)) == line


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run, "crew", kit.instant)
    made = tmp_path / "class"
    made.mkdir()
    (made / "roster.csv").write_text("email,name\nklee1@x.edu,Kim Lee\nklee2@x.edu,Kim Lee\n")
    return made


def batch(folder: Path, *more: Path) -> tuple[dict[str, Any], str]:
    words = ["batch", folder, *more, "--gradebook", folder.parent / "book", "--roster", folder / "roster.csv"]
    done = CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False, standalone_mode=False)
    return json.loads(done.stdout.splitlines()[-1]), done.output


def handed_in(path: Path, number: int) -> Path:
    files = classroom.contents(classroom.variants()[0]) | {"MCQ/notes.py": f"# {number}\n".encode()}
    path.write_bytes(classroom.tarred(files))
    return path


def everything(folder: Path) -> tuple[list[str], list[str]]:
    with Gradebook(str(folder.parent / "book")) as book:
        return [a.label for a in standings(book, "hw2p1").unmatched], sorted(
            a.label for a in queries.attempts(book, "hw2p1")
        )


def test_a_file_that_was_given_its_students_name_is_not_waiting_any_more(folder: Path) -> None:
    path = handed_in(folder / "leekim_7_8_h.tar", 1)
    said, output = batch(folder)
    assert said["unmatched"] == 1
    assert "  leekim_7_8_h.tar: fits klee1@x.edu and klee2@x.edu\n" in output
    path.rename(folder / "klee1@x.edu_1_h.tar")
    said, output = batch(folder)
    assert (said["unmatched"], said["missing"]) == (0, 1)
    assert "  leekim_7_8_h.tar: klee1@x.edu_1_h.tar\n" in output
    assert everything(folder) == ([], ["klee1@x.edu_1_h.tar", "leekim_7_8_h.tar"])
    handed_in(path, 1)  # it lies there again
    assert batch(folder)[0]["unmatched"] == 1


def test_what_is_only_not_here_now_goes_on_waiting(folder: Path) -> None:
    """The same files in another folder may be somebody else's."""
    first = folder.parent / "first"
    first.mkdir()
    handed_in(first / "leekim_7_8_h.tar", 1)
    handed_in(folder / "klee1@x.edu_1_h.tar", 2)
    batch(folder, first)
    assert batch(folder)[0]["unmatched"] == 1  # not here
    handed_in(folder / "klee2@x.edu_1_h.tar", 1)
    handed_in(folder / "klee1@x.edu_2_h.tar", 1)
    assert batch(folder)[0]["unmatched"] == 1  # whose are they?
    (folder / "klee1@x.edu_2_h.tar").unlink()
    handed_in(first / "leekim_7_9_h.tar", 2)
    assert batch(folder, first)[0]["unmatched"] == 2
    assert batch(folder)[0]["unmatched"] == 2  # klee1 had these before


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("klee1@x.edu_1_handin.rar", "klee1@x.edu_1_handin"),
        ("leekim_7_8_handin.rar", "leekim_7_8_handin.tar"),
        ("klee1@x.edu.rar", "klee1@x.edu"),
        ("Kim Lee_7_assignsubmission_file_.rar", "Kim Lee_7_assignsubmission_file_.tar"),
    ],
)
def test_what_was_unpacked_counts_in_place_of_what_could_not_be(folder: Path, broken: str, mended: str) -> None:
    (folder / "roster.csv").write_text("email,name,id\nklee1@x.edu,Kim Lee,7\n")
    (folder / broken).write_bytes(b"Rar!\x1a\x07\x01\x00")
    said, output = batch(folder)
    assert (said["unopened"], said["unmatched"]) == (1, 0)
    assert "is a RAR archive, which is not read here: unpack it, or ask for a zip\n" in output
    (folder / broken).unlink()
    if mended.endswith(".tar"):
        handed_in(folder / mended, 1)
    else:
        unpacked(folder / mended)
    said, output = batch(folder)
    assert (said["graded"], said["unopened"], said["unmatched"], said["missing"]) == (1, 0, 0, 0)
    assert f"  {broken}: {mended}" in output
    with Gradebook(str(folder.parent / "book")) as book:
        (found,) = standings(book, "hw2p1").standings
    assert found.state == "graded"


def unpacked(place: Path) -> None:
    for name, content in classroom.contents(classroom.variants()[0]).items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)


def test_an_archive_that_cannot_be_opened_and_is_only_not_here_stays(folder: Path) -> None:
    (folder / "klee1@x.edu_2_handin.rar").write_bytes(b"Rar!\x1a\x07\x01\x00")
    batch(folder)
    (folder / "klee1@x.edu_2_handin.rar").unlink()
    handed_in(folder / "klee1@x.edu_1_handin.tar", 1)
    assert batch(folder)[0]["unopened"] == 1


def test_a_submission_that_canvas_gives_file_by_file_is_said_to_be_one(folder: Path) -> None:
    (folder / "roster.csv").write_text("name,id\nKim Lee,7\nAnn Lee,8\n")
    names = ("Conv1d.py", "pool.py", "my_flatten.py")
    for number, name in enumerate(names, 50):
        (folder / f"leekim_7_{number}_{name}").write_text("import numpy")
    (folder / "leeann_8_60_conv.py").write_text("import numpy")
    said, output = batch(folder)
    assert said["unopened"] == 2
    assert (
        "  leekim_7_52_my_flatten.py: is one of 3 files of a submission, which Canvas gives one by one: put them "
        "into a folder leekim_7_52_handin as the student had them (MCQ/mcq.py …), and take them away here\n"
    ) in output
    assert "  leeann_8_60_conv.py: this does not look like a hw2p1 submission" in output
    for number, name in enumerate(names, 50):
        (folder / f"leekim_7_{number}_{name}").unlink()
    unpacked(folder / "leekim_7_52_handin")
    said, _ = batch(folder)
    assert (said["graded"], said["unopened"]) == (1, 1)
