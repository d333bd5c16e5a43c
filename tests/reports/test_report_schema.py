"""The schema is strict, and every report that can be made follows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from autograder.grading.report import Report, Status, document, restored
from autograder.reports import jsonfile
from autograder.reports.vocabulary import MEANINGS

Make = Callable[..., Report]

SCHEMA = json.loads(
    (Path(jsonfile.__file__).parent / "schema" / "report-v1.json").read_text("utf-8")
)  # fmt: skip
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("run", [False, True])
@pytest.mark.parametrize("name", ["mixed_report", "hostile_report"])
def test_reports_follow_it(name: str, run: bool, request: pytest.FixtureRequest) -> None:
    VALIDATOR.validate(json.loads(jsonfile.dumps(request.getfixturevalue(name), run)))


@pytest.mark.parametrize("status", get_args(Status))
def test_every_status_is_known_here_and_has_words(status: Status, make_report: Make) -> None:
    VALIDATOR.validate(json.loads(jsonfile.dumps(make_report(default=status), run=False)))
    assert MEANINGS[status].word
    assert MEANINGS[status].plain.isascii()
    assert MEANINGS[status].advice or status in ("passed", "failed")


def _objects(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value, *(found for item in value.values() for found in _objects(item))]
    return [found for item in value for found in _objects(item)] if isinstance(value, list) else []


def test_nothing_else_is_allowed_anywhere_but_in_run(mixed_report: Report) -> None:
    document = json.loads(jsonfile.dumps(mixed_report, run=False))
    places = [found for found in _objects(document) if found is not document["scores"]]
    assert len(places) > 50
    for place in places:
        place["surprise"] = "x"
        assert not VALIDATOR.is_valid(document), place
        del place["surprise"]
    VALIDATOR.validate({**document, "run": {"surprise": "x"}})


@pytest.mark.parametrize("name", ["schema", "totals", "totals_course", "totals_strict", "scores", "sections", "notes"])
def test_nothing_may_be_absent(name: str, mixed_report: Report) -> None:
    document = json.loads(jsonfile.dumps(mixed_report, run=False))
    del document[name]
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize("name", ["mixed_report", "hostile_report"])
def test_a_report_that_was_kept_is_the_same_when_it_is_read_again(name: str, request: pytest.FixtureRequest) -> None:
    report: Report = request.getfixturevalue(name)
    again = restored(json.loads(json.dumps(document(report))))
    assert again == report
    assert document(restored(document(report, run=False))) == {**document(report), "run": {}}
