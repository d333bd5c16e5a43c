"""Autolab's own reading of the last lines."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from autograder.errors import HarnessError
from autograder.platforms import autolab


def server_reads(line: str):
    """What the server does with the last line: quotes round each `word:`, then JSON."""
    return json.loads(re.sub(r"([a-zA-Z0-9]+):", r'"\1":', line))


def test_the_last_line_survives_the_servers_expression(mixed_report, context):
    lines = autolab.render(mixed_report, context).splitlines()
    assert sum(line.startswith("{") for line in lines) == 2
    scores = server_reads(lines[-1])["scores"]
    assert {key: float(points) for key, points in mixed_report.scores.items()} == scores
    assert "BatchNorm2d" not in scores  # could not be graded


def test_a_scoreboard_where_the_rubric_wants_one(make_report, context):
    settings = {**context.settings, "scoreboard": True}
    line = autolab.render(make_report(), replace(context, settings=settings)).splitlines()[-1]
    assert server_reads(line)["scoreboard"] == [100, 15]


def test_semantic_feedback_is_one_line_of_the_documented_form(breaking_report, context):
    line = autolab.render(breaking_report, context).splitlines()[-2]
    body = json.loads(line)
    assert body["_presentation"] == "semantic"
    assert body["stages"] == ["Homework", "Bonus"]
    for stage in body["stages"]:
        for test in body[stage].values():
            assert isinstance(test["passed"], bool)
            assert not set(test.get("hint", "")) & set("<>&\n\x00\x1b")
    assert line.isascii()


def test_what_students_read_comes_first_and_cannot_be_taken_for_a_result(breaking_report, context):
    *told, _, _ = autolab.render(breaking_report, context).splitlines()
    assert any(line.startswith("✓ MCQ 1") for line in told)
    assert "Total: 95/100 (main), 15/15 (bonus)" in told
    assert not any(line.startswith("{") for line in told)
    assert all(line.isprintable() for line in told)


def test_a_key_that_the_server_would_tear_apart_is_refused(make_report, context):
    report = make_report()
    sections = (replace(report.sections[0], key="a: b"), *report.sections[1:])
    with pytest.raises(HarnessError, match="Autolab"):
        autolab.render(replace(report, sections=sections), context)
