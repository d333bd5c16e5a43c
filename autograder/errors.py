"""The two kinds of failure that are not the student's: theirs who gave the command, and ours."""

from __future__ import annotations


class UsageError(Exception):
    """The command, or what it was pointed at, is wrong: one line, exit status 2."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class HarnessError(Exception):
    """We could not do our part: never a zero, exit status 3."""
