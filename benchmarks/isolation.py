"""What each level of isolation costs over `process`: `python -m benchmarks.isolation`.

The whole of HW2P1 is graded at each level in turn, round after round in warm guests, so that what else the machine does
falls on all alike. Told are medians for one submission: wall time, and the computing time of host, guest and sections.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import time

from autograder.assignments import registry
from autograder.grading.grader import Grader, Options
from autograder.sandbox import clock, host
from autograder.submissions import Submission, read

BOUND = 0.015


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


def main() -> None:
    """Measure, and hold the result against the bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    assignment = registry.find("hw2p1")
    rubric = assignment.rubric()
    submission = read(assignment.reference, rubric)
    with contextlib.ExitStack() as stack:
        graders = {
            level: stack.enter_context(Grader(assignment, rubric, Options(isolation=level, lanes=1)))
            for level in host.available()
        }
        taken: dict[str, list[tuple[float, float]]] = {level: [] for level in graders}
        for number in range(1 + rounds):
            for level, grader in graders.items():
                seen = once(grader, submission)
                if number:
                    taken[level].append(seen)
    cpu = {level: statistics.median(seen[1] for seen in taken[level]) for level in taken}
    print(f"{'level':<12} {'wall':>10} {'CPU':>10} {'CPU over process':>18}")
    for level in taken:
        wall, more = statistics.median(seen[0] for seen in taken[level]), cpu[level] - cpu["process"]
        verdict = "" if level == "process" else "within the bound" if more <= BOUND else "over the bound"
        print(f"{level:<12} {wall * 1e3:>7.1f} ms {cpu[level] * 1e3:>7.1f} ms {more * 1e3:>+15.1f} ms  {verdict}")


if __name__ == "__main__":
    main()
