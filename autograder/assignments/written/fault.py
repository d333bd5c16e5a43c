"""One fault of an author's file, and where an error in such a file was raised."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import HarnessError


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
        super().__init__(str(fault), hint="`python runner.py selfcheck` says more; nothing was scored")
        self.fault = fault


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
