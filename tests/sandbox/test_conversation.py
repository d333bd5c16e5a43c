"""What is kept of what a section prints."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from autograder.sandbox.conversation import Printed


@given(st.lists(st.binary(max_size=40), max_size=10), st.integers(2, 60))
def test_beginning_and_end_are_kept(pieces: list[bytes], keep: int) -> None:
    printed, whole = Printed(keep), b"".join(pieces)
    for piece in pieces:
        printed.add(piece)
    assert printed.total == len(whole)
    assert len(printed.head) + len(printed.tail) <= keep
    assert whole.startswith(printed.head) and whole.endswith(printed.tail)
    if len(whole) <= keep // 2 * 2:
        assert printed.head + printed.tail == whole and printed.text == whole.decode("utf-8", "replace")
    else:
        assert "bytes left out" in printed.text
