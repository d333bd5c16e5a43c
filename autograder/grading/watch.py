"""`--watch`: grade again whenever a file is saved, only the sections that opened it."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.assignments.rubric import Rubric
from autograder.errors import UsageError

if TYPE_CHECKING:
    from autograder.submissions import Submission

    from .graded import Graded
    from .grader import Grader
    from .report import Report

#: Seconds between two looks at the files: what nobody feels, and longer where a look costs more (`SHARE`).
PERIOD = 0.01
#: The part of a core that looking may take.
SHARE = 0.02

#: Seconds after which everything is listed anew: two changes within one tick of the file system's clock look like one.
WHOLE = 1.0

#: When a file or a folder was last changed, and how large a file is.
Stamp = tuple[int, int]


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
    whole = 0.0
    while True:
        begun = time.perf_counter()
        if moved(seen) or begun >= whole:
            whole = begun + WHOLE
            if (now := stamps(path)) != seen:
                seen = now
                try:
                    found = read(path, rubric)
                except (UsageError, OSError):
                    continue  # in the middle of being saved
                if found.digest != submission.digest:
                    submission = found
                    yield submission
                continue
        time.sleep(max(PERIOD, (time.perf_counter() - begun) / SHARE))


def stamps(path: Path) -> dict[str, Stamp | None]:
    """Of each folder that may hold some of the homework, and of each Python file and notebook there."""
    from autograder.submissions.names import is_litter_folder

    # Folders before they are listed, so that what comes after the listing makes them others.
    found = {str(path): stamp(str(path))}
    for folder, folders, files in os.walk(path):  # which goes on where a folder is gone in between
        folders[:] = [name for name in folders if not is_litter_folder(name)]
        code = [file for file in files if file.endswith((".py", ".ipynb"))]
        found |= {place: stamp(place) for place in (f"{folder}{os.sep}{name}" for name in (*folders, *code))}
    return found


def moved(seen: Mapping[str, Stamp | None]) -> bool:
    """Whether anything is another than it was seen: what comes and goes changes the folder that it is in."""
    return any(stamp(place) != facts for place, facts in seen.items())


def stamp(place: str) -> Stamp | None:
    """What tells one state from another; None where nothing is there any more."""
    try:
        facts = os.stat(place)  # noqa: PTH116 - a plain call, a hundred times a second
    except OSError:
        return None
    return facts.st_mtime_ns, 0 if stat.S_ISDIR(facts.st_mode) else facts.st_size
