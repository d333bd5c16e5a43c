"""What leaves a gradebook: the students with what stands for them, and what staff should know besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.gradebook import accounts, decisions, forks
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.facts import AttemptFacts, Origin
from autograder.gradebook.policy import Policy
from autograder.gradebook.standing import Standing, Sum, standings


@dataclass(frozen=True, slots=True)
class Grades:
    """A class's standing grades in an assignment.

    Attributes
    ----------
    students
        By key.
    unmatched
        Attempts that count for nobody yet.
    remarks
        What was seen of forks, by student's key.
    forks
        What was seen of forks that belong to nobody, as lines.
    groups
        Whose points make the total.
    policy
        The rules that hold.
    """

    assignment: str
    students: tuple[Standing, ...]
    unmatched: tuple[AttemptFacts, ...]
    remarks: Mapping[str, tuple[str, ...]]
    forks: tuple[str, ...]
    groups: tuple[str, ...]
    policy: Policy

    def total(self, standing: Standing) -> Sum | None:
        """The one total of a student; None where there are no points, which is no zero."""
        return standing.total(self.groups)

    def without(self) -> list[str]:
        """A line for each student who has no points, with the reason."""
        return [f"{s.person.key}: {s.state}: {s.reason}" for s in self.students if self.total(s) is None]

    def doubtful(self) -> list[str]:
        """A line for each of the points by hand that somebody should look at."""
        return [f"{one.person.key}: {line}" for one in self.students for line in accounts.doubtful(one)]

    def origins(self, book: Gradebook) -> Mapping[int, Origin]:
        """How the gradings that stand came about, by their numbers."""
        attempts = (standing.attempt for standing in self.students)
        gradings = {one.grading.id: one.grading for one in attempts if one is not None and one.grading is not None}
        return decisions.origins(book, self.assignment, gradings.values())


def grades(book: Gradebook, assignment: str, groups: tuple[str, ...]) -> Grades:
    """What stands now."""
    with book.moment():
        found = standings(book, assignment)
        remarks = forks.remarks(book, assignment)
        seen = forks.forks(book, assignment)
    strangers = tuple(f"{one.login}: {'; '.join(one.told) or one.state}" for one in seen if not one.student)
    return Grades(assignment, found.standings, found.unmatched, remarks, strangers, groups, found.policy)
