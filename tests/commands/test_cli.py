"""What becomes of errors before a command even runs."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignments import registry
from autograder.assignments.registry import PROJECT
from autograder.cli import COMMANDS, cli, main
from autograder.commands.doctor import STAFF
from autograder.commands.export import DOCUMENTS
from autograder.errors import UsageError
from autograder.exports import feedback
from autograder.scaffold import making


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_help_page(name, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main([name, "--help"])
    assert caught.value.code == 0
    assert "Usage:" in capsys.readouterr().out


WITHOUT = """
import sys
for package in {packages}:
    sys.modules[package] = None
from autograder.cli import main
main()
"""


def without_staffs_packages(*words):
    """A command, run where only what students need is installed."""
    code = WITHOUT.format(packages=[name for name in STAFF if name != "pytest"])
    return subprocess.run([sys.executable, "-c", code, *words], cwd=PROJECT, capture_output=True, text=True)


STAFFS = {
    "batch": ("x", "--gradebook", "y"),
    "forks": ("x", "--gradebook", "y"),
    "regrade": ("x",),
    "export": ("x", "--format", "csv", "--output", "y"),
    "similarity": ("x", "--output", "y"),
    "adjust": ("x",),
    "summary": ("x", "--output", "y"),
}


@pytest.mark.parametrize("name", STAFFS)
def test_the_help_of_a_staff_command_can_be_read_without_its_packages(name):
    done = without_staffs_packages(name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Options:" in done.stdout


@pytest.mark.parametrize("name", STAFFS)
def test_a_command_whose_package_is_not_installed_says_what_to_install(name):
    done = without_staffs_packages(name, *STAFFS[name])
    assert (done.returncode, done.stdout) == (2, "")
    first, hint = done.stderr.splitlines()
    assert first == f"error: `{name}` needs sqlalchemy, which is not installed"
    assert "install -r requirements-staff.txt" in hint


def test_documents_that_export_offers_are_those_that_it_writes():
    assert tuple(feedback.ENDINGS) == DOCUMENTS


@pytest.mark.parametrize(
    ("words", "line", "hint"),
    [
        (["grade", "--onyl", "x"], "No such option '--onyl'. Did you mean '--only'?", "see: python "),
        (["export"], "Missing argument 'GRADEBOOK'.", "see: python "),
        (["grade", "--profile", "slow"], "'slow' is not one of 'quick', 'full'.", "see: python "),
        (["bacth", "x"], "there is no command `bacth`", "did you mean `batch`?"),
        (["qqqqqq"], "there is no command `qqqqqq`", "--help lists them"),
        (["handin", "--output", "x.zip"], "what is handed in is a tar", "call it .tar, or .tar.gz to compress"),
        (["grade", "--only", "MeanP"], "no section 'MeanP'", "did you mean 'MeanPool2d_stride1' or 'MeanPool2d'? "),
        (["forks", "nosuch", "--gradebook", "x"], "error: nosuch: cannot be read: No such file or directory", ""),
    ],
)
def test_a_wrong_command_is_told_in_a_line_with_what_to_do(words, line, hint, capsys):
    with pytest.raises(SystemExit) as caught:
        main(words)
    said, *rest = capsys.readouterr().err.splitlines()
    assert caught.value.code == 2
    assert said.startswith("error: ") and line in said
    assert (len(rest), "".join(rest).strip()[: len(hint)]) == (bool(hint), hint)


def test_help_names_the_assignments_and_their_editions(capsys):
    cli.main(["grade", "--help"], standalone_mode=False)
    text = " ".join(capsys.readouterr().out.split())
    assert f"Which assignment: {', '.join(registry.names())}." in text
    first, *others = registry.find("hw2p1").editions()
    assert f"hw2p1 has {first} (default), {', '.join(others)}." in text


def test_the_readme_names_every_assignment():
    text = (PROJECT / "README.md").read_text("utf-8")
    assert not [name for name in registry.names() if f"`{name}`" not in text]


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), 'grade "handout/hw2p1" -a hw2p1'),
        (("ASSIGNMENT=numpy_cnn",), 'grade "handout/numpy_cnn" -a numpy_cnn'),
        (("SUBMISSION=my work",), 'grade "my work" -a hw2p1'),
    ],
)
def test_make_grades_the_handout_of_the_assignment_that_is_named(given, said):
    # Within `make test` a make is told so by its environment, and speaks of the folder that it leaves.
    command = ["make", "--dry-run", "--no-print-directory", "grade", *given]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.stdout.strip().endswith(said)


@pytest.mark.parametrize(
    "words",
    [
        ("package", "gradescope", "{place}"),
        ("package", "autolab", "{place}"),
        ("release", "{place}"),
        ("handin", "reference_solutions/hw2p1", "--output", "{place}/handin.tar"),
        ("handout", "--output", "{place}"),
        ("forks", "{list}", "--gradebook", "{book}", "--store", "{place}"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_place_that_cannot_be_written_is_its_owner_s_trouble(words, tmp_path, monkeypatch):
    monkeypatch.chdir(PROJECT)
    (tmp_path / "file").write_text("")
    (tmp_path / "forks.txt").write_text("https://x.invalid/ann/hw.git\n")
    places = {"place": tmp_path / "file" / "below", "list": tmp_path / "forks.txt", "book": tmp_path / "book"}
    with pytest.raises(UsageError, match=r"below.*: cannot be written: Not a directory"):
        cli.main([word.format(**places) for word in words], standalone_mode=False)


def test_new_assignment_asks_for_what_it_needs_before_it_writes(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name, *more: None if name == "torch" else found(name, *more))
    monkeypatch.setattr(making, "write", lambda *given: pytest.fail("it wrote"))
    with pytest.raises(UsageError, match="with PyTorch, which is not installed") as caught:
        cli.main(["new-assignment", "softmax"], standalone_mode=False)
    assert caught.value.hint.endswith("install -r requirements.txt")


@pytest.mark.parametrize(
    ("here", "said"),
    [(True, "PyTorch is not installed: "), (False, "reference_solutions/hw2p1 is not in this copy")],
)
def test_other_values_name_what_they_lack(here, said, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name, *more: None if name == "torch" else found(name, *more))
    if not here:
        monkeypatch.setattr(Path, "is_dir", lambda path: path.parent.name != "reference_solutions")
    with pytest.raises(UsageError, match=said):
        registry.find("hw2p1").oracle_truth(registry.find("hw2p1").rubric(), "quick", 3)
