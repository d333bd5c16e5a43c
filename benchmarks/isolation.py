"""What each level of isolation costs over `process`.

The whole of HW2P1 is graded at each level in turn, round after round in warm guests, so that what else the machine does
falls on all alike. Compared is computing time: of the host, of the guest and of its sections.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from autograder.assignments import registry
from autograder.grading.grader import Grader, Options
from autograder.sandbox import clock, levels
from autograder.submissions import Submission, read

from .rows import Row, Say, Spread

BOUND = 15.0


def rows(runs: int, say: Say) -> Iterator[Row]:
    """A row for each level that this machine has."""
    taken = measured(2 * runs)
    theirs = [cpu for _, cpu in taken["process"]]
    for level, seen in taken.items():
        if level == "process":
            continue
        more = Spread.of(1000 * (cpu - other) for (_, cpu), other in zip(seen, theirs, strict=True))
        yield Row(
            f"isolation {level}", more, "ms", "computing time of a submission beyond `--isolation process`", BOUND,
            wall=Spread.of(wall for wall, _ in seen),
            limit=0.0, limit_is="nothing: a boundary that costs nothing to set up",
        )  # fmt: skip


def measured(rounds: int) -> dict[str, list[tuple[float, float]]]:
    """By level, wall and CPU seconds of each round."""
    assignment = registry.find("hw2p1")
    rubric = assignment.rubric()
    submission = read(assignment.reference, rubric)
    with contextlib.ExitStack() as stack:
        graders = {
            level: stack.enter_context(Grader(assignment, rubric, Options(isolation=level, lanes=1)))
            for level in levels.available()
        }
        taken: dict[str, list[tuple[float, float]]] = {level: [] for level in graders}
        for number in range(1 + rounds):
            for level, grader in graders.items():
                seen = once(grader, submission)
                if number:
                    taken[level].append(seen)
    return taken


def once(grader: Grader, submission: Submission) -> tuple[float, float]:
    """Wall seconds and CPU seconds of one submission."""
    before = time.perf_counter(), time.process_time() + guest_seconds(grader)
    results = grader.run_all(submission)
    after = time.perf_counter(), time.process_time() + guest_seconds(grader)
    sections = sum(result.ended.cpu_seconds for result in results.values() if result.ended is not None)
    return after[0] - before[0], after[1] - before[1] + sections


def guest_seconds(grader: Grader) -> float:
    """CPU seconds of the guest itself, without its sections."""
    return clock.cpu_seconds(grader.guest.pid) or 0.0
