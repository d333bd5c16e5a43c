"""How far a batch is, for whoever waits at a terminal; elsewhere, nothing."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class Bar:
    """A line with what is done, failing and ungraded, the rate and the time left.

    Parameters
    ----------
    total
        How many submissions there are, graded ones included.
    """

    def __init__(self, total: int) -> None:
        self._console = Console(file=sys.stderr)
        self._failing = self._ungraded = self._graded = 0
        self._begun = time.monotonic()
        self._progress = Progress(
            TextColumn("grading"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[words]}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._progress.add_task("grading", total=total, words="")

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._progress.stop()

    def skipped(self) -> None:
        """One submission was graded before, or cannot be opened."""
        self._progress.advance(self._task)

    def finished(self, *, failing: bool, ungraded: bool) -> None:
        """One submission was graded, or could not be by our fault."""
        self._graded += 1
        self._failing += failing
        self._ungraded += ungraded
        rate = self._graded / max(time.monotonic() - self._begun, 0.001)
        words = f"{self._failing} failing · {self._ungraded} ungraded · {rate:.1f} a second"
        self._progress.update(self._task, advance=1, words=words)
