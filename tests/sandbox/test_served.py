"""What the host makes of how a section is said to have ended."""

from __future__ import annotations

import errno
import os
import socket
import sys
from pathlib import Path

import pytest

from autograder.sandbox.served import Served, ending


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


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks sections")
@pytest.mark.parametrize("pipes", range(3))
def test_nothing_stays_open_where_there_are_too_few_descriptors(pipes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    request = {"name": "test", "limits": {"printed_kb": 1, "wall_seconds": 1}}
    real, made = os.pipe, []

    def pipe() -> tuple[int, int]:
        if len(made) == pipes:
            raise OSError(errno.EMFILE, "Too many open files")
        made.append(real())
        return made[-1]

    control, theirs = socket.socketpair()
    with control, theirs:
        before = descriptors()
        with monkeypatch.context() as patch:
            patch.setattr(os, "pipe", pipe)
            with pytest.raises(OSError, match="Too many") as caught:
                Served(control, request, 1, lambda: False)
        assert descriptors() == before, caught


def descriptors() -> list[str]:
    return sorted(path.name for path in Path("/proc/self/fd").iterdir())
