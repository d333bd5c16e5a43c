"""The same submissions under a corrected roster: marks are where the roster says that they belong."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import classroom
import kit
import pytest
from click.testing import CliRunner

from autograder.batch import run
from autograder.batch.crew import Crew
from autograder.cli import cli
from autograder.errors import HarnessError
from autograder.gradebook import adjustments, queries, store
from autograder.gradebook.adjustments import Change
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.policy import Policy
from autograder.gradebook.standing import of, standings

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


def batch(folder: Path, text: str | None, *more: object) -> tuple[dict[str, Any], str]:
    """The last line, and all that was said."""
    words: list[object] = ["batch", folder, "--gradebook", folder.parent / "book", *more]
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
    assert states(folder)["bob@x.edu"] == "missing"
    assert (said["graded"], said["withdrawn"], said["missing"], said["moved"]) == (0, 1, 1, 1)
    assert f"{LABEL}: bob@x.edu" in output
    assert "1 whose points are others than before:\n  bob@x.edu: main " in output
    again, output = batch(folder, SECOND)
    assert again == {**said, "withdrawn": 0, "moved": 0}
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


def test_who_was_taken_off_the_roster_keeps_what_they_handed_in(folder: Path) -> None:
    batch(folder, FIRST)
    said, output = batch(folder, "email,name\ncy@x.edu,Cy\n")
    assert [said[name] for name in ("graded", "unmatched", "withdrawn", "left", "missing")] == [0, 0, 0, 2, 1]
    assert "what they handed in stays theirs:\n  ann@x.edu\n  bob@x.edu\n" in output
    with Gradebook(str(folder.parent / "book")) as book:
        (attempt,) = queries.attempts(book, "hw2p1")
        ann, bob, cy = standings(book, "hw2p1").standings
        alone = of(book, "hw2p1", "bob@x.edu")
    assert attempt.students == ("ann@x.edu", "bob@x.edu")
    assert alone == bob
    assert (bob.state, bob.reason) == ("withdrawn", "not on the roster any more")
    assert (bob.attempt, bob.sums) == (attempt, ann.sums)
    assert cy.state == "missing"
    assert batch(folder, "email,name\ncy@x.edu,Cy\n")[0] == said
    batch(folder, FIRST)
    assert states(folder) == {"ann@x.edu": "graded", "bob@x.edu": "graded", "cy@x.edu": "missing"}


@pytest.mark.parametrize("others", ["", "cy@x.edu,Cy,A\n"])
def test_who_leaves_a_group_keeps_what_it_handed_in(folder: Path, others: str) -> None:
    batch(folder, FIRST)
    said, _ = batch(folder, f"email,name,group\nann@x.edu,Ann,A\n{others}")
    assert (said["withdrawn"], said["left"]) == (0, 1)
    found = states(folder)
    assert (found.pop("bob@x.edu"), set(found.values())) == ("withdrawn", {"graded"})


def test_a_file_of_somebody_who_left_is_nobodys_to_decide(folder: Path) -> None:
    (folder / LABEL).write_bytes(b"")
    assert batch(folder, FIRST)[0]["unopened"] == 1
    said, _ = batch(folder, "email,name\ncy@x.edu,Cy\n")
    assert [said[name] for name in ("unopened", "unmatched", "left")] == [0, 0, 2]


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


def by_hand(folder: Path, student: str) -> None:
    with Gradebook(str(folder.parent / "book")) as book:
        adjustments.adjust(book, "hw2p1", Change(student, "add", Decimal(-20), "ta", "copied"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("email,name\nAnn@X.edu,Ann Lee\n", "email,name\nann@x.edu,Ann Lee\n"),
        ("login,name\nal7,Ann Lee\n", "login,name,email\nal7,Ann Lee,ann@x.edu\n"),
        ("id,name\n55,Ann Lee\n", 'id,name,email\n55,"Lee, Ann",ann@x.edu\n'),
        ("login,email\nal7,lee@x.edu\n", "login,email\nal7,ann@x.edu\n"),
    ],
)
def test_who_is_called_otherwise_keeps_all_that_is_theirs(folder: Path, first: str, second: str) -> None:
    batch(folder, first)
    with Gradebook(str(folder.parent / "book")) as book:
        (before,) = queries.people(book)
    by_hand(folder, before.key)
    (folder.parent / "policy.toml").write_text(f'[extensions]\n"{before.key}" = "2d"\n')
    batch(folder, first, "--policy", folder.parent / "policy.toml")
    said, output = batch(folder, second)
    assert f"  {before.key}: ann@x.edu" in output.splitlines()
    assert "no longer granted" not in output
    with Gradebook(str(folder.parent / "book")) as book:
        (found,) = standings(book, "hw2p1").standings
    assert (found.person.key, found.state) == ("ann@x.edu", "graded")
    assert [change.points for change in found.adjustments] == [-20]
    assert list(found_policy(folder).extensions) == ["ann@x.edu"]
    again, output = batch(folder, second)
    assert again == {**said, "graded": 0, "unchanged": 1, "moved": 0}
    assert "another key" not in output


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("email,name,id\nann@x.edu,Ann Lee,101\n", "email,name,id\nann.lee@x.edu,Ann Lee,101\n"),
        ("login,email\nal7,ann@x.edu\n", "login,email\nal7,ann.lee@x.edu\n"),
        ("login,email\nann,ann@x.edu\n", "login,email\nann,ann.lee@x.edu\n"),
    ],
)
@pytest.mark.parametrize("label", [LABEL, "ann.tar"])
def test_what_an_earlier_download_calls_them_still_fits(folder: Path, first: str, second: str, label: str) -> None:
    (folder / LABEL).rename(folder / label)
    batch(folder, first)
    said, output = batch(folder, second)
    assert (said["unchanged"], said["unmatched"], said["missing"], said["withdrawn"]) == (1, 0, 0, 0), output
    assert states(folder) == {"ann.lee@x.edu": "graded"}
    third = second.replace("ann.lee", "lee.ann")
    said, output = batch(folder, third)
    assert (said["unmatched"], said["missing"], said["withdrawn"]) == (0, 0, 0), output
    assert states(folder) == {"lee.ann@x.edu": "graded"}
    assert batch(folder, third)[0] == said


def test_an_address_that_another_one_got_is_theirs(folder: Path) -> None:
    batch(folder, "email,name,id\nann@x.edu,Ann Lee,101\n")
    batch(folder, "email,name,id\nann.lee@x.edu,Ann Lee,101\nann@x.edu,Bob Ray,102\n")
    assert states(folder) == {"ann.lee@x.edu": "missing", "ann@x.edu": "graded"}
    said, _ = batch(folder, "email,name,id\nann.lee@x.edu,Ann Lee,101\n")  # who got it has left
    assert states(folder) == {"ann.lee@x.edu": "missing", "ann@x.edu": "withdrawn"}
    assert (said["unmatched"], said["left"]) == (0, 1)


def test_somebody_who_got_an_address_of_before_is_known_by_their_number(folder: Path) -> None:
    batch(folder, "email,name,id\nann@x.edu,Ann Lee,101\nbob@x.edu,Bob Ray,102\n")
    batch(folder, "email,name,id\nann.lee@x.edu,Ann Lee,101\nbob@x.edu,Bob Ray,102\n")
    _, output = batch(folder, "email,name,id\nann.lee@x.edu,Ann Lee,101\nann@x.edu,Bob Ray,102\n")
    assert "  bob@x.edu: ann@x.edu" in output.splitlines()
    assert states(folder) == {"ann.lee@x.edu": "missing", "ann@x.edu": "graded"}


def found_policy(folder: Path) -> Policy:
    with Gradebook(str(folder.parent / "book")) as book:
        return queries.policy(book, "hw2p1")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("email,name\nlee@x.edu,Ann Lee\n", "email,name\nann@x.edu,Ann Lee\n"),  # two of one name
        ("id,name\n55,Bob Ray\n", "id,name,email\n55,Ann Lee,ann@x.edu\n"),  # platforms number people, too
        ("email\nann@y.edu\n", "login,email\nann,ann@x.edu\n"),
        ("login\nal7\n", "login,email\nal7,ann@x.edu\nAL7,eve@x.edu\n"),  # which of the two?
    ],
)
def test_who_may_be_somebody_else_is(folder: Path, first: str, second: str) -> None:
    batch(folder, first)
    with Gradebook(str(folder.parent / "book")) as book:
        (before,) = queries.people(book)
    by_hand(folder, before.key)
    _, output = batch(folder, second)
    assert "another key" not in output
    assert f"1 with points by hand, and not on the roster:\n  {before.key}\n" in output
    assert states(folder)[before.key] == "missing"


def test_a_roster_without_extensions_says_nothing_about_any(folder: Path) -> None:
    batch(folder, "email,extension\nann@x.edu,2d\nbob@x.edu,1d\n")
    _, output = batch(folder, "email,name\nann@x.edu,Ann\nbob@x.edu,Bob\n")
    assert sorted(found_policy(folder).extended()) == ["ann@x.edu", "bob@x.edu"]
    assert "no longer granted" not in output
    _, output = batch(folder, "email,extension\nann@x.edu,\nbob@x.edu,1d\n")
    assert sorted(found_policy(folder).extended()) == ["bob@x.edu"]
    assert "1 no longer granted an extension:\n  ann@x.edu\n" in output


def test_groups_are_told_as_they_were_understood(folder: Path) -> None:
    rows = ["ann@x.edu,A,1", "bob@x.edu,B,1", "cy@x.edu,B,-", "di@x.edu,B,None", "ed@x.edu,A,2"]
    _, output = batch(folder, "\n".join(["email,section,group", *rows]))
    assert "groups: 1 of 1, 1 of 2; the largest: 1\n" in output
    assert "\n1 group has people of several sections" in output
    assert "  1: ann@x.edu (A), bob@x.edu (B)\n" in output
    assert [key for key, state in states(folder).items() if state == "graded"] == ["ann@x.edu", "bob@x.edu"]
    _, output = batch(folder, "email,section,group\nann@x.edu,A,A1\nbob@x.edu,B,B1\n")
    assert "several sections" not in output
    assert states(folder)["bob@x.edu"] == "missing"


def test_a_batch_that_cannot_begin_takes_nothing_away(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextlib.contextmanager
    def nobody(*arguments: Any) -> Iterator[Crew]:
        raise HarnessError("no worker may grade")
        yield

    batch(folder, FIRST)
    before = kit.facts(folder.parent / "book")
    monkeypatch.setattr(run, "crew", nobody)
    with pytest.raises(HarnessError, match="no worker may grade"):
        batch(folder, SECOND)
    assert kit.facts(folder.parent / "book") == before
    monkeypatch.setattr(run, "crew", kit.instant)
    said, output = batch(folder, SECOND)
    assert said["withdrawn"] == 1
    assert f"{LABEL}: bob@x.edu" in output


def test_what_a_batch_took_back_is_said_whatever_ends_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    batch(folder, FIRST)
    (folder / "cy@x.edu_1_handin.tar").write_bytes(classroom.tarred(classroom.contents(classroom.variants()[1])))

    def full(*arguments: Any) -> bool:
        raise HarnessError("the disk is full")

    monkeypatch.setattr(store, "record", full)
    (folder / "roster.csv").write_text(SECOND)
    words = ["batch", folder, "--gradebook", folder.parent / "book", "--roster", folder / "roster.csv"]
    with pytest.raises(HarnessError, match="the disk is full"):
        cli.main([str(word) for word in words], standalone_mode=False)
    assert f"1 no longer counting for whom they did, by the roster:\n  {LABEL}: bob@x.edu\n" in capsys.readouterr().out
    assert states(folder)["bob@x.edu"] == "missing"
