"""Timed sections: slow is slow, whatever the submission does to clocks, functions and threads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import pytest
from lab_kit import Lab

from autograder.assignments.rubric import Section, Timed
from autograder.assignments.truth import Question
from autograder.errors import HarnessError
from autograder.grading import timing
from autograder.grading.grader import Grader
from autograder.grading.place import Place
from autograder.grading.report import SectionReport
from autograder.grading.result import Result
from autograder.grading.timing import Measurement, Round
from autograder.sandbox.conversation import Conversation, Ended

Talk = AbstractContextManager[Conversation]
LAB = Lab("conv2d_gemm", "convolution.py")
TIMED = Timed("product", 12.0)

LOOPS = """
def conv2D_gemm(X, W, stride=1, pad="same", dilation=1):
    N, H, width, _ = X.shape
    Z = np.zeros((N, H - 2, width - 2, W.shape[3]))
    for n in range(N):
        for y in range(H - 2):
            for x in range(width - 2):
                for o in range(W.shape[3]):
                    Z[n, y, x, o] = (X[n, y : y + 3, x : x + 3] * W[..., o]).sum()
    return Z
"""
#: Thirty times the work, and each way to hide it.
SLOW = """
_fast = conv2D_gemm
def conv2D_gemm(*args, **options):
    for _ in range(32):
        Z = _fast(*args, **options)
    return Z
"""
CLOCKS = (
    SLOW
    + """
import time
for name in ("process_time", "perf_counter", "time", "monotonic", "thread_time", "clock_gettime"):
    setattr(time, name, lambda *args: 0.0)
"""
)
SLOW_NUMPY = (
    SLOW
    + """
_matmul = np.matmul
np.matmul = np.dot = lambda *args, **options: [_matmul(*args, **options) for _ in range(50)][0]
"""
)
IN_A_THREAD = """
import threading
_fast = conv2D_gemm
def conv2D_gemm(*args, **options):
    found = []
    busy = threading.Thread(target=lambda: [found.append(_fast(*args, **options)) for _ in range(32)])
    busy.start()
    busy.join()
    return found[-1]
"""
KEPT = """
_fast, _kept = conv2D_gemm, []
def conv2D_gemm(*args, **options):
    if not _kept:
        _kept.append(_fast(*args, **options))
    return _kept[0]
"""
#: What is linear in the first result needs no computing.
SCALED = """
_fast, _kept = conv2D_gemm, []
def conv2D_gemm(X, W, *args, **options):
    if not _kept:
        _kept.append((X.flat[0], _fast(X, W, *args, **options)))
    first, Z = _kept[0]
    return Z * (X.flat[0] / first)
"""
#: Computes those channels only that are looked at.
LAZY = """
_fast = conv2D_gemm
class Lazy(np.ndarray):
    def __getitem__(self, place):
        return _fast(self.images, self.kernel[..., place[-1:]], 1, 0)[..., 0]
def conv2D_gemm(X, W, *args, **options):
    if X.shape != (10, 32, 32, 3):
        return _fast(X, W, *args, **options)
    Z = np.empty((10, 30, 30, 64)).view(Lazy)
    Z.images, Z.kernel = X, W
    return Z
"""
SLEEPY = """
import time
_fast = conv2D_gemm
def conv2D_gemm(*args, **options):
    time.sleep(0.01)
    return _fast(*args, **options)
"""
#: One right answer, and then none that could be measured.
QUITS = """
import os
_fast, _calls = conv2D_gemm, []
def conv2D_gemm(*args, **options):
    _calls.append(1)
    if len(_calls) > 1:
        os._exit(0)
    return _fast(*args, **options)
"""
#: The first round that counts is fast enough, the others are slow, each in another way.
UNSTEADY = """
import time
_fast, _calls = conv2D_gemm, []
def conv2D_gemm(*args, **options):
    _calls.append(1)
    number = (len(_calls) - 2) // 16
    until = time.thread_time() + (0.01 * (3 + number % 4) if number else 0)
    while time.thread_time() < until:
        pass
    return _fast(*args, **options)
"""
#: Gone when its clock is to be read: after the last answer of a round, while the plain computation has its turn.
GONE = """
import os, threading, time
_fast, _calls = conv2D_gemm, []
def _gone():
    time.sleep(0.005)
    os._exit(0)
def conv2D_gemm(*args, **options):
    _calls.append(1)
    Z = _fast(*args, **options)
    if len(_calls) == 17:
        threading.Thread(target=_gone).start()
    return Z
