"""What `doctor` says where something that grading needs is missing."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner

from autograder.assignments.registry import PROJECT
from autograder.cli import cli
from autograder.commands.doctor import STAFF_FILE
from autograder.errors import HarnessError, install, pins
from autograder.sandbox import levels
from autograder.sandbox.launch import Command, Level, Parts


def test_without_numpy_it_says_so_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(level: Level, parts: Parts) -> Command:
        raise HarnessError("the package numpy is not installed")

    monkeypatch.setitem(sys.modules, "numpy", None)
    monkeypatch.setattr(levels, "offered", lambda level: True)
    monkeypatch.setattr(levels, "serves", lambda: True)
    monkeypatch.setattr(levels, "command", lacking)
    done = CliRunner().invoke(cli, ["doctor"], standalone_mode=False, catch_exceptions=False)
    assert done.return_value == 3
    told = [line.split()[:2] for line in done.output.splitlines() if "the package numpy is not installed" in line]
    assert told == [["no", "bubblewrap"], ["no", "landlock"], ["no", "process"]]
    assert [line.strip() for line in done.output.splitlines() if "install -r" in line] == [f"→ {install()}"]
    assert "apt install" not in done.output
    assert done.output.splitlines()[-1] == "`--isolation auto` takes: none"


def test_it_names_what_grading_a_class_takes() -> None:
    done = CliRunner().invoke(cli, ["doctor"], standalone_mode=False, catch_exceptions=False)
    told = {line.split()[1] for line in done.output.splitlines() if line.startswith(("  yes", "  no "))}
    imported = {"PyYAML": "yaml", "pillow": "PIL", "psycopg[binary]": "psycopg"}
    wanted = [name for name, _ in pins(PROJECT / STAFF_FILE, whole=True)]
    assert {imported.get(name, name.lower()) for name in wanted} - told == {"rich", "click"}
