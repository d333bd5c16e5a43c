"""The report: all that was learnt about one submission, as plain data.

What is the same on every machine stands in the report; what a machine or an interpreter words
differently (times, host, isolation, raw exception texts, what was printed) stands in `run`, which
`scores.json` leaves out.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

SCHEMA = "autograder/report/v1"

Status = Literal[
    "passed", "failed", "not_implemented", "missing", "error", "timeout", "memory", "limit",
    "crashed", "forbidden", "bad_output", "ungraded",
]  # fmt: skip

#: Who may see a section where students read: everybody, everybody from the due date on, staff only.
Visibility = Literal["visible", "after_due_date", "hidden"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A misconception that explains a failure."""

    id: str
    hint: str


@dataclass(frozen=True, slots=True)
class Check:
    """One named output or property of a section, over all its cases at one level that the same people may see."""

    name: str
    level: Literal["course", "strict"]
    status: Status
    case: str | None = None
    message: str = ""
    diagnosis: Diagnosis | None = None
    expected_shape: tuple[int, ...] | None = None
    got_shape: tuple[int, ...] | None = None
    first_mismatch: Mapping[str, Any] | None = None
    mismatched: int | None = None
    max_error: str | None = None
    visibility: Visibility = "visible"


def counts(level: str, checks: str) -> bool:
    """Whether points depend on a check of this level: under `strict` on every one."""
    return checks == "strict" or level == "course"


@dataclass(frozen=True, slots=True)
class SectionReport:
    """What one line of the rubric earned, and why. `ungraded` has no points: our failure is not a zero.

    Attributes
    ----------
    carried
        Points that it has although it failed, because it fails only because of others (`carry_forward`).
    """

    key: str
    number: str
    group: Literal["main", "bonus"]
    points: Decimal | None
    max: Decimal
    status: Status
    message: str
    checks: tuple[Check, ...]
    root_cause: str | None = None
    visibility: Visibility = "visible"
    carried: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Total:
    """Points earned, points there are, and those of the earned ones that are carried forward."""

    points: Decimal
    max: Decimal
    carried: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Report:
    """All that was learnt about one submission."""

    assignment: str
    edition: str
    seed: str
    profile: str
    checks: Literal["strict", "course"]
    totals: Mapping[str, Total]
    totals_course: Mapping[str, Total]
    totals_strict: Mapping[str, Total]
    sections: tuple[SectionReport, ...]
    notes: tuple[str, ...] = ()
    run: Mapping[str, Any] = field(default_factory=dict)

    def facts(self, key: str) -> dict[str, Any]:
        """What was seen of a section beyond its checks, by its key, in all of its processes that `run` tells of."""
        return gathered(self.run.get("sections", {}).get(key, {}))

    @property
    def scores(self) -> dict[str, Decimal]:
        """Points by key, in rubric order, of what could be graded."""
        return {section.key: section.points for section in self.sections if section.points is not None}


#: How what was seen of two processes of a section comes together; of anything else the first process's counts.
_TOGETHER: Mapping[str, Callable[[Any, Any], Any]] = {
    "printed": operator.add, "cpu_seconds": operator.add, "wall_seconds": operator.add, "memory_mb": max,
}  # fmt: skip


