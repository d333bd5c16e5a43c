"""What the tests of explanations share."""

from __future__ import annotations

from collections.abc import Iterator

import helpers
import pytest

from autograder.grading.grader import Grader


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with helpers.warm() as made:
        yield made
