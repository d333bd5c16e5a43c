"""One fault of an author's file, and where an error in such a file was raised."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import HarnessError, UsageError


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where; line 0 is the file as a whole."""

    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        package = self.path.name == "__init__.py"
        name = f"{self.path.parent.name}/{self.path.name}" if package else self.path.name
        return f"{name}:{self.line}: {self.what}" if self.line else f"{name}: {self.what}"


class Broken(HarnessError):
    """A fault after which an assignment's file cannot be used any further."""

    def __init__(self, fault: Fault) -> None:
        folders = (fault.path, *fault.path.parents)
        name = next((f" -a {folder.name}" for folder in folders if (folder / "rubric.toml").is_file()), "")
        super().__init__(str(fault), remedy=f"`python runner.py selfcheck{name}` says more")
        self.fault = fault


@contextlib.contextmanager
def blamed(*folders: Path) -> Iterator[None]:
    """Say of an error of an assignment's files, which lie in these folders, which line it is of.

    Raises
    ------
    Broken
        One of the files cannot be read, or breaks.
    """
    try:
        yield
    except (UsageError, HarnessError):
        raise
    except Exception as error:
        raise Broken(raised(error, *folders)) from error


def raised(error: Exception, *folders: Path, what: str = "") -> Fault:
    """An error at the last line that it went through in these folders; without one, it is the first folder's."""
    if isinstance(error, Broken):
        return error.fault
    said = f"{what}{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"
    if isinstance(error, SyntaxError) and error.filename:
        return Fault(Path(error.filename), error.lineno or 0, said)
    own = tuple(map(str, folders))
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(own)]
    if frames:
        return Fault(Path(frames[-1].filename), frames[-1].lineno or 0, said)
    return Fault(folders[0], 0, said)
