"""Autolab: the last lines of an autograding run, semantic feedback and scores.

The server reads the last line of what a job prints. It puts quotes round every `word:` of that line before
it parses it, so no key there may hold a word followed by a colon. Keys must be names of the assessment's
problems, exactly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from autograder.errors import HarnessError
from autograder.grading.report import Report, number
from autograder.reports import audience, words
from autograder.reports.context import Context

#: The server's own expression finds letters and digits before a colon; `\w` is wider, to be safe.
TORN = re.compile(r"\w:")

STAGES = {"main": "Homework", "bonus": "Bonus"}

#: What would open a tag or an entity where a hint is put into a page.
_INERT = str.maketrans({"<": "‹", ">": "›", "&": "+"})


def render(report: Report, context: Context) -> str:
    """What students read, then the two lines that the server reads: semantic feedback, then the scores.

    Raises
    ------
    HarnessError
        A key of the rubric cannot be sent to Autolab.
    """
    seen = audience.for_students(report, context)
    lines = [
        *text(seen, context.totals_note),
        semantic(seen),
        scores(seen, scoreboard=bool(context.settings.get("scoreboard"))),
    ]
    return "".join(line + "\n" for line in lines)


def text(report: Report, note: str = "") -> Iterator[str]:
    """A line for each section, with what failed below it; no line can be taken for a result."""
    width = max((len(section.key) for section in report.sections), default=0)
    for section in report.sections:
        earned = f"{words.points(section.points)}/{words.points(section.max)}"
        yield f"{words.symbol(section)} {section.key:<{width}}  {earned:>7}  {words.outcome(section)}"
        yield from (f"    {line}" for line in words.details(section))
    yield f"Total: {words.totals(report)}" + (f"; {note}" if note else "")
    yield ""


def scores(report: Report, *, scoreboard: bool = False) -> str:
    """The line of scores. A section that could not be graded is left out: our failure is not a zero.

    Parameters
    ----------
    scoreboard
        Also send the totals, which the class sees.
    """
    body: dict[str, Any] = {"scores": {key: number(points) for key, points in report.scores.items()}}
    if wrong := torn(body["scores"]):
        raise HarnessError(wrong)
    if scoreboard:
        body["scoreboard"] = [number(total.points) for total in report.totals.values()]
    return json.dumps(body, allow_nan=False)


def torn(keys: Iterable[str]) -> str:
    """What is wrong with a rubric's keys for Autolab; empty where nothing is."""
    bad = [key for key in keys if TORN.search(key)]
    return f"the rubric's key {bad[0]!r} cannot be sent to Autolab: no word may end in a colon" if bad else ""


def semantic(report: Report) -> str:
    """The line of feedback: a stage for each group, a test for each section, a hint where it failed."""
    body: dict[str, Any] = {"_presentation": "semantic", "stages": []}
    for group, stage in STAGES.items():
        tests = {section.key: _test(section) for section in report.sections if section.group == group}
        if tests:
            body["stages"].append(stage)
            body[stage] = tests
    return json.dumps(body, allow_nan=False)


def _test(section: Any) -> dict[str, Any]:
    hint = " ".join(words.details(section)) if section.status != "passed" else ""
    passed = {"passed": section.status == "passed"}
    return {**passed, "hint": hint.translate(_INERT)} if hint else passed
