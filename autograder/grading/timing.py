"""Timed sections: the computing time of a submission, as a ratio to that of a plain computation.

Two processes of one guest take turns: the section's, with the submission, and one that does the plain computation and
has never seen a line of the submission. Both clocks are the kernel's, read by the host from outside, so that sleeping,
patching a clock or a function of NumPy, or computing in a thread (at any time, even while the other process has its
turn) gains nothing. A first round warms both up and does not count.

A machine that is busy with other things can make a ratio larger, hardly smaller. So the best of several attempts
counts, a failure has to be beyond doubt, and what is in doubt is not scored: it is to be measured again. How unsteady
the submission's own times are raises no doubt, or it could choose to be in doubt. Unsteady times of the plain
computation do: they are out of its reach, unless its threads compute meanwhile, which its own clock shows.
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
from .result import Result
from .sections import TooLarge, case_frame, end, refuse_full, started, take

ATTEMPTS = 3
#: So far beyond what is allowed that no noise explains it: the first round is enough then, or three in a row.
HOPELESS, CLEAR = 10.0, 2.0
#: Spread of the plain computation's times up to which the machine is quiet, so that a median is sure.
STEADY = 0.25
#: Of the plain computation's time, what the submission's process may compute beside it, to send its answer and wait.
BESIDE = 0.1


@dataclass(frozen=True, slots=True)
class Round:
    """Computing time of one round, in seconds.

    Attributes
    ----------
    own
        The submission's, since the last round ended.
    plain
        The plain computation's.
    beside
        The submission's, while the plain computation had its turn; a part of `own`.
    """

    own: float
    plain: float
    beside: float = 0.0

    @property
    def ratio(self) -> float:
        """How many times the plain computation's time the submission took."""
        return self.own / self.plain


@dataclass(frozen=True, slots=True)
class Measurement:
    """The rounds of one attempt."""

    rounds: tuple[Round, ...]

    @property
    def ratios(self) -> list[float]:
        """How many times the plain computation's time the submission took, round by round."""
        return [one.ratio for one in self.rounds]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.ratios)

    @property
    def quiet(self) -> bool:
        """Whether no other work on this machine made the times what they are.

        The plain computation's times agree; or if they do not, the submission computed beside them.
        """
        meddled = any(one.beside > BESIDE * one.plain for one in self.rounds)
        return meddled or spread([one.plain for one in self.rounds]) <= STEADY

    def surely_above(self, limit: float) -> bool:
        """Whether every round was above the limit, or the median is and the machine was quiet."""
        return min(self.ratios) > limit or (self.median > limit and self.quiet)


def spread(times: Sequence[float]) -> float:
    """The width of the middle half, relative to the median."""
    if len(times) < 2:
        return 0.0
    first, _, third = statistics.quantiles(times, n=4, method="inclusive")
    return (third - first) / statistics.median(times)


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
        result, found = attempt(section, timed, questions[0], place)
        if not again and place.doubtful(result.ended):
            again = True
            continue
        if found is None:
            return result
        attempts.append(found)
        clear = min(found.ratios) > CLEAR * timed.at_most
        if found.median <= timed.at_most or clear or len(attempts) == ATTEMPTS:
            return verdict(result, attempts, questions[0], timed)


def verdict(result: Result, attempts: Sequence[Measurement], question: Question, timed: Timed) -> Result:
    """The result with a finding about the time.

    Raises
    ------
    HarnessError
        Each attempt is in doubt.
    """
    best = min(attempts, key=lambda measurement: measurement.median)
    where = level(result.section, question.case, CPU_TIME)
    if best.median <= timed.at_most:
        finding = Finding(CPU_TIME, where, question.case.name, "passed")
    elif any(measurement.surely_above(timed.at_most) for measurement in attempts):
        message = f"more than {timed.at_most:g} times the computing time of the plain `{timed.baseline}`"
        finding = Finding(CPU_TIME, where, question.case.name, "failed", message)
    else:
        raise HarnessError("this machine was too busy to measure computing time: measure again")
    result.findings.append(finding)
    result.measured = {"times_the_baseline": round(best.median, 2), "spread": round(spread(best.ratios), 2)}
    return result


