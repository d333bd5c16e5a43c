"""What the host makes of how a section is said to have ended."""

from __future__ import annotations

import pytest

from autograder.sandbox.served import ending


@pytest.mark.parametrize(
    ("told", "facts"),
    [
        (b"0 0.012500 25000", (0, 0.0125, 25000)),
        (b"-9 10.000000 1", (-9, 10.0, 1)),
        (b"", None),
        (b"0 nan 1", None),
        (b"0 inf 1", None),
        (b"0 -1 1", None),
        (b"0 1 -1", None),
        (b"0 1", None),
        (b"x 1 1", None),
        (b"\xff\xfe 1 1", None),
    ],
)
def test_nothing_but_plain_numbers_is_taken(told: bytes, facts: tuple[int, float, int] | None) -> None:
    assert ending(told) == facts
