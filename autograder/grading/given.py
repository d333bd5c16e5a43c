"""What a submission is graded with: the packages and files that its assignment brings along."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import UsageError, install, pins
from autograder.sandbox.launch import Parts, absent

if TYPE_CHECKING:
    from autograder.assignments.registry import Assignment
    from autograder.assignments.rubric import Rubric
    from autograder.submissions import Submission


def parts(assignment: Assignment, rubric: Rubric) -> Parts:
    """What a guest of an assignment is made of.

    Raises
    ------
    UsageError
        A package that it needs is not installed.
    """
    if lacking := absent(rubric.imports.packages):
        raise UsageError(
            f"{rubric.name} cannot be graded here: {', '.join(_by_pip(rubric) or lacking)} must be installed",
            hint=install(rubric.imports.requirements),
        )
    return Parts(
        exercises=assignment.exercises,
        packages=(*rubric.imports.packages, *installed(rubric)),
        hidden=tuple(name.replace(".", "/") for name in rubric.imports.deny),
    )


def _by_pip(rubric: Rubric) -> list[str]:
    """What is not installed of an assignment's requirements, by the names by which pip installs it and the rest."""
    from importlib import metadata  # seldom needed

    from autograder.assignments.registry import PROJECT

    have = {found.name.lower() for found in metadata.distributions()}
    return [name for name, _ in pins(PROJECT / rubric.imports.requirements, whole=True) if name.lower() not in have]


def installed(rubric: Rubric) -> tuple[str, ...]:
    """Those of the optional packages that this machine has."""
    lacking = absent(rubric.imports.optional)
    return tuple(name for name in rubric.imports.optional if name not in lacking)


def changed(submission: Submission, assignment: Assignment, rubric: Rubric) -> frozenset[str]:
    """Paths of files that were handed out complete, and that are others in a submission."""
    return frozenset(
        brought
        for path in rubric.given
        for brought in submission.files
        if brought.rpartition("/")[2] == path.rpartition("/")[2]
        and _lines(submission.files[brought]) != _lines(_handed_out(assignment.handout / path))
    )


def _lines(content: bytes) -> list[bytes]:
    """What is written in a file, whatever ends its lines."""
    return [line.rstrip() for line in content.rstrip().splitlines()]


@cache
def _handed_out(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def with_given(submission: Submission, assignment: Assignment, rubric: Rubric) -> Submission:
    """The submission, and those of the files that were handed out complete that it does not bring itself."""
    have = {path.rpartition("/")[2] for path in submission.files}
    lacking = {
        path: (assignment.handout / path).read_bytes()
        for path in rubric.given
        if path.rpartition("/")[2] not in have and (assignment.handout / path).is_file()
    }
    return replace(submission, files={**submission.files, **lacking}) if lacking else submission
