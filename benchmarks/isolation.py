"""What each level of isolation costs over `process`: `python -m benchmarks.isolation`.

The whole of HW2P1 is graded with each level in turn, round after round, so that what else the machine does falls on all
alike. Told are the medians of wall time and of computing time (host, guest and sections together), warm and from a cold start.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time

from autograder.assignments import registry
from autograder.grading.grader import Grader, Options
from autograder.sandbox import host
from autograder.sandbox.host import Level
from autograder.submissions import read

BOUND = 0.015


def computed() -> float:
    """CPU seconds of this process and of its children that ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def once(level: Level, warm: int) -> tuple[float, float]:
    """Wall seconds of a submission in a warm guest, and CPU seconds of all: a start, one submission, and `warm` more."""
    assignment = registry.find("hw2p1")
    rubric = assignment.rubric()
    submission = read(assignment.reference, rubric)
    before = computed()
    with Grader(assignment, rubric, Options(isolation=level, lanes=1)) as grader:
        grader.grade(submission)
        started = time.perf_counter()
        for _ in range(warm):
            grader.grade(submission)
        wall = (time.perf_counter() - started) / warm
    # Sections are the guest's children and are counted here when it has ended.
    return wall, computed() - before


def main() -> None:
    """Measure, and hold the result against the bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    levels = host.available()
    few: dict[Level, list[float]] = {level: [] for level in levels}
    many: dict[Level, list[float]] = {level: [] for level in levels}
    walls: dict[Level, list[float]] = {level: [] for level in levels}
    for _ in range(rounds):
        for level in levels:
            few[level].append(once(level, 1)[1])
            wall, cpu = once(level, 6)
            many[level].append(cpu)
            walls[level].append(wall)
    print(f"{'level':<12} {'wall, warm':>12} {'CPU, warm':>12} {'CPU of a start':>15}")
    warm = {}
    for level in levels:
        warm[level] = (statistics.median(many[level]) - statistics.median(few[level])) / 5
        start = statistics.median(few[level]) - 2 * warm[level]
        wall = statistics.median(walls[level])
        print(f"{level:<12} {wall * 1e3:>9.1f} ms {warm[level] * 1e3:>9.1f} ms {start * 1e3:>12.1f} ms")
    for level in levels:
        more = warm[level] - warm["process"]
        print(f"{level}: {more * 1e3:+.1f} ms over process ({'within' if more <= BOUND else 'over'} the bound of 15 ms)")


if __name__ == "__main__":
    main()
