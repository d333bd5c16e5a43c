"""Each benchmark's arithmetic on made-up times; and, of those that are quick, a run for real."""

from __future__ import annotations

import importlib
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from benchmarks.__main__ import NAMES
from benchmarks.batch import Measured
from benchmarks.cluster import parts
from benchmarks.course import faster
from benchmarks.isolation import MEMORY, children, in_memory

#: Four submissions on two cores, a second apart after a start of two, each with half a second of its own.
CLASS = Measured(
    jobs=2,
    begun=100.0,
    wall=7.0,
    finished=((103.0, 0.5), (104.0, 0.5), (105.0, 0.5), (106.0, 0.5)),
    memory=((103.0, 50.0), (104.0, 60.0), (106.0, 66.0)),
)


def test_what_is_not_students_code_is_overhead() -> None:
    assert CLASS.overhead == pytest.approx((7.0 * 2 - 2.0) / 4)
    assert CLASS.overheads(4) == pytest.approx([5.5, 1.5, 1.5, 1.5])


def test_memory_is_compared_after_the_start() -> None:
    assert CLASS.grown() == pytest.approx(66 / 60)


def test_the_rate_leaves_out_the_start() -> None:
    ends = [10.0, 10.1, 10.2, 10.3, 11.0, 11.1, 11.2, 11.3, 12.0, 12.1, 12.2, 13.3]
    assert parts(ends, 4, 2) == pytest.approx([4.0, 2.0])


def test_faster_is_bounded_from_below() -> None:
    row = faster("loops", [80.0, 80.0, 80.0], [1.0, 2.0, 4.0], 0.5, 41.0)
    assert (row.figure.median, row.limit, row.holds) == (40.0, 160.0, False)


@pytest.mark.skipif(not MEMORY.is_dir(), reason="for Linux")
def test_who_holds_a_submission_is_counted_and_no_disk_is_compared_with_memory() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.pid in children(os.getpid()) and os.getpid() in children(os.getppid())
    assert child.pid not in children(os.getpid())
    before = tempfile.gettempdir()
    with in_memory():
        assert Path(tempfile.gettempdir()).parent == MEMORY
    assert tempfile.gettempdir() == before


@pytest.mark.more
@pytest.mark.parametrize("name", ["help", "grade", "watch", "isolation", "batch", "simulated"])
def test_a_benchmark_runs(name: str) -> None:
    assert name in NAMES
    rows = list(importlib.import_module(f"benchmarks.{name}").rows(1, print))
    assert rows
    for row in rows:
        assert math.isfinite(row.figure.median), row
        assert row.figure.least <= row.figure.most, row
        assert row.bound is None or row.limit is not None or row.unit == "MB", row
