"""What every writer says of a section: all that failed, or in one line which other section makes it fail."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from autograder.assignments import registry
from autograder.grading.report import Check, Diagnosis
from autograder.platforms import autolab, gradescope, junit, markdown
from autograder.reports import audience, html, words
from autograder.reports import context as contexts

HINT = "Each case is off by one factor. (It explains all 2 failing cases exactly; no other known mistake does.)"
WRONG = Check("dLdb", "course", "failed", "CNN()", "all entries are wrong", Diagnosis("factor", HINT))
BECAUSE = "It builds upon Conv1d_stride1, which fails: mend that one first."
FRAME = {"file": "models/cnn.py", "line": 9, "function": "CNN.forward", "text": "self.conv1.forward(A)"}


@pytest.fixture
def context():
    return contexts.of(registry.find("hw2p1").rubric(), {})


@pytest.fixture
def spoilt(make_report):
    """A network that fails because a layer does."""
    facts = {"status": "failed", "checks": (WRONG,), "message": "dLdb: all entries are wrong"}
    run = {"sections": {"Build a CNN Model": {"exception": "ValueError: no", "traceback": [FRAME]}}}
    return make_report(
        {"Conv1d_stride1": facts, "Build a CNN Model": {**facts, "root_cause": "Conv1d_stride1"}}, run=run
    )


@pytest.mark.parametrize("writer", [autolab, gradescope, junit, markdown, html])
def test_what_another_section_makes_fail_has_one_line_and_no_diagnosis_in_any_format(writer, spoilt, context):
    text = writer.render(spoilt, context)
    once = writer.render(
        replace(spoilt, sections=tuple(s for s in spoilt.sections if s.key != "Build a CNN Model")), context
    )
    assert text.count("off by one factor") == once.count("off by one factor") > 0
    assert "mend that one first" in text
    assert "ValueError" not in text


def test_its_line_says_what_is_carried_forward(spoilt):
    cnn = next(section for section in spoilt.sections if section.key == "Build a CNN Model")
    assert words.details(cnn) == [BECAUSE]
    carried = replace(cnn, points=Decimal("2.5"), carried=Decimal("2.5"))
    assert words.details(carried) == [
        "It fails only because of Conv1d_stride1: mend that one. 2.5 of 5 points are carried forward, 0 without that."
    ]


def test_where_its_cause_is_hidden_it_has_no_diagnosis_either(spoilt, context):
    hidden = tuple(
        replace(section, visibility="hidden") if section.key == "Conv1d_stride1" else section
        for section in spoilt.sections
    )
    seen = audience.for_students(replace(spoilt, sections=hidden), context)
    assert not [check for section in seen.sections for check in section.checks if check.diagnosis is not None]


@pytest.mark.parametrize(
    ("exception", "said"),
    [
        (": ", ""),
        (": it is not there", ""),
        ("", ""),
        ("ValueError: ", "ValueError"),
        ("KeyError: a: b", "KeyError: a: b"),
    ],
)
def test_an_exception_is_shown_only_where_one_was_raised(exception, said):
    """Reports of before have a bare colon where a section ran out of time."""
    assert words.raised({"exception": exception}) == said


def test_a_section_that_ran_out_of_time_has_no_empty_box(make_report, context):
    facts = {"status": "timeout", "message": "Z: more than 10 s of computing time"}
    run = {"sections": {"Conv1d": {"exception": ": ", "traceback": []}}}
    assert "<pre>" not in html.render(make_report({"Conv1d": facts}, run=run), context)
