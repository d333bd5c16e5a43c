"""Data that ships: what is no such data is never taken for none."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.assignments import choice, ladder, listed, registry
from autograder.assignments.misconceptions import predictions
from autograder.assignments.shipped import DataError

READERS = {
    choice.FILE: choice.left_out,
    ladder.FILE: lambda folder: ladder.rungs(SimpleNamespace(folder=folder), SimpleNamespace(id="conv1d")),
    listed.FILE: lambda folder: listed.cases(folder, "conv1d", "s23"),
    predictions.FILE: lambda folder: predictions.of_section(folder, "conv1d"),
}
WRONG = {
    "another schema": '{"schema": "autograder/other/v0", "sections": {}}\n',
    "no schema": "{}\n",
    "no object": "[]\n",
    "no JSON": '{"schema": \n',
    "nothing": "",
}

each_file = pytest.mark.parametrize("file", READERS)


@each_file
@pytest.mark.parametrize("what", WRONG)
def test_data_of_another_schema_is_an_error_that_names_the_file(file: str, what: str, tmp_path: Path) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(WRONG[what])
    with pytest.raises(DataError) as caught:
        READERS[file](tmp_path)
    assert str(tmp_path / file) in str(caught.value)


@each_file
def test_an_assignment_may_have_no_such_file(file: str, tmp_path: Path) -> None:
    assert READERS[file](tmp_path) in ({}, [], None, predictions.NONE)


@pytest.mark.parametrize(
    "line", ["{", '{"section":"conv1d","cases":[', '{"section":"conv1d"}', '{"section":"conv1d","cases":{}}']
)
def test_a_damaged_line_of_predictions_names_the_file(line: str, tmp_path: Path) -> None:
    (tmp_path / predictions.FILE).parent.mkdir()
    (tmp_path / predictions.FILE).write_text(f'{{"schema":"{predictions.SCHEMA}"}}\n{line}\n')
    with pytest.raises(DataError, match=r"predictions\.jsonl"):
        predictions.of_section(tmp_path, "conv1d")


@pytest.mark.parametrize("name", registry.names())
def test_what_ships_is_read(name: str) -> None:
    folder = registry.find(name).folder
    for file, read in READERS.items():
        if (folder / file).is_file():
            read(folder)
