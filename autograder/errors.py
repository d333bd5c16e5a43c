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
    remedy
        What staff can do about it, as a command and what that does: told wherever the message is.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str = "this is not the submission's fault; nothing was scored",
        remedy: str = "",
    ) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.hint = f"{remedy}; nothing was scored" if remedy else hint

    @property
    def told(self) -> str:
        """The message, with what can be done."""
        return f"{self}; {self.remedy}" if self.remedy else str(self)


#: Said where the disk has no room for a section that the section was promised.
NO_ROOM = "the disk with the temporary files is full: make room there, or name another folder in TMPDIR"


def with_hint(error: UsageError | HarnessError) -> str:
    """What an error says, and what to do about it, in one line; without what is said of every failure of ours."""
    usual = isinstance(error, HarnessError) and error.hint == HarnessError("").hint
    return f"{error}; {error.hint}" if error.hint and not usual else str(error)


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

#: Where `make grade` installs these, below the project.
STUDENTS = ".venv/student"


def not_installed(error: BaseException) -> str:
    """The line about one of them that is not installed; empty where an error says something else."""
    if not isinstance(error, ModuleNotFoundError) or error.name not in EVERYBODYS:
        return ""
    import sys
    from pathlib import Path

    activate = Path(__file__).parents[1] / STUDENTS / "bin" / "activate"
    if activate.is_file() and Path(sys.prefix) != activate.parents[1]:
        there = f"{STUDENTS} has what is needed: . {STUDENTS}/bin/activate"
        return f"{error.name} is not installed for this Python; {there} (or {install()})"
    return f"{error.name} is not installed: {install()}"


def install(file: str = "requirements-student.txt", *, pin: str = "") -> str:
    """The command that installs a package, or else what a file of the course names, of which a release has but one."""
    import os
    import shlex
    import sys
    from pathlib import Path

    pip = "pip"
    if sys.prefix not in (sys.base_prefix, os.environ.get("VIRTUAL_ENV")):
        # An environment that is used and not activated: `pip` alone is another Python's.
        its = Path(sys.executable).with_name("pip")
        pip = shlex.quote(str(its.relative_to(Path.cwd()) if its.is_relative_to(Path.cwd()) else its))
    here = file if (Path(__file__).parents[1] / file).is_file() else "requirements.txt"
    return f"{pip} install {pin or f'-r {here}'}"


def pins(file: Path, *, whole: bool = False) -> Iterator[tuple[str, str]]:
    """What a file of requirements pins: each name, and its line.

    Parameters
    ----------
    whole
        Also what the files pin that it reads itself.
    """
    for line in file.read_text("utf-8").splitlines() if file.is_file() else ():
        name, equals, _ = line.partition("==")
        if equals:
            yield name.strip(), line.strip()
        elif whole and line.startswith("-r "):
            yield from pins(file.with_name(line[3:].strip()), whole=True)


def interrupted(error: BaseException | None) -> bool:
    """Whether an error is somebody's Ctrl-C, or came of one: modules that are being loaded make others of it."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None
