"""The two kinds of failure that are not the student's: theirs who gave the command, and ours."""

from __future__ import annotations


class UsageError(Exception):
    """The command, or what it was pointed at, is wrong: one line, exit status 2."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class HarnessError(Exception):
    """We could not do our part: never a zero, exit status 3."""


#: What every command may need, by the names that are imported and installed.
EVERYBODYS = ("numpy", "scipy", "rich", "click")


def not_installed(error: BaseException) -> str:
    """The line about one of them that is not installed; empty where an error says something else."""
    if not isinstance(error, ModuleNotFoundError) or error.name not in EVERYBODYS:
        return ""
    from pathlib import Path

    own = "requirements-student.txt"
    file = own if (Path(__file__).parent.parent / own).is_file() else "requirements.txt"  # as released copies have it
    return f"{error.name} is not installed: pip install -r {file}"
