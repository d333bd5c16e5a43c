"""Code that misbehaves costs its own section: the right status, no other section touched, in bounded time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import helpers
import pytest

from autograder.errors import HarnessError
from autograder.grading.grader import Grader, Options
from autograder.grading.sections import NEVER_BEGAN
from autograder.sandbox.host import Guest
from autograder.sandbox.launch import Level
from autograder.sandbox.levels import LEVELS

FILE, WHERE = "mytorch/dropout2d.py", "Dropout2d.forward"
OTHERS = ("mcq_1", "meanpool2d_stride1", "batchnorm2d")
LIMITS = {"cpu_seconds": 4, "wall_seconds": 60, "memory_mb": 512}


@pytest.fixture(scope="module")
def strict_limits() -> Iterator[Grader]:
    """A grader that allows little. Its wall time is only a backstop: a busy machine must not decide a test."""
    with limited(**LIMITS) as grader:
        yield grader


def limited(**limits: int) -> Grader:
    rubric = helpers.rubric()
    return Grader(helpers.ASSIGNMENT, replace(rubric, limits=replace(rubric.limits, **limits)), Options())


def behaving(statements: str) -> str:
    """Dropout2d's module with these statements at the start of `forward`."""
    body = "\n        ".join(statements.splitlines())
    return helpers.patched(
        helpers.reference()[FILE], WHERE, "shape = (*x.shape[:2], 1, 1)", f"{body}\n        shape = x.shape"
    )


def graded(grader: Grader, text: str) -> tuple[str, str]:
    """Status and message of the section; the others must not notice."""
    submission = helpers.submission_from({FILE: text})
    chosen = [s for s in grader.rubric.sections if s.id in ("dropout2d", *OTHERS)]
    started = time.monotonic()
    report = grader.report(submission, grader.run_all(submission, chosen))
    assert time.monotonic() - started < 2 * grader.rubric.limits.wall_seconds + 20
    sections = helpers.by_id(report)
    for name, section in sections.items():
        assert name == "dropout2d" or section.status == "passed", (name, section.status, section.message)
    section = sections["dropout2d"]
    assert section.points == 0
    assert section.message
    return section.status, section.message


