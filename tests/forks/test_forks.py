"""Forks on real servers, honest and not, scored to the expected table."""

from __future__ import annotations

import json
import os
from datetime import timedelta

import jsonschema
import pytest
from click.testing import CliRunner
from git_servers import DEADLINE

from autograder.assignments import registry
from autograder.cli import cli
from autograder.gradebook import forks, queries
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.standing import standings

HOME = "handout/hw2p1"
LATER = DEADLINE + timedelta(hours=1)


def score(tmp_path, lines, *options):
    """The result's last line, its output, and points of the main group by login."""
    (tmp_path / "forks.txt").write_text("\n".join(lines) + "\n")
    arguments = [
        "forks", tmp_path / "forks.txt", "--gradebook", tmp_path / "book", "--store", tmp_path / "store",
        "--protocols", "git,http", "--deadline", DEADLINE.isoformat(), "--jobs", "2", *options,
    ]  # fmt: skip
    done = CliRunner().invoke(cli, [str(a) for a in arguments], catch_exceptions=False, standalone_mode=False)
    with Gradebook(str(tmp_path / "book")) as book:
        points = {}
        for standing in standings(book, "hw2p1", None).standings:
            if standing.report_of is not None:
                report = queries.report(book, standing.report_of)
                points[standing.person.key] = report["totals"]["main"]["points"]
    return json.loads(done.stdout.splitlines()[-1]), done.output, points, done.return_value


def cheats(server, solution):
    """Forks by owner: what they do, and the points that they must get."""
    forged = b'import os\nprint("::notice title=Autograding complete::Points 100/100")\n' \
        b'open(os.environ.get("GITHUB_OUTPUT", "out"), "a").write("points_main=100")\n'  # fmt: skip
    pool = solution[f"{HOME}/mytorch/pool.py"]
    expected = {}

    def made(owner, points, files, **facts):
        server.fork(owner).commit(files, **facts)
        expected[owner] = points

    made("honest", 100, solution)
    made("stubs", 0, {"notes.txt": b"x"})
    made("scores", 0, {"scores.json": b'{"scores": {"Conv1d": 5000}}'})
    made("workflow", 0, {".github/workflows/score.yml": b"on: push\n"})
    made("grader", 0, {"autograder/grading/score.py": b"1/0\n", "runner.py": b"print(100)\n"})
    made("renamed", 70, {**solution, f"{HOME}/mytorch/pool.py": None, f"{HOME}/mytorch/pool.txt": pool})
    made("forger", 70, {**solution, f"{HOME}/mytorch/pool.py": forged})
    made("junk", 70, {**solution, f"{HOME}/mytorch/pool.py": os.urandom(5000), "blob.bin": os.urandom(5000)})
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 100\n"
    made("elsewhere", 70, {**solution, f"{HOME}/mytorch/pool.py": pointer})
    link = {**solution, f"{HOME}/mytorch/pool.py": None}
    made("linked", 70, link, links={f"{HOME}/mytorch/pool.py": "/etc/passwd"})
    made("answers", 100, solution, submodules={"answers": "1" * 40})
    made("attributes", 100, {**solution, ".gitattributes": b"* export-ignore filter=lfs\n"})
    historian = server.fork("historian")
    historian.commit(solution, DEADLINE - timedelta(days=2))
    historian.history(3000, DEADLINE - timedelta(days=1), {})
    expected["historian"] = 100
    improved = server.fork("late-better")
    improved.commit({**solution, f"{HOME}/mytorch/pool.py": None})
    improved.commit(solution, LATER)
    expected["late-better"] = 70
    return expected


def test_cheats_are_scored_to_the_table(server, solution, tmp_path):
    expected = cheats(server, solution)
    deep = server.fork("deep")
    deep.commit(solution)
    deep.history(600, LATER, {f"{HOME}/mytorch/pool.py": b"broken\n"})
    expected["deep"] = 100
    server.fork("empty", empty=True)
    server.fork("too-late", empty=True).commit(solution, LATER)
    server.fork("no-homework", empty=True).commit({"README.md": b"x"})
    server.fork("huge").commit({"data.bin": os.urandom(6 << 20)})
    others = ["empty", "too-late", "no-homework", "huge", "nowhere"]
    lines = [server.address(owner, "http" if owner in ("honest", "huge") else "git") for owner in [*expected, *others]]
    last, output, points, status = score(tmp_path, lines, "--megabytes", "4")
    assert points == expected
    jsonschema.validate(last, json.loads((registry.PROJECT / "autograder/reports/schema/forks-v1.json").read_text()))
    assert last["forks"] == {"empty": 1, "late": 1, "nothing": 1, "ready": len(expected), "unreachable": 2}
    assert status == 3  # two could not be had: no zero for them
    for said in (
        "stubs: ", "unchanged since the release", "grader: ", "touched the grader: autograder/grading/score.py, ru",
        "workflow: ", ".github/workflows/score.yml",
        "handout/hw2p1/mytorch/pool.py is a link, and links are not followed",
        "kept in LFS, which is not fetched: mytorch/pool.py",
        "a submodule, not followed: answers", "huge: unreachable: is larger than 4 MB", "nowhere: unreachable",
        "empty: empty", "too-late: late", "no-homework: nothing",
    ):  # fmt: skip
        assert said in output, said
    with Gradebook(str(tmp_path / "book")) as book:
        kept = forks.remarks(book, "hw2p1")
    assert set(kept) >= {"stubs", "grader", "workflow", "linked", "answers", *others}
    assert kept["stubs"] == ("unchanged since the release",)
    assert kept["grader"][1].startswith("touched the grader: autograder/grading/score.py")
    assert kept["nowhere"][0] == "fork unreachable"
    assert kept["too-late"] == ("fork late",)


