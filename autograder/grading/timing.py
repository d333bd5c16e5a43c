"""Timed sections: the computing time of a submission, as a ratio to that of a plain computation.

Two processes of one guest take turns: the section's, with the submission, and one that does the plain computation and
has never seen a line of the submission. Both clocks are the kernel's, read by the host from outside, so that sleeping,
patching a clock or a function of NumPy, or computing in a thread (at any time, even while the other process has its
turn) gains nothing. A first round warms both up and does not count.

A machine that is busy with other things can make a ratio larger, hardly smaller. So the best of several attempts
counts, a failure has to be beyond doubt, and what is in doubt is not scored: it is to be measured again.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from autograder.assignments.rubric import CPU_TIME, Limits, Section, Timed
from autograder.assignments.truth import Question
from autograder.errors import HarnessError
from autograder.guest.wire import Frame
from autograder.sandbox.conversation import Conversation

from .findings import Finding, from_end, level
from .place import Place, conversation, work
from .sections import Result, TooLarge, case_frame, end, started, take

ATTEMPTS = 3
#: So far beyond what is allowed that no noise explains it: the first round is enough then, or three in a row.
HOPELESS, CLEAR = 10.0, 2.0
#: Spread of the rounds (the middle half's width by the median) up to which a median is sure.
STEADY = 0.25


@dataclass(frozen=True, slots=True)
class Measurement:
    """How many times the plain computation's time the submission took, round by round."""

    ratios: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.ratios)

    @property
    def spread(self) -> float:
        """The width of the middle half, relative to the median."""
        if len(self.ratios) < 2:
            return 0.0
        first, _, third = statistics.quantiles(self.ratios, n=4, method="inclusive")
        return (third - first) / self.median

    def surely_above(self, limit: float) -> bool:
        """Whether every round was above the limit, or the median is and the rounds agree."""
        return min(self.ratios) > limit or (self.median > limit and self.spread <= STEADY)


def run(section: Section, questions: list[Question], place: Place) -> Result:
    """Put the section's case through the submission, round by round, and say whether it was fast enough.

    Raises
    ------
    HarnessError
        The computing time cannot be read here, or the machine was too busy to tell.
    """
    timed = section.timed
    assert timed is not None and len(questions) == 1  # noqa: S101 - as selfcheck sees to
    attempts: list[Measurement] = []
    again = False
    while True:
        result, ratios = attempt(section, timed, questions[0], place)
        if result.trouble and not again:  # it never began
            again = True
            continue
        if ratios is None:
            return result
        attempts.append(Measurement(tuple(ratios)))
        clear = min(ratios) > CLEAR * timed.at_most
        if attempts[-1].median <= timed.at_most or clear or len(attempts) == ATTEMPTS:
            return verdict(result, attempts, questions[0], timed)


def verdict(result: Result, attempts: Sequence[Measurement], question: Question, timed: Timed) -> Result:
    """The result with a finding about the time.

    Raises
    ------
    HarnessError
        The best attempt is in doubt.
    """
    best = min(attempts, key=lambda measurement: measurement.median)
    where = level(result.section, question.case, CPU_TIME)
    if best.median <= timed.at_most:
        finding = Finding(CPU_TIME, where, question.case.name, "passed")
    elif best.surely_above(timed.at_most):
        message = f"more than {timed.at_most:g} times the computing time of the plain `{timed.baseline}`"
        finding = Finding(CPU_TIME, where, question.case.name, "failed", message)
    else:
        raise HarnessError("this machine was too busy to measure computing time: measure again")
    result.findings.append(finding)
    result.measured = {"times_the_baseline": round(best.median, 2), "spread": round(best.spread, 2)}
    return result


def attempt(section: Section, timed: Timed, question: Question, place: Place) -> tuple[Result, list[float] | None]:
    """One measurement: the result, and the ratios; none where the submission did not come through the case.

    Raises
    ------
    HarnessError
        The computing time cannot be read, or the plain computation failed.
    """
    with conversation(f"{section.id}, baseline", timed.baseline, place, work({}, place.rubric)) as plain:
        ready = started(plain, place)
        try:
            if not ready:
                raise HarnessError("the plain computation did not start")
            return beside(plain, section, timed, question, place)
        finally:
            plain.end()


def beside(
    plain: Conversation, section: Section, timed: Timed, question: Question, place: Place
) -> tuple[Result, list[float] | None]:
    """The same, with the process of the plain computation."""
    result = Result(section)
    with conversation(section.id, section.exercise, place) as talk:
        try:
            ready = started(talk, place)
        except TooLarge as error:
            result.findings += from_end(section, [question], error.trouble)
            return result, None
        try:
            ratios = rounds(result, question, talk, plain, timed, place) if ready else []
        except HarnessError:
            talk.end()
            raise
        end(result, [question], talk, place, ready=ready)
    return result, ratios if ratios and came_through(result, question) else None


def came_through(result: Result, question: Question) -> bool:
    """Whether every output was right at some level: values in single precision are, for the course's own checks."""
    passed = {finding.output for finding in result.findings if finding.status == "passed"}
    return passed.issuperset(question.case.outputs)


def rounds(
    result: Result, question: Question, talk: Conversation, plain: Conversation, timed: Timed, place: Place
) -> list[float]:
    """The ratio of each round, fewer where the case is clear; none where the submission's process ended."""
    ratios: list[float] = []
    calls = 0
    for number in range(1 + timed.rounds):
        turns = timed.turns if number else 1
        frame = case_frame(question, **{"first turn": calls, "turns": turns})
        took = one_round(result, question, frame, talk, plain, place.limits)
        if took is None:
            return []
        calls += turns
        if number:
            ratios.append(took)
            if number == 3 and min(ratios) > CLEAR * timed.at_most:
                break
        elif took > HOPELESS * timed.at_most:
            return [took]
    return ratios


def one_round(
    result: Result, question: Question, frame: Frame, talk: Conversation, plain: Conversation, limits: Limits
) -> float | None:
    """Both processes, one after the other: the ratio of their times; None where the submission's ended or was wrong."""
    before, plain_before = seconds(talk), seconds(plain)
    answer = talk.ask(frame)
    if answer is None:
        result.findings.clear()  # what an earlier round showed is no result: how the process ended is
        return None
    if plain.ask(replace(frame, arrays={})) is None:
        raise HarnessError("the plain computation ended before its time")
    plain_time = seconds(plain) - plain_before
    time = seconds(talk) - before  # read last: what a thread of the submission's does meanwhile counts
    seen = Result(result.section)
    take(seen, question, answer, limits)
    result.opened, result.traced = result.opened | seen.opened, result.traced and seen.traced
    right = came_through(seen, question)
    if not seen.right or not result.findings:  # what one round shows wrong, stays wrong
        result.findings, result.changed = seen.findings, seen.changed
        result.notes += [note for note in seen.notes if note not in result.notes]
    return time / plain_time if right else None


def seconds(talk: Conversation) -> float:
    """What a section's process has computed so far.

    Raises
    ------
    HarnessError
        It cannot be read from outside on this system.
    """
    found = talk.cpu_seconds()
    if found is None:
        raise HarnessError("computing time cannot be read from outside on this system: grade this section on Linux")
    return found
