"""What an exercise finds in the submission's answers before they become arrays."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.guest.lookup import Submission
from autograder.guest.task import Task
from autograder.guest.values import BadOutput, NotImplementedYet, PassedOn


class Layer:
    """Its `forward` is written and keeps nothing; its `backward` is a stub."""

    input = None

    def forward(self, A: int) -> int:
        return A + 1

    def backward(self, dLdZ: int) -> None:
        pass


def task() -> Task:
    return Task({}, {}, Submission.__new__(Submission))


def test_none_after_a_written_method_is_no_stub() -> None:
    asked, layer = task(), Layer()
    asked.called(layer.forward, 1)
    with pytest.raises(BadOutput, match=r"^`input` is None after `forward`$"):
        asked.attribute(layer, "input")


def test_none_before_any_method_gave_something_is_a_stub() -> None:
    asked, layer = task(), Layer()
    asked.called(layer.backward, 1)
    with pytest.raises(NotImplementedYet):
        asked.attribute(layer, "input")


def refusing(error: Exception | None) -> Any:
    def call() -> None:
        if error is not None:
            raise error

    return call


def test_bad_arguments_that_are_answered_with_none_are_not_refused() -> None:
    asked = task()
    asked.refuses("refused", refusing(BadOutput("`f` returned None")))
    assert asked.texts == {"refused": "answered with None"}
    for error, kind in ((None, NotImplementedYet), (PassedOn("from below"), PassedOn)):
        with pytest.raises(kind):
            asked.refuses("refused", refusing(error))
