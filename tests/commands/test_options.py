"""Options that several commands share."""

from __future__ import annotations

import os

import pytest

from autograder.commands import options


@pytest.mark.parametrize("trouble", [KeyError, ImportError, OSError])
def test_a_user_without_a_name_has_a_number(trouble, monkeypatch):
    """As in a container that runs as a user whom its list of users does not have."""

    def unknown():
        raise trouble

    monkeypatch.setattr(options.getpass, "getuser", unknown)
    assert options.user_name() == f"user {os.getuid()}"
