"""What the tests of the labs share: a lab's reference as texts, planted mistakes, and which sections failed."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import helpers
import numpy as np

from autograder.assignments import registry
from autograder.assignments.handouts import drift
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Rubric
from autograder.grading.grader import Grader, Options
from autograder.grading.report import Report, SectionReport, document
from autograder.submissions import Submission, read


@dataclass(frozen=True)
class Mistake:
    """A wrong idea, as a patch on the reference.

    Attributes
    ----------
    name
        Short, unique, in words.
    where
        The function or method that it is in, as `helpers.patched` takes it.
    old, new
        `old` stands exactly once in there.
    fails
        Ids of the sections that must fail, all others must pass.
    """

    name: str
    where: str
    old: str
    new: str
    fails: frozenset[str]


#: Of the mistakes with a true name, named rightly at least; of all, named wrongly at most.
RIGHT, WRONG = 0.80, 0.02


def named(report: Report) -> set[str]:
    """The ids of misconceptions that a report names; that something follows from another output is none."""
    ids = {check.diagnosis.id for section in report.sections for check in section.checks if check.diagnosis}
    return ids - {"only-follows"}


def mistake(name: str, where: str, old: str, new: str, fails: str) -> Mistake:
    """A planted mistake; the sections are separated by blanks."""
    return Mistake(name, where, old, new, frozenset(fails.split()))


class Lab:
    """An assignment under test.

    Parameters
    ----------
    name
        The assignment's.
    file
        The module that students write.
    along
        Other files of the reference that go along with it, where students write several.
    """

    def __init__(self, name: str, file: str, *along: str) -> None:
        self.name, self.file, self.along = name, file, along

    @cached_property
    def assignment(self) -> Assignment:
        """The assignment itself."""
        return registry.find(self.name)

    @cached_property
    def rubric(self) -> Rubric:
        """Its rubric, in the default edition."""
        return self.assignment.rubric()

    @cached_property
    def source(self) -> str:
        """The reference's module."""
        return (self.assignment.reference / self.file).read_text("utf-8")

    @contextmanager
    def grader(self, **options: object) -> Iterator[Grader]:
        """A warm grader; the options are those of `Options`."""
        with Grader(self.assignment, self.rubric, Options(**options)) as grader:  # type: ignore[arg-type]
            yield grader

    def submission(self, source: str, file: str | None = None) -> Submission:
        """A submission in memory that is one module, with those of the reference that go along."""
        others = {name: (self.assignment.reference / name).read_bytes() for name in self.along}
        return Submission.of("submission", {**others, file or self.file: source.encode()})

    def planted(self, planted: Mistake) -> Submission:
        """The reference with a mistake."""
        return self.submission(helpers.patched(self.source, planted.where, planted.old, planted.new))

    def sections(self, report: Report) -> Mapping[str, SectionReport]:
        """A report's sections by their ids."""
        ids = {section.key: section.id for section in self.rubric.sections}
        return {ids[section.key]: section for section in report.sections}

    def failed(self, report: Report) -> set[str]:
        """Ids of the sections that did not pass; the message of a failing assertion shows which these are."""
        return {name for name, section in self.sections(report).items() if section.status != "passed"}

    @cached_property
    def labels(self) -> Mapping[str, list[str]]:
        """By planted mistake, the names that are true of it."""
        path = Path(__file__).with_name(f"{self.name}_labels.toml")
        labels: dict[str, list[str]] = tomllib.loads(path.read_text("utf-8"))
        return labels

    def check_naming(self, grader: Grader, mistakes: Sequence[Mistake]) -> None:
        """Planted mistakes that have a true name are mostly called by it, and hardly any is called by a false one."""
        assert set(self.labels) == {mistake.name for mistake in mistakes}
        right, wrong, remarks = 0, 0, list[str]()
        for mistake in mistakes:
            said, true = named(grader.grade(self.planted(mistake))), set(self.labels[mistake.name])
            right += bool(said & true) and said <= true
            wrong += not said <= true
            if not said <= true or (true and not said):
                remarks.append(f"{mistake.name}: {sorted(said)} for {sorted(true)}")
        assert right >= RIGHT * sum(map(bool, self.labels.values())), remarks
        assert wrong <= WRONG * len(mistakes), remarks

    def check_example(self, grader: Grader, mistake: Mistake, key: str, folder: Path) -> None:
        """The smallest example of a section is small, and its snippet prints the wrong numbers."""
        report = document(grader.grade(self.planted(mistake)))
        found = report["run"]["sections"][key]["example"]
        assert np.size(found["expected"]) <= 12
        assert found["got"] != found["expected"]
        text = helpers.patched(self.source, mistake.where, mistake.old, mistake.new)
        (folder / self.file).write_text(text, "utf-8")
        for given in self.rubric.given:
            (folder / given).write_bytes((self.assignment.reference / given).read_bytes())
        done = subprocess.run(
            [sys.executable, "-c", found["snippet"]], cwd=folder, capture_output=True, text=True, check=True
        )
        numbers = np.array(done.stdout.translate(str.maketrans("[](),", "     ")).split(), float)
        assert np.allclose(numbers, np.ravel(np.array(found["got"], float)), equal_nan=True)

    def check_standing(self, grader: Grader) -> None:
        """What holds for every lab: 100 points, a reference that has them, a handout made from it that has none."""
        assert self.rubric.maximum("main") == 100
        assert drift(self.assignment.reference, self.assignment.handout) == []
        report = grader.grade(read(self.assignment.reference, self.rubric))
        assert {s.key: (s.status, s.message) for s in report.sections if s.status != "passed"} == {}
        report = grader.grade(read(self.assignment.handout, self.rubric))
        assert {s.status for s in report.sections} == {"not_implemented"}
        assert report.totals["main"].points == 0
