"""After a failure: which wrong idea it is, and the smallest example. Imported only then."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TYPE_CHECKING

from . import causes
from .diagnose import diagnose
from .examples import smallest
from .score import root_cause

if TYPE_CHECKING:
    from autograder.assignments.registry import Assignment

    from .place import Place
    from .report import Status
    from .result import Result

#: Seconds that looking for examples may take, over all sections of a submission.
EXAMPLES = 2.0
#: Failures that say themselves what is wrong.
PLAIN = ("passed", "not_implemented", "missing", "forbidden", "timeout", "memory", "limit", "ungraded")


def explain(
    results: Mapping[str, Result],
    statuses: Mapping[str, Status],
    place: Place,
    assignment: Assignment,
    *,
    public: bool,
    lanes: int = 1,
    examples: bool = True,
) -> None:
    """Add to each failing section's result what can be said about it.

    One after the other where the references are changed for it (causes, wrong ideas), so many `lanes` at a time where
    the submission is asked again (examples). Where we fail to explain a section, that is noted, and costs nothing else.

    Parameters
    ----------
    examples
        Whether to look for examples; where not, those stay that are there, as far as the section's failure is its own.
    """
    causes.find(results, place, assignment)
    failing = [result for result in results.values() if any(f.status not in PLAIN for f in result.findings)]
    own = []
    for result in failing:
        if root_cause(result, "strict", statuses, place.rubric) is not None:
            # What another section spoils has no idea of its own to be found: any that fits, fits by accident.
            result.diagnoses, result.example = {}, None
            continue
        try:
            result.diagnoses = diagnose(result, assignment, public=public)
        except Exception as error:
            result.unexplained(error)
        own.append(result)
    if examples:
        _examples(own, place, assignment, lanes)


def _examples(results: Sequence[Result], place: Place, assignment: Assignment, lanes: int) -> None:
    """Look for the smallest example of each; one that sleeps takes no more than its part of the time."""
    until = time.monotonic() + EXAMPLES
    waiting = count(len(results), -1)  # next() of it is atomic

    def looked(result: Result) -> None:
        left, now = next(waiting), time.monotonic()
        by = min(until, now + (until - now) * min(lanes, left) / left)
        try:
            result.example = smallest(result, place, assignment, by)
        except Exception as error:
            result.unexplained(error)

    with ThreadPoolExecutor(lanes) as pool:
        list(pool.map(looked, results))
