"""Gradescope's results.json against a schema written from its documented facts."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from autograder.assignments.registry import PROJECT
from autograder.platforms import gradescope

SCHEMA = json.loads((Path(__file__).parent / "gradescope.schema.json").read_text("utf-8"))

EXTRA = json.loads((PROJECT / "autograder/reports/schema/gradescope-v1.json").read_text("utf-8"))


def results(report, context):
    text = gradescope.render(report, context)
    body = json.loads(text)
    jsonschema.validate(body, SCHEMA)
    jsonschema.validate(body["extra_data"], EXTRA)
    return body


def test_results_hold_the_schema_and_one_total(make_report, context):
    report = make_report({"Downsampling1d": {"status": "failed"}, "Resnet": {"status": "failed"}})
    body = results(report, context)
    assert body["score"] == 107.5
    assert sum(Decimal(str(test["score"])) for test in body["tests"]) == Decimal("107.5")
    assert sum(test["max_score"] for test in body["tests"]) == 100


def test_the_bonus_is_extra_credit(make_report, context):
    tests = {test["name"]: test for test in results(make_report(), context)["tests"]}
    assert tests["Resnet (bonus)"]["score"] > tests["Resnet (bonus)"]["max_score"] == 0


def test_what_could_not_be_graded_leaves_no_score_at_all(mixed_report, context):
    body = results(mixed_report, context)
    assert "score" not in body
    assert not any("score" in test for test in body["tests"])


def test_hostile_texts_stay_texts(breaking_report, context):
    body = results(breaking_report, context)
    for test in body["tests"]:
        assert test["output_format"] == "text"
        assert all(line.isprintable() for line in test["output"].split("\n"))


@pytest.mark.parametrize(
    ("made", "due", "late"),
    [
        ("2026-03-01T23:58:59.000000-05:00", "2026-03-01T23:59:00.000000-05:00", 0),
        ("2026-03-02T04:59:10.000000+00:00", "2026-03-01T23:59:00.000000-05:00", 10),
        ("2026-03-05T23:59:00-05:00", "2026-03-01T23:59:00-05:00", 345600),
        ("yesterday", "2026-03-01T23:59:00-05:00", 0),
        ("2026-03-05T23:59:00", "2026-03-01T23:59:00-05:00", 0),
        ("2026-03-05T23:59:00-05:00", None, 0),
    ],
)
def test_lateness_counts_from_the_time_of_submission(made, due, late, make_report, context):
    metadata = {"created_at": made, "assignment": {"due_date": due}}
    assert gradescope.lateness(metadata) == late
    body = results(make_report(), replace(context, metadata=metadata))
    assert body["extra_data"]["late_seconds"] == late
    assert ("after the due date" in body["output"]) == bool(late)


def test_a_leaderboard_where_the_rubric_wants_one(make_report, context):
    body = results(make_report(), replace(context, settings={"leaderboard": True}))
    assert body["leaderboard"][0] == {"name": "Main", "value": 100, "order": "desc"}


def test_durations_are_told_in_two_units():
    assert [gradescope.duration(s) for s in (40, 3900, 97200)] == ["40 s", "1 h 5 min", "1 d 3 h"]
