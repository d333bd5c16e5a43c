"""Forks that are fetched again: by other rules, or when they have changed. The newest fetch is what counts."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from git_servers import DEADLINE, Repository, Server, git
from sqlalchemy import select

from autograder.batch import run
from autograder.cli import cli
from autograder.gradebook import queries
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.models import PolicyRow
from autograder.gradebook.standing import Standing, standings

HOME = "handout/hw2p1"
EARLY, LATE = DEADLINE - timedelta(days=1), DEADLINE + timedelta(days=2)
AT_THE_DEADLINE = ("--deadline", DEADLINE.isoformat())


def fetch(work: Path, rows: list[str], *options: object) -> tuple[str, dict[str, Any], dict[str, Standing]]:
    """Run the command: its output, its last line, and what everybody has then."""
    (work / "forks.csv").write_text("\n".join(rows) + "\n")
    words = [
        "forks", work / "forks.csv", "--gradebook", work / "marks", "--store", work / "store", "--jobs", "1",
        "--protocols", "git", *options,
    ]  # fmt: skip
    done = CliRunner().invoke(cli, list(map(str, words)), catch_exceptions=False, standalone_mode=False)
    with Gradebook(str(work / "marks")) as book:
        found = {one.person.key: one for one in standings(book, "hw2p1").standings}
    return done.output, json.loads(done.stdout.splitlines()[-1]), found


def counting(found: dict[str, Standing]) -> dict[str, tuple[str, ...]]:
    """What lies in the gradebook of each fork, by its student."""
    return {key: tuple(attempt.label for attempt in one.attempts) for key, one in found.items()}


@pytest.fixture
def ann(server: Server, solution: dict[str, bytes]) -> tuple[Repository, str, str]:
    """A fork with a commit before the deadline and a better one after it; what these are called."""
    fork = server.fork("ann")
    early = fork.commit({**solution, f"{HOME}/mytorch/pool.py": None}, EARLY)
    late = fork.commit(solution, LATE)
    return fork, early, late


def called(commit: str, login: str = "ann") -> tuple[str, ...]:
    return (f"{login}@{commit[:12]}",)


def test_another_deadline_or_a_listed_commit_counts_in_place_of_what_did(server, ann, tmp_path):
    _, early, late = ann
    plain = ["repository,login", f"{server.address('ann')},ann"]
    _, _, found = fetch(tmp_path, plain)
    assert counting(found) == {"ann": called(late)}
    said, last, found = fetch(tmp_path, plain, *AT_THE_DEADLINE)
    assert counting(found) == {"ann": called(early)}
    assert found["ann"].sums["main"].final == 70
    assert f"ann@{early[:12]} in place of ann@{late[:12]}" in said
    assert last["dropped"] == 0
    listed = ["repository,login,commit", f"{server.address('ann')},Ann,{late}"]
    _, last, found = fetch(tmp_path, listed)
    assert counting(found)["ann"] == called(late, "Ann")
    assert (last["graded"], found["ann"].state) == (1, "graded")
    with Gradebook(str(tmp_path / "marks")) as book:
        assert {one.label for one in queries.attempts(book, "hw2p1")} >= {*called(early), *called(late)}


def test_the_deadline_of_an_earlier_run_holds_as_in_a_batch(server, ann, tmp_path):
    _, early, _ = ann
    plain = ["repository,login", f"{server.address('ann')},ann"]
    fetch(tmp_path, plain, *AT_THE_DEADLINE)
    assert counting(fetch(tmp_path, plain)[2]) == {"ann": called(early)}


def test_a_fork_of_which_nothing_counts_any_more_is_listed_and_its_student_missing(server, solution, tmp_path):
    late = server.fork("ann", empty=True).commit(solution, LATE)
    gone = server.fork("bob")
    first = gone.commit(solution, EARLY)
    away = server.fork("cem").commit(solution, EARLY)
    rows = ["repository,login", *(f"{server.address(who)},{who}" for who in ("ann", "bob", "cem"))]
    fetch(tmp_path, rows)
    gone.commit({"README.md": b"x"}, EARLY, onto=None)
    shutil.rmtree(server.root / "cem")
    said, last, found = fetch(tmp_path, rows, *AT_THE_DEADLINE)
    assert counting(found) == {"ann": (), "bob": (), "cem": called(away, "cem")}
    assert [found[who].state for who in ("ann", "bob", "cem")] == ["missing", "missing", "graded"]
    assert f"ann@{late[:12]}: fork late" in said
    assert f"bob@{first[:12]}: fork nothing" in said
    assert (last["dropped"], last["forks"]) == (2, {"late": 1, "nothing": 1, "unreachable": 1})
    # All of it is still there, and counts again as soon as a fetch says so.
    _, last, found = fetch(tmp_path, rows, "--deadline", (LATE + timedelta(days=1)).isoformat())
    assert (counting(found)["ann"], last["graded"]) == (called(late), 0)


def test_who_moves_a_deadline_and_why_stays_in_the_gradebook(server, solution, tmp_path):
    server.fork("ann").commit(solution, EARLY)
    rows = ["repository,login", f"{server.address('ann')},ann"]
    fetch(tmp_path, rows)
    fetch(tmp_path, rows, *AT_THE_DEADLINE, "--by", "prof", "--why", "the server was down")
    with Gradebook(str(tmp_path / "marks")) as book, book.writing() as session:
        declared = [(row.who, row.why) for row in session.scalars(select(PolicyRow).order_by(PolicyRow.id))]
    assert declared[-1] == ("prof", "the server was down") and declared[0][1] == ""


def test_listed_pushes_that_no_server_has_leave_a_fork_as_it_was(server, ann, tmp_path):
    _, _, late = ann
    fetch(tmp_path, ["repository,login", f"{server.address('ann')},ann"])
    pushed = [
        "repository,login,commit,pushed_at", f"{server.address('ann')},ann,{'0' * 40},{EARLY.isoformat()}",
    ]  # fmt: skip
    said, last, found = fetch(tmp_path, pushed, *AT_THE_DEADLINE)
    assert f"has no commit {'0' * 40}" in said
    assert (counting(found), last["forks"]) == ({"ann": called(late)}, {"unreachable": 1})


@pytest.mark.parametrize(
    ("policy", "roster", "is_late", "percent"),
    [
        ("", "login,extension\nann,5d\n", True, 0),
        ("", "login,extension\nann,1d\n", False, 0),
        ("", "login,group,extension\nann,1,\nbob,1,5d\n", True, 0),
        ('grace = "3d"\n', "login\nann\n", True, 0),
        ("[late]\npercent = 10\n", "login\nann\n", True, 20),
        ('[late]\npercent = 10\nuntil = "1d"\n', "login\nann\n", False, 0),
        ('[late]\npercent = 10\nuntil = "1d"\n', "login,extension\nann,1d\n", True, 10),
    ],
    ids=["extended", "not enough", "of a group", "grace", "late work", "too late", "late with an extension"],
)
def test_the_last_commit_that_the_policy_accepts_counts(
    server, ann, tmp_path, policy: str, roster: str, *, is_late: bool, percent: int
):
    _, early, late = ann
    (tmp_path / "policy.toml").write_text(f"deadline = {DEADLINE.isoformat()}\n{policy}")
    (tmp_path / "roster.csv").write_text(roster)
    lists = ("--policy", tmp_path / "policy.toml", "--roster", tmp_path / "roster.csv")
    _, _, found = fetch(tmp_path, ["repository,login", f"{server.address('ann')},ann"], *lists)
    assert counting(found)["ann"] == called(late if is_late else early)
    assert found["ann"].lateness.percent == percent


def test_what_no_longer_counts_is_said_where_grading_is_stopped(server, ann, tmp_path, monkeypatch):
    def stopped(*arguments: object) -> None:
        raise KeyboardInterrupt

    _, early, late = ann
    rows = ["repository,login", f"{server.address('ann')},ann"]
    (tmp_path / "roster.csv").write_text("email,login,group\nann@x.edu,ann,g\nbob@x.edu,bob,g\n")
    fetch(tmp_path, rows, "--roster", tmp_path / "roster.csv")
    monkeypatch.setattr(run.Run, "grade", stopped)
    (tmp_path / "roster.csv").write_text("email,login,group\nann@x.edu,ann,\nbob@x.edu,bob,\n")
    words = ["forks", tmp_path / "forks.csv", "--gradebook", tmp_path / "marks", "--store", tmp_path / "store"]
    words += ["--protocols", "git", "--roster", tmp_path / "roster.csv", *AT_THE_DEADLINE]
    done = CliRunner().invoke(cli, list(map(str, words)), catch_exceptions=False, standalone_mode=False)
    assert done.return_value == 130
    assert f"ann@{early[:12]} in place of ann@{late[:12]}" in done.output
    assert "  bob@x.edu: main 100 → no points, bonus 15 → no points (nothing of what was handed in" in done.output
    assert "stopped: 0 graded and kept in" in done.output


def test_a_branch_that_was_taken_away_takes_no_push_away_that_the_course_saw(server, ann, tmp_path):
    fork, early, _ = ann
    row = f"{server.address('ann')},ann,{early},{EARLY.isoformat()}"
    pushed = ["repository,login,commit,pushed_at", row]
    fetch(tmp_path, pushed, *AT_THE_DEADLINE)
    git(fork.folder, "update-ref", "-d", "refs/heads/main")
    said, last, found = fetch(tmp_path, pushed, *AT_THE_DEADLINE)
    assert counting(found) == {"ann": called(early)}
    assert (last["forks"], last["dropped"], found["ann"].state) == ({"ready": 1}, 0, "graded")
    assert "its branch is gone: a commit counts that the course saw" in said
