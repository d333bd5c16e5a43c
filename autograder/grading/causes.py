"""Root causes: which sections fail only because of another one, and what that one is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from .compose import cleared
from .report import Status
from .score import closure, first_failure

if TYPE_CHECKING:
    from autograder.assignments.registry import Assignment
    from autograder.assignments.rubric import Rubric, Section

    from .sections import Place, Result


def find(
    results: Mapping[str, Result], statuses: Mapping[str, Status], place: Place, assignment: Assignment, rubric: Rubric
) -> None:
    """Mark the results that fail only because of a layer that they build upon.

    A section whose outputs are wrong is put together again from the submission's own broken parts; where that
    cannot be done (the references are not at hand, or the assignment has no such parts), `needs` alone decides, as
    `score.root_cause` says.
    """
    if not assignment.reference.is_dir():
        return
    by_id = {section.id: section for section in rubric.sections}
    for result in results.values():
        failure = first_failure(result.findings, "strict")
        if failure is None or failure.status != "failed" or failure.trouble is not None:
            continue
        broken = [by_id[need] for need in result.section.needs if statuses.get(need, "passed") != "passed"]
        if not broken:
            continue
        alone = cleared(result, own_parts(broken, statuses, by_id), place, assignment)
        result.cause = root(broken, statuses, rubric) if alone else None
        result.composed = alone is not None


def own_parts(broken: Sequence[Section], statuses: Mapping[str, Status], by_id: Mapping[str, Section]) -> list[str]:
    """The names of the parts that broken sections declare; where one declares none, of all that fails below them."""
    if any(not section.classes for section in broken):
        below = dict.fromkeys(name for section in broken for name in (section.id, *closure(section, by_id)))
        broken = [by_id[name] for name in below if statuses.get(name, "passed") != "passed"]
    return list(dict.fromkeys(name for section in broken for name in section.classes))


def root(broken: Sequence[Section], statuses: Mapping[str, Status], rubric: Rubric) -> str:
    """The id of what everything broken builds upon; where there are several, the first."""
    by_id = {section.id: section for section in rubric.sections}
    failing = {
        name
        for section in broken
        for name in (section.id, *closure(section, by_id))
        if statuses.get(name, "passed") != "passed"
    }
    roots = [name for name in by_id if name in failing and not set(by_id[name].needs) & failing]
    return roots[0]


def notes(results: Mapping[str, Result]) -> list[str]:
    """For each root cause: what fails only because of it, and what mending it is worth."""
    by_cause: dict[str, list[Result]] = {}
    for result in results.values():
        if result.cause is not None and result.cause in results and result.section.visibility == "visible":
            by_cause.setdefault(result.cause, []).append(result)
    said = []
    for cause, dependents in by_cause.items():
        section = results[cause].section
        if section.visibility != "visible":
            continue
        worth = section.points + sum((result.section.points for result in dependents), Decimal(0))
        names = _listed([result.section.key for result in dependents])
        verb = "fails" if len(dependents) == 1 else "fail"
        said.append(f"{names} {verb} only because of {section.key}; fixing it is worth {_shown(worth)} points more")
    return said


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _shown(points: Decimal) -> str:
    return f"{points.normalize():f}"
