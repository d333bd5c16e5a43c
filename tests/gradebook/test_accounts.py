"""A mark is explained by the same words everywhere, to the second and the unit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import making
import pytest

from autograder.gradebook import accounts, adjustments, drafts, policy, publications, queries, store
from autograder.gradebook import standing as standings
from autograder.gradebook.adjustments import Change
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.models import NO_WORK
from autograder.gradebook.policy import Lateness

NEW_YORK = ZoneInfo("America/New_York")
RULES = {
    "deadline": "2026-10-31T23:59:59",
    "timezone": "America/New_York",
    "grace": "15m",
    "late": {"per": "day", "percent": 10, "cap": 50, "until": "7d"},
    "extensions": {"ann": "2d", "bob": "2026-11-03T12:00:00"},
    "roster_extensions": {"ann": "5d", "cem": "1w"},
}


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-11-01T23:59:59", "1 d 1 h, 1 day begun, −10 %"),
        ("2026-11-02T00:00:30", "1 d 1 h 31 s, 2 days begun, −20 %"),
        ("2026-11-02T00:00:00.5", "1 d 1 h 2 s, 2 days begun, −20 %"),
        ("2026-11-09T10:00:00", "8 d 11 h 1 s, 9 days begun, too late to be accepted, −100 %"),
        ("2026-11-01T00:10:00", ""),
    ],
)
def test_a_second_that_begins_a_day_is_seen(at: str, told: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=NEW_YORK)
    assert accounts.late(policy.parse(RULES).lateness("dan", moment)) == told


@pytest.mark.parametrize(
    ("student", "told"),
    [
        ("ann", "2026-11-02 23:59:59 EST (2 d more, by the policy)"),
        ("bob", "2026-11-03 12:00:00 EST (a deadline of one's own, by the policy)"),
        ("cem", "2026-11-07 23:59:59 EST (7 d more, by the roster)"),
        ("dan", "2026-10-31 23:59:59 EDT"),
    ],
)
def test_a_deadline_says_who_gave_it(student: str, told: str) -> None:
    due = policy.parse(RULES).due(student)
    assert due is not None
    assert accounts.due(due) == told


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (
            RULES,
            "The last attempt counts; due 2026-10-31 23:59:59 EDT; up to 15 min after it is forgiven; each day begun "
            "costs 10 % of the main and bonus points, 50 % at most; more than 7 d late earns nothing of the main and "
            "bonus points; days are the calendar's in America/New_York.",
        ),
        ({"attempts": "best"}, "The best attempt counts; there is no deadline of all; lateness costs nothing."),
        (
            {"deadline": "2026-10-31T23:59:59Z"},
            "The last attempt counts; due 2026-10-31 23:59:59 UTC; lateness has no price, so nobody gets points for "
            "late work before somebody decides.",
        ),
        (
            {"deadline": "2026-10-31T23:59:59Z", "groups": ["main"], "late": {"per": "hour", "percent": "2.5"}},
            "The last attempt counts; due 2026-10-31 23:59:59 UTC; each hour begun costs 2.5 % of the main points.",
        ),
    ],
)
def test_rules_are_one_sentence(rules: dict[str, object], told: str) -> None:
    assert accounts.terms(policy.parse(rules)) == told


def test_a_time_says_what_there_is_below_a_second() -> None:
    at = datetime(2026, 10, 31, 23, 59, 59, 400_000, NEW_YORK)
    assert accounts.when(at, NEW_YORK) == "2026-10-31 23:59:59.4 EDT"
    assert accounts.lasting(0) == "0 s"
    assert accounts.begun(Lateness(timedelta(1), begun=1, per="minute")) == "1 minute begun"


def doubtful(book: Gradebook, key: str) -> list[str]:
    found = standings.of(book, making.NAME, key)
    assert found is not None
    return accounts.doubtful(found)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            Change("ann", "add", Decimal(3), "ta", "kind", "A"),
            "A +3 (number 1) was given for a1; what counts now is a2",
        ),
        (Change("ann", "set", Decimal(3), "ta", "mail"), "main = 3 (number 1) was given for a1; what counts now is a2"),
        (Change("ann", "add", Decimal(3), "ta", "a talk"), ""),
    ],
)
def test_points_for_other_work_than_counts_are_named(book: Gradebook, change: Change, line: str) -> None:
    ann = making.enrolled(book, "ann")["ann"]
    conditions = store.conditions(book, making.terms())
    publication = publications.standing_publication(book, making.NAME, conditions, "ta")
    for number, label in enumerate(("a1", "a2")):
        handed = making.handed(label, hours=number)
        attempt = store.hand_in(book, making.NAME, handed, [ann])
        store.record(book, making.graded(attempt, conditions, {"A": "2"}), publication)
        if number == 0:
            adjustments.adjust(book, making.NAME, replace(change, work=handed.digest))
            assert doubtful(book, "ann") == []
    assert doubtful(book, "ann") == ([line] if line else [])
    adjustments.revoke(book, making.NAME, 1, "ta", "of before")
    assert doubtful(book, "ann") == []


def test_points_for_nothing_are_named_once_there_is_something(book: Gradebook) -> None:
    ann = making.enrolled(book, "ann")["ann"]
    adjustments.adjust(book, making.NAME, Change("ann", "set", Decimal(60), "ta", "by mail", work=NO_WORK))
    assert doubtful(book, "ann") == []
    store.hand_in(book, making.NAME, making.handed("a1"), [ann])
    assert doubtful(book, "ann") == ["main = 60 (number 1) was given for nothing; what counts now is a1"]
    assert [change.work for change in queries.adjustments(book, making.NAME)] == [NO_WORK]


def test_points_of_a_section_that_a_regrade_no_longer_has_are_named(book: Gradebook) -> None:
    ann = making.enrolled(book, "ann")["ann"]
    attempt = store.hand_in(book, making.NAME, making.handed("a1"), [ann])
    for number, points in enumerate(({"A": "10", "B": "0"}, {"A": "10", "B2": "0"}), 1):
        conditions = store.conditions(book, making.terms(number))
        store.record(book, making.graded(attempt, conditions, points), None)
    drafts.publish(book, making.NAME, 1, "prof", "first")
    adjustments.adjust(book, making.NAME, Change("ann", "set", Decimal(8), "ta", "right idea", "B"))
    assert doubtful(book, "ann") == []
    drafts.publish(book, making.NAME, 2, "prof", "B is B2")
    assert doubtful(book, "ann") == ["B = 8 (number 1) counts for nothing: there is no section B"]
    store.hand_in(book, making.NAME, making.handed("a2", problem="is empty", hours=1), [ann])
    assert doubtful(book, "ann") == ["B = 8 (number 1) counts for nothing: nothing is graded (is empty)"]
    adjustments.revoke(book, making.NAME, 1, "ta", "of before")
    assert doubtful(book, "ann") == []
