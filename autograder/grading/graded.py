"""A submission that was graded, and what of that still holds when it is another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.guest.agreed import PAGE
from autograder.submissions import Submission

from .report import Report
from .result import Result

#: Pages for which there is room in every section: half of the least that may be allowed, the other for what is given.
SURELY = (1 << 19) // PAGE


@dataclass(frozen=True, slots=True)
class Graded:
    """What was graded, what each section showed (by section id), and what is said of it."""

    submission: Submission
    results: Mapping[str, Result]
    report: Report

    def holds_for(self, submission: Submission) -> dict[str, Result]:
        """The results that are the same for another version: of sections that opened no file that is another now.

        Where a file came or went, any import may find another one. Where all of them come near what any section may
        have on disk, whether there is room for them hangs on all.
        """
        old, new = self.submission.files, submission.files
        if old.keys() != new.keys() or (pages(old) != pages(new) and max(pages(old), pages(new)) > SURELY):
            return {}
        changed = {path for path in new if new[path] != old[path]}
        return {name: result for name, result in self.results.items() if not result.depends_on(changed)}


def pages(files: Mapping[str, bytes]) -> int:
    """How many pages files take where a section has them."""
    return sum(1 + len(content) // PAGE for content in files.values())
