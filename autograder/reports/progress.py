"""One line that shows how far a run is, for whoever waits at a terminal.

Written by hand rather than with a library, since it is on the screen before anything slow is imported,
and with nothing but carriage returns, since some terminals know no more.
"""

from __future__ import annotations

import os
import shutil
import sys
from types import TracebackType
from typing import TextIO

from autograder.grading.report import Status

from .text import encodable, shown
from .vocabulary import MEANINGS


class Progress:
    """A line such as `grading  ✓✓✗○······  4/10  Conv1d`, gone again at the end.

    Parameters
    ----------
    total
        How many sections there are.
    quiet
        Show nothing.
    stream
        Where to write, standard error by default. Where it is no terminal, nothing is shown.
    """

    def __init__(self, total: int, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._total = total
        self._outcomes: list[Status] = []
        self._written = 0
        self._encoding = (getattr(self._stream, "encoding", None) or "ascii").lower()
        self.active = not quiet and total > 0 and _is_terminal(self._stream)

    def __enter__(self) -> Progress:
        self._draw("")
        return self

    def advance(self, section_key: str, status: Status) -> None:
        """Count a section as done."""
        self._outcomes.append(status)
        self._draw(section_key)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._write("")

    def _draw(self, key: str) -> None:
        if not self.active:
            return
        # One column stays free: a full line would make some terminals wrap, and \r would not come back up.
        room = shutil.get_terminal_size().columns - 1
        done = len(self._outcomes)
        parts = ["grading", self._marks(), f"{done}/{self._total}", encodable(shown(key, 40), self._encoding)]
        line = "  ".join(part for part in parts if part)
        if len(line) > room:
            line = f"grading  {done}/{self._total}"[: max(room, 0)]
        self._write(line)

    def _marks(self) -> str:
        unicode = self._encoding.startswith("utf")
        done = "".join(MEANINGS[status].symbol if unicode else MEANINGS[status].plain for status in self._outcomes)
        return done + ("·" if unicode else ".") * (self._total - len(self._outcomes))

    def _write(self, line: str) -> None:
        if not self.active or not (line or self._written):
            return
        try:
            self._stream.write(f"\r{line.ljust(self._written)}" + ("" if line else "\r"))
            self._stream.flush()
        except OSError:  # the terminal has gone; the grading must not
            self.active = False
        self._written = len(line)


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty() and os.environ.get("TERM") != "dumb"
    except ValueError:  # closed
        return False
