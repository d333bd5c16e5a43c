"""No mark that stands becomes another one, or none, without a line that names its student."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import classroom
import click
import kit
import pytest
from click.testing import CliRunner

from autograder.batch import run
from autograder.cli import cli
from autograder.gradebook import queries, store
from autograder.gradebook.accounts import spelt
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.standing import standings

FIRST, SECOND = "ann@x.edu_1_h.tar", "ann@x.edu_2_h.tar"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for a class; nothing is run: points are by the digest."""
    monkeypatch.setattr(run, "crew", kit.instant)
    (tmp_path / "class").mkdir()
    return tmp_path


def hand_in(work: Path, name: str, text: str = "") -> None:
    """A submission, a work of its own by this text."""
    files = {**classroom.contents(classroom.variants()[0]), "MCQ/notes.py": f"# {text or name}\n".encode()}
    (work / "class" / name).write_bytes(classroom.tarred(files))


def batch(work: Path, **lists: str) -> str:
    """Run the command with lists of these texts; what it said."""
    words: list[object] = ["batch", work / "class", "--gradebook", work / "book"]
    for name, text in lists.items():
        (work / f"{name}.list").write_text(text)
        words += [f"--{name}", work / f"{name}.list"]
    done = CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False, standalone_mode=False)
    return done.output


