"""Grade mutants by the ordinary grader: which sections, and which of their cases, catch each.

A mutant is put through every section that its file can affect. It counts as caught where a section of its own
fails: one that `patches` names, else one that is called by the class or function that it changes or whose cases
name it, else one that the file belongs to. Computing time is measured only of mutants that change nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from autograder.assignments.cases import Case
from autograder.assignments.choice import CANDIDATES
from autograder.assignments.oracle_truth import OracleTruth
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import CPU_TIME, Rubric, Section
from autograder.assignments.seeds import PUBLIC, Seed
from autograder.assignments.truth import Question, Truth
from autograder.grading.given import with_given
from autograder.grading.grader import Grader, Options
from autograder.grading.phases import phases
from autograder.grading.place import Place
from autograder.grading.result import Result
from autograder.submissions import Submission
from benchmarks.affected import affected

from . import patches
from .mutant import Mutant, files


@dataclass(frozen=True, slots=True)
class Caught:
    """What one section said about a mutant.

    Attributes
    ----------
    cases
        Indices of the cases that failed.
    """

    section: str
    status: str
    cases: tuple[int, ...]


@dataclass
class Remembered:
    """A truth whose questions are made once for all mutants, or all but those whose cases' names match."""

    truth: Truth
    leave_out: str = ""
    made: dict[str, list[Question]] = field(default_factory=dict)

    @property
    def withheld(self) -> Collection[str]:
        """Nothing is left out on purpose."""
        return ()

    def questions(self, section: Section) -> list[Question]:
        """The section's cases with their expected values."""
        if section.id not in self.made:
            whole = self.truth.questions(section)
            self.made[section.id] = [
                question for question in whole if not (self.leave_out and re.search(self.leave_out, question.case.name))
            ]
        return self.made[section.id]


@dataclass
class Picked:
    """Some cases of a section, by their indices; what was made before is in `made`."""

    truth: Truth
    made: dict[tuple[str, int], Question]
    cases: Sequence[int]

    @property
    def withheld(self) -> Collection[str]:
        """Nothing is left out on purpose."""
        return ()

    def questions(self, section: Section) -> list[Question]:
        """The cases with their expected values."""
        if not isinstance(self.truth, OracleTruth):
            raise TypeError("practice data is made: there is nothing to be saved")
        whole = tuple(self.truth.cases(section))
        for case in self.cases:
            if (section.id, case) not in self.made:
                self.made[section.id, case] = self.truth.question(section, whole[case])
        return [self.made[section.id, case] for case in self.cases]


