"""What a student is advised: it fits what the message says, and not only the status."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autograder.grading.report import SectionReport, Status
from autograder.grading.troubles import NOWHERE
from autograder.reports import words
from autograder.reports.vocabulary import MEANINGS, NO_LINE, advice

NAMES, ARRAYS, IMPORTS = (MEANINGS[status].advice for status in ("missing", "bad_output", "forbidden"))
GOT = "Your code raised an exception. The last line named above got what it cannot take: start at the call before it."
START = "The last line named above is where: start there."

ADVICE: list[tuple[Status, str, str]] = [
    ("error", "Z: ValueError at mytorch/Conv1d.py:52", f"Your code raised an exception. {START}"),
    ("error", f"Z: TypeError{NOWHERE}", f"Your code raised an exception. {NO_LINE}"),
    (
        "error",
        "dLdA: ValueError at mytorch/resampling.py:40; `Downsample1d` is right by itself: look at what it is given",
        GOT,
    ),
    ("missing", "Z: mytorch/pool.py does not define `MaxPool2d`", NAMES),
    ("missing", "Z: mytorch/Conv2d.py:8: there is no module `resample`; did you mean `resampling`?", NAMES),
    ("missing", "Z: ResBlock holds 3 convolution layers where 2 are due (conv1, conv2)", ""),
    ("bad_output", "Z: `Z` is a list, not a plain numpy.ndarray", ARRAYS),
    ("bad_output", "accuracy: `evaluate` returned a tensor; a float is due (`.item()`)", ""),
    ("forbidden", "Z: mytorch/Conv2d.py:67: `scipy.signal.correlate2d`: may not be used in this assignment", IMPORTS),
    (
        "forbidden",
        "Z: mytorch/pool.py:3: breakpoint(): a breakpoint was left in",
        "Nobody is there to answer a debugger. Take the breakpoint out; `grade --debug` is for that.",
    ),
    (
        "forbidden",
        "Z: this asks the system for what the sandbox does not allow (files, network, other processes) at a.py:3",
        "Take out what opens files or connections, or starts programs: the homework needs none of them.",
    ),
]


def section(status: Status, message: str, cause: str | None = None) -> SectionReport:
    return SectionReport("Conv1d", "5.1.2", "main", Decimal(0), Decimal(5), status, message, (), cause)


@pytest.mark.parametrize(("status", "message", "due"), ADVICE)
def test_advice_fits_the_message(status: Status, message: str, due: str) -> None:
    found = section(status, message)
    assert advice(found) == due
    assert (words.details(found)[-1] == due) == bool(due)


def test_where_a_command_of_staff_s_mends_it_nobody_is_told_to_run_it_again() -> None:
    assert advice(section("ungraded", "the guest did not start")) == MEANINGS["ungraded"].advice
    told = advice(section("ungraded", "cases.py:21: KeyError: 1; `python runner.py selfcheck -a hw2p1` says more"))
    assert told == "The grader failed here, not the submission. The command named above is for the course staff."


def test_of_what_another_section_breaks_nothing_is_advised() -> None:
    message = "dLdA: AttributeError at mytorch/Conv1d.py:170"
    found = section("error", message, "Conv1d_stride1")
    assert words.details(found) == ["It builds upon Conv1d_stride1, which fails: mend that one first."]
