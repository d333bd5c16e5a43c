"""Which ends of a section may be the machine's fault, or another section's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from autograder.assignments.rubric import Limits
from autograder.grading.place import Place
from autograder.sandbox.conversation import Ended

UNUSED: Any = SimpleNamespace()
PLACE = Place(UNUSED, UNUSED, Limits(cpu_seconds=10, wall_seconds=30), UNUSED)


@pytest.mark.parametrize(
    ("ended", "doubtful"),
    [
        (None, False),
        (Ended(0, 1.0, 1.0, 0), False),
        (Ended(-9, 0.1, 30.0, 0, overdue=True), True),
        (Ended(-9, 6.0, 30.0, 0, overdue=True), True),
        (Ended(-9, 8.9, 30.0, 0, overdue=True), True),
        (Ended(-9, 9.0, 30.0, 0, overdue=True), False),
        (Ended(-24, 10.0, 11.0, 0), False),
        (Ended(None, 0.0, 1.0, 0, lost=True), True),
    ],
)
def test_what_was_late_without_computing_for_nearly_as_long_as_it_may_is_in_doubt(
    ended: Ended | None, doubtful: bool
) -> None:
    assert PLACE.doubtful(ended) is doubtful
    late = cast(Ended, ended or Ended(0, 0.0, 0.0, 0))
    assert PLACE.overtaken(late) is (doubtful and late.overdue)
