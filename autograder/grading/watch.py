"""`--watch`: grade again whenever a file is saved, only the sections that opened it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.assignments.rubric import Rubric
from autograder.errors import UsageError

if TYPE_CHECKING:
    from autograder.submissions import Submission

    from .graded import Graded
    from .grader import Grader
    from .report import Report

#: Seconds between two looks at the files: short beside a person's patience, long beside a look's cost.
PERIOD = 0.03


def watch(path: Path, grader: Grader, tell: Callable[[Report], object]) -> None:
    """Grade, tell, and do so again after every change, until interrupted.

    Only sections are run again that opened a file that was changed; what is told is what `grade` would say.

    Raises
    ------
    UsageError
        The submission is not a folder.
    """
    if not path.is_dir():
        raise UsageError("--watch needs a folder", hint="unpack the archive first")
    last: Graded | None = None
    for submission in versions(path, grader.rubric):
        last = grader.graded(submission, known=last.holds_for(submission) if last else None)
        tell(last.report)


def versions(path: Path, rubric: Rubric) -> Iterator[Submission]:
    """The submission as it is, and again whenever it is another one.

    The files are looked at before they are read, so that nothing that is saved meanwhile, or while somebody grades,
    is taken for what was there.
    """
    from autograder.submissions import read

    seen = stamps(path)
    submission = read(path, rubric)
    yield submission
    while True:
        if (now := stamps(path)) == seen:
            time.sleep(PERIOD)
            continue
        seen = now
        try:
            found = read(path, rubric)
        except (UsageError, OSError):
            continue  # in the middle of being saved
        if found.digest != submission.digest:
            submission = found
            yield submission


def stamps(path: Path) -> dict[str, tuple[int, int]]:
    """When each Python file or notebook was last written, and its size."""
    found = {}
    for folder, _, files in os.walk(path):  # which goes on where a folder is gone in between
        for file in files:
            if file.endswith((".py", ".ipynb")):
                with contextlib.suppress(OSError):  # so may a file be
                    facts = os.stat(f"{folder}{os.sep}{file}")  # noqa: PTH116 - a plain call, 30 times a second
                    found[f"{folder}{os.sep}{file}"] = (facts.st_mtime_ns, facts.st_size)
    return found
