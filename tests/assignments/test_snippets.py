"""Every case that may be shown as an example can be written down as lines for a shell."""

from __future__ import annotations

import pytest

from autograder.assignments import registry
from autograder.assignments.seeds import PUBLIC


@pytest.mark.parametrize("name", registry.names())
def test_each_output_of_a_case_that_may_be_shown_has_its_lines(name: str) -> None:
    assignment = registry.find(name)
    rubric = assignment.rubric()
    truth, shown = assignment.truth(rubric, "quick", PUBLIC, public=True), 0
    for section in (one for one in rubric.sections if any(True for _ in assignment.rungs(one))):
        for question in truth.questions(section):
            # What is shrunk begins with the case itself.
            if not any(True for _ in assignment.smaller(section, question)):
                continue
            for output in question.case.outputs:
                lines = assignment.snippet(question.case.params, question.inputs, output, {})
                if lines is not None:
                    compile(lines, question.case.name, "exec")
                    shown += 1
    assert shown or name == "cat_dog_cnn"  # which has rungs for reading pictures only, and shrinks none
