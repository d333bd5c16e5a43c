"""What was named before is not explained again: in the order in which reports show outputs."""

from __future__ import annotations

import helpers

from autograder.grading.diagnose import _said_once
from autograder.grading.report import Diagnosis
from autograder.grading.result import Result


def test_an_idea_is_told_in_full_where_it_stands_first_in_a_report() -> None:
    (section,) = [one for one in helpers.rubric().sections if one.id == "cnn"]
    found = {name: Diagnosis("idea", f"In full, by {name}.") for name in ("conv3 dLdW", "dLdA", "conv1 dLdW")}
    said = _said_once(found, {"idea": "one idea"}, Result(section))
    assert {name: one.hint for name, one in said.items()} == {
        "dLdA": "In full, by dLdA.",
        "conv1 dLdW": "The same as above: one idea.",
        "conv3 dLdW": "The same as above: one idea.",
    }
