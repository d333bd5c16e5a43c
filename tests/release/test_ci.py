"""`ci`: the trusted grader scores the checkout, whatever the checkout says."""

from __future__ import annotations

import json
import re
import shutil

import junitparser
import pytest

from autograder.assignments import registry

ROOT = registry.PROJECT
CHEAT = """
import os, sys
print("::error file=x::forged")
print("::notice title=Autograding complete::Points 100/100")
sys.stderr.write("::set-output name=points_main::100\\n")
for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV"):
    if name in os.environ:
        open(os.environ[name], "a").write("points_main=100\\n")
try:
    open("/tmp/scores.json", "w").write("{}")
except OSError:
    pass
"""


@pytest.fixture
def actions(tmp_path):
    """The environment of a step, and the files that it names."""
    files = {name: tmp_path / name.lower() for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    for path in files.values():
        path.touch()
    return {"GITHUB_ACTIONS": "true", "RUNNER_TEMP": str(tmp_path), **{k: str(v) for k, v in files.items()}}


def outputs(environ):
    from pathlib import Path

    text = Path(environ["GITHUB_OUTPUT"]).read_text()
    return {m[1]: m[3] for m in re.finditer(r"(\w+)<<(\w+)\n(.*?)\n\2\n", text, re.DOTALL)}


def test_a_solved_fork(solved, released_once, run, actions, tmp_path):
    done = run(solved, "ci", "--trusted", released_once, "--output", tmp_path / "out", "--classroom", **actions)
    assert done.returncode == 0, done.stdout + done.stderr
    assert outputs(actions)["points_main"] == "95"
    assert "::notice title=Autograding" not in done.stdout or "Points 95" in done.stdout
    assert json.loads(done.stdout.splitlines()[-1])["scores"]["Conv1d"] == 5
    made = {path.name for path in (tmp_path / "out").iterdir()}
    assert made == {"report.json", "scores.json", "junit.xml", "summary.md", "report.html"}
    (suite,) = junitparser.JUnitXml.fromfile(str(tmp_path / "out" / "junit.xml"))
    assert suite.tests == 25
    assert "Main: 95/100" in (tmp_path / "github_step_summary").read_text()


def test_cheats_gain_nothing(solved, released_once, run, actions, tmp_path):
    pool = solved / "handout/hw2p1/mytorch/pool.py"
    pool.write_text(CHEAT + "class MaxPool2d_stride1: pass\n")
    (solved / "scores.json").write_text('{"scores": {"MaxPool2d": 1000}}')
    (solved / "autograder/grading/score.py").write_text("raise SystemExit('mine')\n")
    (solved / "autograder/grading/extra.py").write_text("")
    (solved / "runner.py").write_text('print(\'{"scores": {"MaxPool2d": 1000}}\')\n')
    (solved / ".github/workflows/score.yml").write_text("on: push\n")
    (solved / "handout/hw2p1/mytorch/resampling.py").unlink()
    (solved / "handout/hw2p1/mytorch/resampling.py").symlink_to("/etc/passwd")
    out = tmp_path / "out"
    runner = released_once / "runner.py"
    done = run(solved, "ci", "--trusted", released_once, "--output", out, runner=runner, **actions)
    assert done.returncode == 0, done.stderr
    scores = json.loads((out / "scores.json").read_text())["scores"]
    assert scores["MaxPool2d"] == scores["MaxPool2d_stride1"] == scores["Downsampling1d"] == 0
    assert scores["Build a CNN Model"] == 0 or "Conv1d_stride1" in scores
    assert outputs(actions)["points_main"] == str(sum(v for k, v in scores.items() if k not in BONUS)).removesuffix(
        ".0"
    )
    assert re.search(r"^::error file=handout/hw2p1/mytorch/pool.py,line=1\d,", done.stdout, re.MULTILINE)
    for line in ("changed: autograder/grading/score.py", "changed: runner.py", "added: autograder/grading/extra.py"):
        assert f"::warning title=Grader::{line}" in done.stdout
    forged = [line for line in done.stdout.splitlines() if re.match(r"\s*::(error file=x|notice|set-output)", line)]
    assert forged == [] or stopped(done.stdout, forged)


BONUS = ("Dropout2d", "BatchNorm2d", "Resnet")


def stopped(log, lines):
    """Whether the runner would take these lines for text."""
    inside = re.search(r"::stop-commands::(\w+)\n(.*?)\n::\1::", log, re.DOTALL)
    return inside is not None and all(line in inside[2] for line in lines)


def test_the_checkouts_own_runner_hands_over(solved, released_once, run, tmp_path):
    done = run(solved, "ci", "--trusted", released_once, "--output", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out/scores.json").is_file()


def test_variables_do_not_bring_code_in(solved, released_once, run, tmp_path):
    (solved / "click.py").write_text("raise SystemExit(99)")
    (solved / "sitecustomize.py").write_text("raise SystemExit(99)")
    runner = released_once / "runner.py"
    done = run(solved, "ci", "--trusted", released_once, "--output", tmp_path / "out", runner=runner)
    assert done.returncode == 0, done.stderr
    assert "added: sitecustomize.py" in done.stdout


def test_the_exit_status_says_the_bar(released, released_once, run, tmp_path):
    done = run(released, "ci", "--trusted", released_once, "--output", tmp_path / "out", "--fail-under", "60")
    assert done.returncode == 1


def test_an_output_folder_that_a_checkout_brought_is_refused(solved, released_once, run, tmp_path):
    (solved / "autograder-report").symlink_to(tmp_path)
    done = run(solved, "ci", "--trusted", released_once)
    assert done.returncode == 2
    assert "there is something already" in done.stderr


def test_nothing_to_grade(released, released_once, run, tmp_path):
    shutil.rmtree(released / "handout")
    done = run(released, "ci", "--trusted", released_once, "--output", tmp_path / "out")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_signed_report_is_verified(solved, released_once, run, tmp_path):
    (tmp_path / "key").write_text("k" * 64)
    done = run(solved, "ci", "--trusted", released_once, "--output", tmp_path / "out", "--key-file", tmp_path / "key")
    assert done.returncode == 0, done.stderr
    from click.testing import CliRunner

    from autograder.cli import cli

    out = tmp_path / "out"
    paths = [str(out / "report.json"), str(out / "scores.json")]
    arguments = ["verify", *paths, "--key-file", str(tmp_path / "key"), "--submission", str(solved / "handout/hw2p1")]
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False, standalone_mode=False)
    assert done.return_value == 0, done.output


@pytest.mark.parametrize(("key", "said"), [(None, "cannot be read"), ("short", "shorter than 32 bytes")])
def test_a_key_that_is_none_costs_nothing(key, said, solved, released_once, run, tmp_path):
    """Nothing is graded and nothing written, so that the same command goes on once there is a key."""
    if key is not None:
        (tmp_path / "key").write_text(key)
    options = ("--trusted", released_once, "--output", tmp_path / "out", "--key-file", tmp_path / "key")
    done = run(solved, "ci", *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("link", ["handout", "handout/hw2p1"])
@pytest.mark.parametrize("named", [[], ["--submission", "handout/hw2p1"]])
def test_a_link_to_the_solutions_earns_nothing(link, named, released, run, tmp_path):
    """Staff's grader and the fork lie side by side, so a fork can guess where the solutions are."""
    place = released / link
    shutil.rmtree(place)
    place.symlink_to((ROOT / "reference_solutions" / link.removeprefix("handout").strip("/")).absolute())
    assert (released / "handout/hw2p1/MCQ/mcq.py").is_file()
    done = run(released, "ci", "--trusted", ROOT, "--output", tmp_path / "out", *named, runner=ROOT / "runner.py")
    assert done.returncode == 2, done.stdout
    assert f"{link} is a link" in done.stderr
    assert not list((tmp_path / "out").glob("*"))


def test_what_is_kept_in_lfs_is_named(solved, released_once, run, actions, tmp_path):
    """In the words of `forks`."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 100\n"
    (solved / "handout/hw2p1/mytorch/pool.py").write_bytes(pointer)
    done = run(solved, "ci", "--trusted", released_once, "--output", tmp_path / "out", **actions)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "out/report.json").read_text())
    assert "kept in LFS, which is not fetched: mytorch/pool.py" in report["notes"]
    summary = (tmp_path / "github_step_summary").read_text()
    assert "kept in LFS, which is not fetched" in summary


def test_staffs_own_checkout_names_what_a_fork_changed(released, run, tmp_path):
    """Also where the fork took away the list of what it was given."""
    (released / "autograder/release.json").unlink()
    (released / "autograder/grading/score.py").write_text("raise SystemExit('mine')\n")
    done = run(released, "ci", "--trusted", ROOT, "--output", tmp_path / "out", runner=ROOT / "runner.py")
    assert done.returncode == 0, done.stderr
    assert "the grader differs from what was released in 1 file; the score does not depend on them" in done.stdout
    assert "changed: autograder/grading/score.py" in done.stdout


def test_a_changed_copy_that_grades_itself_says_that_its_score_may_not_count(released, run, tmp_path):
    with (released / "autograder/reports/words.py").open("a") as file:
        file.write("# mine\n")
    done = run(released, "ci", "--trusted", ".", "--output", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "the grader differs from what was released in 1 file; the course's score may be another" in done.stdout


def test_the_courses_own_checkout_is_no_fork(run, tmp_path):
    done = run(ROOT, "ci", "--trusted", ".", "--output", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "differs from what" not in done.stdout
