"""Reports to try things on, built without grading anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from autograder.grading.report import Check, Diagnosis, Report, SectionReport, Status, Total

RUBRIC = [
    ("MCQ 1", "3.1", "1"), ("MCQ 2", "3.2", "1"), ("MCQ 3", "3.3", "1"), ("MCQ 4", "3.4", "1"), ("MCQ 5", "3.5", "1"),
    ("Downsampling1d", "4.1.a", "2.5"), ("Upsampling1d", "4.1.b", "2.5"), ("Downsampling2d", "4.2.a", "2.5"),
    ("Upsampling2d", "4.2.b", "2.5"), ("Conv1d_stride1", "5.1.1", "10"), ("Conv1d", "5.1.2", "5"),
    ("Conv2d-stride1", "5.2.1", "10"), ("Conv2d", "5.2.2", "5"), ("convTranspose1d", "5.3.1", "5"),
    ("convTranspose2d", "5.3.2", "5"), ("MaxPool2d_stride1", "5.5.1", "10"), ("MaxPool2d", "5.5.2", "5"),
    ("MeanPool2d_stride1", "5.5.3", "10"), ("MeanPool2d", "5.5.4", "5"), ("CNN as Simple Scanning MLP", "6.1", "5"),
    ("CNN as Distributed Scanning MLP", "6.2", "5"), ("Build a CNN Model", "7", "5"),
    ("Dropout2d", "bonus", "5"), ("BatchNorm2d", "bonus", "5"), ("Resnet", "bonus", "5"),
]  # fmt: skip

HOSTILE = (
    "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07link\x1b]8;;\x07 [red]markup[/red] [link=x]y[/] :smile:\r"
    "\x9b2J \u202egnp.exe\u202c \u2066\ud800 a\u0300\u0301\u0302\u0303\u0304\u0305 \U000e0041 漢字 \x00\x7f\u2028"
)

Sections = Mapping[str, Mapping[str, Any]]


def section(key: str, number: str, most: str, status: Status = "passed", **facts: Any) -> SectionReport:
    """One section, with full points where it passes."""
    maximum = Decimal(most)
    built = SectionReport(
        key=key,
        number=number,
        group="bonus" if number == "bonus" else "main",
        points={"passed": maximum, "ungraded": None}.get(status, Decimal(0)),
        max=maximum,
        status=status,
        message="",
        checks=(Check("Z", "course", "passed"),),
    )
    return replace(built, **facts)


def build(changed: Sections | None = None, default: Status = "passed", **facts: Any) -> Report:
    """A report of HW2P1 in which only the given sections differ from the default."""
    changed = changed or {}
    sections = tuple(section(*row, **{"status": default, **changed.get(row[0], {})}) for row in RUBRIC)
    course = {
        s.key: s.max if s.status == "failed" and all(c.status == "passed" for c in s.checks if c.level == "course")
        else s.points
        for s in sections
    }  # fmt: skip
    strict = {s.key: s.points for s in sections}
    report = Report(
        assignment="hw2p1",
        edition="s23",
        seed="11785",
        profile="quick",
        checks="strict",
        totals=totals(sections, strict),
        totals_course=totals(sections, course),
        totals_strict=totals(sections, strict),
        sections=sections,
    )
    return replace(report, **facts)


def totals(sections: tuple[SectionReport, ...], earned: Mapping[str, Decimal | None]) -> dict[str, Total]:
    zero = Decimal(0)
    return {
        group: Total(
            sum((earned[s.key] or zero for s in sections if s.group == group), zero),
            sum((s.max for s in sections if s.group == group), zero),
        )
        for group in ("main", "bonus")
    }


def mixed() -> Report:
    """One of everything that can happen to a section."""
    case = "Conv1d(in_channels=2, out_channels=3, kernel_size=4, stride=2) on (1, 2, 9)"
    wrong = Check(
        "dLdW", "course", "failed", case, "12 of 24 entries are wrong; first at [0, 0, 1]: expected 0.53, got -1.1",
        Diagnosis("averaged", "This is the gradient averaged over the batch; the contract asks for the sum."),
        (3, 2, 4), (3, 2, 4), {"index": [0, 0, 1], "expected": "0.53", "got": "-1.1"}, 12, "1.6",
    )  # fmt: skip
    shape = Check(
        "dLdb", "course", "failed", case, "shape (3, 1), expected (3,)", None, (3,), (3, 1)
    )  # fmt: skip
    padded = Check(
        "dLdA with padding", "strict", "failed",
        "Conv2d(in_channels=1, out_channels=2, kernel_size=3, stride=2, padding=0) on (2, 1, 7, 5)",
        "shape (2, 1, 0, 0), expected (2, 1, 7, 5)",
        Diagnosis("minus-zero", "dLdA[:, :, pad:-pad] is empty where pad is 0: cut with pad:H + pad instead."),
        (2, 1, 7, 5), (2, 1, 0, 0),
    )  # fmt: skip
    broken = "SyntaxError at mytorch/pool.py:31"
    syntax = {
        "status": "error",
        "message": f"Z: {broken}",
        "checks": tuple(
            Check(name, "course", "error", "MaxPool2d_stride1(kernel=2) on (1, 1, 3, 3)", broken)
            for name in ("Z", "dLdA")
        ),
    }
    syntax_run = {
        "traceback": [],
        "exception": "SyntaxError: expected ':'",
        "syntax": {
            "file": "mytorch/pool.py",
            "line": 31,
            "column": 25,
            "text": "    def forward(self, A)",
            "function": "",
        },
    }
    pools = ["MaxPool2d_stride1", "MaxPool2d", "MeanPool2d_stride1", "MeanPool2d"]
    raised = "ValueError at mytorch/Conv1d.py:52"
    stopped = "more than 10 s of computing time"
    letter = {
        "status": "failed",
        "message": "answer: the answer is not right",
        "checks": (Check("answer", "course", "failed", "question_1()", "the answer is not right"),),
    }
    after = tuple(Check(name, "course", "error", case, raised) for name in ("dLdA", "dLdW", "dLdb"))
    changed: dict[str, dict[str, Any]] = {
        "MCQ 3": {"status": "not_implemented"},
        "MCQ 4": {"status": "not_implemented"},
        "MCQ 1": letter, "MCQ 5": letter,
        "Conv1d_stride1": {"status": "failed", "message": f"dLdW: {wrong.message}", "checks": (wrong, shape)},
        "Conv1d": {"status": "failed", "checks": (wrong,), "root_cause": "Conv1d_stride1"},
        "Build a CNN Model": {"status": "failed", "checks": (wrong,), "root_cause": "Conv1d_stride1"},
        "Conv2d": {"status": "failed", "message": f"{padded.name}: {padded.message}",
                   "checks": (Check("Z", "course", "passed"), padded)},
        "convTranspose1d": {"status": "error", "message": f"dLdA: {raised}",
                            "checks": (Check("Z", "course", "passed"), *after)},
        "convTranspose2d": {"status": "timeout", "message": f"Z: {stopped}", "checks": (
            Check("Z", "course", "timeout", "ConvTranspose2d(in_channels=1, …) on (1, 1, 2, 2)", stopped),)},
        "CNN as Simple Scanning MLP": {"status": "forbidden", "message": "models/mlp_scan.py, line 4 uses torch"},
        "CNN as Distributed Scanning MLP": {"status": "missing", "message": "models/mlp_scan.py does not define"
                                            " `CNN_DistributedScanningMLP`", "checks": ()},
        "Dropout2d": {"status": "bad_output", "message": "Z: `Z` is a list, not a plain numpy.ndarray",
                      "checks": (Check("Z", "course", "bad_output", "Dropout2d(p=0.5) on (4, 3, 5, 5)",
                                       "`Z` is a list, not a plain numpy.ndarray"),)},
        "BatchNorm2d": {"status": "ungraded", "message": "the sandbox did not start", "checks": ()},
        "Resnet": {"status": "crashed", "message": "the process ended by signal 11", "checks": ()},
        **dict.fromkeys(pools, syntax),
    }  # fmt: skip
    frames = [
        {"file": "mytorch/ConvTranspose.py", "line": 37, "function": "backward",
         "text": "delta_out = self.conv1d_stride1.backward(dLdZ)"},
        {"file": "mytorch/Conv1d.py", "line": 52, "function": "backward",
         "text": "self.dLdW[:, :, k] = np.tensordot(dLdZ, self.A[:, :, k:k + W], axes=([0, 2], [0, 2]))"},
    ]  # fmt: skip
    example = {
        "case": "Conv1d_stride1(in_channels=1, out_channels=2, kernel_size=2) on (1, 1, 3)", "output": "dLdW",
        "message": "3 of 4 entries are wrong; first at [0, 0, 1]: expected 1, got 0.5",
        "inputs": {"A": [[[0, 1, 0]]], "dLdZ": [[[1, 0], [0, 1]]]}, "expected": [[[0, 1]], [[1, 0]]],
        "got": [[[0, 0.5]], [["nan", 4]]], "wrong": [[0, 0, 1], [1, 0, 0], [1, 0, 1]],
        "snippet": 'import numpy as np\nprint("<b>")\n',
    }  # fmt: skip
    run: dict[str, Any] = {
        "isolation": "bubblewrap",
        "sections": {
            "Conv1d_stride1": {"example": example},
            "convTranspose1d": {
                "traceback": frames,
                "exception": "ValueError: shape-mismatch for sum",
                "printed": "".join(f"step {i}: (2, 3, {i})\n" for i in range(40)),
            },
            **dict.fromkeys(pools, syntax_run),
        },
    }
    notes = (
        "left out: sandbox/try.py (not part of the homework)",
        "Downsampling1d: a call changed its input A in place",
        "`import matplotlib` in mytorch/pool.py is never used: it costs nothing",
    )
    return build(changed, run=run, notes=notes)


def hostile() -> Report:
    """Every text that a submission can reach holds everything that a terminal might obey."""
    check = Check("Z", "course", "error", HOSTILE, HOSTILE, Diagnosis("x", HOSTILE))
    evil = {
        "traceback": [{"file": HOSTILE, "line": 3, "function": HOSTILE, "text": HOSTILE}],
        "syntax": {"file": HOSTILE, "line": 3, "column": 5, "text": HOSTILE},
        "exception": HOSTILE, "printed": HOSTILE * 500, "notes": [HOSTILE],
        "example": {"case": HOSTILE, "output": HOSTILE, "message": HOSTILE, "expected": [HOSTILE], "got": [HOSTILE],
                    "inputs": {HOSTILE: [[HOSTILE]], "sparse": {"shape": [300], "nonzero": [[[3], HOSTILE]]}},
                    "wrong": [[0]], "snippet": HOSTILE},
    }  # fmt: skip
    facts = {"status": "error", "message": HOSTILE, "checks": (check,)}
    return build(
        {"Conv1d": facts, "Conv2d": {**facts, "status": "failed"}},
        notes=(HOSTILE, f"left out: {HOSTILE}"),
        run={"sections": {"Conv1d": evil, "Conv2d": evil}, "isolation": HOSTILE},
    )


@pytest.fixture
def make_report() -> Callable[..., Report]:
    return build


@pytest.fixture
def mixed_report() -> Report:
    return mixed()


@pytest.fixture
def hostile_report() -> Report:
    return hostile()


@pytest.fixture
def hostile_text() -> str:
    return HOSTILE
