"""Hidden sections leave no trace in a student's document, whatever the submission tries to say through them."""

from __future__ import annotations

import json
from dataclasses import replace

import helpers

from autograder.grading.grader import Grader, Options
from autograder.grading.report import document
from autograder.reports.audience import for_students
from autograder.reports.context import Context

LEAK = """
import numpy as np
from resampling import *


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        print("LEAK", A.ravel()[:3])
        exec(compile("import keras_LEAK", __file__, "exec"))
        A[...] = 0
        {end}

    def backward(self, dLdZ):
        return dLdZ
"""


def hidden() -> object:
    rubric = helpers.rubric()
    sections = tuple(
        replace(section, visibility="hidden" if section.id == "maxpool2d_stride1" else "visible")
        for section in rubric.sections
    )
    return replace(rubric, sections=sections)


def test_nothing_leaves_a_hidden_section() -> None:
    only = ("MaxPool2d_stride1", "Upsampling1d")
    with Grader(helpers.ASSIGNMENT, hidden(), Options(only=only)) as grader:  # type: ignore[arg-type]
        for end in ("raise ValueError('LEAK')", "return A + 1", "return A[:0]", "return 'LEAK'"):
            report = grader.grade(helpers.submission_from({"mytorch/pool.py": LEAK.format(end=end)}))
            assert "LEAK" in json.dumps(document(report))
            seen = for_students(report, Context())
            text = json.dumps(document(seen))
            assert "LEAK" not in text and "MaxPool2d_stride1" not in text
            assert [section.key for section in seen.sections] == ["Upsampling1d"]
            assert seen.totals["main"].max == seen.sections[0].max


def test_a_report_without_hidden_sections_is_left_alone() -> None:
    with helpers.warm(only=("Upsampling1d",)) as grader:
        report = grader.grade(helpers.submission_from({}))
    assert for_students(report, Context()) is report
