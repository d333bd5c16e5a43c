"""The same class into PostgreSQL, and on eight jobs: the same gradebook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import classroom
import kit
import postgres
import pytest
from test_batch_run import check


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres.server() as address:
        yield address


def test_into_postgresql(server: str, tmp_path: Path) -> None:
    expected = classroom.make(tmp_path / "class", 4)
    kit.batch(tmp_path / "class", f"{server}/postgres", "--jobs", 2)
    check(f"{server}/postgres", expected)
    kit.batch(tmp_path / "class", tmp_path / "book", "--jobs", 2)
    assert kit.facts(f"{server}/postgres") == kit.facts(tmp_path / "book")
    assert kit.exports(f"{server}/postgres", tmp_path / "one") == kit.exports(tmp_path / "book", tmp_path / "two")
    assert kit.batch(tmp_path / "class", f"{server}/postgres")["graded"] == 0


@pytest.mark.more
def test_eight_jobs_are_as_one(tmp_path: Path) -> None:
    classroom.make(tmp_path / "class", 36)
    kit.batch(tmp_path / "class", tmp_path / "one", "--jobs", 1)
    kit.batch(tmp_path / "class", tmp_path / "eight", "--jobs", 8)
    assert kit.facts(tmp_path / "one") == kit.facts(tmp_path / "eight")
    assert kit.exports(tmp_path / "one", tmp_path / "a") == kit.exports(tmp_path / "eight", tmp_path / "b")
