"""What was seen of students' forks: kept once for each change, and read as it was seen last."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from .engine import Gradebook
from .models import NOT_THERE, Attempt, ForkRow, Student
from .store import compact, now

#: What attempts that are commits of forks are from.
SOURCE = "git"


@dataclass(frozen=True, slots=True)
class Seen:
    """One fork, as it was fetched; of a group, one for each of its students.

    Attributes
    ----------
    student
        Whose it is, by key; empty where nobody on the roster fits.
    state
        `ready`, `unreachable`, `empty` (no commit), `late` (none in time), `nothing` (no accepted file).
    commit, commit_at, timed_by
        What is graded, its time, and whose word that is: `push` or `commit`.
    remarks
        What staff should know: `unchanged since the release`, `force-pushed: …`, `touched the grader: …`.
    """

    login: str
    student: str
    address: str
    state: str
    commit: str = ""
    commit_at: datetime | None = None
    timed_by: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """State and remarks, as far as somebody should look; empty for a fork that is plainly ready."""
        return self.remarks if self.state == "ready" else (f"fork {self.state}", *self.remarks)


def label(login: str, commit: str) -> str:
    """What a commit of a fork is called, as an attempt."""
    return f"{login}@{commit[:12]}"


def lying(book: Gradebook, assignment: str) -> dict[str, frozenset[str]]:
    """The labels of what was taken of each fork and lies there now, by its login in lower case."""
    there = Attempt.assignment == assignment, Attempt.source == SOURCE, Attempt.turn != NOT_THERE
    found: dict[str, set[str]] = {}
    with book.session() as session:
        for one in session.scalars(select(Attempt.label).where(*there)):
            found.setdefault(one.rpartition("@")[0].casefold(), set()).add(one)
    return {login: frozenset(labels) for login, labels in found.items()}


def keep(book: Gradebook, assignment: str, seen: Sequence[Seen]) -> None:
    """Write down what was seen at one fetch, of a login all; what is as it was the last time is not written again."""
    before = _by_login(forks(book, assignment))
    news = [one for login, every in _by_login(seen).items() if before.get(login) != every for one in every]
    at = now()
    with book.writing() as session:
        keys = [one.student for one in news if one.student]
        rows = session.execute(select(Student.key, Student.id).where(Student.key.in_(keys)))
        known = {key: number for key, number in rows}  # noqa: C416 - `dict` takes no rows
        for one in news:
            session.add(
                ForkRow(
                    assignment=assignment,
                    login=one.login,
                    student_id=known.get(one.student),
                    address=one.address,
                    state=one.state,
                    commit=one.commit,
                    commit_at=one.commit_at,
                    timed_by=one.timed_by,
                    remarks=compact(list(one.remarks)),
                    seen_at=at,
                )
            )


def forks(book: Gradebook, assignment: str) -> tuple[Seen, ...]:
    """Every fork as it was seen last, by login: whose it was then, and nobody's from before."""
    with book.session() as session:
        rows = session.execute(
            select(ForkRow, Student.key)
            .outerjoin(Student, Student.id == ForkRow.student_id)
            .where(ForkRow.assignment == assignment)
            .order_by(ForkRow.id)
        ).all()
    fetched = {row.login.casefold(): row.seen_at for row, _ in rows}  # of one fetch, all rows are of one moment
    newest = [
        Seen(
            row.login, key or "", row.address, row.state, row.commit, row.commit_at, row.timed_by,
            tuple(json.loads(row.remarks)),
        )
        for row, key in rows
        if row.seen_at == fetched[row.login.casefold()]
    ]  # fmt: skip
    return tuple(sorted(newest, key=lambda one: (one.login, one.student)))


def _by_login(seen: Sequence[Seen]) -> dict[str, list[Seen]]:
    found: dict[str, list[Seen]] = {}
    for one in sorted(seen, key=lambda one: (one.login, one.student)):
        found.setdefault(one.login.casefold(), []).append(one)
    return found


def remarks(book: Gradebook, assignment: str) -> dict[str, tuple[str, ...]]:
    """What staff should look at, by student."""
    told: dict[str, tuple[str, ...]] = {}
    for one in forks(book, assignment):
        if one.student and one.told:
            told[one.student] = (*told.get(one.student, ()), *one.told)
    return told
