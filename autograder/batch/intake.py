"""Taking a class's work in: read each submission, find out whose it is, keep it."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.assignments.rubric import Rubric
from autograder.errors import UsageError
from autograder.gradebook import store
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.packing import pack
from autograder.gradebook.policy import moment
from autograder.gradebook.store import Handed, Person
from autograder.submissions.names import shown
from autograder.submissions.reading import read
from autograder.submissions.submission import Submission

from .conditions import Job, drawn_for
from .roster import Directory
from .sources import Found
from .tasks import Task, own, reading

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes what was found into a gradebook.

    Attributes
    ----------
    known
        Students' ids in the gradebook, by key; it grows.
    """

    book: Gradebook
    job: Job
    directory: Directory
    known: dict[str, int]

    def tasks(self, found: Sequence[Found], graded: set[int]) -> Iterator[Task | None]:
        """A task for each submission that is still to be graded, and None for each other one."""
        begun = set(graded)
        matched = [self.directory.match(one.hints) for one in found]
        new = {person.key: person for people in matched for person in people if person.key not in self.known}
        if new:
            self.known.update(store.enrol(self.book, list(new.values())))
        for one, people in zip(found, matched, strict=True):
            attempt, handed = self.take(one, people)
            if handed.packed is None or attempt in begun:
                yield None
            else:
                begun.add(attempt)
                task = Task(attempt, handed.digest, handed.packed, handed.reading)
                yield own(self.job, task, drawn_for([person.key for person in people]), handed.label)

    def take(self, found: Found, people: Iterable[Person]) -> tuple[int, Handed]:
        """Take in a submission that counts for these students: its number in the gradebook, and what was found out."""
        handed = opened(found, self.job.rubric)
        students = [self.known[person.key] for person in people]
        return store.hand_in(self.book, self.job.rubric.name, handed, students), handed


def opened(found: Found, rubric: Rubric) -> Handed:
    """A submission, read; of one that cannot be, the reason."""
    hints = [asdict(hint) for hint in found.hints]

    def handed(digest: str, facts: Mapping[str, object], packed: bytes | None, problem: str | None) -> Handed:
        return Handed(
            found.label, digest, found.source, found.number, found.submitted_at, found.marked_late, hints, facts,
            packed, problem,
        )  # fmt: skip

    try:
        submission: Submission = replace(read(found.path, rubric), name=found.label)
    except UsageError as error:
        why = str(error).removeprefix(f"{shown(found.path.as_posix())}: ")
        return handed(_unopened(found.path, why), {}, None, why)
    return handed(submission.digest, reading(submission), pack(submission.files), None)


def _unopened(path: Path, why: str) -> str:
    """What tells a submission that cannot be opened from another one. A pipe or a device may have no end."""
    total = hashlib.sha256()
    try:
        if not path.is_file():
            raise OSError
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                total.update(chunk)
    except OSError:
        total.update(why.encode("utf-8", "replace"))
    return f"unopened:{total.hexdigest()}"


def timed(found: Sequence[Found], times: str | None, zone: ZoneInfo | None = None) -> list[Found]:
    """The submissions with the times that the caller gives, where their platform gave none.

    Parameters
    ----------
    times
        `mtime` for when each file was last changed, or a CSV file with columns `submission` (a file's name) and
        `submitted_at`; None for nothing.

    Raises
    ------
    UsageError
        The file cannot be read, or holds no such columns or times.
    """
    if times is None:
        return list(found)
    if times == "mtime":
        return [one if one.submitted_at else replace(one, submitted_at=_changed(one.path)) for one in found]
    told = _told(Path(times), zone)
    return [one if one.submitted_at else replace(one, submitted_at=told.get(one.label)) for one in found]


def _changed(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    except OSError:
        return None


def _told(path: Path, zone: ZoneInfo | None) -> dict[str, datetime]:
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
        return {row["submission"]: moment(row["submitted_at"].strip(), zone) for row in rows}
    except (OSError, UnicodeDecodeError, KeyError, ValueError, AttributeError) as error:
        raise UsageError(
            f"{path}: no times of submissions: {error}",
            hint="a CSV file with the columns submission (a file's name) and submitted_at, or: --times mtime",
        ) from error
