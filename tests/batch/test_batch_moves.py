"""No mark that stands becomes another one, or none, without a line that names its student."""

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
    assert f"1 whose points the policy changes:\n  ann@x.edu: main {had} → {points(work)}, bonus " in said
    with Gradebook(str(work / "book")) as book:
        assert queries.policy(book, "hw2p1").attempts == after
    assert "policy changes" not in batch(work, policy=f'attempts = "{after}"')