"""


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with LAB.grader(only=("speed",), explain=False) as warm:
        yield warm


def speed(grader: Grader, more: str = "") -> SectionReport:
    return grader.grade(LAB.submission(LAB.source + more)).sections[0]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(LOOPS, marks=pytest.mark.more),
        SLOW,
        CLOCKS,
        SLOW_NUMPY,
        pytest.param(IN_A_THREAD, marks=pytest.mark.more),
    ],
    ids=["loops", "slow", "patched clocks", "patched NumPy", "in a thread"],
)
def test_slow_is_slow(grader: Grader, more: str) -> None:
    section = speed(grader, more)
    assert section.status in ("failed", "timeout"), section.message
    if section.status == "failed":
        assert section.message == "CPU time: more than 12 times the computing time of the plain `product`"


def test_sleeping_is_not_computing(grader: Grader) -> None:
    assert speed(grader, SLEEPY).status == "passed"


def test_a_result_that_was_kept_is_wrong(grader: Grader) -> None:
    section = speed(grader, KEPT)
    assert section.status == "failed"
    assert section.message.startswith("Z: ")


def test_a_result_that_was_kept_and_multiplied_is_wrong(grader: Grader) -> None:
    section = speed(grader, SCALED)
    assert section.status == "failed"
    assert section.message.startswith("Z of other images: call ")


def test_what_is_computed_when_it_is_looked_at_is_wrong(grader: Grader) -> None:
    assert speed(grader, LAZY).status in ("failed", "bad_output")


def test_ending_before_it_is_measured_is_no_way_out(grader: Grader) -> None:
    section = speed(grader, QUITS)
    assert section.status == "crashed"
    assert section.points == 0


@pytest.mark.more
def test_unsteady_is_slow_all_the_same(grader: Grader) -> None:
    section = speed(grader, UNSTEADY)
    assert section.status == "failed", section.message
    assert section.points == 0


def test_ending_once_it_has_answered_is_no_way_out(grader: Grader) -> None:
    section = speed(grader, GONE)
    assert section.status == "crashed", section.message


@pytest.mark.parametrize(
    "ended", [Ended(-9, 2.0, 30.0, 0, overdue=True), Ended(None, 0.0, 1.0, 0, lost=True)], ids=["late", "lost"]
)
def test_what_may_be_the_machines_fault_is_measured_once_more(
    grader: Grader, monkeypatch: pytest.MonkeyPatch, ended: Ended
) -> None:
    attempts, attempt = [], timing.attempt

    def once_in_vain(section: Section, timed: Timed, question: Question, place: Place) -> Any:
        attempts.append(section.key)
        if len(attempts) == 1:
            return Result(section, ended=ended), None
        return attempt(section, timed, question, place)

    monkeypatch.setattr(timing, "attempt", once_in_vain)
    assert speed(grader).status == "passed" and len(attempts) > 1


def test_the_plain_computation_outwaits_the_submission(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, conversation = [], timing.conversation

    def noted(
        name: str, exercise: str, place: Place, work: bytes | None = None
    ) -> AbstractContextManager[Conversation]:
        begun.append(place.limits.wall_seconds)
        return conversation(name, exercise, place, work)

    monkeypatch.setattr(timing, "conversation", noted)
    assert speed(grader).status == "passed"
    plain, submission = begun[:2]
    assert plain > submission


def test_what_was_measured_is_told_apart_from_the_verdict(grader: Grader) -> None:
    report = grader.grade(LAB.submission(LAB.source))
    assert report.sections[0].status == "passed"
    assert 1 < report.run["sections"]["speed"]["measured"]["times_the_baseline"] < 12


def test_where_clocks_cannot_be_read_nothing_is_scored(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.sandbox.clock.cpu_seconds", lambda pid: None)
    section = speed(grader)
    assert section.status == "ungraded"
    assert section.points is None
    assert "grade this section on Linux" in section.message


def question() -> Question:
    section = LAB.rubric.select(["speed"])[0]
    return Question(LAB.assignment.cases(section, LAB.rubric, "quick")[0], {}, {})


def rounds(ratios: Sequence[float], plain: Sequence[float] = (), beside: float = 0.0) -> Measurement:
    """An attempt's rounds; where nothing is said of the plain computation, each takes a hundredth of a second."""
    times = plain or [0.01] * len(ratios)
    return Measurement(tuple(Round(r * t, t, beside) for r, t in zip(ratios, times, strict=True)))


def verdict(*attempts: Measurement) -> str:
    result = Result(LAB.rubric.select(["speed"])[0])
    return timing.verdict(result, attempts, question(), TIMED).findings[-1].status


#: Median above what is allowed, one round below it; and times of a machine that does other things now and then.
DOUBTFUL, BUSY = (13.0, 30.0, 9.0, 25.0, 14.0), (0.01, 0.02, 0.01, 0.025, 0.013)


def test_the_best_attempt_counts() -> None:
    assert verdict(rounds((40.0, 41.0, 39.0)), rounds((30.0, 8.0, 9.0), BUSY[:3])) == "passed"


def test_a_failure_is_beyond_doubt() -> None:
    assert verdict(rounds((13.0, 13.1, 12.9, 11.9, 13.0))) == "failed"
    assert verdict(rounds((500.0, 30.0, 13.0), BUSY[:3])) == "failed"


def test_unsteadiness_of_the_submission_is_no_doubt() -> None:
    assert verdict(*[rounds(DOUBTFUL)] * 3) == "failed"


def test_doubt_is_not_scored() -> None:
    with pytest.raises(HarnessError, match="measure again"):
        verdict(*[rounds(DOUBTFUL, BUSY)] * 3)


def test_one_attempt_on_a_quiet_machine_is_enough_to_fail() -> None:
    assert verdict(rounds(DOUBTFUL, BUSY), rounds((14.0, 14.5, 11.0, 14.2, 14.0)), rounds(DOUBTFUL, BUSY)) == "failed"


def test_who_computes_beside_the_plain_computation_makes_no_doubt() -> None:
    assert verdict(*[rounds(DOUBTFUL, BUSY, beside=0.005)] * 3) == "failed"
