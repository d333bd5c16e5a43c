"""The report of a submission, from what its sections showed."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder import __version__

from . import score
from .notes import caused, notes, section_facts
from .report import Report

if TYPE_CHECKING:
    from autograder.assignments.rubric import Rubric
    from autograder.sandbox.launch import Level
    from autograder.submissions import Submission

    from .options import Options
    from .report import SectionReport, Status
    from .result import Result
    from .score import Scored


def report(
    submission: Submission,
    found: Mapping[str, Result],
    statuses: Mapping[str, Status],
    rubric: Rubric,
    options: Options,
    level: Level,
    changed: frozenset[str] = frozenset(),
) -> Report:
    """Put the results together.

    Parameters
    ----------
    found
        The results, by section id.
    statuses
        How each section ended under the chosen checks.
    level
        Of isolation.
    changed
        Paths of the files that were handed out complete, and that are others in the submission.
    """
    results = {n: replace(r, findings=score.beside(r, statuses, rubric, changed)) for n, r in found.items()}
    shown = {name: score.checks(r.section, r.findings, r.diagnoses) for name, r in results.items()}

    def under(checks: Scored) -> list[SectionReport]:
        reports = [score.section_report(r, checks, shown[n], statuses, rubric) for n, r in results.items()]
        return score.followed(reports)

    by_checks = {"strict": under("strict"), "course": under("course")}
    return Report(
        assignment=rubric.name,
        edition=rubric.edition,
        seed=options.seed.shown,
        profile=options.profile,
        checks=options.checks,
        totals=score.total(by_checks[options.checks]),
        totals_course=score.total(by_checks["course"]),
        totals_strict=score.total(by_checks["strict"]),
        sections=tuple(by_checks[options.checks]),
        notes=(*notes(submission, results), *caused(results, by_checks[options.checks])),
        run=facts(submission, results, level),
    )


def facts(submission: Submission, results: Mapping[str, Result], level: Level) -> dict[str, Any]:
    """What a machine or an interpreter words differently."""
    return {
        "autograder": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "platform": f"{platform.system()} {platform.machine()}",
        "isolation": level,
        "protected": level != "process",
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "submission": {"name": submission.name, "digest": submission.digest, "root": submission.root},
        "sections": {result.section.key: section_facts(result) for result in results.values()},
    }
