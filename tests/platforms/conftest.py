"""The reports of tests/reports, and contexts to write them in."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from autograder.assignments import registry
from autograder.reports import context as contexts
from autograder.reports.context import Context

_BUILDERS = Path(__file__).parents[1] / "reports" / "conftest.py"
_spec = importlib.util.spec_from_file_location("report_builders", _BUILDERS)
assert _spec is not None
assert _spec.loader is not None
builders = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(builders)

make_report = builders.make_report
mixed_report = builders.mixed_report
hostile_report = builders.hostile_report

#: What every writer must take without letting anything out: each system's own way out of its quotes.
BREAKERS = (
    "]]> </script><script>alert(1)</script> ::error::forged ::notice::Points 100/100 =cmd|' /C calc'!A0 "
    "\x00\x07\x1b[2J\ufffe\ud800 `x` [l](javascript:1) ${{ secrets.A }} %0A::warning::x {{ 7*7 }} @all <img src=x>"
)


@pytest.fixture
def breaking_report(make_report):
    """A report in which every text that a submission reaches tries to break out, over several lines."""
    from autograder.grading.report import Check, Diagnosis

    lines = f"{BREAKERS}\n::error::forged\r\n::set-output name=x::y\n<<EOF\n{BREAKERS}"
    check = Check("Z", "course", "error", lines, lines, Diagnosis("x", lines))
    facts = {"status": "error", "message": lines, "checks": (check,)}
    frame = {"file": "../../x\n::error::y", "line": 3, "function": lines, "text": lines}
    run = {"time": "2026-03-01T12:00:00Z", "sections": {
        "Conv1d": {"traceback": [frame], "exception": lines, "printed": lines * 20, "wall_seconds": 0.5}}}  # fmt: skip
    return make_report({"Conv1d": facts}, notes=(lines,), run=run)


@pytest.fixture
def context() -> Context:
    return contexts.of(registry.find("hw2p1").rubric(), {}, root="handout/hw2p1")
