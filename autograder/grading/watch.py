"""`--watch`: grade again whenever a file is saved, only the sections that the file can affect."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.assignments.rubric import Rubric, Section
from autograder.errors import UsageError

if TYPE_CHECKING:
    from autograder.submissions import Submission

    from .grader import Grader
    from .report import Report

#: Seconds between two looks at the files: short beside a person's patience, long beside a look's cost.
PERIOD = 0.03


def affected(rubric: Rubric, sections: Iterable[Section], changed: Iterable[str]) -> tuple[Section, ...]:
    """The sections whose code, or whose needs' code, lies in one of the changed files.

    A file that no section names may be imported by any of them: then all are affected.
    """
    by_id = {section.id: section for section in rubric.sections}
    changed = set(changed)
    named = {file for section in rubric.sections for file in section.files}
    if changed - named:
        return tuple(sections)

    def files(section: Section) -> set[str]:
        return set(section.files).union(*(files(by_id[need]) for need in section.needs if need in by_id))

    return tuple(section for section in sections if files(section) & changed)


def watch(path: Path, grader: Grader, tell: Callable[[Report], object]) -> None:
    """Grade, tell, and do so again after every change, until interrupted.

    Raises
    ------
    UsageError
        The submission is not a folder.
    """
    from autograder.submissions import read

    if not path.is_dir():
        raise UsageError("--watch needs a folder", hint="unpack the archive first")
    submission = read(path, grader.rubric)
    graded = grader.run_all(submission)
    tell(grader.report(submission, graded))
    while True:
        now = wait_for_change(path, submission, grader)
        changed = {
            name for name in {*now.files, *submission.files} if now.files.get(name) != submission.files.get(name)
        }
        submission = now
        graded |= grader.run_all(submission, affected(grader.rubric, grader.sections, changed))
        tell(grader.report(submission, graded))


def wait_for_change(path: Path, before: Submission, grader: Grader) -> Submission:
    """The submission as soon as it is another one than before."""
    from autograder.submissions import read

    seen = stamps(path)
    while True:
        time.sleep(PERIOD)
        if (now := stamps(path)) == seen:
            continue
        seen = now
        try:
            submission = read(path, grader.rubric)
        except (UsageError, OSError):
            continue  # in the middle of being saved
        if submission.digest != before.digest:
            return submission


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
