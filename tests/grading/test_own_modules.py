"""Which of a submission's own modules its imports get: those that Python itself would take."""

from __future__ import annotations

import helpers
import pytest

from autograder.grading.grader import Grader, Options

#: As some submissions begin, so that their modules find each other wherever they are started.
LOOKS_ELSEWHERE = "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'nn'))\n"


@pytest.mark.parametrize("elsewhere", [True, False])
def test_who_changes_where_python_looks_gets_what_lies_there(elsewhere: bool) -> None:
    files = helpers.reference()
    right, wrong = files["mytorch/resampling.py"], "raise ImportError('not this one')\n"
    nn = "mytorch/nn/resampling.py"
    changed = {
        "mytorch/resampling.py": wrong if elsewhere else right,
        nn: right if elsewhere else wrong,
        "mytorch/Conv1d.py": (LOOKS_ELSEWHERE if elsewhere else "") + files["mytorch/Conv1d.py"],
    }
    with Grader(helpers.ASSIGNMENT, helpers.rubric(), Options(only=("Conv1d",))) as grader:
        report = grader.grade(helpers.submission_from(changed))
    assert helpers.not_passed(report) == {}
