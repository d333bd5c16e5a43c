"""Every case that may be shown as an example can be written down as lines for a shell."""

from __future__ import annotations

import codeop

import numpy as np
import pytest
from helpers import SHIPPED

from autograder.assignments import ladder, registry
from autograder.assignments.seeds import PUBLIC
from autograder.assignments.snippet_lines import array, sparse


def pasted(lines: str) -> bool:
    """Whether Python takes the lines one by one, as at its prompt, and then waits for no more."""
    waiting: list[str] = []
    for line in lines.splitlines():
        waiting.append(line)
        if codeop.compile_command("\n".join(waiting)) is not None:
            waiting.clear()
    return not waiting


@pytest.mark.parametrize("name", registry.names())
def test_each_output_of_a_case_that_may_be_shown_has_its_lines(name: str) -> None:
    assignment = registry.find(name)
    rubric = assignment.rubric()
    truth, shown = assignment.truth(rubric, "quick", PUBLIC, public=True), 0
    for section in (one for one in rubric.sections if any(True for _ in assignment.rungs(one))):
        # What is shrunk begins with the case itself.
        shrunk = (q for q in truth.questions(section) if any(True for _ in assignment.smaller(section, q)))
        for question in (*ladder.rungs(assignment, section), *shrunk):
            for output in question.case.outputs:
                lines = assignment.snippet(question.case.params, question.inputs, output, {})
                if lines is not None:
                    assert pasted(lines), lines
                    shown += 1
    # `cat_dog_cnn` has rungs for reading pictures only, and shrinks none; a new assignment may do without.
    assert shown or name == "cat_dog_cnn" or name not in SHIPPED


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "uint8", "bool"])
def test_lines_make_an_array_of_the_type_that_it_had(dtype: str) -> None:
    values = np.arange(6).reshape(2, 3).astype(dtype)
    made: dict[str, object] = {"np": np}
    exec(f"one = {array(values)}\n{sparse('other', values)}", made)
    for found in (made["one"], made["other"]):
        assert isinstance(found, np.ndarray)
        assert found.dtype == values.dtype and np.array_equal(found, values)


def test_a_residual_block_that_lacks_a_layer_can_be_tried() -> None:
    assignment = registry.find("hw2p1")
    rubric = assignment.rubric()
    (section,) = [one for one in rubric.sections if one.id == "resnet"]
    (question, *_) = assignment.truth(rubric, "quick", PUBLIC, public=True).questions(section)
    lines = assignment.snippet(question.case.params, question.inputs, "conv2 dLdW", {"models/resnet.py": KEEPS})
    assert lines is not None and "[2]" not in lines
    assert lines.endswith("print(conv2.dLdW)\n")


KEEPS = b"class ResBlock:\n    convolution_layers = residual_connection = None\n    # self.layers\n"
