"""A submission that was graded, and what of that still holds when it is another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.submissions import Submission

from .report import Report
from .result import Result


@dataclass(frozen=True, slots=True)
class Graded:
    """What was graded, what each section showed (by section id), and what is said of it."""

    submission: Submission
    results: Mapping[str, Result]
    report: Report

    def holds_for(self, submission: Submission) -> dict[str, Result]:
        """The results that are the same for another version: of sections that opened no file that is another now.

        Where a file came or went, any import may find another one.
        """
        old, new = self.submission.files, submission.files
        if old.keys() != new.keys():
            return {}
        changed = {path for path in new if new[path] != old[path]}
        return {name: result for name, result in self.results.items() if not result.depends_on(changed)}
