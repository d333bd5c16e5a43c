"""The two kinds of failure that are not the student's: theirs who gave the command, and ours."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class UsageError(Exception):
    """The command, or what it was pointed at, is wrong: one line, exit status 2."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class HarnessError(Exception):
    """We could not do our part: never a zero, exit status 3.

    Parameters
    ----------
    hint
        What follows from it, where that is not the usual.
    """

    def __init__(self, message: str, *, hint: str = "this is not the submission's fault; nothing was scored") -> None:
        super().__init__(message)
        self.hint = hint


@contextlib.contextmanager
def writing(place: Path) -> Iterator[None]:
    """Write where the user said.

    Raises
    ------
    UsageError
        The system does not let us: the place is theirs, and so is its trouble.
    """
    try:
        yield
    except OSError as error:
        raise UsageError(f"{error.filename or place}: cannot be written: {error.strerror or error}") from error


#: What every command may need, by the names that are imported and installed.
EVERYBODYS = ("numpy", "scipy", "rich", "click")


def not_installed(error: BaseException) -> str:
    """The line about one of them that is not installed; empty where an error says something else."""
    if not isinstance(error, ModuleNotFoundError) or error.name not in EVERYBODYS:
        return ""
    return f"{error.name} is not installed: {install()}"


def install(file: str = "requirements-student.txt") -> str:
    """The command that installs what a file of the course names; a released copy has all in one of its own."""
    from pathlib import Path

    return f"pip install -r {file if (Path(__file__).parent.parent / file).is_file() else 'requirements.txt'}"


def interrupted(error: BaseException | None) -> bool:
    """Whether an error is somebody's Ctrl-C, or came of one: modules that are being loaded make others of it."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None
