"""Every section of the homework as a test: `pytest --assignment hw2p1`, and the test explorers of editors.

A section is shown below the file where the handout has its code. The tests ask the same grader, in the same
isolation, for the same verdict; only what is run is chosen by pytest. All of that is graded at once when the first test
runs, so that they say what `grade --only …` says. In the students' copy they show what students may see.

No file of the homework is imported here, no `conftest.py` nor `__init__.py` either: its folders are collected by
collectors of ours. But pytest itself obeys a `pytest.ini` and a `conftest.py` wherever a path on its command line
leads, before any plugin is asked. So a submission is named by `--submission=PATH`, which it does not take for one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from autograder.assignments.rubric import Rubric, Section
    from autograder.grading.report import Report, SectionReport
    from autograder.reports.context import Context


class SectionFailed(Exception):
    """A section did not earn its points; holds its part of the report."""

    def __init__(self, section: SectionReport) -> None:
        super().__init__(section.message)
        self.section = section


class Homework:
    """A submission, graded once and only when a section runs."""

    def __init__(self, assignment: str, place: Path | None) -> None:
        from autograder.assignments import registry
        from autograder.reports import audience
        from autograder.reports import context as contexts

        self.assignment = registry.find(assignment)
        self.rubric: Rubric = self.assignment.rubric()
        students = not self.assignment.reference.is_dir()
        self.context: Context = contexts.of(self.rubric, os.environ, students=students)
        self.place = (place or self.assignment.handout).resolve()
        self.sections: dict[Path, list[Section]] = {}
        for section in self.rubric.sections:
            if students and audience.hidden(section, self.context):
                continue
            file = next((self.place / file for file in section.files), self.place / "sections")
            self.sections.setdefault(file, []).append(section)
        self.chosen: tuple[str, ...] = ()
        self._report: Report | None = None

    def grade(self, section: Section) -> SectionReport:
        """One section's part of the report on all that pytest chose: why it fails depends on the others."""
        if self._report is None:
            from autograder.grading.grader import Grader, Options
            from autograder.reports import audience
            from autograder.submissions import read

            with Grader(self.assignment, self.rubric, Options(only=self.chosen)) as grader:
                report = grader.grade(read(self.place, self.rubric))
            self._report = audience.for_students(report, self.context) if self.context.students else report
        return next(found for found in self._report.sections if found.key == section.key)


class SectionFolder(pytest.File):
    """A folder of the homework. No `pytest.Directory`, whose `conftest.py` and `__init__.py` pytest would run."""

    def collect(self) -> Iterable[pytest.Collector]:
        """The files and folders in it that hold code of sections."""
        files = self.config.stash[HOMEWORK].sections
        inside = sorted({file.relative_to(self.path).parts[0] for file in files if file.is_relative_to(self.path)})
        for name in inside:
            path = self.path / name
            yield (SectionFile if path in files else SectionFolder).from_parent(self, path=path)


class SectionFile(pytest.File):
    """A file of the handout, with the sections whose code it holds."""

    def collect(self) -> Iterable[pytest.Item]:
        """The sections."""
        for section in self.config.stash[HOMEWORK].sections[self.path]:
            yield SectionItem.from_parent(self, name=section.key, section=section)


class SectionItem(pytest.Item):
    """One section as a test."""

    def __init__(self, *, section: Section, **options: Any) -> None:
        super().__init__(**options)
        self.section = section

    def runtest(self) -> None:
        """Grade the section.

        Raises
        ------
        SectionFailed
            It did not earn its points.
        """
        from autograder.errors import HarnessError
        from autograder.reports import audience

        found = self.config.stash[HOMEWORK].grade(self.section)
        self.user_properties += [("points", said(found.points)), ("max", said(found.max))]
        if audience.not_here(found):
            pytest.skip(found.message)
        if found.status == "ungraded":
            raise HarnessError(found.message)
        if found.status != "passed":
            raise SectionFailed(found)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What the report says, without a traceback of ours."""
        from autograder.reports import words

        if not isinstance(excinfo.value, SectionFailed):
            return super().repr_failure(excinfo, style)
        section = excinfo.value.section
        lines = [
            f"{section.key}: {words.outcome(section)}, {words.points(section.points)} of {said(section.max)} points"
        ]
        return "\n".join([*lines, *words.details(section)])

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the code is, and what the section is called."""
        return self.path, None, f"{self.section.number} {self.section.key} ({said(self.section.points)} points)"


HOMEWORK = pytest.StashKey[Homework]()


def said(points: Decimal | None) -> str:
    """Points as text."""
    from autograder.reports import words

    return words.points(points)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The plugin's options; without `--assignment` it does nothing."""
    group = parser.getgroup("autograder")
    group.addoption("--assignment", help="Show each section of this assignment as a test.")
    group.addoption(
        "--submission", type=Path, metavar="=PATH", help="The homework (with `=`); default: the assignment's handout."
    )


def pytest_configure(config: pytest.Config) -> None:
    """Find the assignment; look at its files where nothing else was asked for."""
    from autograder.errors import UsageError

    name = config.getoption("--assignment")
    if not name:
        return
    if "--submission" in config.invocation_params.args:
        raise pytest.UsageError(
            "write --submission=PATH: pytest takes a path that stands by itself for one of its own, and then runs what "
            "the submission's pytest.ini and conftest.py say"
        )
    try:
        config.stash[HOMEWORK] = Homework(name, config.getoption("--submission"))
    except UsageError as error:
        raise pytest.UsageError(f"{error} {error.hint}") from error
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args[:] = [str(config.stash[HOMEWORK].place)]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Remember which sections are to be run."""
    if HOMEWORK in session.config.stash:
        items = (item for item in session.items if isinstance(item, SectionItem))
        session.config.stash[HOMEWORK].chosen = tuple(dict.fromkeys(item.section.key for item in items))


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A folder of the homework."""
    if HOMEWORK not in parent.config.stash or not path.is_relative_to(parent.config.stash[HOMEWORK].place):
        return None
    return SectionFolder.from_parent(parent, path=path)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With an assignment, collect nothing but its files: the homework is never imported here."""
    if HOMEWORK not in config.stash:
        return None
    homework = config.stash[HOMEWORK]
    if collection_path.is_dir():
        return not any(file.is_relative_to(collection_path) for file in homework.sections)
    return collection_path not in homework.sections


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A file of the handout that sections belong to."""
    if HOMEWORK in parent.config.stash and file_path in parent.config.stash[HOMEWORK].sections:
        return SectionFile.from_parent(parent, path=file_path)
    return None
