"""The report itself, whole: staff's document, hidden sections included."""

from __future__ import annotations

from autograder.grading.report import Report
from autograder.reports import jsonfile
from autograder.reports.context import Context


def render(report: Report, context: Context) -> str:
    """The report's JSON, with `run`."""
    return jsonfile.dumps(report, run=True)
