"""When things were handed in and until when they may be: what one run after another makes of what the caller says."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import classroom
import kit
import pytest
from click.testing import CliRunner

from autograder.batch import run, sources
from autograder.cli import cli
from autograder.errors import UsageError
from autograder.gradebook import decisions, queries
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.standing import Standing, standings

POLICY = 'timezone = "America/New_York"\ndeadline = 2026-10-01T12:00:00\n[late]\npercent = 10\n'


@pytest.fixture(autouse=True)
def instant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is run: points are by the digest."""

    @contextlib.contextmanager
    def crew(*words: Any) -> Iterator[kit.Instant]:
        yield kit.Instant()

    monkeypatch.setattr(run, "crew", crew)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder for lists and a gradebook, with the submissions of a week in it."""
    handed_in(tmp_path / "week1", "ann@x.edu_1_h.tar", "bob@x.edu_1_h.tar")
    (tmp_path / "policy.toml").write_text(POLICY)
    return tmp_path


def handed_in(folder: Path, *names: str) -> None:
    """Submissions, each a work of its own."""
    folder.mkdir(exist_ok=True)
    for name in names:
        text = f"# {folder.name}/{name}\n"
        files = {**classroom.contents(classroom.variants()[0]), "MCQ/notes.py": text.encode()}
        (folder / name).write_bytes(classroom.tarred(files))


def batch(work: Path, *words: str, of: tuple[str, ...] = ("week1",)) -> str:
    """Run the command; what it said."""
    folders = [str(work / name) for name in of]
    lists = [str(work / word) if (work / word).is_file() else word for word in words]
    done = CliRunner().invoke(
        cli, ["batch", *folders, "--gradebook", str(work / "marks"), *lists], catch_exceptions=False,
        standalone_mode=False,
    )  # fmt: skip
    assert done.return_value == 0
    return done.output


def listed(work: Path, name: str, *lines: str) -> str:
    (work / name).write_text("\n".join(lines) + "\n")
    return name


def times(work: Path, **when: str) -> str:
    """A file of times, of the first attempts."""
    rows = [f"{who}@x.edu_1_h.tar,{text}" for who, text in when.items()]
    return listed(work, "times.csv", "submission,submitted_at", *rows)


def of(work: Path, key: str) -> Standing:
    with Gradebook(str(work / "marks")) as book:
        return next(s for s in standings(book, "hw2p1").standings if s.person.key == key)


def percent(work: Path, key: str) -> Decimal:
    return of(work, key).lateness.percent


def test_whom_another_policy_moves_is_said_with_what_they_had(work: Path) -> None:
    when = times(work, ann="2026-10-03T11:00:00-04:00", bob="2026-10-01T11:00:00-04:00")
    assert "the rules change" not in batch(work, "--times", when, "--policy", "policy.toml")
    before, earned = of(work, "ann@x.edu").sums["main"].final, of(work, "ann@x.edu").sums["main"].earned
    (work / "policy.toml").write_text(POLICY.replace("10-01", "10-05"))
    said = batch(work, "--policy", "policy.toml", "--by", "prof", "--why", "the cluster was down")
    assert "1 whose points the rules change (policy, deadline, extensions):\n  ann@x.edu: " in said
    assert f"main {before.normalize():f} → {earned.normalize():f}" in said
    assert json.loads(said.splitlines()[-1])["moved"] == 1
    with Gradebook(str(work / "marks")) as book:
        made = [one.made for one in decisions.declared(book, "hw2p1")]
    assert (made[-1].who, made[-1].why, len(made)) == ("prof", "the cluster was down", 2)
    again = batch(work, "--policy", "policy.toml")
    assert "the rules change" not in again
    assert json.loads(again.splitlines()[-1])["moved"] == 0


def test_points_by_hand_of_an_earlier_attempt_are_listed(work: Path) -> None:
    batch(work)
    points = of(work, "ann@x.edu").sections[0].key
    words = ["ann@x.edu", "--add", "1", "--section", points, "--by", "ta", "--why", "kind"]
    CliRunner().invoke(cli, ["adjust", str(work / "marks"), *words], catch_exceptions=False, standalone_mode=False)
    assert "was given for" not in batch(work)
    handed_in(work / "week1", "ann@x.edu_2_h.tar")
    line = f"ann@x.edu: {points} +1 (number 1) was given for ann@x.edu_1_h.tar; what counts now is ann@x.edu_2_h.tar"
    assert line in batch(work)


def test_extensions_of_policy_and_roster_are_replaced_apart(work: Path) -> None:
    when = times(work, ann="2026-10-03T11:00:00-04:00", bob="2026-10-03T11:00:00-04:00")
    roster = listed(work, "roster.csv", "email,extension", "ann@x.edu,2d", "bob@x.edu,")
    batch(work, "--times", when, "--policy", "policy.toml", "--roster", roster)
    assert (percent(work, "ann@x.edu"), percent(work, "bob@x.edu")) == (0, 20)
    batch(work, "--policy", "policy.toml")
    assert percent(work, "ann@x.edu") == 0
    listed(work, "roster.csv", "email,extension", "ann@x.edu,1d", "bob@x.edu,")
    batch(work, "--roster", roster)
    assert percent(work, "ann@x.edu") == 10
    (work / "policy.toml").write_text(f'{POLICY}[extensions]\n"Ann@X.edu" = "2d"\n')
    batch(work, "--policy", "policy.toml")
    assert percent(work, "ann@x.edu") == 0
    (work / "policy.toml").write_text(POLICY)
    batch(work, "--policy", "policy.toml")
    assert percent(work, "ann@x.edu") == 10
    listed(work, "roster.csv", "email", "ann@x.edu", "bob@x.edu")
    batch(work, "--roster", roster)
    assert percent(work, "ann@x.edu") == 10
    listed(work, "roster.csv", "email,extension", "ann@x.edu,", "bob@x.edu,")
    batch(work, "--roster", roster)
    assert percent(work, "ann@x.edu") == 20


def test_an_extension_that_is_nobodys_is_told(work: Path) -> None:
    (work / "policy.toml").write_text(f'{POLICY}[extensions]\n"Ann@X.edu" = "2d"\n"an@x.edu" = "2d"\n')
    said = batch(work, "--policy", "policy.toml")
    assert "1 granted an extension, and nobody here:\n  an@x.edu\n" in said


def test_lateness_without_a_deadline_is_told(work: Path) -> None:
    (work / "policy.toml").write_text("[late]\npercent = 10\n")
    assert "there is no deadline" in batch(work, "--policy", "policy.toml")
    assert "there is no deadline" not in batch(work, "--deadline", "2026-10-01T23:59:59Z")


def test_times_without_an_offset_are_in_the_policys_timezone(work: Path) -> None:
    when = times(work, ann="2026-10-01T12:30:00", bob="2026-10-01T12:30:00")
    roster = listed(work, "roster.csv", "email,extension", "ann@x.edu,2026-10-01T13:00:00", "bob@x.edu,")
    batch(work, "--times", when, "--policy", "policy.toml", "--roster", roster)
    assert (percent(work, "ann@x.edu"), percent(work, "bob@x.edu")) == (0, 10)
    batch(work, "--times", when, "--roster", roster, "--deadline", "2026-10-01T12:45:00")
    assert percent(work, "bob@x.edu") == 0
    (work / "policy.toml").write_text("attempts = 'last'\n")
    with pytest.raises(UsageError, match="without an offset"):
        batch(work, "--times", when, "--policy", "policy.toml")


def test_a_day_without_a_time_is_refused_everywhere(work: Path) -> None:
    roster = listed(work, "roster.csv", "email,extension", "ann@x.edu,2026-10-05")
    for words in (("--deadline", "2026-10-01"), ("--roster", roster), ("--times", times(work, ann="2026-10-01"))):
        with pytest.raises(UsageError, match="a day without a time"):
            batch(work, "--policy", "policy.toml", *words)


def test_a_wrong_time_is_corrected_and_counted(work: Path) -> None:
    again = "1 handed in at another time than was known before"
    lists = ("--policy", "policy.toml", "--times")
    assert "another time" not in batch(work, *lists, times(work, ann="2026-10-02T11:00:00", bob="2026-10-01T11:00:00"))
    assert percent(work, "ann@x.edu") == 10
    right = times(work, ann="2026-10-01T11:00:00", bob="2026-10-01T11:00:00")
    assert again in batch(work, *lists, right)
    assert percent(work, "ann@x.edu") == 0
    for words in ((*lists, right), lists[:2], (*lists, times(work, bob="2026-10-01T15:00:00Z"))):
        assert "another time" not in batch(work, *words)
        assert percent(work, "ann@x.edu") == 0
    assert "2 handed in at another time" in batch(work, *lists, "mtime")


def test_a_corrected_time_stands_against_what_each_download_says_again(work: Path) -> None:
    again = "handed in at another time than was known before"
    name = "submission_1001"
    export = work / "export"
    folder = export / name
    handed_in(export, "whole.tar")
    folder.mkdir()
    (export / "whole.tar").rename(folder / "whole.tar")
    who = ":submitters:\n  - :email: ann@x.edu"
    (export / sources.METADATA).write_text(f"{name}:\n  {who}\n  :created_at: 2026-10-03T12:00:00Z\n")

    def told(when: str) -> str:
        return listed(work, "times.csv", "submission,submitted_at", f"{name},{when}")

    batch(work, "--policy", "policy.toml", of=("export",))
    assert percent(work, "ann@x.edu") == 20
    assert again in batch(work, "--times", told("2026-10-01T11:00:00"), of=("export",))
    others = listed(work, "others.csv", "submission,submitted_at", "zed.tar,2026-10-01T11:00:00")
    for words in ((), ("--times", others), ("--times", "mtime")):
        said = batch(work, *words, of=("export",))
        assert again not in said
        assert "whose points are others" not in said
        assert percent(work, "ann@x.edu") == 0
    other = classroom.tarred(classroom.contents(classroom.variants()[1]))
    (folder / "whole.tar").write_bytes(other)  # the same submission, unpacked or mended otherwise
    batch(work, of=("export",))
    assert percent(work, "ann@x.edu") == 0
    assert again in batch(work, "--times", told("2026-10-02T11:00:00"), of=("export",))
    assert percent(work, "ann@x.edu") == 10


def test_a_new_attempt_of_unknown_time_counts_and_is_listed(work: Path) -> None:
    batch(work, "--policy", "policy.toml", "--times", times(work, ann="2026-10-01T11:00:00", bob="2026-10-01T11:00:00"))
    handed_in(work / "week1", "ann@x.edu_2_h.tar")
    said = batch(work, "--times", "times.csv")
    assert "1 of unknown time, so not called late (--times says when):\n  ann@x.edu\n" in said
    attempt = of(work, "ann@x.edu").attempt
    assert attempt is not None
    assert attempt.label == "ann@x.edu_2_h.tar"


def test_attempts_that_nothing_orders_are_listed(work: Path) -> None:
    handed_in(work / "week1", "ann@x.edu.tar")
    said = batch(work)
    assert "another attempt may have to count (--times says when):\n  ann@x.edu: ann@x.edu_1_h.tar counts\n" in said


def test_names_of_the_times_that_fit_nothing_are_listed(work: Path) -> None:
    handed_in(work / "week2", "ann@x.edu_1_h.tar", "cem@x.edu_1_h.tar")
    shutil.copy(work / "week1" / "bob@x.edu_1_h.tar", work / "week2")
    when = times(work, **dict.fromkeys(("ann", "bob", "cem", "zed"), "2026-10-01T11:00:00Z"))
    said = batch(work, "--times", when, of=("week1", "week2"))
    assert "2 in the list of times, and no submission's name, or that of several:\n" in said
    assert "  ann@x.edu_1_h.tar\n  zed@x.edu_1_h.tar\n" in said
    with Gradebook(str(work / "marks")) as book:
        known = {a.label: a.submitted_at is not None for a in queries.attempts(book, "hw2p1")}
    assert known == {
        "week1/ann@x.edu_1_h.tar": False, "week2/ann@x.edu_1_h.tar": False, "cem@x.edu_1_h.tar": True,
        "week1/bob@x.edu_1_h.tar": True, "week2/bob@x.edu_1_h.tar": True,  # copies
    }  # fmt: skip
    rows = [f"week{n}/ann@x.edu_1_h.tar,2026-10-0{n}T11:00:00Z" for n in (1, 2)]
    said = batch(work, "--times", listed(work, "times.csv", "submission,submitted_at", *rows), of=("week1", "week2"))
    assert "list of times" not in said


@pytest.mark.parametrize("when", ["2026-11-01T01:30:00", "2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"])
def test_a_time_in_the_hour_that_comes_twice_is_corrected_once(work: Path, when: str) -> None:
    told = times(work, ann=when, bob="2026-10-31T01:30:00")
    assert "at another time than was known" not in batch(work, "--times", told, "--policy", "policy.toml")
    assert "at another time than was known" not in batch(work, "--times", told, "--policy", "policy.toml")
    times(work, ann="2026-11-01T04:30:00", bob="2026-10-31T01:30:00")
    assert "1 handed in at another time than was known" in batch(work, "--times", told, "--policy", "policy.toml")
