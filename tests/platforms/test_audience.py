"""Hidden sections leave no trace where students read."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from decimal import Decimal

import junitparser
import pytest

from autograder.platforms import formats, github
from autograder.reports import audience

WRITERS = [name for name in formats.FORMATS if name not in ("json", "gradescope")]
ENVIRON = dict.fromkeys(("CLASSROOM", "ASSIGNMENT", "USERNAME", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL"), "x")


def concealing(make_report, visibility="hidden"):
    """Two sections are concealed: one failed, one passed; others and notes refer to them."""
    return make_report(
        {
            "Conv1d": {"visibility": visibility, "status": "failed", "message": "secret message"},
            "MaxPool2d": {"visibility": visibility},
            "Build a CNN Model": {"status": "failed", "root_cause": "Conv1d"},
        },
        notes=("Conv1d: a call changed its input A in place", "a remark"),
        run={"time": "2026-03-01T12:00:00Z", "sections": {"Conv1d": {"printed": "secret print"}}},
    )


@pytest.mark.parametrize("name", WRITERS)
def test_no_writer_names_a_concealed_section_or_a_total_that_holds_it(name, make_report, context):
    whole = concealing(make_report)
    text = formats.writer(name)(whole, replace(context, environ=ENVIRON))
    for trace in ("secret message", "secret print", '"MaxPool2d"', "MaxPool2d<", ">MaxPool2d<", "5.5.2"):
        assert trace not in text
    # Shown: 100 - 5 - 5 points, of which the network's 5 were not earned.
    assert "90/100" not in text
    assert "85/100" not in text
    if name in ("markdown", "github", "html"):
        assert "85/90" in text
        assert "a remark" in text


def test_what_is_carried_forward_is_in_the_totals_of_what_is_shown(make_report, context):
    carrying = {"status": "failed", "root_cause": "Downsampling2d", "points": Decimal("2.5"), "carried": Decimal("2.5")}
    failing = replace(make_report().sections[0].checks[0], status="failed")
    whole = make_report({"MaxPool2d": {**carrying, "checks": (failing,)}, "Conv1d": {"visibility": "hidden"}})
    seen = audience.for_students(whole, context)
    for totals in (seen.totals, seen.totals_course, seen.totals_strict):
        assert (totals["main"].points, totals["main"].max, totals["main"].carried) == (
            Decimal("92.5"),
            95,
            Decimal("2.5"),
        )
    text = formats.writer("markdown")(whole, context)
    assert "92.5/95, 90 with nothing carried forward" in text


def test_the_setting_keeps_the_totals(make_report, context):
    whole = concealing(make_report)
    seen = audience.for_students(whole, replace(context, settings={"show_hidden_totals": True}))
    assert seen.totals == whole.totals
    assert len(seen.sections) == len(whole.sections) - 2


def test_after_the_due_date_everything_of_that_kind_is_seen(make_report, context):
    whole = concealing(make_report, "after_due_date")
    assert len(audience.for_students(whole, context).sections) == 23
    assert audience.for_students(whole, replace(context, after_due=True)) is whole


def test_an_unknown_visibility_counts_as_hidden(make_report, context):
    assert len(audience.for_students(concealing(make_report, "hiden"), context).sections) == 23


def test_what_is_hidden_counts_in_no_total_under_either_checks(make_report, context):
    seen = audience.for_students(concealing(make_report), context)
    assert seen.totals["main"].max == seen.totals_course["main"].max == seen.totals_strict["main"].max == Decimal(90)
    assert seen.totals["main"] == seen.totals_strict["main"]


def test_gradescope_gets_them_with_their_visibility_and_adds_up_itself(make_report, context):
    from autograder.platforms import gradescope

    body = gradescope.results(concealing(make_report), context)
    by_name = {test["name"]: test["visibility"] for test in body["tests"]}
    assert by_name["Conv1d"] == by_name["MaxPool2d"] == "hidden"
    assert by_name["MCQ 1"] == "visible"
    assert "score" not in body
    assert "Conv1d" not in body["output"]
    shown = [test for test in body["tests"] if test["visibility"] == "visible"]
    # Not as the cause of what everybody sees fail either.
    assert not re.search(r"Conv1d(?!_)|MaxPool2d(?!_)", json.dumps(shown))


def test_no_total_of_any_writer_holds_what_is_concealed(make_report, context):
    """Of 100 points 10 are concealed, of which 5 were earned; of what is left the network's 5 were not."""
    whole, context = concealing(make_report), replace(context, environ=ENVIRON, settings={"leaderboard": True})
    text = {name: formats.writer(name)(whole, context) for name in formats.FORMATS}
    *_, scores = text["autolab"].splitlines()
    assert sum(json.loads(scores)["scores"].values()) == 85 + 15
    assert "Total: 85/90 (main), 15/15 (bonus)" in text["autolab"]
    (suite,) = junitparser.JUnitXml.fromstring(text["junit"].encode())
    said = {p.name: p.value for p in suite.properties()}
    assert said == {"points main": "85", "max main": "90", "points bonus": "15", "max bonus": "15"}
    body = json.loads(text["classroom50"])
    assert (body["score"], body["max-score"]) == (2 * (85 + 15), 2 * 90)
    outputs = github.values(whole, context)
    assert (outputs["points_main"], outputs["max_main"]) == ("85", "90")
    payload = json.loads(base64.b64decode(outputs["result"]))
    assert (payload["max_score"], sum(test["score"] for test in payload["tests"])) == (90, 85 + 15)
    assert "Points 85/90" in next(github.classroom_notices(whole, context))
    assert json.loads(text["gradescope"])["leaderboard"][0]["value"] == 85
    for name in ("markdown", "github", "html"):
        assert "85/90" in text[name]


@pytest.mark.parametrize("visibility", ["hidden", "after_due_date"])
def test_gradescope_tells_no_time_that_hidden_sections_took(visibility, make_report, context):
    run = {"sections": {"Conv1d": {"wall_seconds": 40.0}, "Conv2d": {"wall_seconds": 2.5}}}
    whole = make_report({"Conv1d": {"visibility": visibility}}, run=run)
    for after in (False, True):
        body = json.loads(formats.writer("gradescope")(whole, replace(context, after_due=after)))
        assert body["execution_time"] == 2.5, "everybody may read it, whenever it is read"
