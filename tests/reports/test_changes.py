"""What changed is worked out from whatever the last run's file holds, or from nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from autograder.grading.report import Report, document
from autograder.reports.changes import Change, Changes, changes, read

Make = Callable[..., Report]


def saved(report: Report) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(json.dumps(document(report, run=False)))
    return value


def test_points_and_statuses_by_key(make_report: Make) -> None:
    before = make_report({"Conv1d": {"status": "failed"}, "Resnet": {"status": "not_implemented"}})
    after = make_report({"Downsampling1d": {"status": "error"}, "Resnet": {"status": "failed"}})
    found = changes(saved(before), after)
    assert found == Changes(
        (
            Change("Downsampling1d", Decimal("2.5"), Decimal(0), "passed", "error"),
            Change("Conv1d", Decimal(0), Decimal(5), "failed", "passed"),
            Change("Resnet", Decimal(0), Decimal(0), "not_implemented", "failed"),
        )
    )
    assert found is not None
    assert found.delta == Decimal("2.5")


def test_nothing_changed(mixed_report: Report) -> None:
    assert changes(saved(mixed_report), mixed_report) == Changes(())


def test_what_could_not_be_graded_is_no_change(make_report: Make) -> None:
    ungraded, graded = make_report({"Conv1d": {"status": "ungraded"}}), make_report()
    assert changes(saved(ungraded), graded) == Changes(())
    assert changes(saved(graded), ungraded) == Changes(())


@pytest.mark.parametrize(
    "previous",
    [None, 3, "text", [], {}, {"schema": "autograder/report/v1"}, {"schema": "other/v1", "sections": []},
     {"scores": {"Conv1d": 5}}],
)  # fmt: skip
def test_a_foreign_file_is_no_last_run(previous: Any, make_report: Make) -> None:
    assert changes(previous, make_report()) is None


@pytest.mark.parametrize(
    ("name", "value"), [("assignment", "hw3p1"), ("edition", "s24"), ("checks", "course"), ("sections", 7)]
)
def test_another_way_of_counting_is_not_compared(name: str, value: Any, make_report: Make) -> None:
    assert changes({**saved(make_report()), name: value}, make_report()) is None


@pytest.mark.parametrize(
    "damage",
    [{"points": "5"}, {"points": True}, {"points": 10**400}, {"points": float("nan")}, {"status": "\x1b[31m"},
     {"status": ["failed"]}, {"key": 3}],
)  # fmt: skip
def test_damaged_entries_are_passed_over(damage: dict[str, Any], make_report: Make) -> None:
    previous = saved(make_report({"Conv1d": {"status": "failed"}}))
    for entry in previous["sections"]:
        if entry["key"] == "Conv1d":
            entry.update(damage)
    assert changes(previous, make_report()) == Changes(())


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"{", b"[" * 100_000, b"NaN", b"1" * 5000, b'{"schema": 1e999999999}']
)
def test_reading_never_raises(content: bytes, tmp_path: Path, make_report: Make) -> None:
    path = tmp_path / "scores.json"
    path.write_bytes(content)
    assert changes(read(path), make_report()) is None


def test_reading_what_is_no_file(tmp_path: Path) -> None:
    assert read(tmp_path) is None
    assert read(tmp_path / "absent.json") is None
