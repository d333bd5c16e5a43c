"""Plain CSV and JSON lines: everybody, with everything that stands for them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from autograder.gradebook import accounts
from autograder.gradebook.facts import AdjustmentFacts, AttemptFacts, Decision, Origin
from autograder.gradebook.standing import Standing, Sum
from autograder.grading.report import number
from autograder.reports.text import shown

from .cells import neutral, points, written
from .grades import Grades

SCHEMA = "autograder/export/v1"
_PERSON = ("student", "name", "email", "login", "id", "section", "group")
_STATE = ("state", "reason", "attempt", "submitted_at", "attempts", "late_seconds", "late_percent")
_SUMS = ("earned", "late", "adjusted", "points", "max")
#: What explains the rest, in words that pages and documents say, too.
_WHY = ("due", "late_begun", "rules", "by_hand", "graded", "published", "remarks")


def as_csv(grades: Grades, origins: Mapping[int, Origin]) -> str:
    """A line for each student, and one for each attempt that counts for nobody yet.

    Parameters
    ----------
    origins
        How gradings came about, by their numbers.
    """
    keys = list(dict.fromkeys(section.key for one in grades.students for section in one.sections))
    totals = [f"{group} {what}" for group in grades.groups for what in _SUMS]
    header = [*_PERSON, *_STATE, *keys, *totals, "total points", "total max", *_WHY]
    rows = [_row(grades, standing, keys, origins) for standing in grades.students]
    rows += [_unmatched(attempt, keys, len(header)) for attempt in grades.unmatched]
    for line in grades.forks:
        rows.append([*[""] * len(_PERSON), "unmatched", *[""] * (len(header) - len(_PERSON) - 2), neutral(line)])
    return written([[neutral(name) for name in header], *rows])


def _row(grades: Grades, standing: Standing, keys: list[str], origins: Mapping[int, Origin]) -> list[str]:
    person, attempt = standing.person, standing.attempt
    earned = {section.key: section.points for section in standing.sections}
    total = grades.total(standing)
    when = attempt.submitted_at if attempt is not None else None
    return [
        *map(
            neutral, (person.key, person.name, person.email, person.login, person.number, person.section, person.team)
        ),
        standing.state,
        neutral(shown(standing.reason)),
        neutral(shown(attempt.label)) if attempt is not None else "",
        when.isoformat() if when is not None else "",
        str(len(standing.attempts)),
        str(standing.lateness.seconds) if standing.lateness.known else "",
        points(standing.lateness.percent) if standing.lateness.known else "",
        *(points(earned.get(key)) for key in keys),
        *(cell for group in grades.groups for cell in _cells(standing.sums.get(group))),
        *(_cells(total)[-2:]),
        *map(neutral, _why(grades, standing, origins)),
    ]


def _why(grades: Grades, standing: Standing, origins: Mapping[int, Origin]) -> Iterator[str]:
    """What explains a mark, in the order of `_WHY`; points by hand in full, those that were taken back, too."""
    policy, lateness = grades.policy, standing.lateness
    zone = policy.zone
    origin = None if standing.report_of is None else origins.get(standing.report_of)
    yield "" if standing.due is None else accounts.due(standing.due)
    yield accounts.begun(lateness) if lateness.begun else ""
    yield accounts.terms(policy)
    by_hand = sorted((*standing.adjustments, *standing.taken_back), key=lambda change: change.id)
    yield shown("; ".join(accounts.by_hand(change, zone) for change in by_hand))
    # Not when: equal work gives equal files. The site's history has that, and who published.
    yield "" if origin is None else accounts.graded_by(origin)
    yield "" if origin is None or origin.publication is None else f"publication {origin.publication.id}"
    yield "; ".join(grades.remarks.get(standing.person.key, ()))


def _cells(sums: Sum | None) -> list[str]:
    if sums is None:
        return [""] * len(_SUMS)
    return [points(value) for value in (sums.earned, sums.late, sums.adjusted, sums.final, sums.max)]


def _unmatched(attempt: AttemptFacts, keys: list[str], width: int) -> list[str]:
    reason = "belongs to nobody on the roster" if attempt.problem is None else attempt.problem
    when = "" if attempt.submitted_at is None else attempt.submitted_at.isoformat()
    state = ["unmatched", neutral(shown(reason)), neutral(shown(attempt.label)), when, "", "", ""]
    earned = {} if attempt.grading is None else {section.key: section.points for section in attempt.grading.sections}
    row = [*[""] * len(_PERSON), *state, *(points(earned.get(key)) for key in keys)]
    return row + [""] * (width - len(row))


def as_json_lines(grades: Grades, seeds: Mapping[int, str], origins: Mapping[int, Origin]) -> str:
    """The same as JSON, a line each, by the schema `autograder/export/v1`.

    Parameters
    ----------
    seeds
        How each grading's report names its seed, by the grading's number.
    origins
        How each grading of a student came about.
    """
    lines = [*(_student(grades, standing, seeds, origins) for standing in grades.students), *_others(grades, seeds)]
    return "".join(json.dumps(line, ensure_ascii=True, allow_nan=False) + "\n" for line in lines)


def _student(
    grades: Grades, standing: Standing, seeds: Mapping[int, str], origins: Mapping[int, Origin]
) -> dict[str, Any]:
    person, total = standing.person, grades.total(standing)
    origin = None if standing.report_of is None else origins.get(standing.report_of)
    grading = None if standing.attempt is None else standing.attempt.grading
    earned = {s.key: number(s.points) for s in (grading.sections if grading else ()) if s.points is not None}
    return {
        "schema": SCHEMA,
        "assignment": grades.assignment,
        "student": {
            "key": person.key, "name": person.name, "email": person.email, "login": person.login, "id": person.number,
            "section": person.section, "group": person.team, "on_roster": person.on_roster,
        },
        "state": standing.state,
        "reason": standing.reason,
        "attempt": None if standing.attempt is None else _attempt(standing.attempt, seeds),
        "attempts": [attempt.label for attempt in standing.attempts],
        "late": {
            "known": standing.lateness.known,
            "seconds": standing.lateness.seconds,
            "percent": number(standing.lateness.percent),
            "begun": standing.lateness.begun,
            "per": grades.policy.late.per,
            "accepted": standing.lateness.accepted,
        },
        "due": _due(standing),
        "rules": accounts.terms(grades.policy),
        "graded": None if origin is None else _graded(origin),
        "sections": [
            {"key": s.key, "group": s.group, "status": s.status, "max": number(s.max),
             "points": None if s.points is None else number(s.points), "earned": earned.get(s.key)}
            for s in standing.sections
        ],
        "totals": {group: _sum(standing.sums[group]) for group in grades.groups if group in standing.sums},
        "total": None if total is None else _sum(total),
        "adjustments": [_adjustment(change) for change in standing.adjustments],
        "taken_back": [_adjustment(change) for change in standing.taken_back],
        "remarks": list(grades.remarks.get(person.key, ())),
    }  # fmt: skip


def _due(standing: Standing) -> dict[str, Any] | None:
    own = standing.due
    if own is None:
        return None
    extension = own.extension
    given = None if extension is None else extension.isoformat() if isinstance(extension, datetime) else str(extension)
    return {"at": own.at.isoformat(), "extension": given, "granted_by": own.granted_by}


def _adjustment(change: AdjustmentFacts) -> dict[str, Any]:
    taken = {} if change.revoked is None else {"taken_back": _decision(change.revoked)}
    return {
        "number": change.id, "section": change.section, "group": change.group, "kind": change.kind,
        "points": number(change.points), **_decision(change.made), **taken,
    }  # fmt: skip


def _decision(decision: Decision) -> dict[str, str]:
    return {"by": decision.who, "why": decision.why, "at": decision.at.isoformat()}


def _graded(origin: Origin) -> dict[str, Any]:
    under, stands = origin.conditions, origin.publication
    return {
        "version": origin.version, "conditions": under.id,
        "edition": under.edition, "overlay": under.overlay, "checks": under.checks, "profile": under.profile,
        "publication": None if stands is None else stands.id,
    }  # fmt: skip


def _others(grades: Grades, seeds: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    """What counts for nobody: attempts, and forks that could not even be had."""
    for attempt in grades.unmatched:
        yield _nobody(grades, _attempt(attempt, seeds), attempt.problem or "belongs to nobody on the roster")
    for line in grades.forks:
        yield _nobody(grades, None, line)


def _nobody(grades: Grades, attempt: dict[str, Any] | None, reason: str) -> dict[str, Any]:
    head = {"schema": SCHEMA, "assignment": grades.assignment, "student": None, "state": "unmatched"}
    return {**head, "reason": reason, "attempt": attempt, "total": None}


def _attempt(attempt: AttemptFacts, seeds: Mapping[int, str]) -> dict[str, Any]:
    grading = attempt.grading
    return {
        "label": attempt.label,
        "digest": attempt.digest,
        "submitted_at": None if attempt.submitted_at is None else attempt.submitted_at.isoformat(),
        "seed": None if grading is None else seeds[grading.id],
        "drawn_for": None if grading is None or not grading.drawn_for else grading.drawn_for,
    }


def _sum(sums: Sum) -> dict[str, int | float]:
    values = (sums.earned, sums.late, sums.adjusted, sums.final, sums.max)
    return dict(zip(_SUMS, map(number, values), strict=True))
