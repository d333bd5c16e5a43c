"""Each benchmark's arithmetic on made-up times; and, of those that are quick, a run for real."""

from __future__ import annotations

import importlib
import math

import pytest

from benchmarks.__main__ import NAMES
from benchmarks.batch import Measured
from benchmarks.cluster import parts
from benchmarks.course import faster

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
