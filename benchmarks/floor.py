"""What nothing that gives each section a process of its own can go below: `python -m benchmarks.floor`.

A process that has loaded NumPy, and nothing else, forks a second one for each submission, which forks one for each of
HW2P1's sections. These read the bytes of their cases and send the bytes of what is right; the first process reads and
compares them, at one look a section, packs a report and commits it. No isolation, no limits, no case by itself, no
explanation. What comes out is a line of JSON with the milliseconds a submission that the first two processes compute.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import signal
import socket
import sqlite3
import sys
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .timing import told

ROUNDS = 40
#: By section: the bytes of its cases, and of all that is right.
Work = list[tuple[bytes, bytes]]


def measured() -> float:
    """Milliseconds a submission, by a fresh process."""
    with tempfile.TemporaryDirectory(prefix="autograder-benchmark-") as folder:
        place = Path(folder)
        (place / "work").write_bytes(pickle.dumps(work()))
        found: float = told([sys.executable, "-m", "benchmarks.floor", folder])["milliseconds"]
        return found


def work() -> tuple[Work, bytes]:
    """What is asked and what is right in the quick profile, and a report of the reference."""
    from autograder.assignments import registry
    from autograder.grading.grader import Grader, Options
    from autograder.grading.report import document
    from autograder.grading.sections import case_bytes
    from autograder.submissions import read

    assignment = registry.find("hw2p1")
    rubric = assignment.rubric()
    with Grader(assignment, rubric, Options()) as grader:
        report = document(grader.grade(read(assignment.reference, rubric)))
        asked = [grader.truth.questions(section) for section in rubric.sections]
    sections: Work = []
    for questions in asked:
        due = [array for one in questions for array in one.expected.values() if not isinstance(array, str)]
        right = b"".join(array.astype(np.float64).tobytes() for array in due)
        sections.append((b"".join(map(case_bytes, questions)), right))
    return sections, json.dumps(report).encode()


def grade(sections: Work, wanted: Sequence[np.ndarray[tuple[int], np.dtype[np.float64]]]) -> bool:
    """One submission: whether all is right."""
    pairs = [socket.socketpair() for _ in sections]
    holder = os.fork()
    if holder == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that what sections compute is not counted with us
        for (asked, right), (_, theirs) in zip(sections, pairs, strict=True):
            if os.fork() == 0:
                answer(theirs, len(asked), right)
        os._exit(0)
    good = True
    for (asked, right), (ours, theirs), expected in zip(sections, pairs, wanted, strict=True):
        theirs.close()
        ours.sendall(asked)
        came = received(ours, len(right))
        good = good and bool((np.abs(np.frombuffer(came) - expected) <= 1e-9).all())
        ours.close()
    os.waitpid(holder, 0)
    return good


def answer(channel: socket.socket, size: int, right: bytes) -> None:
    """Be a section that knows what is right."""
    received(channel, size)
    channel.sendall(right)
    os._exit(0)


def received(channel: socket.socket, size: int) -> bytes:
    """So many bytes."""
    came = b""
    while len(came) < size:
        came += channel.recv(size - len(came))
    return came


def main() -> None:
    """Measure."""
    place = Path(sys.argv[1])
    sections, report = pickle.loads((place / "work").read_bytes())  # what we wrote ourselves
    wanted = [np.frombuffer(right) for _, right in sections]
    book = sqlite3.connect(place / "book")
    book.execute("CREATE TABLE grading (id INTEGER PRIMARY KEY, report BLOB)")
    before = used()
    for _ in range(ROUNDS):
        if not grade(sections, wanted):
            raise SystemExit("a section did not answer")
        with book:
            book.execute("INSERT INTO grading (report) VALUES (?)", (zlib.compress(report),))
    print(json.dumps({"milliseconds": 1000 * (used() - before) / ROUNDS}))


def used() -> float:
    """Seconds that this process and those that it waited for have computed."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


if __name__ == "__main__":
    main() if len(sys.argv) > 1 else print(measured())
