"""Taking a class's work in: read each submission, find out whose it is, keep it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC
from pathlib import Path

from autograder.assignments.rubric import Rubric
from autograder.errors import UsageError
from autograder.gradebook import forks, queries, store
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.facts import AttemptFacts
from autograder.gradebook.packing import pack
from autograder.gradebook.store import Handed, Person
from autograder.submissions import archives
from autograder.submissions.names import shown
from autograder.submissions.reading import read
from autograder.submissions.submission import Submission

from . import sources
from .conditions import Job, drawn_for
from .roster import Directory
from .run import Tally
from .sources import Found, Hint
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
        split = dict(_split(found, self.job.rubric))
        for one, people in zip(found, matched, strict=True):
            attempt, handed = self.take(one, people, split.get(one.label, ""))
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
        """Write down that nothing lies any more where something waited for a person who has dealt with it.

        What counted for nobody has another name, which came later, and nobody else has these very files; what could not
        be opened is a folder or an archive of another kind now. What is merely not here stays as it is: a class may
        lie in several folders. Forks are no files that somebody names.
        """
        name = self.job.rubric.name
        lying = queries.newest(queries.attempts(self.book, name)).values()
        attempts = [attempt for attempt in lying if attempt.source != forks.SOURCE]
        now = dict([*_renamed(attempts, here), *_repaired(attempts, here)])
        if now:
            store.clear(self.book, name, now)
            self.tally.settled += [f"{label}: {attempt.named}" for label, attempt in sorted(now.items())]

    def take(self, found: Found, people: Iterable[Person], split: str = "") -> tuple[int, Handed]:
        """Take in a submission that counts for these students: its number in the gradebook, and what was found out.

        `split` is what is said of it if it is no homework by itself, as it is a part of one.
        """
        handed = opened(found, self.job.rubric)
        if handed.problem is not None and split:
            handed = replace(handed, problem=split)
        students, name = {self.known[person.key] for person in people}, self.job.rubric.name
        if not self.exactly:
            return store.hand_in(self.book, name, handed, students), handed
        attempt, withdrawn = store.hand_in_for(self.book, name, handed, students)
        self.tally.withdrawn += [f"{handed.label}: {key}" for key in withdrawn]
        return attempt, handed


def _renamed(attempts: Iterable[AttemptFacts], here: Set[str]) -> Iterator[tuple[str, AttemptFacts]]:
    """What counted for nobody and is not here, with the attempt that has its files under another name."""
    alike: dict[str, list[AttemptFacts]] = {}
    for attempt in attempts:
        if attempt.problem is None:
            alike.setdefault(attempt.digest, []).append(attempt)
    for same in alike.values():
        counting = sorted((attempt for attempt in same if attempt.students), key=lambda attempt: attempt.id)
        if len({attempt.students for attempt in counting}) == 1 and any(one.label in here for one in counting):
            for one in same:
                if not one.students and one.label not in here and one.id < counting[0].id:
                    yield one.label, counting[0]


def _repaired(attempts: Iterable[AttemptFacts], here: Set[str]) -> Iterator[tuple[str, AttemptFacts]]:
    """What could not be opened and is not here, with what can be and is the same attempt of the same students."""

    def which(attempt: AttemptFacts) -> tuple[object, ...]:
        numbered = attempt.source in ("autolab", "canvas")
        return attempt.source, attempt.students, attempt.number if numbered else archives.bare(attempt.label)

    opened = {which(one): one for one in attempts if one.problem is None and one.students and one.label in here}
    for one in attempts:
        if one.problem is not None and one.label not in here and (now := opened.get(which(one))) is not None:
            yield one.label, now


def opened(found: Found, rubric: Rubric) -> Handed:
    """A submission, read; of one that cannot be, the reason."""
    hints = [asdict(hint) for hint in found.hints]
    # In the hour that clocks go through twice, Python holds no time of a zone equal to the same one in UTC.
    when = None if found.submitted_at is None else found.submitted_at.astimezone(UTC)

    def handed(digest: str, facts: Mapping[str, object], packed: bytes | None, problem: str | None) -> Handed:
        return Handed(
            found.label, digest, found.source, found.number, when, found.marked_late, hints, facts,
            packed, problem, found.instead,
        )  # fmt: skip

    try:
        submission: Submission = replace(read(found.path, rubric), name=found.label)
    except UsageError as error:
        why = str(error).removeprefix(f"{shown(found.path.as_posix())}: ")
        return handed(_unopened(found.path, why), {}, None, why)
    return handed(submission.digest, reading(submission), pack(submission.files), None)


def _split(found: Sequence[Found], rubric: Rubric) -> Iterator[tuple[str, str]]:
    """What is said of files that are each a part of one submission, by label: the folders they lay in are lost."""
    parts: dict[tuple[Hint, ...], list[Found]] = {}
    for one in found:
        if one.label.endswith(".py") and sources.before_the_file(one):
            parts.setdefault(one.hints, []).append(one)
    usual = next((file for section in rubric.sections for file in section.files), "")
    for every in parts.values():
        for one in every if len(every) > 1 else ():
            folder = f"{sources.before_the_file(one)}handin"
            yield (
                one.label,
                f"is one of {len(every)} files of a submission, which {one.source.capitalize()} gives one by one: put "
                f"them into a folder {folder} as the student had them ({usual} …), and take them away here",
            )


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
