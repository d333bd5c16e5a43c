"""Taking a class's work in: read each submission, find out whose it is, keep it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from autograder.assignments.rubric import Rubric
from autograder.errors import UsageError
from autograder.gradebook import queries, store
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.facts import AttemptFacts
from autograder.gradebook.packing import pack
from autograder.gradebook.store import Handed, Person
from autograder.submissions.names import shown
from autograder.submissions.reading import read
from autograder.submissions.submission import Submission

from .conditions import Job, drawn_for
from .roster import Directory
from .run import Tally
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
    tally
        Where corrected times are counted, and what no longer counts for somebody is listed.
    exactly
        By a roster: everything counts for whom it says now, and for nobody else.
    """

    book: Gradebook
    job: Job
    directory: Directory
    known: dict[str, int]
    tally: Tally = field(default_factory=Tally)
    exactly: bool = False

    def tasks(self, found: Sequence[Found], graded: set[int]) -> Iterator[Task | None]:
        """A task for each submission that is still to be graded, and None for each other one."""
        begun = set(graded)
        matched = [self.directory.match(one.hints) for one in found]
        new = {person.key: person for people in matched for person in people if person.key not in self.known}
        if new:
            self.known.update(store.enrol(self.book, list(new.values())))
        times = queries.times(self.book, self.job.rubric.name)
        for one, people in zip(found, matched, strict=True):
            attempt, handed = self.take(one, people)
            before = times.get((handed.label, handed.digest))
            if before is not None and handed.submitted_at not in (None, before):
                self.tally.retimed += 1
            if handed.packed is None or attempt in begun:
                yield None
            else:
                begun.add(attempt)
                task = Task(attempt, handed.digest, handed.packed, handed.reading)
                yield own(self.job, task, drawn_for([person.key for person in people]), handed.label)
        self._settle({one.label for one in found})

    def _settle(self, here: Set[str]) -> None:
        """Write down that nothing lies any more where something counted for nobody, and lies under another name now.

        Another name that came later has the very same files, and nobody else has them. What is merely not here now
        stays as it is: a class may lie in several folders.
        """
        name = self.job.rubric.name
        alike: dict[str, list[AttemptFacts]] = {}
        for attempt in queries.newest(queries.attempts(self.book, name)).values():
            if attempt.problem is None:
                alike.setdefault(attempt.digest, []).append(attempt)
        gone = []
        for same in alike.values():
            counting = [attempt for attempt in same if attempt.students]
            if len({attempt.students for attempt in counting}) != 1 or not any(one.label in here for one in counting):
                continue
            first = min(counting, key=lambda attempt: attempt.id)
            for attempt in same:
                if not attempt.students and attempt.label not in here and attempt.id < first.id:
                    gone.append(attempt.label)
                    self.tally.renamed_files.append(f"{attempt.label}: {first.named}")
        if gone:
            store.clear(self.book, name, gone)

    def take(self, found: Found, people: Iterable[Person]) -> tuple[int, Handed]:
        """Take in a submission that counts for these students: its number in the gradebook, and what was found out."""
        handed = opened(found, self.job.rubric)
        students, name = {self.known[person.key] for person in people}, self.job.rubric.name
        if not self.exactly:
            return store.hand_in(self.book, name, handed, students), handed
        attempt, withdrawn = store.hand_in_for(self.book, name, handed, students)
        self.tally.withdrawn += [f"{handed.label}: {key}" for key in withdrawn]
        return attempt, handed


def opened(found: Found, rubric: Rubric) -> Handed:
    """A submission, read; of one that cannot be, the reason."""
    hints = [asdict(hint) for hint in found.hints]

    def handed(digest: str, facts: Mapping[str, object], packed: bytes | None, problem: str | None) -> Handed:
        return Handed(
            found.label, digest, found.source, found.number, found.submitted_at, found.marked_late, hints, facts,
            packed, problem, found.instead,
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
