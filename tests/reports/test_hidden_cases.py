"""Of hidden cases students read no more than that one fails, whatever the submission tries to say through them."""

from __future__ import annotations

import base64
import io
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import helpers
import numpy as np
import pytest

from autograder.errors import UsageError
from autograder.grading.grader import Grader, Options
from autograder.grading.report import Report, document, restored
from autograder.platforms import formats, github
from autograder.reports import audience, changes, jsonfile
from autograder.reports import context as contexts
from autograder.reports.console import new_console, render
from autograder.reports.context import Context

SECTION, ONE, OTHER = "MaxPool2d_stride1", "*on (1, 2, 2, 3)", "*on (3, 2, 4, 4)"
ENVIRON = dict.fromkeys(("CLASSROOM", "ASSIGNMENT", "USERNAME", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL"), "x")

#: Right but for inputs of the hidden case's shape, which it sends out by every way that it has.
HOSTILE = """
import numpy as np
from honest_pool import MaxPool2d_stride1 as Honest, MeanPool2d_stride1, MaxPool2d, MeanPool2d

KEPT = []

class MaxPool2d_stride1(Honest):
    def forward(self, A):
        for held in KEPT:
            print("LEAK", held)
        if A.shape == {shape}:
            KEPT.append(A.ravel()[:3])
            print("LEAK", A.ravel()[:3])
            exec(compile("import keras_LEAK", __file__, "exec"))
            A[...] = 0
            {end}
        return super().forward(A)
"""
ENDS = {
    "raises": "raise ValueError('LEAK')",
    "wrong values": "return Honest.forward(self, A) + 1",
    "wrong shape": "return A[:0]",
    "no array": "return 'LEAK'",
    "ends the process": "import os; os._exit(7)",
    "syntax": "compile('LEAK LEAK', __file__, 'exec')",
}


def rubric(**cases: str) -> object:
    """HW2P1 with cases of one section hidden."""
    found = helpers.rubric()
    hide = cases or {ONE: "hidden", OTHER: "after_due_date"}
    sections = tuple(replace(s, cases=hide) if s.key == SECTION else s for s in found.sections)
    return replace(found, sections=sections)


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    only = (SECTION,)
    with Grader(helpers.ASSIGNMENT, rubric(), Options(only=only)) as made:  # type: ignore[arg-type]
        yield made


def handed_in(grader: Grader, end: str, shape: tuple[int, ...] = (1, 2, 2, 3)) -> Report:
    files = {
        "mytorch/pool.py": HOSTILE.format(shape=shape, end=ENDS[end]),
        "mytorch/honest_pool.py": helpers.reference()["mytorch/pool.py"],
    }
    return grader.grade(helpers.submission_from(files))


def context(**more: object) -> Context:
    made = contexts.of(rubric(), ENVIRON, root="handout/hw2p1")  # type: ignore[arg-type]
    return replace(made, **more)  # type: ignore[arg-type]


def texts(report: Report, where: Context) -> dict[str, str]:
    """Everything that students are told, by who tells it."""
    told = {name: formats.writer(name)(report, where) for name in formats.FORMATS if name != "json"}
    seen = audience.for_students(report, where)
    console = new_console()
    console.file = io.StringIO()
    render(seen, changes.changes(None, seen), console)
    return told | {
        "annotations": "\n".join(github.marks(report, where)),
        "log": "\n".join(github.printed(report, where)),
        "notices": "\n".join(github.classroom_notices(report, where)),
        "outputs": json.dumps(github.values(report, where)),
        "reporter": base64.b64decode(github.reporter(report, where)).decode(),
        "console": console.file.getvalue(),
        "scores.json": jsonfile.dumps(seen, run=False),
        "students' json": jsonfile.dumps(seen, run=True),
    }


@pytest.mark.parametrize("end", list(ENDS))
def test_no_writer_tells_more_than_that_a_hidden_case_fails(end: str, grader: Grader) -> None:
    report = handed_in(grader, end)
    section = report.sections[0]
    assert (section.status != "passed", section.points) == (True, 0)
    assert "(1, 2, 2, 3)" in json.dumps(document(report)), "staff are told"
    for name, text in texts(report, context()).items():
        for trace in ("LEAK", "(1, 2, 2, 3)", "exit status", "dLdZ", "changed its input"):
            assert trace not in text, (name, trace)
        if name in ("outputs", "notices", "log"):
            continue
        assert (audience.ONE_FAILS in text) or name == "classroom50", name
    kept = restored(json.loads(json.dumps(document(report))))
    seen = audience.for_students(kept, context()).sections[0]
    assert (seen.status, seen.message, seen.points, seen.max) == ("failed", audience.ONE_FAILS, 0, Decimal(10))
    assert {check.status for check in seen.checks if check.name != audience.HIDDEN_CASES} == {"passed"}


def test_a_failure_where_everybody_may_look_is_told_as_ever(grader: Grader) -> None:
    report = handed_in(grader, "raises", (1, 1, 3, 3))
    seen = audience.for_students(report, context())
    section, facts = seen.sections[0], seen.run["sections"][SECTION]
    assert section.status == "error" and "pool.py" in section.message and section.checks[0].case
    assert "LEAK" in facts["exception"] and facts["traceback"]
    assert "printed" not in facts, "when it was printed nobody knows"


@pytest.mark.parametrize("end", ["raises", "wrong values"])
@pytest.mark.parametrize("shape", [(1, 1, 3, 3), (1, 2, 2, 3)])
def test_neither_times_nor_memory_tell_of_a_section_with_hidden_cases(
    grader: Grader, end: str, shape: tuple[int, ...]
) -> None:
    seen = audience.for_students(handed_in(grader, end, shape), context())
    assert not {"cpu_seconds", "wall_seconds", "memory_mb"} & {*seen.run["sections"].get(SECTION, {}), *seen.run}


def test_where_both_fail_only_the_open_case_is_told(grader: Grader) -> None:
    files = {
        "mytorch/pool.py": HOSTILE.format(shape=(1, 2, 2, 3), end=ENDS["raises"]).replace(
            "        return super().forward(A)\n", "        return super().forward(A) + (A.shape == (1, 1, 3, 3))\n"
        ),
        "mytorch/honest_pool.py": helpers.reference()["mytorch/pool.py"],
    }
    report = grader.grade(helpers.submission_from(files))
    for name, text in texts(report, context()).items():
        assert "LEAK" not in text and "(1, 2, 2, 3)" not in text, name
    section = audience.for_students(report, context()).sections[0]
    assert "(1, 1, 3, 3)" in str(section.checks) and audience.ONE_FAILS in str(section.checks)
    assert section.message != audience.ONE_FAILS


#: Says of each case that is hidden here, all of which may not apply, that it does not, and tells of it what it can.
SPARED = """
import sys
import honest_conv

class Conv2d(honest_conv.Conv2d):
    def __init__(self, *args, padding=0, **options):
        super().__init__(*args, **options)
        frame = sys._getframe(1)
        while "task" not in frame.f_locals:
            frame = frame.f_back
        self.task = frame.f_locals["task"]

    def forward(self, A):
        if "padding" in self.task.params:
            print("LEAK", A.ravel()[:3])
            self.task.notes.append("LEAK")
            self.task.not_applicable("LEAK")
        return super().forward(A) {bend}
"""


@pytest.mark.parametrize("bend", ["", "+ 1"])
def test_hidden_cases_that_do_not_apply_tell_nothing(bend: str) -> None:
    whole = helpers.rubric()
    sections = tuple(replace(s, cases={"*padding=*": "hidden"}) if s.key == "Conv2d" else s for s in whole.sections)
    files = {
        "mytorch/Conv2d.py": SPARED.format(bend=bend),
        "mytorch/honest_conv.py": helpers.reference()["mytorch/Conv2d.py"],
    }
    with Grader(helpers.ASSIGNMENT, replace(whole, sections=sections), Options(only=("Conv2d",))) as grader:
        report = grader.grade(helpers.submission_from(files))
    assert report.sections[0].status == ("failed" if bend else "passed")
    assert not any(check.visibility == "hidden" for check in report.sections[0].checks), "there is none, and yet it ran"
    assert "LEAK" in report.facts("Conv2d")["printed"], "staff are told"
    for name, text in texts(report, context()).items():
        assert "LEAK" not in text, name
    seen = audience.for_students(report, context())
    assert not {"cpu_seconds", "wall_seconds", "memory_mb"} & {*seen.facts("Conv2d"), *seen.run}
    assert "printed" not in report.run["sections"]["Conv2d"], "it is kept apart"


def test_hidden_cases_are_asked_last(grader: Grader) -> None:
    report = handed_in(grader, "raises")
    printed = report.facts(SECTION)["printed"]
    # What was kept of a hidden input is printed again in none but the hidden cases after it: of which there are none.
    assert printed.count("LEAK") == 1


#: Looks into its channel for what is to come.
CURIOUS = """
import gc, io, os, socket
from honest_pool import MaxPool2d_stride1 as Honest, MeanPool2d_stride1, MaxPool2d, MeanPool2d

def waiting():
    found = b""
    for reader in (x for x in gc.get_objects() if isinstance(x, io.BufferedReader) and not x.closed):
        reader.raw.connection.settimeout(0)
        try:
            found += reader.peek()
        except BlockingIOError:
            pass
        reader.raw.connection.settimeout(None)
    for number in range(3, 16):
        try:
            one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, number)
        except OSError:
            continue
        try:
            found += one.recv(1 << 20, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except OSError:
            pass
        one.detach()
    return found

class MaxPool2d_stride1(Honest):
    def forward(self, A):
        ahead = waiting()
        print("SEEN", b"[1, 2, 2, 3]" in ahead, b"[3, 2, 4, 4]" in ahead, A.shape)
        return super().forward(A)
"""


def test_hidden_cases_cannot_be_read_ahead(grader: Grader) -> None:
    files = {"mytorch/pool.py": CURIOUS, "mytorch/honest_pool.py": helpers.reference()["mytorch/pool.py"]}
    report = grader.grade(helpers.submission_from(files))
    printed = report.facts(SECTION)["printed"].splitlines()
    assert report.sections[0].status == "passed"
    assert printed and all(line.startswith("SEEN False False") for line in printed), printed


def test_a_perfect_submission_shows_no_trace(grader: Grader) -> None:
    report = grader.grade(helpers.submission_from({}))
    assert any(check.visibility == "hidden" for check in report.sections[0].checks)
    for name, text in texts(report, context()).items():
        assert audience.ONE_FAILS not in text and audience.HIDDEN_CASES not in text, name


def test_after_the_due_date_what_waited_for_it_is_seen(grader: Grader) -> None:
    report = handed_in(grader, "raises", (3, 2, 4, 4))
    before, after = (audience.for_students(report, context(after_due=past)) for past in (False, True))
    assert before.sections[0].message == audience.ONE_FAILS and "(3, 2, 4, 4)" not in json.dumps(document(before))
    assert "(3, 2, 4, 4)" in json.dumps(document(after)) and "ValueError" in after.sections[0].message


@pytest.mark.parametrize("checks", ["course", "strict"])
def test_points_are_those_of_all_cases_under_either_checks(checks: str) -> None:
    strict_only = {"*kernel=1*": "hidden"}
    files = {
        "mytorch/pool.py": HOSTILE.format(shape=(1, 2, 2, 3), end=ENDS["raises"]),
        "mytorch/honest_pool.py": helpers.reference()["mytorch/pool.py"],
    }
    with Grader(helpers.ASSIGNMENT, rubric(**strict_only), Options(only=(SECTION,), checks=checks)) as grader:  # type: ignore[arg-type]
        report = grader.grade(helpers.submission_from(files))
    seen = audience.for_students(report, context())
    assert seen.totals == report.totals
    assert seen.totals_course["main"].points == 10 and seen.totals_strict["main"].points == 0
    assert seen.sections[0].status == ("passed" if checks == "course" else "failed")


def test_a_pattern_that_fits_no_case_stops_everything() -> None:
    wrong, only = rubric(**{"*kernel = 1*": "hidden"}), Options(only=(SECTION,))
    with (
        Grader(helpers.ASSIGNMENT, wrong, only) as grader,  # type: ignore[arg-type]
        pytest.raises(UsageError, match="no case is called"),
    ):
        grader.grade(helpers.submission_from({}))


#: Tells when each of its sections was asked: an array of seconds is wrong, and an example shows what is.
CLOCK = """
import time
import honest_pool
from honest_pool import MaxPool2d, MeanPool2d

class MaxPool2d_stride1(honest_pool.MaxPool2d_stride1):
    def forward(self, A):
        print("MAX", A.shape, time.monotonic() - {base})
        return super().forward(A) {bend}

class MeanPool2d_stride1(honest_pool.MeanPool2d_stride1):
    def forward(self, A):
        return super().forward(A) * 0 + time.monotonic() - {base}
"""
UPSAMPLED = """
import time
import honest_resampling
from honest_resampling import *

class Upsample1d(honest_resampling.Upsample1d):
    def forward(self, A):
        print("UP", time.monotonic() - {base})
        return super().forward(A)
"""


@pytest.mark.parametrize("bend", ["", "+ (A.shape == (1, 2, 2, 3))", "/ (A.shape != (1, 1, 3, 3))"])
def test_nothing_that_students_read_of_is_asked_after_what_is_hidden(bend: str) -> None:
    chosen = ("Upsampling1d", SECTION, "MeanPool2d_stride1", "Upsampling2d")
    hiding = rubric()
    sections = tuple(
        replace(s, visibility="hidden") if s.key == "Upsampling1d" else s
        for s in hiding.sections  # type: ignore[attr-defined]
    )
    base, reference = time.monotonic(), helpers.reference()
    work = helpers.submission_from(
        {
            "mytorch/pool.py": CLOCK.format(base=base, bend=bend),
            "mytorch/honest_pool.py": reference["mytorch/pool.py"],
            "mytorch/resampling.py": UPSAMPLED.format(base=base),
            "mytorch/honest_resampling.py": reference["mytorch/resampling.py"],
        }
    )
    with Grader(helpers.ASSIGNMENT, replace(hiding, sections=sections), Options(only=chosen)) as grader:  # type: ignore[type-var]
        report = grader.grade(work)
    facts = {key: report.facts(key) for key in report.run["sections"]}
    told = [line.rpartition(" ") for line in facts[SECTION]["printed"].splitlines() if line.startswith("MAX")]
    seen = [float(when) for what, _, when in told if "(1, 2, 2, 3)" not in what and "(3, 2, 4, 4)" not in what]
    later = [float(when) for what, _, when in told if "(3, 2, 4, 4)" in what]
    hidden = [float(when) for what, _, when in told if "(1, 2, 2, 3)" in what]
    hidden += [float(line.rpartition(" ")[2]) for line in facts["Upsampling1d"]["printed"].splitlines()]
    seen += [float(value) for value in np.ravel(facts["MeanPool2d_stride1"]["example"]["got"])]
    assert max(seen) < min(later) and max(later) < min(hidden)
    assert [section.status for section in report.sections if section.key == SECTION] != ["passed"] or not bend
