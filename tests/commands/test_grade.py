"""The command line as people and scripts use it: real processes, exit statuses, last lines, files."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
REFERENCE = ROOT / "reference_solutions" / "hw2p1"
HANDOUT = ROOT / "handout" / "hw2p1"


def run(*arguments: object, cwd: Path = ROOT, **options):
    return subprocess.run(
        [sys.executable, ROOT / "runner.py", *map(str, arguments)],
        cwd=cwd, capture_output=True, text=True, timeout=120, check=False, **options,
    )  # fmt: skip


def last_line(done) -> dict:
    return json.loads(done.stdout.splitlines()[-1])["scores"]


def points(done) -> float:
    return sum(last_line(done).values())


@pytest.fixture
def submission(tmp_path):
    return Path(shutil.copytree(REFERENCE, tmp_path / "submission"))


def test_the_references_earn_everything_and_the_last_line_says_so():
    done = run("grade", REFERENCE)
    assert done.returncode == 0, done.stderr
    assert points(done) == 115
    assert list(last_line(done))[:6] == ["MCQ 1", "MCQ 2", "MCQ 3", "MCQ 4", "MCQ 5", "Downsampling1d"]
    assert "100 / 100" in done.stdout
    assert "\x1b" not in done.stdout


def test_the_handout_earns_nothing_and_gives_the_committed_scores(tmp_path):
    scores = tmp_path / "scores.json"
    done = run("grade", HANDOUT, "--scores", scores)
    assert done.returncode == 0, done.stderr
    assert points(done) == 0
    assert scores.read_bytes() == (ROOT / "scores.json").read_bytes()
    assert {section["status"] for section in json.loads(scores.read_text())["sections"]} == {"not_implemented"}


def test_without_arguments_it_grades_the_handout():
    before = (ROOT / "scores.json").read_bytes()
    done = run()
    assert done.returncode == 0, done.stderr
    assert points(done) == 0
    assert (ROOT / "scores.json").read_bytes() == before


def test_other_submissions_never_touch_the_handout_s_scores(submission):
    before = (ROOT / "scores.json").read_bytes()
    run("grade", submission, "--quiet")
    assert (ROOT / "scores.json").read_bytes() == before
    assert not (submission / "scores.json").exists()


def test_a_checkout_that_may_not_be_written_is_graded_all_the_same(tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", "tests", "docs", "benchmarks"))
    (copy / "scores.json").unlink()
    (copy / "scores.json").mkdir()
    done = subprocess.run(
        [sys.executable, "-B", copy / "runner.py"], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert points(done) == 0
    assert done.stderr == f"note: {copy / 'scores.json'}: cannot be written: Is a directory\n"


def test_scores_that_cannot_be_written_where_they_should_be_are_an_error():
    done = run("grade", REFERENCE, "--only", "Conv1d", "--quiet", "--format", "json", "--output", "/nowhere/at/all")
    assert (done.returncode, last_line(done)) == (2, {"Conv1d": 5})
    done = run("grade", REFERENCE, "--quiet", "--scores", "/nowhere/at/all")
    assert (done.returncode, points(done)) == (2, 115)
    assert "/nowhere/at/all: cannot be written" in done.stderr


def test_quiet_prints_one_line():
    done = run("grade", REFERENCE, "--quiet", "--only", "Conv1d")
    assert done.stdout.splitlines() == ['{"scores": {"Conv1d": 5}}']


def test_only_takes_several_keys_and_never_writes_scores(tmp_path):
    done = run("grade", REFERENCE, "--quiet", "--only", "Conv1d", "--only", "MCQ 2")
    assert last_line(done) == {"MCQ 2": 1, "Conv1d": 5}
    refused = run("grade", REFERENCE, "--only", "Conv1d", "--scores", tmp_path / "scores.json")
    assert refused.returncode == 2


def test_group_chooses_the_keys_of_the_last_line():
    done = run("grade", REFERENCE, "--quiet", "--group", "bonus")
    assert last_line(done) == {"Dropout2d": 5, "BatchNorm2d": 5, "Resnet": 5}
    assert len(last_line(run("grade", REFERENCE, "--quiet", "--group", "main"))) == 22


def test_fail_under_sets_the_exit_status():
    assert run("grade", REFERENCE, "--quiet", "--fail-under", "100").returncode == 0
    assert run("grade", HANDOUT, "--quiet", "--fail-under", "1", "--scores", os.devnull).returncode == 1


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_archives_are_graded_like_folders(kind, tmp_path):
    path = tmp_path / f"handin.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for file in REFERENCE.rglob("*.py"):
                archive.write(file, Path("hw2") / file.relative_to(REFERENCE))
    else:
        with tarfile.open(path, "w:gz" if kind.endswith("gz") else "w") as archive:
            archive.add(REFERENCE, "handin/hw2p1")
    done = run("grade", path, "--quiet")
    assert points(done) == 115


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["grade", "nowhere"], "there is no nowhere"),
        (["grade", "-a", "hw9"], "no assignment 'hw9'"),
        (["grade", "--only", "Conv9d"], "no section 'Conv9d'"),
        (["grade", "--only", "conv1d_stride1"], "did you mean 'Conv1d_stride1'? its sections are: "),
        (["grade", "--edition", "w99"], "no edition 'w99'"),
        (["grade", "--edition", ""], "names no edition"),
        (["grade", "--attempt", "3"], "--attempt goes with --student"),
        (["grade", "--fail-under", "nan"], "not in the range"),
        (["grade", "--fail-under", "1e400"], "not in the range"),
        (["grade", "--debug", "--fail-under", "0", "--quiet"], "leave out --fail-under, --quiet\n"),
        (["grade", "--debug", "--format", "json", "--output", "x"], "leave out --format, --output\n"),
        (["grade", "--debug", "--scores", "x", "--group", "main"], "leave out --group, --scores\n"),
        (["grade", "autograder"], "does not look like"),
        (["grade", "handout/conv2d_layer"], "it looks like another assignment: -a conv2d_layer\n"),
        (["handout/hw2p1"], "to grade what lies there: grade handout/hw2p1"),
        (["grade", "--watch", "--debug"], "--watch and --debug exclude each other"),
        (["grade", "requirements.txt"], "requirements.txt"),
        (["grade", "--format", "json"], "come in pairs"),
        (["grade", "--seed-file", "nowhere"], "cannot be read"),
        (["grade", "--overlay", "nowhere.toml"], "cannot be read"),
        (["grade", "--seed", "1", "--seed-file", "x"], "exclude each other"),
        (["grade", "--profile", "huge"], "huge"),
    ],
)
def test_wrong_usage_gets_one_clear_line_and_status_2(arguments, word):
    done = run(*arguments)
    assert done.returncode == 2
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout


def test_a_report_file_holds_the_whole_document(tmp_path):
    path = tmp_path / "report.json"
    run("grade", REFERENCE, "--quiet", "--only", "Conv1d", "--format", "json", "--output", path)
    report = json.loads(path.read_text())
    assert report["schema"] == "autograder/report/v1"
    assert report["scores"] == {"Conv1d": 5}
    assert report["run"]["isolation"] in ("bubblewrap", "landlock", "process")


def test_what_changed_since_the_last_run_is_said(submission, tmp_path):
    scores = tmp_path / "scores.json"
    run("grade", submission, "--quiet", "--scores", scores)
    pool = submission / "mytorch" / "pool.py"
    pool.write_text("raise RuntimeError('half an edit')\n" + pool.read_text())
    done = run("grade", submission, "--scores", scores)
    assert "MaxPool2d_stride1" in done.stdout
    assert "10 → 0" in done.stdout
    assert points(done) == 85


def test_an_overlay_changes_points_and_the_totals_follow(tmp_path):
    overlay = tmp_path / "course.toml"
    overlay.write_text('[sections."Conv1d"]\npoints = 7.5\n')
    done = run("grade", REFERENCE, "--quiet", "--only", "Conv1d", "--overlay", overlay)
    assert last_line(done) == {"Conv1d": 7.5}


@pytest.mark.parametrize("line", ["[rubric]\nx=1", '[sections."Nope"]\npoints=1', '[sections."Conv1d"]\npoints=-1'])
def test_an_overlay_that_says_too_much_is_refused(line, tmp_path):
    overlay = tmp_path / "course.toml"
    overlay.write_text(line)
    assert run("grade", REFERENCE, "--overlay", overlay).returncode == 2


def test_a_secret_seed_is_named_by_its_fingerprint_only(tmp_path):
    secret = "correct-horse-battery-staple-11785"
    (tmp_path / "seed").write_text(secret)
    path = tmp_path / "report.json"
    done = run(
        "grade", REFERENCE, "--only", "Conv1d", "--seed-file", tmp_path / "seed",
        "--format", "json", "--output", path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert points(done) == 5
    assert json.loads(path.read_text())["seed"].startswith("secret:")
    assert secret not in done.stdout + path.read_text()


def test_another_public_seed_gives_the_same_marks():
    assert points(run("grade", REFERENCE, "--quiet", "--seed", "7")) == 115


def test_debug_runs_here_and_scores_nothing(submission):
    done = run("grade", submission, "--debug", "--only", "Conv1d")
    assert done.returncode == 0, done.stderr
    assert "right" in done.stdout
    assert "Nothing was scored" in done.stdout
    assert "scores" not in done.stdout.splitlines()[-1]


def test_watch_grades_again_what_a_saved_file_affects(submission):
    process = subprocess.Popen(
        [sys.executable, ROOT / "runner.py", "grade", submission, "--watch", "--quiet"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        first = json.loads(process.stdout.readline())["scores"]
        pool = submission / "mytorch" / "pool.py"
        pool.write_text(pool.read_text() + "\nraise RuntimeError\n")
        second = json.loads(process.stdout.readline())["scores"]
    finally:
        process.terminate()
        process.communicate()
    assert sum(first.values()) == 115
    assert {key for key in first if first[key] != second[key]} == {
        "MaxPool2d_stride1", "MaxPool2d", "MeanPool2d_stride1", "MeanPool2d",
    }  # fmt: skip


@pytest.mark.parametrize(("percent", "status"), [(100, 0), (0, 1)])
def test_watch_ends_when_it_is_interrupted_with_the_status_of_the_last_report(submission, percent, status):
    if not percent:
        (submission / "MCQ" / "mcq.py").write_text("")
    process = subprocess.Popen(
        [sys.executable, ROOT / "runner.py", "grade", submission, "--watch", "--only", "MCQ 1", "--fail-under", "50"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    next(line for line in process.stderr if "waiting" in line)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    assert (process.communicate(timeout=30)[1], process.returncode) == ("", status)


def test_watch_says_once_that_it_waits_and_how_to_end_it(submission):
    process = subprocess.Popen(
        [sys.executable, ROOT / "runner.py", "grade", submission, "--watch", "--only", "MCQ 1"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        said = next(line for line in process.stderr if "waiting" in line)
    finally:
        process.terminate()
        process.communicate()
    assert said == "waiting for a file to be saved; Ctrl+C ends this\n"


def test_help_names_every_command_and_needs_no_assignment():
    done = run("--help")
    assert done.returncode == 0
    for command in ("grade", "sections", "handout", "selfcheck", "doctor"):
        assert command in done.stdout


def test_sections_shows_keys_and_points():
    done = run("sections")
    assert "Conv2d-stride1" in done.stdout
    assert "Conv2d_stride1" in run("sections", "--edition", "s24").stdout


def test_handout_check_and_refusal_to_overwrite(tmp_path):
    assert run("handout", "--check").returncode == 0
    target = tmp_path / "handout"
    assert run("handout", "--output", target).returncode == 0
    (target / "mytorch" / "pool.py").write_text("my own work\n")
    assert run("handout", "--output", target, "--check").returncode == 1
    assert run("handout", "--output", target).returncode == 2
    assert (target / "mytorch" / "pool.py").read_text() == "my own work\n"
    assert run("handout", "--output", target, "--force").returncode == 0


def test_doctor_names_the_level_that_auto_takes():
    done = run("doctor")
    assert done.returncode == 0
    assert "takes:" in done.stdout


def test_a_student_s_seed_is_their_own_and_can_be_made_again(tmp_path):
    secret = {**os.environ, "COURSE_SEED": "correct-horse-battery-staple"}

    def seed(*arguments: str) -> str:
        path = tmp_path / "report.json"
        done = run(
            "grade", REFERENCE, "--only", "Upsampling1d", "--quiet", "--seed-variable", "COURSE_SEED", *arguments,
            "--format", "json", "--output", path, env=secret,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert points(done) == 2.5
        return json.loads(path.read_text())["seed"]

    ada = seed("--student", "ada")
    assert ada == seed("--student", "ada")
    assert len({seed(), ada, seed("--student", "bob"), seed("--student", "ada", "--attempt", "2")}) == 4


def test_a_student_without_a_secret_is_wrong_usage():
    assert run("grade", REFERENCE, "--student", "ada").returncode == 2
    assert run("grade", REFERENCE, "--seed-variable", "NOT_SET_ANYWHERE").returncode == 2
