"""What becomes of errors before a command even runs."""

from __future__ import annotations

import sys

import pytest

from autograder.assignments.registry import PROJECT
from autograder.cli import COMMANDS, cli
from autograder.errors import UsageError


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_help_page(name, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main([name, "--help"])
    assert caught.value.code == 0
    assert "Usage:" in capsys.readouterr().out


def test_a_command_whose_package_is_not_installed_says_what_to_install(monkeypatch):
    for module in [name for name in sys.modules if name.startswith(("autograder.commands.batch", "sqlalchemy"))]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    for module in [name for name in sys.modules if name.startswith(("autograder.gradebook", "autograder.batch"))]:
        monkeypatch.delitem(sys.modules, module)
    with pytest.raises(UsageError, match="sqlalchemy") as caught:
        cli.get_command(None, "batch")
    assert "requirements-staff.txt" in caught.value.hint


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
