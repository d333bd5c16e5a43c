"""Deadlines, grace, penalties and extensions, by the submission's own time."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.gradebook import policy
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
    found = rules.lateness("eve@x.edu", DUE + policy.duration(late))
    assert found.percent == percent
    assert found.accepted == (percent < 100)


def test_extensions_move_the_deadline(rules: Policy) -> None:
    assert rules.lateness("ann@x.edu", DUE + timedelta(days=2)).percent == 0
    assert rules.lateness("ann@x.edu", DUE + timedelta(days=2, hours=1)).percent == 10
    assert rules.lateness("bob@x.edu", datetime.fromisoformat("2026-10-10T16:14:00Z")).percent == 0


def test_what_has_no_time_is_not_called_late(rules: Policy) -> None:
    found = rules.lateness("ann@x.edu", None)
    assert not found.known
    assert found.percent == 0


def test_without_a_deadline_nothing_is_late() -> None:
    assert Policy().lateness("ann", None).known


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
    ],
)
def test_mistakes_are_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"policy\.toml"):
        policy.load(path)


def test_a_day_of_25_hours_moves_no_deadline() -> None:
    rules = policy.parse({"deadline": "2026-11-01T23:59:59", "timezone": "America/New_York"})
    assert rules.lateness("ann", datetime.fromisoformat("2026-11-02T04:59:59Z")).percent == 0
    assert rules.deadline is not None
    assert rules.deadline.utcoffset() == timedelta(hours=-5)


def test_durations_may_be_put_together(rules: Policy) -> None:
    given = policy.extension("1d 12h")
    assert given == policy.duration("36h") == timedelta(hours=36)
    assert policy.duration("15min") == policy.duration("15m")


@pytest.mark.parametrize(
    "text", ["extensions = []", "late = 3", 'groups = "main"', 'groups = ["mian"]', 'grace = "2x"']
)
def test_what_a_policy_may_not_say_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=text.split()[0] if "grace" not in text else "2x"):
        policy.load(path)
