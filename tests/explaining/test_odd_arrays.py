"""What comes back may be an array of any kind: explaining it never breaks, and no fault of ours is told."""

from __future__ import annotations

import helpers
import numpy as np
import pytest

from autograder.assignments.cases import Case
from autograder.assignments.truth import Question
from autograder.grading.shown import RESULT, readable

ODD = {
    "of truth values": "np.ones(v.shape, bool)",
    "not a number": "np.full(v.shape, np.nan)",
    "infinite": "np.full(v.shape, np.inf)",
    "huge": "np.full(v.shape, -1.7e308)",
    "without axes": "np.array(3.0)",
    "without entries": "np.zeros((0, 3))",
    "of many axes": "np.zeros((1,) * 16)",
    "complex": "v + 1j",
    "unsigned": "np.full(v.shape, 2**64 - 1, np.uint64)",
    "too long": "np.zeros(1 << 20, np.int8)",
}


@pytest.mark.parametrize("kind", list(ODD))
def test_no_array_breaks_what_explains_it(kind: str) -> None:
    files = ("mytorch/batchnorm2d.py", "mytorch/dropout2d.py", "mytorch/pool.py")
    with helpers.warm(only=("BatchNorm2d", "Dropout2d", "MaxPool2d")) as grader:
        sent = {file: helpers.sending(helpers.reference()[file], ODD[kind]) for file in files}
        report = grader.grade(helpers.submission_from(sent))
    assert not [note for note in report.notes if "our fault" in note]
    assert {section.status for section in report.sections} <= {"failed", "bad_output"}


def test_of_what_came_back_signs_see_numbers_and_not_far_too_many() -> None:
    right = np.zeros((2, 3))
    question = Question(Case("f()", {}, {}, tuple("ABCDE")), {}, dict.fromkeys("ABCD", right), {})
    came = {"A": right > 0, "B": np.array(3.0), "C": right + 1j, "D": np.zeros((RESULT, 2)), "E": np.ones(3, bool)}
    found = readable(question, came)
    assert sorted(found) == ["A", "B", "E"]
    assert found["A"].dtype == np.float64 and found["E"].dtype == bool, "what is judged stays what it is"
