"""A run's time by parts: parts add up, waiting counts for what is waited for, the real program can be traced."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.submissions import REFERENCE
from benchmarks.timeline import divided, resolved, traced


def test_time_is_shared_among_the_threads_at_work() -> None:
    trace = {
        "begun": 1.0, "ended": 9.0, "guests": {},
        "threads": [[["imports", 1.0, 5.0, ""], ["idle", 5.0, 9.0, ""]], [["compare", 3.0, 7.0, ""]]],
    }  # fmt: skip
    run = divided(trace, 0.0, 10.0)
    assert run.parts == pytest.approx({"python": 1.0, "imports": 3.0, "compare": 3.0, "other": 2.0, "end": 1.0})
    assert sum(run.parts.values()) == pytest.approx(run.wall)


def test_who_waits_does_what_the_section_does() -> None:
    told = {"conv": [["ready", 2.0, 2.0], ["wire", 2.5, 3.0], ["student", 3.0, 6.0], ["wire", 8.5, 9.5]]}
    pieces = resolved(["waiting", 1.0, 9.0, "conv"], told)
    assert [(part, first, last) for part, first, last, _ in pieces] == [
        ("section start", 1.0, 2.0), ("wire", 2.0, 2.5), ("wire", 2.5, 3.0), ("student", 3.0, 6.0),
        ("wire", 6.0, 8.5), ("wire", 8.5, 9.0),
    ]  # fmt: skip


def test_who_waits_for_a_section_that_never_was_ready_waits_for_its_start() -> None:
    assert resolved(["waiting", 1.0, 2.0, "conv"], {}) == [("section start", 1.0, 2.0, "conv")]


def test_a_real_run_is_traced_to_its_end(tmp_path: Path) -> None:
    run = traced(tmp_path / "trace.json", ["grade", str(REFERENCE), "--only", "Conv2d"])
    assert sum(run.parts.values()) == pytest.approx(run.wall)
    wanted = ("python", "imports", "section start", "wire", "student", "section end", "compare", "report", "end")
    assert all(run.parts.get(part, 0.0) > 0 for part in wanted), dict(run.parts)