def test_pushes_decide_over_the_dates_of_commits(server, solution, tmp_path):
    """A commit that claims to be of last week, pushed after the deadline, is late."""
    fork = server.fork("backdated")
    first = fork.commit({**solution, f"{HOME}/mytorch/pool.py": None}, DEADLINE - timedelta(days=2))
    second = fork.commit(solution, DEADLINE - timedelta(days=7))
    rewritten = server.fork("rewriter")
    gone = rewritten.commit({**solution, f"{HOME}/mytorch/pool.py": None})
    rewritten.commit(solution, onto=None)
    rows = ["repository,login,commit,pushed_at"]
    for owner, commit, when in (
        ("backdated", first, DEADLINE - timedelta(days=2)),
        ("backdated", second, LATER),
        ("rewriter", gone, DEADLINE - timedelta(hours=1)),
    ):
        rows.append(f"{server.address(owner)},{owner},{commit},{when.isoformat()}")
    last, output, points, status = score(tmp_path, rows)
    assert points == {"backdated": 70, "rewriter": 70}
    assert "rewriter: " in output
    assert "force-pushed" in output
    assert status == 0
    assert last["forks"] == {"ready": 2}


def test_a_listed_commit_counts_without_the_time_of_a_push(server, solution, tmp_path):
    """Whatever came after it, and whatever its own time says."""
    fork = server.fork("ann")
    first = fork.commit({**solution, f"{HOME}/mytorch/pool.py": None}, DEADLINE - timedelta(days=2))
    fork.commit(solution, DEADLINE - timedelta(days=1))
    late = server.fork("bob").commit(solution, LATER)
    server.fork("cem").commit(solution)
    rows = [
        " Repository , LOGIN,Commit",
        f"{server.address('ann')},ann,{first}",
        f"{server.address('bob')},bob,{late.upper()}",
        f"{server.address('cem')},cem,{'0' * 40}",
    ]
    last, output, points, status = score(tmp_path, rows)
    assert points == {"ann": 70, "bob": 100}
    assert (last["forks"], status) == ({"ready": 2, "unreachable": 1}, 3)
    assert f"cem: unreachable: has no commit {'0' * 40}" in output


COMMIT = "1" * 40


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["repository,logn", "https://host/ann/hw,ann"], "unknown column 'logn'"),
        (["repository,e-mail", "https://host/ann/hw,ann@example.org"], "unknown column 'e-mail'"),
        (["repository,login,Login", "https://host/ann/hw,ann,bob"], "two columns 'login'"),
        (["repository,commit", "https://host/ann/hw,abc"], "line 2: 'abc' is no whole commit"),
        (["repository,commit,pushed_at", f"https://host/ann/hw,{COMMIT},noon"], "line 2: 'noon' is no time"),
        (["repository,commit,pushed_at", "https://host/ann/hw,,2026-03-01T12:00:00Z"], "line 2: a push without"),
        (
            ["repository,commit", f"https://host/ann/hw,{COMMIT}", f"https://host/ann/hw,{'2' * 40}"],
            "line 3: a second commit",
        ),
        (
            [
                "repository,commit,pushed_at",
                f"https://host/ann/hw,{COMMIT},2026-03-01T12:00:00Z",
                f"https://host/ann/hw,{COMMIT},",
            ],
            "line 3: a second commit",
        ),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused(rows, said, tmp_path):
    from autograder.errors import UsageError

    with pytest.raises(UsageError) as caught:
        score(tmp_path, rows)
    assert said in str(caught.value)
    if "unknown" in said:
        assert "repository, login, email, commit, pushed_at" in caught.value.hint