ENDINGS = {
    "sys.exit": ("import sys\nsys.exit(0)", {"error"}, "SystemExit"),
    "exit": ("exit()", {"error"}, "dropout2d.py:46, which ends the program: take that line out"),
    "quit": ("quit(0)", {"error"}, ", which ends the program"),
    "sys.exit with a score": (
        "import sys\nprint('{\"scores\": {\"Dropout2d\": 5}}')\nsys.exit(0)",
        {"error"},
        "SystemExit",
    ),
    "os._exit": ("import os\nos._exit(0)", {"crashed"}, "exit status 0"),
    "segfault": ("import ctypes\nctypes.string_at(0)", {"crashed"}, "SIGSEGV"),
    "abort": ("import os\nos.abort()", {"crashed"}, "crashed"),
    "recursion": ("def again():\n    return again()\nagain()", {"error"}, "RecursionError"),
    "endless loop": ("while True:\n    pass", {"timeout"}, "4 s of computing time"),
    "10 GB": ("everything = [np.ones(1 << 27) for _ in range(10)]", {"memory"}, "memory"),
    "10 GB, piece by piece": (
        "everything = []\nwhile True:\n    everything.append(np.ones(1 << 20))",
        {"memory"},
        "memory",
    ),
    "a caught MemoryError": (
        "try:\n    np.ones(1 << 31)\nexcept MemoryError:\n    return None",
        {"bad_output"},
        "`Dropout2d.forward` returned None",
    ),
    "forbidden import": ("import torch\nreturn torch.nn.functional.dropout2d(x)", {"forbidden"}, "torch"),
    "forbidden import, caught": (
        "import scipy.signal\ntry:\n    scipy.signal.convolve(x, x)\nexcept Exception:\n    pass",
        {"forbidden"},
        "scipy.signal",
    ),
    "forbidden import, caught before it is used": (
        "try:\n    import scipy.signal\n    return scipy.signal.convolve(x, x)\n"
        "except Exception:\n    raise ValueError from None",
        {"forbidden"},
        "scipy.signal",
    ),
    "forbidden import, and another way that is wrong": (
        "try:\n    import scipy.signal\n    return scipy.signal.convolve(x, x)\nexcept Exception:\n    return x[:1]",
        {"failed"},
        "shape",
    ),
    "breakpoint": ("breakpoint()", {"forbidden"}, "breakpoint"),
    "keyboard": ("input('? ')", {"error"}, "EOFError"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", {"error"}, "KeyboardInterrupt"),
    "an exception whose text raises": (
        "class Mean(Exception):\n    def __str__(self):\n        raise self\nraise Mean",
        {"error"},
        "Mean",
    ),
    "a signal to its group": (
        "import os, signal\nos.killpg(0, signal.SIGKILL)",
        {"crashed", "memory", "error", "forbidden"},
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("statements, statuses, words", ENDINGS.values(), ids=ENDINGS)
def test_endings(strict_limits: Grader, statements: str, statuses: set[str], words: str) -> None:
    status, message = graded(strict_limits, behaving(statements))
    assert status in statuses, message
    assert words in message


def test_a_loop_without_end_is_named_by_its_line_and_is_the_cause_of_what_hangs_in_it(strict_limits: Grader) -> None:
    path = "mytorch/Conv1d.py"
    first = "K = self.kernel_size"
    text = helpers.patched(helpers.reference()[path], "Conv1d_stride1.backward", first, "while True: pass")
    chosen = [s for s in strict_limits.rubric.sections if s.id in ("conv1d_stride1", "conv1d")]
    submission = helpers.submission_from({path: text})
    sections = helpers.by_id(strict_limits.report(submission, strict_limits.run_all(submission, chosen)))
    line = text[: text.index("while True: pass")].count("\n") + 1
    for name in ("conv1d_stride1", "conv1d"):
        assert sections[name].status == "timeout"
        assert f"more than 4 s of computing time at {path}:{line};" in sections[name].message
    assert sections["conv1d_stride1"].root_cause is None
    assert sections["conv1d"].root_cause == "Conv1d_stride1"
    right = [check.name for check in sections["conv1d_stride1"].checks if check.status == "passed"]
    assert right == []  # of Z, too, cases are left that nobody could ask


@pytest.mark.parametrize("level", LEVELS)
def test_nothing_goes_on_after_the_time_is_over(level: Level) -> None:
    """Neither is a case answered twice, nor is the end taken for another than it is."""
    path = "mytorch/Conv1d.py"
    first = "self.dLdb = dLdZ.sum(axis=(0, 2))"
    text = helpers.patched(helpers.reference()[path], "Conv1d_stride1.backward", first, "while True: pass")
    rubric = helpers.rubric()
    rubric = replace(rubric, limits=replace(rubric.limits, cpu_seconds=2))
    with Grader(helpers.ASSIGNMENT, rubric, Options(isolation=level)) as grader:
        chosen = [s for s in rubric.sections if s.id == "conv1d_stride1"]
        found = grader.run_all(helpers.submission_from({path: text}), chosen)["conv1d_stride1"].findings
    assert {finding.status for finding in found if finding.output != "Z"} == {"timeout"}
    assert [finding.status for finding in found if finding.output == "Z"][1:] == ["timeout"] * (len(found) // 4 - 1)


def test_sleep() -> None:
    with limited(wall_seconds=2) as grader:
        status, message = graded(grader, behaving("import time\ntime.sleep(3600)"))
    assert status == "timeout"
    assert "no result after 2 s" in message
    assert "it may hang while its files are imported" in message


RESULTS = {
    "None": ("None", {"not_implemented"}),
    "NotImplemented": ("NotImplemented", {"not_implemented"}),
    "a list": ("x.tolist()", {"bad_output"}),
    "a number": ("1.0", {"bad_output"}),
    "a string": ("'5 of 5'", {"bad_output"}),
    "an array of objects": ("x.astype(object)", {"bad_output"}),
    "an array of texts": ("x.astype(str)", {"bad_output"}),
    "a structured array": ("np.zeros(3, [('a', float)])", {"bad_output"}),
    "a masked array": ("np.ma.masked_all(x.shape)", {"bad_output"}),
    "a matrix that equals everything": (
        "type('Same', (np.ndarray,), {'__eq__': lambda *a: True, '__sub__': lambda *a: np.zeros(1)})(x.shape)",
        {"bad_output"},
    ),
    "NaN": ("x * np.nan", {"failed"}),
    "infinity": ("x + np.inf", {"failed"}),
    "a shape that broadcasts": ("x[:1]", {"failed"}),
    "a scalar array": ("np.float64(0)", {"failed"}),
    "nothing": ("x[:0]", {"failed"}),
    "complex numbers": ("x / (1 - self.p) + 0j", {"failed"}),
    "truth values": ("x > 0", {"failed"}),
    "too much": ("np.zeros((1 << 26,))", {"failed", "bad_output", "memory", "limit"}),
    "an array that is not there": (
        "np.lib.stride_tricks.as_strided(x, (1 << 40,), (0,))",
        {"failed", "bad_output", "memory", "error"},
    ),
}


@pytest.mark.parametrize("result, statuses", RESULTS.values(), ids=RESULTS)
def test_results(strict_limits: Grader, result: str, statuses: set[str]) -> None:
    status, message = graded(strict_limits, behaving(f"self.mask = 1\nreturn {result}"))
    assert status in statuses, message


def test_a_flood_of_output_is_cut(strict_limits: Grader) -> None:
    flood = "for _ in range(30000):\n    print('x' * 1000)"
    statements = "\n        ".join([*flood.splitlines(), "if eval:"])
    text = helpers.patched(helpers.reference()[FILE], WHERE, "if eval:", statements)
    submission = helpers.submission_from({FILE: text})
    chosen = [s for s in strict_limits.rubric.sections if s.id == "dropout2d"]
    report = strict_limits.report(submission, strict_limits.run_all(submission, chosen))
    (section,) = report.sections
    assert section.status in ("passed", "limit"), section.message
    assert len(report.run["sections"]["Dropout2d"].get("printed", "")) < 200_000


def test_at_import(strict_limits: Grader) -> None:
    for statements, statuses in (
        ("import sys; sys.exit(3)", {"error"}),
        ("import os; os._exit(0)", {"crashed"}),
        ("while True: pass", {"timeout"}),
        (
            "import numpy as np; np.ndarray = np.allclose = np.array = None",
            {"error", "passed", "bad_output", "crashed"},
        ),
    ):
        submission = helpers.submission_from({FILE: f"{statements}\n{helpers.reference()[FILE]}"})
        chosen = [s for s in strict_limits.rubric.sections if s.id in ("dropout2d", *OTHERS)]
        report = strict_limits.report(submission, strict_limits.run_all(submission, chosen))
        sections = helpers.by_id(report)
        assert sections.pop("dropout2d").status in statuses
        assert {section.status for section in sections.values()} == {"passed"}


def test_what_is_done_meanwhile_has_ended_also_where_we_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()

    def broken(guest: Guest) -> None:
        raise HarnessError("the guest cannot be started")

    def meanwhile() -> None:
        time.sleep(0.2)
        done.set()

    monkeypatch.setattr(Guest, "ready", broken)
    with (
        Grader(helpers.ASSIGNMENT, helpers.rubric(), Options(isolation="process", only=("MCQ 1",))) as grader,
        pytest.raises(HarnessError, match="cannot be started"),
    ):
        grader.run_all(helpers.submission_from({}), meanwhile=meanwhile)
    assert done.is_set()


def test_a_holder_that_cannot_begin_is_our_failure() -> None:
    with limited(cpu_seconds=10**20) as grader:
        chosen = [section for section in grader.rubric.sections if section.id in OTHERS]
        results = grader.run_all(helpers.submission_from({}), chosen)
        report = grader.report(helpers.submission_from({}), results)
    assert {section.status for section in report.sections} == {"ungraded"}
    assert {section.message for section in report.sections} == {NEVER_BEGAN}


KILLS = "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(0.2)\n"
TOGETHER = "the section ended together with the process that it runs in"


def test_a_section_that_ends_its_holder_costs_itself_and_no_other() -> None:
    with Grader(helpers.ASSIGNMENT, helpers.rubric(), Options(isolation="process")) as grader:
        assert graded(grader, behaving(KILLS)) == ("crashed", f"Z: {TOGETHER}")


def test_sections_that_all_end_their_holder_are_never_ungraded() -> None:
    files = {path: KILLS + text for path, text in helpers.reference().items() if path.endswith(".py")}
    with Grader(helpers.ASSIGNMENT, helpers.rubric(), Options(isolation="process")) as grader:
        chosen = [section for section in grader.rubric.sections if section.id in OTHERS]
        report = grader.report(submission := helpers.submission_from(files), grader.run_all(submission, chosen))
    assert {(section.status, section.points) for section in report.sections} == {("crashed", 0)}
    assert all(section.message.endswith(TOGETHER) for section in report.sections)


STOPS = "import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)\n"


@pytest.mark.more
def test_sections_that_all_stop_their_holder_are_never_ungraded() -> None:
    files = {path: STOPS + text for path, text in helpers.reference().items() if path.endswith(".py")}
    rubric = helpers.rubric()
    rubric = replace(rubric, limits=replace(rubric.limits, wall_seconds=2))
    with Grader(helpers.ASSIGNMENT, rubric, Options(isolation="process", lanes=2)) as grader:
        chosen = [section for section in rubric.sections if section.id in OTHERS]
        results = grader.run_all(helpers.submission_from(files), chosen)
    assert [result.trouble for result in results.values()] == ["", "", ""]


@pytest.mark.more
def test_a_section_that_stops_its_holder_costs_no_other_one() -> None:
    with Grader(helpers.ASSIGNMENT, helpers.rubric(), Options(isolation="process", lanes=2)) as grader:
        graded(grader, helpers.patched(behaving(STOPS), WHERE, "shape = x.shape", "return x[:1]"))
