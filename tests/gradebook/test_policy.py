"""Deadlines, grace, penalties and extensions, by the submission's own time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from autograder.errors import UsageError
from autograder.gradebook import policy
from autograder.gradebook.moments import span
from autograder.gradebook.policy import Policy

DUE = datetime.fromisoformat("2026-10-01T23:59:59-04:00")

TOML = """
schema = "autograder/policy/v1"
attempts = "best"
deadline = 2026-10-01T23:59:59
timezone = "America/New_York"
grace = "15m"
groups = ["main"]

[late]
per = "day"
percent = 10
cap = 50
until = "7d"

[extensions]
"ann@x.edu" = "2d"
"bob@x.edu" = 2026-10-10T12:00:00-04:00
"""


@pytest.fixture
def rules(tmp_path: Path) -> Policy:
    path = tmp_path / "policy.toml"
    path.write_text(TOML)
    return policy.load(path)


@pytest.mark.parametrize(
    ("late", "percent"),
    [
        ("0m", 0), ("15m", 0), ("16m", 10), ("1d", 10), ("25h", 20), ("5d", 50), ("6d", 50), ("7d", 50), ("8d", 100),
    ],
)  # fmt: skip
def test_a_penalty_for_each_day_begun(rules: Policy, late: str, percent: int) -> None:
    found = rules.lateness("eve@x.edu", span(late).after(DUE))
    assert found.percent == percent
    assert found.accepted == (percent < 100)


def test_extensions_move_the_deadline(rules: Policy) -> None:
    assert rules.lateness("ann@x.edu", DUE + timedelta(days=2)).percent == 0
    assert rules.lateness("ann@x.edu", DUE + timedelta(days=2, hours=1)).percent == 10
    assert rules.lateness("bob@x.edu", datetime.fromisoformat("2026-10-10T16:14:00Z")).percent == 0


def test_extensions_find_their_student_whatever_the_case() -> None:
    rules = policy.parse({"deadline": DUE.isoformat(), "extensions": {"Ann@x.edu": "2d", "eve@x.edu": "1d"}})
    for key in ("ann@x.edu", "Ann@X.edu"):
        assert rules.deadline_of(key) == DUE + timedelta(days=2)
    assert rules.strangers(["ANN@x.edu", "bob@x.edu"]) == ["eve@x.edu"]


def test_extensions_of_the_policy_go_before_the_rosters() -> None:
    rules = policy.parse({"deadline": DUE.isoformat(), "extensions": {"ann": "1d"}})
    rules = policy.with_roster(rules, {"Ann": span("2d"), "bob": span("2d"), "cem": span("2d")})
    rules = policy.with_roster(policy.parse(policy.document(rules)), {"ann": span("3d"), "Bob": span("3d")})
    assert [rules.deadline_of(key) for key in ("ann", "bob", "cem")] == [
        DUE + timedelta(days=1), DUE + timedelta(days=3), DUE,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["deadline = 2026-10-01", 'deadline = "2026-10-01"', "[extensions]\nann = 2026-10-05"])
def test_a_day_without_a_time_is_no_deadline(tmp_path: Path, text: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(f'timezone = "America/New_York"\n{text}\n')
    with pytest.raises(UsageError, match=r"policy\.toml: 2026-10-0.: a day without a time \(write 2026-10-0.T23:59:59"):
        policy.load(path)


def test_what_has_no_time_is_not_called_late(rules: Policy) -> None:
    found = rules.lateness("ann@x.edu", None)
    assert not found.known
    assert found.percent == 0


def test_without_a_deadline_nothing_is_late() -> None:
    assert Policy().lateness("ann", None).known


@pytest.mark.parametrize(
    ("late", "accepted", "closes"),
    [
        ({}, False, timedelta(minutes=15)),
        ({"percent": 0}, False, timedelta(minutes=15)),
        ({"percent": 10}, True, None),
        ({"until": "1d"}, True, timedelta(days=1)),
    ],
)
def test_what_is_accepted_is_what_a_fork_is_open_for(
    late: dict[str, object], accepted: bool, closes: timedelta | None
) -> None:
    rules = policy.parse({"deadline": DUE.isoformat(), "grace": "15m", "late": late})
    for after, expected in ((timedelta(minutes=15), True), (timedelta(minutes=16), accepted)):
        assert rules.lateness("ann", DUE + after).accepted == expected
    assert rules.closes("ann") == (None if closes is None else DUE + closes)


def test_points_are_taken_to_the_cent() -> None:
    late = policy.Lateness(timedelta(days=1), Decimal("33.3"))
    assert late.taken(Decimal("92.5")) == Decimal("30.80")


def test_a_policy_survives_the_gradebook(rules: Policy) -> None:
    assert policy.parse(policy.document(rules)) == rules


@pytest.mark.parametrize(
    "text",
    [
        "deadline = 2026-10-01T23:59:59",
        'attempts = "random"',
        "[late]\nper = 'year'",
        "[late]\npercent = 120",
        "[late]\nfee = 1",
        "grace = 'soon'",
        "[extensions]\nann = 'tomorrow'",
        "timezone = 'Mars/Base'",
        "colour = 'red'",
        "deadline = [",
        'deadline = "2026-10-01T23:59:59-04:00"\n[roster_extensions]\nann = "2d"',
        "[extensions]\nann = '2d'\nAnn = '3d'",
    ],
)
def test_mistakes_are_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"policy\.toml"):
        policy.load(path)


AUTUMN = {"deadline": "2026-10-31T23:59:59", "timezone": "America/New_York", "late": {"percent": 10, "until": "3d"}}


def new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/New_York"))


@pytest.mark.parametrize(
    ("given", "submitted_at", "percent"),
    [
        ("2d", "2026-11-02T23:59:59", 0),
        ("2d", "2026-11-03T00:00:00", 10),
        ("48h", "2026-11-02T22:59:59", 0),  # hours pass, days are the calendar's
        ("48h", "2026-11-02T23:00:00", 10),
        ("1w 1h", "2026-11-08T00:59:59", 0),
        ("0m", "2026-11-01T23:59:59", 10),  # a day late, of 25 hours
        ("0m", "2026-11-02T00:00:00", 20),
        ("0m", "2026-11-03T23:59:59", 30),
        ("0m", "2026-11-04T00:00:00", 100),
    ],
)
def test_days_are_those_of_the_calendar(given: str, submitted_at: str, percent: int) -> None:
    rules = policy.parse({**AUTUMN, "extensions": {"ann": given}})
    for known in (rules, policy.parse(policy.document(rules))):
        for when in (new_york(submitted_at), new_york(submitted_at).astimezone(UTC)):
            assert known.lateness("ann", when).percent == percent


def test_lateness_in_the_hour_that_comes_twice_is_counted() -> None:
    rules = policy.parse({**AUTUMN, "deadline": "2026-11-01T01:30:00-04:00"})
    late = rules.lateness("ann", datetime.fromisoformat("2026-11-01T01:30:00-05:00").astimezone(rules.timezone))
    assert (late.by, late.percent) == (timedelta(hours=1), 10)


def test_without_a_timezone_a_day_has_24_hours() -> None:
    old = {"deadline": "2026-10-31T23:59:59-04:00", "extensions": {"ann": "2880m"}, "late": {"percent": "10"}}
    rules = policy.parse(old)
    assert rules.lateness("ann", datetime.fromisoformat("2026-11-02T23:59:59-04:00")).percent == 0
    assert rules.lateness("ann", datetime.fromisoformat("2026-11-02T23:30:00-05:00")).percent == 10


@pytest.mark.parametrize(
    "text", ["extensions = []", "late = 3", 'groups = "main"', 'groups = ["mian"]', 'grace = "2x"']
)
def test_what_a_policy_may_not_say_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=text.split()[0] if "grace" not in text else "2x"):
        policy.load(path)