def gathered(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What was seen of a section, with what `later` processes showed, which not everybody may see, joined to it."""
    found = {name: value for name, value in facts.items() if name != "later"}
    for more in facts.get("later", {}).values():
        for name, value in more.items():
            if name not in found:
                found[name] = value
            elif name in _TOGETHER:
                found[name] = _TOGETHER[name](found[name], value)
    return found


def document(report: Report, *, run: bool = True) -> dict[str, Any]:
    """The report as JSON values; without `run` it is what `scores.json` holds."""
    body = {
        "schema": SCHEMA,
        "assignment": report.assignment,
        "edition": report.edition,
        "seed": report.seed,
        "profile": report.profile,
        "checks": report.checks,
        "totals": _totals(report.totals),
        "totals_course": _totals(report.totals_course),
        "totals_strict": _totals(report.totals_strict),
        "scores": {key: number(points) for key, points in report.scores.items()},
        "sections": [_section(section) for section in report.sections],
        "notes": list(report.notes),
    }
    return {**body, "run": dict(report.run)} if run else body


def number(points: Decimal) -> int | float:
    """Points as a plain JSON number: `10`, `2.5`."""
    return int(points) if points == points.to_integral_value() else float(points)


def _totals(totals: Mapping[str, Total]) -> dict[str, Any]:
    return {
        group: {"points": number(total.points), "max": number(total.max), **_carried(total)}
        for group, total in totals.items()
    }


def _carried(owner: SectionReport | Total) -> dict[str, Any]:
    """Few courses carry points forward: every reader knows the others' documents without the word."""
    return {"carried": number(owner.carried)} if owner.carried else {}


def _section(section: SectionReport) -> dict[str, Any]:
    return {
        "key": section.key,
        "number": section.number,
        "group": section.group,
        "points": None if section.points is None else number(section.points),
        "max": number(section.max),
        "status": section.status,
        "message": section.message,
        "checks": [_check(check) for check in section.checks],
        "root_cause": section.root_cause,
        "visibility": section.visibility,
        **_carried(section),
    }


def _check(check: Check) -> dict[str, Any]:
    told = {
        "name": check.name,
        "level": check.level,
        "status": check.status,
        "case": check.case,
        "message": check.message,
        "diagnosis": None if check.diagnosis is None else {"id": check.diagnosis.id, "hint": check.diagnosis.hint},
        "expected_shape": None if check.expected_shape is None else list(check.expected_shape),
        "got_shape": None if check.got_shape is None else list(check.got_shape),
        "first_mismatch": None if check.first_mismatch is None else dict(check.first_mismatch),
        "mismatched": check.mismatched,
        "max_error": check.max_error,
    }
    # Few assignments hide cases, and every reader knows the others' documents without the word.
    return told if check.visibility == "visible" else {**told, "visibility": check.visibility}


def restored(document: Mapping[str, Any]) -> Report:
    """The report that a document was made of: the inverse of `document`, for reports that were kept.

    What a document may lack (`run`, and what a check has nothing to say about) is left empty.
    """
    totals, course, strict = (
        {
            group: Total(*(_points(total.get(what, 0)) for what in ("points", "max", "carried")))
            for group, total in document[name].items()
        }
        for name in ("totals", "totals_course", "totals_strict")
    )
    return Report(
        assignment=document["assignment"],
        edition=document["edition"],
        seed=document["seed"],
        profile=document["profile"],
        checks=document["checks"],
        totals=totals,
        totals_course=course,
        totals_strict=strict,
        sections=tuple(_restored_section(section) for section in document["sections"]),
        notes=tuple(document["notes"]),
        run=document.get("run", {}),
    )


def _points(value: float | int) -> Decimal:
    return Decimal(str(value))


def _restored_section(section: Mapping[str, Any]) -> SectionReport:
    return SectionReport(
        section["key"],
        section["number"],
        section["group"],
        None if section["points"] is None else _points(section["points"]),
        _points(section["max"]),
        section["status"],
        section["message"],
        tuple(_restored_check(check) for check in section["checks"]),
        section["root_cause"],
        section.get("visibility", "visible"),
        _points(section.get("carried", 0)),
    )


def _restored_check(check: Mapping[str, Any]) -> Check:
    diagnosis, expected, got = (check.get(name) for name in ("diagnosis", "expected_shape", "got_shape"))
    return Check(
        check["name"],
        check["level"],
        check["status"],
        check.get("case"),
        check.get("message", ""),
        None if diagnosis is None else Diagnosis(diagnosis["id"], diagnosis["hint"]),
        None if expected is None else tuple(expected),
        None if got is None else tuple(got),
        check.get("first_mismatch"),
        check.get("mismatched"),
        check.get("max_error"),
        check.get("visibility", "visible"),
    )
