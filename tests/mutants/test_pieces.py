"""A table that was interrupted is continued: what is known is kept, what was made from other sources is not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.assignments import registry
from benchmarks.mutants import run
from benchmarks.mutants.pieces import Pieces
from benchmarks.mutants.table import Row, as_json

LAB = registry.find("numpy_cnn")
ROW = Row("0123456789", "numpy_cnn.py", "relu", "kind", "a → b", ("relu",), {"relu": (0, 2)}, always=(0, 2))


@pytest.mark.more
def test_a_run_that_was_interrupted_goes_on_where_it_was(tmp_path: Path) -> None:
    whole = run.run("numpy_cnn", everyth=150, processes=1, pieces=Pieces(LAB, tmp_path))
    path = Pieces(LAB, tmp_path).path
    first, *lines = path.read_text("utf-8").splitlines()
    assert len(lines) == len(whole.rows) > 2
    marked = json.dumps({**json.loads(lines[0]), "operator": "was kept"})
    path.write_text(f"{first}\n{marked}\n{lines[1][:40]}", "utf-8")  # killed while it wrote the second row
    again = run.run("numpy_cnn", everyth=150, processes=1, pieces=Pieces(LAB, tmp_path))
    assert as_json(again.rows[0]) == as_json(replace(whole.rows[0], operator="was kept"))
    assert [as_json(row) for row in again.rows[1:]] == [as_json(row) for row in whole.rows[1:]]
    assert len(Pieces(LAB, tmp_path).rows()) == len(whole.rows)


@pytest.mark.parametrize("before", ["", "{", '{"sources": "others"}\n', "[]\n"])
def test_what_other_sources_gave_is_forgotten(before: str, tmp_path: Path) -> None:
    pieces = Pieces(LAB, tmp_path)
    pieces.path.write_text(before + json.dumps({"id": "x"}), "utf-8")
    assert pieces.rows() == {}
    pieces.add(ROW)
    assert Pieces(LAB, tmp_path).rows() == {ROW.id: ROW}
    pieces.clear()
    assert not pieces.path.exists()