def attempt(section: Section, timed: Timed, question: Question, place: Place) -> tuple[Result, Measurement | None]:
    """One measurement: the result, and the rounds; none where the submission did not come through the case.

    Raises
    ------
    HarnessError
        The computing time cannot be read, or the plain computation failed.
    """
    # The submission, which begins later, may take as long as it is allowed to: the plain process is still there then.
    patient = replace(place, limits=replace(place.limits, wall_seconds=2 * place.limits.wall_seconds + 60))
    with conversation(f"{section.id}, baseline", timed.baseline, patient, work({}, place.rubric)) as plain:
        ready = started(plain, place)
        try:
            if not ready:
                raise HarnessError("the plain computation did not start")
            return beside(plain, section, timed, question, place)
        finally:
            plain.end()


def beside(
    plain: Conversation, section: Section, timed: Timed, question: Question, place: Place
) -> tuple[Result, Measurement | None]:
    """The same, with the process of the plain computation."""
    result = Result(section)
    with conversation(section.id, section.exercise, place) as talk:
        try:
            ready = started(talk, place)
        except TooLarge as error:
            result.findings += from_end(section, [question], error.trouble)
            return result, None
        try:
            found = rounds(result, question, talk, plain, timed, place) if ready else []
        except HarnessError:
            talk.end()
            raise
        end(result, [question], talk, place, ready=ready)
    return result, Measurement(tuple(found)) if found and came_through(result, question) else None


def came_through(result: Result, question: Question) -> bool:
    """Whether every output was right at some level: values in single precision are, for the course's own checks."""
    passed = {finding.output for finding in result.findings if finding.status == "passed"}
    return passed.issuperset(question.case.outputs)


def rounds(
    result: Result, question: Question, talk: Conversation, plain: Conversation, timed: Timed, place: Place
) -> list[Round]:
    """The rounds that count, fewer where the case is clear; none where the submission's process ended."""
    found: list[Round] = []
    calls, since = 0, seconds(talk)
    for number in range(1 + timed.rounds):
        turns = timed.turns if number else 1
        asked = with_turns(question, calls, turns)
        before_plain = seconds(plain)
        frame = case_frame(asked)
        answer = talk.ask(frame)
        answered = talk.cpu_seconds()
        if answer is not None and plain.ask(replace(frame, arrays={})) is None:
            raise HarnessError("the plain computation ended before its time")
        now = talk.cpu_seconds()  # read last: what a thread of the submission's does meanwhile counts
        if answer is None or answered is None or now is None:  # it could be read before: the process has ended
            result.findings.clear()  # what an earlier round showed is no result: how the process ended is
            return []
        refuse_full(answer, place)
        if not right(result, asked, answer, place.limits):
            return []
        one = Round(now - since, seconds(plain) - before_plain, now - answered)
        calls, since = calls + turns, now  # what it computes between two rounds counts in the second
        if number:
            found.append(one)
            if number == 3 and min(one.ratio for one in found) > CLEAR * timed.at_most:
                break
        elif one.ratio > HOPELESS * timed.at_most:
            return [one]
    return found


def with_turns(question: Question, first: int, turns: int) -> Question:
    """The question for one round, whose calls have these numbers."""
    params = {**question.case.params, "first turn": first, "turns": turns}
    return replace(question, case=replace(question.case, params=params))


def right(result: Result, asked: Question, answer: Frame, limits: Limits) -> bool:
    """Whether a round's answer is right; what is wrong of it is what the result shows."""
    seen = Result(result.section)
    take(seen, asked, answer, limits)
    result.opened, result.traced = result.opened | seen.opened, result.traced and seen.traced
    passed = came_through(seen, asked)
    if not seen.right or not result.findings:  # what one round shows wrong, stays wrong
        result.findings, result.changed = seen.findings, seen.changed
        result.notes += [note for note in seen.notes if note not in result.notes]
    return passed


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
