"""A batch, start to end: whatever is not graded yet is, and each result is kept as soon as it is there."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from autograder.gradebook import store
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.store import Terms

from . import documents
from .conditions import Job, to_run
from .crew import Crew, LocalCrew
from .dispatch import Judgement, dispatch
from .documents import Expected
from .tasks import Answer, Task, setup


class Watcher(Protocol):
    """Is told how a run goes."""

    def skipped(self) -> None:
        """One submission was graded before, or cannot be opened."""

    def finished(self, *, failing: bool, ungraded: bool) -> None:
        """One submission was graded, or could not be by our fault."""


@dataclass(slots=True)
class Tally:
    """What a run did: attempts graded, skipped as nothing was to be done, and ungraded with the reason.

    Attributes
    ----------
    retimed
        A line for each attempt that was handed in at another time than was known before.
    misnamed
        Names in the caller's list of times that are no submission's.
    withdrawn
        A line for each submission that counted for somebody whom the roster no longer gives it to.
    taken_up
        What was graded before, into a draft under the conditions that stand now, and stands from now on, by label.
    renamed
        Who was called otherwise in the gradebook until now, by that, and what the roster calls them.
    settled
        A line for each submission that waited for a person, and lies under another name now, where it counts.
    unextended
        Who had an extension until now, by key: policy and roster give none any more.
    moved
        Who had points and has others now, or none, by key: what was said of it last.
    """

    graded: int = 0
    skipped: int = 0
    ungraded: dict[int, str] = field(default_factory=dict)
    retimed: list[str] = field(default_factory=list)
    misnamed: tuple[str, ...] = ()
    withdrawn: list[str] = field(default_factory=list)
    taken_up: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    unextended: list[str] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """Grades tasks into a gradebook.

    Attributes
    ----------
    publication
        What finished gradings join; None: they are a draft.
    bases
        For a regrade of some sections: by attempt, the report that the others are taken from, and the sections
        that are new.
    """

    book: Gradebook
    job: Job
    terms: Terms
    conditions: int
    publication: int | None
    bases: Callable[[int], tuple[dict[str, Any], frozenset[str]] | None] = lambda attempt: None

    def grade(self, tasks: Iterable[Task | None], crew: Crew, watcher: Watcher, tally: Tally) -> None:
        """Grade all tasks; None among them is one that needs no grading."""
        for outcome in dispatch(self._counted(tasks, watcher, tally), crew, self.judge):
            attempt = outcome.task.attempt
            if outcome.reason or outcome.document is None:
                store.record_failure(self.book, attempt, self.conditions, outcome.reason, outcome.tries)
                tally.ungraded[attempt] = outcome.reason
                watcher.finished(failing=False, ungraded=True)
                continue
            document = self._whole(attempt, outcome.document)
            graded = documents.graded(document, attempt, self.conditions, outcome.task.drawn_for)
            store.record(self.book, graded, self.publication)
            tally.graded += 1
            watcher.finished(failing=any(s["status"] != "passed" for s in document["sections"]), ungraded=False)

    def judge(self, answer: Answer) -> Judgement:
        """What a report is worth: whether it is one, and whether all of it could be graded."""
        rubric, task = self.job.rubric, answer.task
        keys = [section.key for section in rubric.select(task.only)]
        seed = "" if task.seed is None else task.seed.shown
        document = Expected(self.terms, rubric).check(answer.document, task.digest, keys, seed)
        crowded = bool(documents.overtaken(document))
        return Judgement(document, "; ".join(documents.ungraded(document)[:3]), crowded)

    def _whole(self, attempt: int, document: dict[str, Any]) -> dict[str, Any]:
        base = self.bases(attempt)
        return document if base is None else documents.merged(base[0], document, base[1], self.job.rubric)

    @staticmethod
    def _counted(tasks: Iterable[Task | None], watcher: Watcher, tally: Tally) -> Iterator[Task]:
        for task in tasks:
            if task is None:
                tally.skipped += 1
                watcher.skipped()
            else:
                yield task


#: Submissions that are taken in sooner than a worker has started.
ALONE = 20


def patience(job: Job) -> float:
    """Seconds after which a worker has lost its way: all sections at their limits, each tried twice, and a minute."""
    return 60.0 + 2.0 * len(job.rubric.sections) * job.rubric.limits_of(job.profile).wall_seconds


@contextlib.contextmanager
def crew(job: Job, terms: Terms, jobs: int, scheduler: str | None, found: int = 0) -> Iterator[Crew]:
    """Whoever grades: processes here, or the workers of a Dask scheduler.

    Parameters
    ----------
    found
        So many submissions are to be taken in before the first is graded, while workers start.

    Raises
    ------
    UsageError
        Expected values are needed and cannot be computed here.
    HarnessError
        There is nobody who can.
    """
    if job.own and scheduler is None:
        job.assignment.oracle_truth(
            job.rubric, job.profile, job.seed.value
        )  # says what is missing, before all workers do
    told = setup(job, terms.digest)
    if not job.own and not (job.seed.public and job.profile == "quick"):
        from .answers import compute

        told["answers"] = compute(told)
    made: Crew
    if scheduler is None:
        made = LocalCrew(told, jobs, patience(job), found // ALONE)
    else:
        from .cluster import DaskCrew

        made = DaskCrew(told, scheduler, patience(job))
    try:
        yield made
    finally:
        made.close()


def partial(job: Job, keys: frozenset[str]) -> tuple[str, ...]:
    """What a task must run so that these sections are as new; empty: all."""
    chosen = to_run(job.rubric, keys)
    return () if len(chosen) == len(job.rubric.sections) else chosen
