"""What the tests of grading share: submissions in memory, patches on the reference, and questions to a report."""

from __future__ import annotations

import ast
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import MappingProxyType
from typing import Any

import pytest

from autograder.assignments import registry
from autograder.assignments.rubric import Rubric
from autograder.grading.grader import Grader, Options
from autograder.grading.report import Report, SectionReport, document
from autograder.submissions import Submission

ASSIGNMENT = registry.find("hw2p1")

#: The assignments of this project, which tests hold to more than docs/writing-an-assignment.md asks of a new one.
SHIPPED = tuple(
    name
    for name in ("cat_dog_cnn", "conv2d_functional", "conv2d_gemm", "conv2d_layer", "hw2p1", "numpy_cnn")
    if name in registry.names()
)


@cache
def rubric(edition: str = "s23") -> Rubric:
    """The rubric of an edition, read once."""
    return ASSIGNMENT.rubric(edition)


@cache
def reference() -> Mapping[str, str]:
    """The reference's files as texts, by path."""
    root = ASSIGNMENT.reference
    paths = sorted(root.rglob("*.py"))
    return MappingProxyType({path.relative_to(root).as_posix(): path.read_text("utf-8") for path in paths})


@contextmanager
def warm(edition: str = "s23", **options: object) -> Iterator[Grader]:
    """A grader; the options are those of `Options`."""
    with Grader(ASSIGNMENT, rubric(edition), Options(**options)) as grader:  # type: ignore[arg-type]
        yield grader


def example(grader: Grader, submission: Submission, section_id: str) -> dict[str, Any]:
    """The smallest example that the report shows of a section."""
    (section,) = [section for section in grader.rubric.sections if section.id == section_id]
    results = grader.run_all(submission, [section])
    grader.explain(submission, results)
    found: dict[str, Any] = document(grader.report(submission, results))["run"]["sections"][section.key]["example"]
    return found


def submission_from(
    files: Mapping[str, str | bytes | None], name: str = "submission", *, base: Mapping[str, str] | None = None
) -> Submission:
    """A submission in memory: the reference (or `base`) with these files in place of its own; None takes one away."""
    whole: dict[str, str | bytes | None] = {**(reference() if base is None else base), **files}
    return Submission.of(
        name,
        {path: text.encode() if isinstance(text, str) else text for path, text in whole.items() if text is not None},
    )


#: Has every array that a section's process sends be another one.
SENDS = """

def _hook():
    import numpy as np
    import sys

    (kind,) = {m.Task for m in list(sys.modules.values()) if getattr(m, "__name__", "").endswith("guest.task")}
    plain = kind.record

    def record(self, name, value, **more):
        plain(self, name, value, **more)
        v = self.outputs[name]
        with np.errstate(all="ignore"):
            self.outputs[name] = ARRAY

    kind.record = record


_hook()
"""


def sending(text: str, array: str) -> str:
    """A module that has another array sent in place of each `v` that it records: an expression of `np` and `v`."""
    return text + SENDS.replace("ARRAY", array)


def patched(text: str, where: str, old: str, new: str) -> str:
    """A module's text with `old` replaced, which must stand exactly once in `where`.

    Parameters
    ----------
    where
        `Class`, `Class.method` or `function`; the whole module where it is empty.
    """
    first, last = span(text, where) if where else (0, len(text))
    inside = text[first:last]
    if inside.count(old) != 1:
        raise ValueError(f"{old!r} stands {inside.count(old)} times in {where or 'the module'}, not once")
    return text[:first] + inside.replace(old, new) + text[last:]


def span(text: str, where: str) -> tuple[int, int]:
    """Where a class, a method or a function stands in a module's text, as offsets."""
    body: Iterable[ast.stmt] = ast.parse(text).body
    for name in where.split("."):
        node = next(n for n in body if isinstance(n, ast.ClassDef | ast.FunctionDef) and n.name == name)
        body = node.body
    lines = text.splitlines(keepends=True)
    assert node.end_lineno is not None
    return sum(map(len, lines[: node.lineno - 1])), sum(map(len, lines[: node.end_lineno]))


def closure(section: str, edition: str = "s23") -> set[str]:
    """The ids of the sections that build upon one, itself included."""
    dependents = {section}
    while more := {s.id for s in rubric(edition).sections if set(s.needs) & dependents} - dependents:
        dependents |= more
    return dependents


def by_id(report: Report, edition: str = "s23") -> dict[str, SectionReport]:
    """A report's sections by their ids."""
    ids = {section.key: section.id for section in rubric(edition).sections}
    return {ids[section.key]: section for section in report.sections}


def wrong_outputs(section: SectionReport) -> set[str]:
    """Names of the section's checks that did not pass."""
    return {check.name for check in section.checks if check.status != "passed"}


def not_passed(report: Report, edition: str = "s23") -> dict[str, str]:
    """Ids of the sections that did not pass, with their statuses."""
    return {name: section.status for name, section in by_id(report, edition).items() if section.status != "passed"}


def without_roots_powers() -> list[str]:
    """What stands before a command so that permissions hold for it."""
    if os.geteuid():
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere, and there is no setpriv to be without its powers")
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
