"""Grading again what a change of rubric, cases or limits can affect, from the files that the gradebook keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.gradebook import queries
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.facts import AttemptFacts, ConditionsFacts
from autograder.gradebook.store import Terms

from .conditions import Job, affected, drawn_for
from .run import partial
from .tasks import Task, own


@dataclass(slots=True)
class Plan:
    """What is to be run again.

    Attributes
    ----------
    students
        Only their attempts; empty: everybody's, and those that belong to nobody.
    """

    book: Gradebook
    job: Job
    terms: Terms
    students: tuple[str, ...] = ()
    _bases: dict[int, tuple[int, frozenset[str]]] = field(default_factory=dict)
    _keys: dict[int, frozenset[str]] = field(default_factory=dict)

    def chosen(self) -> list[AttemptFacts]:
        """The attempts that have files to run."""
        every = queries.attempts(self.book, self.job.rubric.name)
        return [
            attempt
            for attempt in every
            if attempt.problem is None and (not self.students or set(attempt.students) & set(self.students))
        ]

    def tasks(self, attempts: Sequence[AttemptFacts], graded: set[int]) -> Iterator[Task | None]:
        """A task for each attempt that may come out otherwise now, and None for each other one."""
        for attempt in attempts:
            keys = self.affected(attempt)
            if attempt.id in graded or not keys:
                yield None
                continue
            # A report's notes speak of all its sections, so all run again, unless the caller chose some.
            chosen = bool(self.job.only) and attempt.grading is not None
            if chosen and attempt.grading is not None:
                self._bases[attempt.id] = (attempt.grading.id, keys)
            packed = queries.packed(self.book, attempt.digest)
            reading = queries.reading(self.book, attempt.id)
            task = Task(attempt.id, attempt.digest, packed, reading, partial(self.job, keys) if chosen else ())
            yield own(self.job, task, self.student(attempt), attempt.label)

    def affected(self, attempt: AttemptFacts) -> frozenset[str]:
        """Keys of the sections that may come out otherwise than in the grading that stands."""
        every = frozenset(section.key for section in self.job.rubric.sections)
        if attempt.grading is None:
            return every
        number = attempt.grading.conditions
        if number not in self._keys:
            old = queries.conditions(self.book, number)
            self._keys[number] = affected(self.job, old.details, dict(self.terms.details)) if self.alike(old) else every
        return self._keys[number]

    def student(self, attempt: AttemptFacts) -> str:
        """Whose own values are drawn: as in the grading that stands, whatever became of the group since then."""
        standing = attempt.grading
        if standing is not None and queries.conditions(self.book, standing.conditions).details.get("own"):
            return standing.drawn_for
        return drawn_for(attempt.students)

    def alike(self, old: ConditionsFacts) -> bool:
        """Whether only rubric, cases or limits differ: seed, checks and profile change everything."""
        new = self.terms
        if bool(old.details.get("own")) != self.job.own:
            return False
        return (old.edition, old.seed, old.checks, old.profile) == (new.edition, new.seed, new.checks, new.profile)

    def base(self, attempt: int) -> tuple[dict[str, Any], frozenset[str]] | None:
        """The report that an attempt's other sections are taken from, and the sections that are new."""
        found = self._bases.get(attempt)
        return None if found is None else (queries.report(self.book, found[0]), found[1])
