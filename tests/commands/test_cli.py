"""What becomes of errors before a command even runs."""

from __future__ import annotations

import sys

import pytest

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
