"""Classroom 50: `result.json`.

Its scores are integers. Where a rubric has parts of points, the whole document is multiplied by one factor,
the smallest that leaves none, and every test says so; proportions stay exact.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograder.errors import HarnessError, UsageError
from autograder.grading.report import Report, SectionReport
from autograder.reports import audience, words
from autograder.reports.context import Context, moment

SCHEMA = "classroom50/result/v1"


def render(report: Report, context: Context) -> str:
    """The document.

    Raises
    ------
    HarnessError
        Something could not be graded: a result without it would be a wrong mark.
    UsageError
        The environment does not say whose result it is.
    """
    seen = audience.for_students(report, context)
    if not audience.complete(seen):
        keys = ", ".join(section.key for section in seen.sections if section.points is None)
        raise HarnessError(f"no result for Classroom 50: not graded: {keys}")
    return json.dumps(result(seen, context.environ), allow_nan=False, indent=2) + "\n"


def result(report: Report, environ: Mapping[str, str]) -> dict[str, Any]:
    """The document of a report that holds only what its readers may see."""
    sections = [section for section in report.sections if section.points is not None]
    factor = scale(sections)
    totals = report.totals.values()
    return {
        "schema": SCHEMA,
        "classroom": _needed(environ, "CLASSROOM"),
        "assignment": _needed(environ, "ASSIGNMENT"),
        "assignment_type": environ.get("ASSIGNMENT_TYPE") or "individual",
        "owner": environ.get("OWNER") or _needed(environ, "USERNAME"),
        "submission": _needed(environ, "SUBMISSION_TAG"),
        "commit": _needed(environ, "COMMIT_URL"),
        "release": _needed(environ, "RELEASE_URL"),
        "review": environ.get("REVIEW_URL") or _needed(environ, "COMMIT_URL"),
        "datetime": _when(environ.get("COMMIT_DATETIME") or str(report.run.get("time", ""))),
        "score": _scaled(sum((total.points for total in totals), Decimal(0)), factor),
        # Points of the bonus come on top of what there is to earn.
        "max-score": _scaled(report.totals["main"].max if "main" in report.totals else Decimal(0), factor),
        "tests": [_test(section, factor) for section in sections],
    }


def _when(text: str) -> str:
    """The commit's time, as the schema has it; where nobody says it, that of the run."""
    when = moment(text)
    if when is None:
        raise UsageError(f"--format classroom50: COMMIT_DATETIME={text!a} is no time with an offset")
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def scale(sections: list[SectionReport]) -> int:
    """The smallest factor by which all points become integers: 1 for whole points, 2 for halves."""
    values = [value for section in sections for value in (section.points, section.max) if value is not None]
    return math.lcm(1, *(Fraction(value).denominator for value in values))


def _scaled(value: Decimal, factor: int) -> int:
    scaled = Fraction(value) * factor
    if scaled.denominator != 1:
        raise HarnessError(f"{value} points times {factor} is not whole")
    return int(scaled)


def _test(section: SectionReport, factor: int) -> dict[str, Any]:
    points = section.points or Decimal(0)
    test: dict[str, Any] = {
        "test-name": f"{section.key} (bonus)" if section.group == "bonus" else section.key,
        "passed": section.status == "passed",
        "score": _scaled(points, factor),
        "max-score": _scaled(section.max, factor) if section.group == "main" else 0,
        "message": "\n".join(words.details(section)),
    }
    if factor != 1:
        scaled = f"{factor} units are 1 point: {words.points(points)} of {words.points(section.max)} points"
        test |= {"scale": factor, "points": words.points(points), "scaled": scaled}
    return test


def _needed(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise UsageError(
            f"--format classroom50: the environment variable {name} is not set",
            hint="Classroom 50's runner sets it; see docs/platforms.md",
        )
    return value
