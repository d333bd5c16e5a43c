"""Rubrics and overlays as students get them: the same values, but for what they may not see."""

from __future__ import annotations

import tomllib
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.assignments import registry
from autograder.release import rubrics

ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = (st.datetimes(), st.datetimes(timezones=ZONES), st.dates(), st.times())
SCALARS = st.one_of(st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text(), *TIMES)
VALUES = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3))
)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_what_is_written_reads_back(data):
    assert tomllib.loads(rubrics.dumps(data).decode()) == data


@pytest.mark.parametrize("name", registry.names())
def test_a_rubric_that_hides_nothing_stays_what_it_is(name):
    assignment = registry.find(name)
    data = tomllib.loads((assignment.folder / "rubric.toml").read_text("utf-8"))
    for section in data["section"]:
        section.pop("cases", None)
    made = rubrics.rubric_for_students(data, assignment.rubric().edition, ())
    assert tomllib.loads(made.decode()) == data


TEXT = 'name = "x"\n{edition}\n[[section]]\nid = "a"\n[submission]\nsearch = [""]\n[editions.f25]\n'


@pytest.mark.parametrize(
    "edition",
    [
        'edition = "s24"',
        "edition='s24'",
        'edition="s24"  # the usual one',
        '  edition   = "s24"',
        '"edition" = "s24"',
        "",
    ],
)
def test_a_release_grades_by_the_edition_that_was_asked_for(edition):
    made = rubrics.rubric_for_students(tomllib.loads(TEXT.format(edition=edition)), "f25", ()).decode()
    assert tomllib.loads(made) == {**tomllib.loads(TEXT.format(edition="")), "edition": "f25"}


def test_hidden_sections_are_in_no_table_of_a_rubric():
    data = {
        "name": "x",
        "section": [{"id": "a", "cases": {"*": "hidden"}}, {"id": "b"}, {"id": "c", "needs": ["a", "b"]}],
        "editions": {"s24": {"remove": ["b"], "keys": {"b": "B", "c": "C"}, "points": {"b": 1}, "like": "b"}},
    }
    assert tomllib.loads(rubrics.rubric_for_students(data, "default", {"b"}).decode()) == {
        "name": "x",
        "section": [{"id": "a"}, {"id": "c", "needs": ["a"]}],
        "editions": {"s24": {"remove": [], "keys": {"c": "C"}, "points": {}, "like": "b"}},
    }
