"""The same submissions under a corrected roster: marks are where the roster says that they belong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import classroom
import kit
import pytest
from click.testing import CliRunner

from autograder.batch import run
from autograder.cli import cli
from autograder.gradebook import queries
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.standing import standings

FIRST = "email,name,group\nann@x.edu,Ann,A\nbob@x.edu,Bob,A\n"
SECOND = "email,name,group\nann@x.edu,Ann,A\nbob@x.edu,Bob,\ncy@x.edu,Cy,A\n"
LABEL = "ann@x.edu_1_handin.tar"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one submission; nothing is run."""
    monkeypatch.setattr(run, "crew", kit.instant)
    made = tmp_path / "class"
    made.mkdir()
    (made / LABEL).write_bytes(classroom.tarred(classroom.contents(classroom.variants()[0])))
    return made


def batch(folder: Path, text: str | None) -> tuple[dict[str, Any], str]:
    """The last line, and all that was said."""
    words = ["batch", folder, "--gradebook", folder.parent / "book"]
    if text is not None:
        (folder / "roster.csv").write_text(text)
        words += ["--roster", folder / "roster.csv"]
    done = CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False, standalone_mode=False)
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return last, done.output


def states(folder: Path) -> dict[str, str]:
    with Gradebook(str(folder.parent / "book")) as book:
        return {standing.person.key: standing.state for standing in standings(book, "hw2p1").standings}


def test_a_corrected_group_takes_the_mark_back(folder: Path) -> None:
    batch(folder, FIRST)
    assert states(folder) == {"ann@x.edu": "graded", "bob@x.edu": "graded"}
    said, output = batch(folder, SECOND)
    assert states(folder) == {"ann@x.edu": "graded", "bob@x.edu": "missing", "cy@x.edu": "graded"}
    assert (said["graded"], said["withdrawn"], said["missing"]) == (0, 1, 1)
    assert f"{LABEL}: bob@x.edu" in output
    again, output = batch(folder, SECOND)
    assert again == {**said, "withdrawn": 0}
    assert f"{LABEL}: bob@x.edu" not in output


def test_who_was_taken_off_the_roster_is_not_waited_for(folder: Path) -> None:
    batch(folder, SECOND)
    said, output = batch(folder, "email\nann@x.edu\ncy@x.edu\n")
    assert said["missing"] == 0
    assert "bob@x.edu" not in output
    with Gradebook(str(folder.parent / "book")) as book:
        bob = queries.person(book, "bob@x.edu")
    assert bob is not None
    assert (bob.name, bob.on_roster) == ("Bob", False)


def test_a_wrong_match_is_taken_back_and_the_grading_stays(folder: Path) -> None:
    batch(folder, FIRST)
    said, _ = batch(folder, "email,name\ncy@x.edu,Cy\n")
    assert (said["graded"], said["unmatched"], said["withdrawn"]) == (0, 1, 2)
    with Gradebook(str(folder.parent / "book")) as book:
        (attempt,) = queries.attempts(book, "hw2p1")
    assert attempt.students == ()
    assert attempt.grading is not None


def test_people_taken_in_without_a_roster_leave_their_marks_to_its_lines(folder: Path) -> None:
    (folder / LABEL).rename(folder / "leeann_55_99_handin.tar")
    batch(folder, None)
    assert states(folder) == {"55": "graded"}
    batch(folder, "email,name\nann@x.edu,Ann Lee\n")
    assert states(folder) == {"55": "missing", "ann@x.edu": "graded"}


def test_without_a_roster_nothing_changes(folder: Path) -> None:
    batch(folder, FIRST)
    before = kit.facts(folder.parent / "book")
    said, _ = batch(folder, None)
    assert (said["withdrawn"], said["unmatched"]) == (0, 0)
    assert kit.facts(folder.parent / "book") == before
