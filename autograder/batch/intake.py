"""Taking a class's work in: read each submission, find out whose it is, keep it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC
from pathlib import Path

from autograder.assignments.rubric import Rubric
from autograder.errors import UsageError, with_hint
from autograder.gradebook import enrolment, forks, queries, store
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.enrolment import Person
from autograder.gradebook.facts import AttemptFacts
from autograder.gradebook.packing import pack
from autograder.gradebook.store import Handed
from autograder.submissions import archives
from autograder.submissions.names import shown
from autograder.submissions.reading import read
from autograder.submissions.submission import Submission

from . import sources
from .conditions import Job, drawn_for
from .lists import Enrolled
from .moves import corrected
from .run import Tally
from .sources import Found, Hint
from .tasks import Task, own, reading

_CHUNK = 1 << 20
#: Submissions that are taken in at once: a commit costs about as much as reading one.
_TOGETHER = 20


#: A submission, and whose it is.
Matched = tuple[Found, tuple[Person, ...]]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken in: its number in the gradebook, what tells its files, and the student whose values are drawn."""

    attempt: int
    digest: str
    label: str
    drawn_for: str


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes what was found into a gradebook: all before anything is graded, so that what that changes can be said.

    Attributes
    ----------
    tally
        Where corrected times and what no longer counts for somebody are listed.
    """

    book: Gradebook
    job: Job
    enrolled: Enrolled
    tally: Tally = field(default_factory=Tally)

    def matched(self, found: Sequence[Found]) -> list[Matched]:
        """Whose each submission is; all of them are in the gradebook then."""
        known = self.enrolled.known
        matched = [(one, self.enrolled.directory.match(one.hints)) for one in found]
        new = {person.key: person for _, people in matched for person in people if person.key not in known}
        if new:
            known.update(enrolment.enrol(self.book, list(new.values())))
        return matched

    def correct(self, matched: Sequence[Matched]) -> None:
        """Let what lies there already count for whom the roster says now."""
        if self.enrolled.exactly:
            owners: dict[str, set[int]] = {}
            for one, people in matched:
                owners.setdefault(one.label, set()).update(self.enrolled.known[person.key] for person in people)
            taken = store.credit(self.book, self.job.rubric.name, owners)
            self.tally.withdrawn += [f"{label}: {key}" for label, key in taken]

    def take(self, matched: Sequence[Matched], graded: set[int]) -> list[Taken]:
        """Take all in; what is still to be graded."""
        begun, name, known = set(graded), self.job.rubric.name, self.enrolled.known
        zone = queries.policy(self.book, name).zone
        split = dict(_split([one for one, _ in matched], self.job.rubric))
        wanted = []
        for at in range(0, len(matched), _TOGETHER):
            some = [
                (opened(one, self.job.rubric, split.get(one.label)), people)
                for one, people in matched[at : at + _TOGETHER]
            ]
            owned = ((handed, {known[person.key] for person in people}) for handed, people in some)
            every = store.hand_in_all(self.book, name, owned)
            for (handed, people), kept in zip(some, every, strict=True):
                if kept.retimed is not None:
                    self.tally.retimed.append(f"{handed.label}: {corrected(*kept.retimed, zone)}")
                if handed.packed is not None and kept.attempt not in begun:
                    begun.add(kept.attempt)
                    mine = drawn_for([person.key for person in people])
                    wanted.append(Taken(kept.attempt, handed.digest, handed.label, mine))
        self._settle({one.label for one, _ in matched})
        return wanted

    def tasks(self, wanted: Iterable[Taken], others: int) -> Iterator[Task | None]:
        """A task for each of these, and None for so many others, of which nothing is to be graded."""
        yield from [None] * others
        for one in wanted:
            packed, facts = queries.packed(self.book, one.digest), queries.reading(self.book, one.attempt)
            yield own(self.job, Task(one.attempt, one.digest, packed, facts), one.drawn_for, one.label)

    def _settle(self, here: Set[str]) -> None:
        """Write down that nothing lies any more where something waited for a person who has dealt with it.

        What counted for nobody has another name, which came later, and nobody else has these very files; what could not
        be opened is a folder or an archive of another kind now. What is merely not here stays as it is: a class may
        lie in several folders. Forks are no files that somebody names.
        """
        name = self.job.rubric.name
        lying = queries.lying(queries.attempts(self.book, name)).values()
        attempts = [attempt for attempt in lying if attempt.source != forks.SOURCE]
        now = dict([*_renamed(attempts, here), *_repaired(attempts, here)])
        if now:
            store.clear(self.book, name, now)
            self.tally.settled += [f"{label}: {attempt.named}" for label, attempt in sorted(now.items())]


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


def opened(found: Found, rubric: Rubric, split: str | None = None) -> Handed:
    """A submission, read; of one that cannot be, the reason.

    `split` is what is said of it if it is no homework by itself, as it is a part of one.
    """
    hints = [asdict(hint) for hint in found.hints]
    # In the hour that clocks go through twice, Python holds no time of a zone equal to the same one in UTC.
    when = None if found.submitted_at is None else found.submitted_at.astimezone(UTC)

    def handed(digest: str, facts: Mapping[str, object], packed: bytes | None, problem: str | None) -> Handed:
        return Handed(
            found.label, digest, found.source, found.number, when, found.marked_late, hints, facts,
            packed, problem, found.instead, found.time_told,
        )  # fmt: skip

    try:
        submission: Submission = replace(read(found.path, rubric), name=found.label)
    except UsageError as error:
        place = f"{shown(found.path.as_posix())}: "
        why = str(error).removeprefix(place)
        told = with_hint(error).removeprefix(place)
        return handed(_unopened(found.path, why), {}, None, split or told)
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
