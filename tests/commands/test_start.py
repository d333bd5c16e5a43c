"""The guest that is started before the command line is read: the right one, and gone where nobody asked for it."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import helpers
import pytest
import rich

from autograder import start
from autograder.errors import EVERYBODYS, STUDENTS
from autograder.grading.given import parts
from autograder.sandbox import ahead

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("", "hw2p1"),
        ("--only Conv1d", "hw2p1"),
        ("grade", "hw2p1"),
        ("grade work/ -a numpy_cnn", "numpy_cnn"),
        ("grade --assignment=conv2d_layer work/", "conv2d_layer"),
        ("--watch -a conv2d_gemm", "conv2d_gemm"),
        ("--help", None),
        ("grade --debug", None),
        ("grade --isolation=process", None),
        ("grade --seed-file seed.txt", None),
        ("sections -a hw2p1", None),
        ("batch folder --gradebook marks", None),
    ],
)
def test_the_assignment_is_told_from_the_bare_arguments(words: str, name: str | None) -> None:
    assert start.assignment(words.split()) == name


OLDER = """
import runpy, sys
sys.version_info = (3, 10, 4, "final", 0)
runpy.run_path("runner.py", run_name="__main__")
"""


def test_an_older_python_is_told_which_one_is_needed() -> None:
    done = subprocess.run([sys.executable, "-c", OLDER], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: this needs Python 3.11 or later, not 3.10\n"


@pytest.mark.parametrize("version", ["2.7", "3.6", "3.7", "3.8", "3.9", "3.10"])
def test_older_pythons_that_are_here_can_read_that_far(version: str) -> None:
    python = shutil.which(f"python{version}")
    if python is None or subprocess.run([python, "--version"], capture_output=True, check=False).returncode:
        pytest.skip(f"there is no Python {version} here")
    done = subprocess.run([python, "runner.py"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.endswith(f", not {version}\n")


def test_nothing_in_the_way_in_keeps_an_older_python_from_reading_it() -> None:
    ast.parse((ROOT / "runner.py").read_text(), feature_version=(3, 4))


def test_the_guest_that_waits_is_the_one_that_is_asked_for_once() -> None:
    wanted = parts(helpers.ASSIGNMENT, helpers.rubric())
    ahead.begin(helpers.ASSIGNMENT.name, wanted)
    first, second = (ahead.guest(wanted, "auto", protected=False) for _ in range(2))
    other = ahead.guest(wanted, "process", protected=False)
    assert first is not second and first.parts == second.parts and other.level == "process"
    for guest in (first, second, other):
        guest.close()


def test_a_guest_that_nobody_asked_for_is_ended() -> None:
    ahead.begin(helpers.ASSIGNMENT.name, parts(helpers.ASSIGNMENT, helpers.rubric()))
    waiting = ahead._ahead.guest
    assert waiting is not None and waiting.process is not None
    process = waiting.process
    ahead.drop()
    ahead.drop()
    assert not process.alive


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["grade", "-a", "nothing"], 2, "no assignment 'nothing'"),
        (["grade", "no-such-folder"], 2, "there is no no-such-folder"),
        (["grade", "--fail-under"], 2, "--fail-under"),
        (["--only", "Upsampling1d", "--quiet"], 0, ""),
    ],
)
def test_the_exit_status_is_the_commands_own(words: list[str], status: int, said: str) -> None:
    done = subprocess.run([sys.executable, ROOT / "runner.py", *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == status and said in done.stderr


def copied(tmp_path: Path) -> Path:
    """A checkout that a test may break."""
    litter = shutil.ignore_patterns("__pycache__")
    for top in ("autograder", "handout", "reference_solutions"):
        shutil.copytree(ROOT / top, tmp_path / top, ignore=litter)
    shutil.copy(ROOT / "runner.py", tmp_path)
    return tmp_path


LAB = "autograder/assignments/hw2p1"


@pytest.mark.parametrize(
    ("file", "line", "status", "said"),
    [
        (f"{LAB}/exercises/running.py", "def (", 3, "exercises/running.py cannot be compiled: invalid syntax (line "),
        (f"{LAB}/rubric.toml", "points = 1x", 2, "rubric.toml: "),
        ("autograder/grading/grader.py", "1 / 0", 3, "ZeroDivisionError in the grader itself"),
        ("autograder/cli.py", "1 / 0", 3, "ZeroDivisionError: division by zero"),
    ],
)
def test_a_fault_of_ours_never_looks_like_a_low_score(
    file: str, line: str, status: int, said: str, tmp_path: Path
) -> None:
    """It shows while the guest is started early, and is told as everywhere."""
    with (copied(tmp_path) / file).open("a") as end:
        end.write(f"\n{line}\n")
    words = ["grade", "reference_solutions/hw2p1", "--fail-under", "60"]
    done = subprocess.run([sys.executable, "runner.py", *words], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, said in done.stderr) == (status, True), done.stderr


INTERRUPT = "import os, signal; os.kill(os.getpid(), signal.SIGINT)\n"
HIDDEN = f"try:\n    {INTERRUPT}except BaseException:\n    raise ImportError('it failed to import') from None\n"


@pytest.mark.parametrize("text", [INTERRUPT, HIDDEN], ids=["as it comes", "as NumPy tells it"])
@pytest.mark.parametrize(
    "file",
    [
        "autograder/start.py",
        "autograder/sandbox/begun.py",
        "autograder/sandbox/launch.py",
        "autograder/sandbox/ahead.py",
        "autograder/cli.py",
        "autograder/commands/grade.py",
        "autograder/grading/score.py",
    ],
)
def test_ctrl_c_ends_it_in_a_line_whenever_it_comes(file: str, text: str, tmp_path: Path) -> None:
    if file == "autograder/start.py" and text == HIDDEN:
        pytest.skip("nothing that it loads makes another error of it")
    place = copied(tmp_path) / file
    source, first = place.read_text("utf-8"), "from __future__ import annotations\n"
    place.write_text(source.replace(first, f"{first}\n{text}", 1), "utf-8")
    words = [sys.executable, "runner.py", "grade", "reference_solutions/hw2p1", "--scores", "scores.json"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr.strip()) == (130, "error: interrupted")
    assert not (tmp_path / "scores.json").exists()


@pytest.mark.parametrize("package", EVERYBODYS)
def test_a_package_that_is_not_installed_is_named_with_what_installs_it(package: str, tmp_path: Path) -> None:
    for place in Path(rich.__file__).parents[1].iterdir():
        if place.name.partition("-")[0].removesuffix(".libs") != package:
            (tmp_path / place.name).symlink_to(place)
    words = [sys.executable, "-S", "-B", ROOT / "runner.py", "grade", ROOT / "reference_solutions/hw2p1"]
    environ = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(words, env=environ, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    first, *_ = done.stderr.splitlines()
    assert re.search(rf"\b{package} (is not|must be) installed", first)
    assert "pip install -r requirements-student.txt" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [["grade"], ["--help"]])
def test_the_environment_that_make_has_set_up_is_named_where_another_python_lacks_a_package(
    words: list[str], tmp_path: Path
) -> None:
    copy = copied(tmp_path)
    activate = copy / STUDENTS / "bin" / "activate"
    activate.parent.mkdir(parents=True)
    activate.touch()
    done = subprocess.run([sys.executable, "-S", "runner.py", *words], cwd=copy, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"is not installed for this Python; {STUDENTS} has what is needed: . {STUDENTS}/bin/activate" in done.stderr


def test_what_everybody_needs_is_what_students_install() -> None:
    lines = (ROOT / "requirements-student.txt").read_text("utf-8").splitlines()
    assert [line.partition("==")[0] for line in lines if "==" in line] == list(EVERYBODYS)


def test_output_that_nobody_reads_is_no_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, ROOT / "runner.py", "--only", "Upsampling1d"]
    done = subprocess.run(words, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert done.returncode and b"Traceback" not in done.stderr, done.stderr