class Bench:
    """A warm grader of one assignment under one seed. Close it, or use it in a `with`."""

    def __init__(
        self, assignment: Assignment, seed: int = PUBLIC, edition: str | None = None, profile: str = "quick"
    ) -> None:
        self.assignment = assignment
        usual = assignment.rubric(edition)
        self.usual = usual.limits
        self.rubric = replace(usual, limits=replace(usual.limits, **patches.limits(assignment.name)))
        self.grader = Grader(assignment, self.rubric, Options(profile, seed=Seed(seed)))
        self.truth = Remembered(self.grader.truth)
        self.picked: dict[tuple[str, int], Question] = {}
        self.files = {path: text.encode() for path, text in files(assignment).items()}

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *exception: object) -> None:
        self.grader.guest.close()

    @cached_property
    def owners(self) -> Owners:
        """Which sections a mutant belongs to."""
        return Owners(self.assignment, self.rubric)

    def grade(self, mutant: Mutant, sections: Iterable[Section], only: Truth | None = None) -> Iterator[Caught]:
        """What the sections say, one after the other; those that the mutant passes say nothing."""
        files = {**self.files, mutant.file: mutant.text.encode()}
        submission = with_given(Submission.of(mutant.id, files), self.assignment, self.rubric)
        self.grader.guest.ready()
        limits = self.usual if mutant.slow else self.rubric.limits
        place = Place(submission, self.rubric, limits, self.grader.guest)
        for section in sections:
            for truth in [only] if only else self.truths(section):
                result = self.run(section if mutant.slow else untimed(section), place, truth)
                if result.trouble:
                    raise RuntimeError(f"{mutant.id} in {section.key}: {result.trouble}")
                status = self.grader.status(result)
                if status != "passed":
                    yield Caught(section.id, status, tuple(_failed(only or self.truth, section, result)))
                    break

    def run(self, section: Section, place: Place, truth: Truth) -> Result:
        """All of a section's cases, those that are hidden after the others."""
        found: Result | None = None
        for phase in phases(section):
            result = self.grader.run(section, place, truth, phase, found)
            found = result if found is None else found.joined(result)
        assert found is not None
        return found

    def some(self, mutant: Mutant, section: str, cases: Sequence[int]) -> tuple[int, ...]:
        """Which of these cases of one section fail, by their indices; no other one is asked, or even made."""
        found = next(found for found in self.rubric.sections if found.id == section)
        failed = list(self.grade(mutant, [found], Picked(self.grader.truth, self.picked, cases)))
        return tuple(cases[place] for place in failed[0].cases) if failed else ()

    def truths(self, section: Section) -> Iterator[Truth]:
        """The cases of a section; those that take seconds are put to a mutant only where it passes all others."""
        dear = patches.dear(self.assignment.name, section.id)
        if dear:
            yield Remembered(self.truth, leave_out=dear)
        yield self.truth


def _failed(truth: Truth, section: Section, result: Result) -> Iterator[int]:
    bad = {finding.case for finding in result.findings if finding.status != "passed"}
    for index, question in enumerate(truth.questions(section)):
        if question.case.name in bad:
            yield index


def untimed(section: Section) -> Section:
    """A section of which only the values count."""
    outputs = {name: level for name, level in section.outputs.items() if name != CPU_TIME}
    return replace(section, timed=None, outputs=outputs)


@dataclass(frozen=True)
class Owners:
    """Which sections a mutant belongs to, and which it can affect."""

    assignment: Assignment
    rubric: Rubric

    @cached_property
    def by_name(self) -> Mapping[str, list[Section]]:
        """Sections by the classes and functions that they are called by, or that their cases name."""
        found: dict[str, list[Section]] = {}
        for section in self.rubric.sections:
            for name in {name for case in self.cases(section) for name in names(case)} | {section.id, section.key}:
                found.setdefault(name, []).append(section)
        return found

    def cases(self, section: Section) -> tuple[Case, ...]:
        """The small cases of a section."""
        return self.assignment.cases(section, self.rubric, CANDIDATES)

    def own(self, mutant: Mutant) -> list[Section]:
        """The sections that should catch it."""
        if mutant.slow:
            return [section for section in self.rubric.sections if section.timed is not None]
        name, by_id = mutant.where.partition(".")[0], {section.id: section for section in self.rubric.sections}
        if said := [mutant.section] if mutant.section else patches.own(self.assignment.name, mutant.where):
            return [by_id[section] for section in said]
        if name in self.by_name:
            return self.by_name[name]
        question = f"mcq_{name.removeprefix('question_')}"
        if name.startswith("question_") and question in self.by_name:
            return self.by_name[question]
        first = [section for section in self.rubric.sections if section.files[:1] == (mutant.file,)]
        return first or [section for section in self.rubric.sections if mutant.file in section.files]

    def affected(self, mutant: Mutant) -> list[Section]:
        """Every section that its file can affect, its own first."""
        own = self.own(mutant)
        return own + [s for s in affected(self.rubric, self.rubric.sections, [mutant.file]) if s not in own]


def names(case: Case) -> set[str]:
    """The texts among a case's parameters: names of classes and functions are among them."""
    return {value for value in case.params.values() if isinstance(value, str)}
