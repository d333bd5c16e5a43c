"""What messages say, and what is read from them again."""

from __future__ import annotations

import helpers
import numpy as np
import pytest

from autograder.grading import wording
from autograder.reports import vocabulary

CONV2D = "mytorch/Conv2d.py"


@pytest.mark.parametrize("dtype", ["<i8", ">i4", np.uint8, int])
def test_an_array_of_integers_that_takes_no_fractions_is_known(dtype: object) -> None:
    with pytest.raises(TypeError) as caught:
        np.zeros(3, dtype).__iadd__(np.ones(3))
    assert wording.lacks_room_for_fractions(f"UFuncTypeError: {caught.value}")
    with pytest.raises(TypeError) as caught:
        np.zeros(3).__iadd__(np.ones(3, complex))
    assert not wording.lacks_room_for_fractions(f"UFuncTypeError: {caught.value}")


def test_a_class_that_breaks_on_integers_only_is_not_called_right() -> None:
    text = helpers.patched(
        helpers.reference()[CONV2D],
        "Conv2d_stride1.backward",
        "return ",
        "made = np.zeros_like(self.A)\n        made += self.b.sum() + 0.5\n        return ",
    )
    with helpers.warm(only=("Conv2d-stride1", "Resnet")) as grader:
        report = grader.grade(helpers.submission_from({CONV2D: text}))
    sections = helpers.by_id(report)
    assert sections["conv2d_stride1"].status == "passed"
    assert sections["resnet"].message.endswith(wording.INTEGERS)
    assert "start there" in vocabulary.advice(sections["resnet"])
