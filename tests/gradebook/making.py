"""Facts for a gradebook, made up."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from autograder.gradebook import enrolment, queries
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.enrolment import Person
from autograder.gradebook.facts import AttemptFacts
from autograder.gradebook.packing import pack
from autograder.gradebook.store import Graded, Handed, Terms
from autograder.submissions.submission import digest

BEGIN = datetime(2026, 10, 1, 12, tzinfo=UTC)
NAME = "hw2p1"


def enrolled(book: Gradebook, *keys: str) -> dict[str, int]:
    """Students of these keys."""
    return enrolment.enrol(book, [Person(key, name=key.title(), on_roster=True) for key in keys])


def terms(number: int = 1) -> Terms:
    """Conditions, by number."""
    return Terms(f"sha256:{number}", NAME, "s23", "11785", "strict", "quick", {"number": number})


def handed(
    label: str,
    *,
    text: str = "",
    hours: float | None = 0,
    number: int = 1,
    problem: str | None = None,
    source: str = "folder",
) -> Handed:
    """An attempt, handed in so many hours after the beginning."""
    files = {"mytorch/Conv1d.py": (text or label).encode()}
    when = None if hours is None else BEGIN + timedelta(hours=hours)
    packed = None if problem else pack(files)
    mark = f"unopened:{label}" if problem else digest(files)
    return Handed(label, mark, source, number, when, False, [], {"name": label}, packed, problem)


def replaced(book: Gradebook) -> list[AttemptFacts]:
    """Attempts in whose place something else counts, or nothing."""
    found = queries.attempts(book, NAME)
    return [attempt for attempt in found if queries.newest(found).get(attempt.label) is not attempt]


def graded(attempt: int, conditions: int, points: dict[str, str | None], failing: Iterable[str] = ()) -> Graded:
    """A grading with these points, each of 10; a section named `bonus…` is of that group."""
    wrong = set(failing) | {key for key, value in points.items() if value == "0"}

    def status(key: str) -> str:
        return "failed" if key in wrong else "passed"

    summary = [
        [key, "bonus" if key.startswith("bonus") else "main", status(key), value, "10"] for key, value in points.items()
    ]
    sections = [{"key": key, "checks": [{"name": "Z", "level": "course", "status": status(key)}]} for key in points]
    return Graded(
        attempt, conditions, json.dumps({"sections": sections}), json.dumps({"time": "now"}), json.dumps(summary)
    )