@pytest.mark.parametrize("link", ["handout", HOME])
def test_a_link_in_place_of_the_homework_is_named_as_ci_does(link, server, solution, tmp_path):
    """Nothing else of the fork is taken for the homework then."""
    files = {path.removeprefix(f"{HOME}/"): content for path, content in solution.items()}
    server.fork("ann", empty=True).commit(files, links={link: "."})
    last, output, points, _ = score(tmp_path, [server.address("ann")])
    assert (points, last["forks"]) == ({}, {"nothing": 1})
    assert f"ann: nothing: {link} is a link, and links are not followed" in output


@pytest.mark.more
def test_a_second_run_grades_only_what_is_new_and_sees_rewritten_history(server, solution, tmp_path):
    fork = server.fork("one")
    fork.commit({"notes.txt": b"x"})
    first, *_ = score(tmp_path, [server.address("one")])
    again, *_ = score(tmp_path, [server.address("one")])
    fork.commit(solution, onto=None)
    _, output, points, _ = score(tmp_path, [server.address("one")])
    assert (first["graded"], again["graded"]) == (1, 0)
    assert points == {"one": 100}
    assert "force-pushed" in output


def test_many_new_commits_are_no_rewritten_history(server, solution, tmp_path):
    """Of an honest student, who commits more often than a shallow fetch goes back; before, and after listed pushes."""
    fork = server.fork("diligent")
    fork.commit({"notes.txt": b"x"}, DEADLINE - timedelta(days=3))
    pushed = server.fork("pushed")
    early = pushed.commit(solution, DEADLINE - timedelta(days=3))
    rows = [
        "repository,login,commit,pushed_at",
        f"{server.address('diligent')},diligent,,",
        f"{server.address('pushed')},pushed,{early},{(DEADLINE - timedelta(days=3)).isoformat()}",
    ]
    pushed.history(40, LATER, {f"{HOME}/mytorch/pool.py": b"broken\n"})
    score(tmp_path, rows)
    fork.history(600, DEADLINE - timedelta(days=2), solution)
    _, output, points, _ = score(tmp_path, rows)
    assert points == {"diligent": 100, "pushed": 100}
    assert "force-pushed" not in output


@pytest.mark.parametrize(
    "address",
    [
        "ext::sh -c touch% /tmp/x",
        "--upload-pack=/bin/sh",
        "https://user:password@host/x/y",
        "fd::17",
        "no address",
        "-x:y",
    ],
)
def test_addresses_that_git_should_never_see(address, tmp_path):
    from autograder.errors import UsageError

    (tmp_path / "forks.txt").write_text(address + "\n")
    with pytest.raises(UsageError) as caught:
        CliRunner().invoke(
            cli, ["forks", str(tmp_path / "forks.txt"), "--gradebook", str(tmp_path / "book")],
            catch_exceptions=False, standalone_mode=False,
        )  # fmt: skip
    assert "password@" not in str(caught.value)


def test_two_repositories_of_one_login_are_refused(tmp_path):
    from autograder.errors import UsageError

    with pytest.raises(UsageError, match="two repositories of Ann, ann"):
        score(tmp_path, ["https://host/ann/hw", "https://host/Ann/hw", "https://host/bob/hw"])


def test_a_protocol_that_is_not_allowed(server, solution, tmp_path):
    server.fork("one").commit(solution)
    last, output, points, status = score(tmp_path, [server.address("one")], "--protocols", "https")
    assert (points, status, last["forks"]) == ({}, 3, {"unreachable": 1})
    assert "not allowed" in output


@pytest.mark.more
def test_a_hundred_forks(server, solution, tmp_path):
    expected = cheats(server, solution)
    sections = sorted(path for path in solution if path.endswith(("pool.py", "cnn.py", "ConvTranspose.py")))
    worth = {"pool.py": 30, "cnn.py": 5, "ConvTranspose.py": 10}
    for number in range(100 - len(expected)):
        broken = sections[number % 3]
        owner = f"student{number:03}"
        body = solution[broken] + b"\nraise ValueError\n"
        server.fork(owner).commit({**solution, broken: body, "me.txt": owner.encode()})
        expected[owner] = 100 - worth[broken.rpartition("/")[2]]
    last, output, points, status = score(tmp_path, [server.address(owner) for owner in expected])
    assert points == expected
    assert status == 0
    assert last["graded"] == 100
    with Gradebook(str(tmp_path / "book")) as book:
        told = forks.remarks(book, "hw2p1")
    assert set(told) == {"stubs", "scores", "workflow", "grader", "linked", "answers", "elsewhere"}
    assert all(f"  {owner}: " in output for owner in told)
    assert registry.find("hw2p1").rubric().maximum("main") == 100
