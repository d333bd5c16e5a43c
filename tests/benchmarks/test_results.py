"""Rows and their verdicts, the tables made of them, and that what the documentation shows is what was measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import results
from benchmarks.rows import Row, Spread, row
from benchmarks.timeline import FIGURE, JSON, PARTS, draw

SEEN = Spread.of([3.0, 1.0, 2.0])


def test_a_spread_has_its_median_and_its_ends() -> None:
    assert Spread(2.0, 1.0, 3.0, 3) == SEEN


@pytest.mark.parametrize(
    ("bound", "at_least", "holds"),
    [(2.0, False, True), (1.9, False, False), (2.0, True, True), (2.1, True, False), (None, False, True)],
)
def test_the_median_decides(bound: float | None, at_least: bool, holds: bool) -> None:
    found = Row("a", SEEN, "×", "b", bound, at_least)
    assert found.holds is holds
    assert row(json.loads(json.dumps(found.document()))) == found


def test_ratios_come_first_and_what_does_not_hold_stands_out() -> None:
    rows = [
        Row("memory", SEEN, "MB", "held"),
        Row("late", SEEN, "ms", "taken", 1.0, limit=0.0, limit_is="nothing"),
        Row("ratio", SEEN, "×", "to that", 1.0, at_least=True, wall=SEEN, limit=4.0, limit_is="four"),
    ]
    facts = results.machine()
    lines = "\n".join(results.page({"some": {"machine": facts, "rows": [one.document() for one in rows]}}))
    table, limits = lines.split("physical limit")
    assert table.index("| ratio |") < table.index("| late |") < table.index("| memory |")
    assert "| late | 2.00 ms | 1.00 to 3.00 | 3 | ≤ 1.00 ms | **no** |" in table
    assert "| ratio | 2.00 × | 1.00 to 3.00 | 3 | ≥ 1.00 × | yes | 2000 ms |" in table
    assert "50% of it" in limits
    assert "2.00 ms above it" in limits


def test_where_it_was_measured_names_no_host() -> None:
    import platform

    facts = results.machine()
    assert facts["processor"] and facts["cores"] >= 1
    assert platform.node() not in json.dumps(facts) or len(platform.node()) < 4


def test_the_documentation_shows_what_was_measured() -> None:
    lines = "\n".join(results.page(results.load()))
    assert lines in results.TABLE.read_text("utf-8")
    assert lines in results.DOCS.read_text("utf-8")


def test_the_figure_is_drawn_from_its_numbers_alike_each_time(tmp_path: Path) -> None:
    found = {"one": {"parts": dict.fromkeys(PARTS, 2.0)}, "other": {"parts": dict.fromkeys(PARTS, 1.0)}}
    draw(found, tmp_path / "a.svg")
    draw(found, tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_the_figure_shows_what_was_measured(tmp_path: Path) -> None:
    draw(json.loads(JSON.read_text("utf-8"))["kinds"], tmp_path / "again.svg")
    assert (tmp_path / "again.svg").read_bytes() == FIGURE.read_bytes()
