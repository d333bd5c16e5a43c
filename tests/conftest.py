"""A warm grader for all tests that grade: one for each worker."""

from __future__ import annotations

from collections.abc import Iterator

import helpers
import pytest

from autograder.grading.grader import Grader


@pytest.fixture(scope="session")
def grader() -> Iterator[Grader]:
    """The default edition under strict checks with the public seed; a report has both totals."""
    with helpers.warm() as warm:
        yield warm