def last(said: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def points(work: Path, key: str = "ann@x.edu") -> str:
    """A student's points of the main group."""
    with Gradebook(str(work / "book")) as book:
        sums = next(s.sums for s in standings(book, "hw2p1").standings if s.person.key == key)
    return spelt(sums["main"].final) if "main" in sums else "no points"


@pytest.mark.parametrize(("before", "after"), [("last", "best"), ("best", "last")])
def test_a_policy_by_which_somebody_is_graded_or_no_longer_is_says_so_and_holds(
    work: Path, before: str, after: str
) -> None:
    hand_in(work, FIRST)
    (work / "class" / SECOND).write_bytes(b"my laptop broke")
    batch(work, policy=f'attempts = "{before}"')
    had = points(work)
    said = batch(work, policy=f'attempts = "{after}"')
    assert "no points" in {had, points(work)}
    _, _, moved = said.partition("1 whose points the rules change (policy, deadline, extensions):\n")
    assert moved.startswith(f"  ann@x.edu: main {had} → {points(work)}, bonus ")
    with Gradebook(str(work / "book")) as book:
        assert queries.policy(book, "hw2p1").attempts == after
    assert "rules change" not in batch(work, policy=f'attempts = "{after}"')


TIMES = "submission,submitted_at\n{name},2026-10-01T{hour}:00:00Z\n"
RULES = "deadline = 2026-10-01T12:00:00Z\n[late]\npercent = 50\n"


def test_other_files_under_the_same_name_are_said_with_what_they_change(work: Path) -> None:
    hand_in(work, FIRST)
    batch(work)
    had = points(work)
    hand_in(work, FIRST, "others")
    said = batch(work)
    assert had != points(work)
    why = f"({FIRST}: other files than before under the same name"
    before, _, after = said.partition("1 graded")
    assert f"1 whose points are others than before:\n  ann@x.edu: main {had} → no points" in before
    assert f"  ann@x.edu: main {had} → {points(work)}" in before
    assert f"{why}; not graded yet)" in before
    assert f"{why})" in before
    assert last(after)["moved"] == 1
    assert "others than before" not in batch(work)


def test_whose_mark_a_corrected_time_changes_is_said(work: Path) -> None:
    hand_in(work, FIRST)
    batch(work, policy=RULES, times=TIMES.format(name=FIRST, hour=11))
    had = points(work)
    said = batch(work, times=TIMES.format(name=FIRST, hour=13))
    when = "handed in 2026-10-01 13:00:00 UTC, not 2026-10-01 11:00:00 UTC"
    assert f"1 handed in at another time than was known before, which holds now:\n  {FIRST}: {when}\n" in said
    assert f"1 whose points are others than before:\n  ann@x.edu: main {had} → {points(work)}, " in said
    assert f"({FIRST}: {when})\n" in said


def test_a_download_that_was_cut_short_takes_no_mark_away(work: Path) -> None:
    hand_in(work, FIRST)
    batch(work)
    had = points(work)
    file = work / "class" / FIRST
    file.write_bytes(file.read_bytes()[:2000])
    said = batch(work)
    assert points(work) == had
    assert "1 could not be opened: decide by hand:\n" in said
    assert "pack and send it again; what lay there before counts still\n" in said
    assert (last(said)["moved"], last(said)["unopened"]) == (0, 1)


def test_whom_another_attempt_moves_is_said_once_it_is_graded(work: Path) -> None:
    hand_in(work, FIRST)
    batch(work)
    had = points(work)
    hand_in(work, SECOND)
    said = batch(work)
    assert "1 whose points are others than before, since another attempt counts:\n" in said
    assert f"  ann@x.edu: main {had} → {points(work)}" in said
    assert f"({SECOND} counts, and {FIRST} no longer does)\n" in said
    assert "not graded yet" not in said


def test_who_is_too_late_is_said_with_what_counts(work: Path) -> None:
    hand_in(work, FIRST)
    hand_in(work, SECOND)
    hand_in(work, "bob@x.edu_1_h.tar")
    rows = ((FIRST, "01T11"), (SECOND, "09T11"), ("bob@x.edu_1_h.tar", "01T13"))
    times = "submission,submitted_at\n" + "".join(f"{name},2026-10-{at}:00:00Z\n" for name, at in rows)
    said = batch(work, times=times, policy="deadline = 2026-10-01T12:00:00Z\n")
    assert f"so what was handed in before counts:\n  ann@x.edu: {SECOND} (7 d 23 h, 8 days begun, not accepted" in said
    assert "no points so far, which is no zero" in said
    assert "  bob@x.edu: 1 h, 1 day begun, not accepted unless somebody decides so\n" in said
    assert points(work, "bob@x.edu") == "no points"


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_what_is_written_before_grading_is_said_before_grading(
    work: Path, monkeypatch: pytest.MonkeyPatch, end: type[BaseException]
) -> None:
    """Whatever ends the batch then: it tells of none of it again."""
    hand_in(work, FIRST)
    hand_in(work, "bob@x.edu_1_h.tar")
    people = "email,name,group,extension\nann@x.edu,Ann Lee,g,2d\ncy@x.edu,Cy Kay,g,\nbob@x.edu,Bob Ray,,\n"
    times = "submission,submitted_at\n" + "".join(
        f"{name},2026-10-01T11:00:00Z\n" for name in (FIRST, "bob@x.edu_1_h.tar")
    )
    batch(work, roster=people, policy=RULES, times=times)
    hand_in(work, "cy@x.edu_1_h.tar")
    said: list[str] = []

    def ended(self: kit.Instant) -> Any:
        raise end

    monkeypatch.setattr(kit.Instant, "next", ended)
    monkeypatch.setattr(click, "echo", lambda message="", **options: said.append(str(message)))
    people = "email,name,group,extension\nANN@x.edu,Ann Lee,,\ncy@x.edu,Cy Kay,,\nbob@x.edu,Bob Ray,,\n"
    rules = RULES.replace("T12", "T10")
    batch(work, roster=people, policy=rules, times=times.replace("01T11:00:00Z\nbob", "02T13:00:00Z\nbob"))
    text = "\n".join(said)
    for line in (
        "with all that was theirs (so far: now):\n  ann@x.edu: ANN@x.edu",
        "1 no longer granted an extension:\n  ann@x.edu",
        "whose points the rules change (policy, deadline, extensions):\n",
        f"1 no longer counting for whom they did, by the roster:\n  {FIRST}: cy@x.edu",
        "1 handed in at another time than was known before, which holds now:\n",
        "  cy@x.edu: main ",
    ):
        assert line in text


@pytest.mark.parametrize("renamed", [False, True])
def test_what_a_batch_was_killed_before_it_said_is_said_by_the_next_one(
    work: Path, monkeypatch: pytest.MonkeyPatch, renamed: bool
) -> None:
    hand_in(work, FIRST)
    hand_in(work, "bob@x.edu_1_h.tar")
    roster = "email,id\nann@x.edu,1\nbob@x.edu,2\n"
    batch(work, policy=RULES, times=TIMES.format(name=FIRST, hour=11), roster=roster)
    had, bobs = points(work), points(work, "bob@x.edu")
    hand_in(work, "bob@x.edu_1_h.tar", "others")

    def killed(*arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:  # nothing is said or written any more from where moves would be
        patch.setattr("autograder.commands.batch.standings", killed)
        assert "others than before" not in batch(work, times=TIMES.format(name=FIRST, hour=13))
    key = "ANN@x.edu" if renamed else "ann@x.edu"
    said = batch(work, roster=roster.replace("ann@x.edu", key))
    assert f"  {key}: main {had} → {points(work, key)}, " in said
    assert f"({FIRST}: handed in 2026-10-01 13:00:00 UTC, not 2026-10-01 11:00:00 UTC)\n" in said
    assert f"  bob@x.edu: main {bobs} → {points(work, 'bob@x.edu')}" in said
    assert "others than before" not in batch(work)


def test_what_was_said_before_a_batch_was_stopped_is_not_said_again(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(work, FIRST)
    hand_in(work, "bob@x.edu_1_h.tar")
    batch(work, policy=RULES, times=TIMES.format(name=FIRST, hour=11))
    had = points(work, "bob@x.edu")
    hand_in(work, "bob@x.edu_2_h.tar")

    def stopped(*arguments: Any) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store, "record", stopped)
        said = batch(work, times=TIMES.format(name=FIRST, hour=13))
    assert "  ann@x.edu: main " in said
    assert "  bob@x.edu: main " not in said  # a later attempt that waits to be graded
    said = batch(work)
    assert "  ann@x.edu: main " not in said
    assert f"  bob@x.edu: main {had} → {points(work, 'bob@x.edu')}" in said


def test_whom_a_batch_had_not_come_to_when_it_ended_handed_something_in(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(work, FIRST)
    hand_in(work, "bob@x.edu_1_h.tar")

    def killed(*arguments: Any) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "record", killed)
    batch(work, roster="email\nann@x.edu\nbob@x.edu\ncy@x.edu\n")
    with Gradebook(str(work / "book")) as book:
        told = {s.person.key: (s.state, s.reason) for s in standings(book, "hw2p1").standings}
    assert told == {
        "ann@x.edu": ("ungraded", "not graded yet"), "bob@x.edu": ("ungraded", "not graded yet"),
        "cy@x.edu": ("missing", "nothing was handed in"),
    }  # fmt: skip
