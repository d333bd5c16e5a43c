"""What the fuzzers feed: bytes as a section's process might send them, through all that the host does with them."""

from __future__ import annotations

from functools import cache

import numpy as np

from autograder.assignments import registry
from autograder.assignments.rubric import Section
from autograder.assignments.truth import Question
from autograder.grading import findings, score
from autograder.guest import wire

#: Room for one frame: small, so that a fuzzer's machine can tell a frame that takes more from one that does not.
BOUNDS = wire.Bounds(header_bytes=16 * 1024, payload_bytes=1 << 20)


@cache
def questions() -> list[tuple[Section, Question]]:
    """One case of a section that is compared, of one that is judged, and of one that is a text."""
    assignment = registry.find("hw2p1")
    rubric = assignment.rubric("s23")
    truth = assignment.truth(rubric, "quick", 11785, public=True)
    ids = ("mcq_1", "upsampling1d", "maxpool2d_stride1", "dropout2d")
    sections = [section for section in rubric.sections if section.id in ids]
    return [(section, truth.questions(section)[0]) for section in sections]


def one(data: bytes) -> wire.Frame | None:
    """Read frames until the bytes end or are refused; the last frame. Anything raised but WireError is a finding."""
    position, frame = 0, None

    def receive(size: int) -> bytes:
        nonlocal position
        assert 0 < size <= 1 << 20
        piece = data[position : position + size]
        position += len(piece)
        return piece

    try:
        while (found := wire.read(receive, BOUNDS)) is not None:
            frame = found
            judge(found)
    except wire.WireError:
        pass
    return frame


def judge(frame: wire.Frame) -> None:
    """All that the host makes of an answer, for sections of each kind."""
    assert sum(array.nbytes for array in frame.arrays.values()) <= BOUNDS.payload_bytes
    for array in frame.arrays.values():
        assert type(array) is np.ndarray and array.dtype.kind in "biufc"
    for section, question in questions():
        found = findings.from_answer(section, question, frame)
        if found is not None:
            status, message = score.status(section, found, "strict")
            assert len(message) < 5000
            assert status != "passed" or honest(frame, question)
            score.checks(section, found)


def honest(frame: wire.Frame, question: Question) -> bool:
    """Whether an answer really holds what was expected, decided apart from the code under test."""
    for name in question.case.outputs:
        expected = question.expected.get(name)
        if isinstance(expected, str):
            if frame.fields["texts"][name] != expected:
                return False
        elif name not in question.judges and not np.allclose(frame.arrays[name], expected):
            return False
    return True
