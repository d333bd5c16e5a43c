"""Points in time and spans, as courses write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from autograder.gradebook.moments import Span, extension, moment, span

DUE = datetime.fromisoformat("2026-10-01T23:59:59-04:00")
NEW_YORK = ZoneInfo("America/New_York")


def test_durations_may_be_put_together() -> None:
    given = extension("1d 12h")
    assert given == span("1d12h") == Span(1, 12 * 60)
    assert span("1d 12h").after(DUE) == span("36h").after(DUE) == DUE + timedelta(hours=36)
    assert span("15min") == span("15m")
    assert span("1w") == span("7d")


@pytest.mark.parametrize("text", ["0m", "15m", "2d", "1w 3h", "36h"])
def test_a_span_reads_what_it_writes(text: str) -> None:
    assert span(str(span(text))) == span(text)


@pytest.mark.parametrize("text", ["", "2", "2x", "-2d", "99999999999999999999w", "999999d"])
def test_what_is_no_span_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"no duration|too long"):
        span(text)


@pytest.mark.parametrize("text", ["2026-10-01", "20261001", "2026-W40-4"])
def test_a_day_is_no_point_in_time(text: str) -> None:
    with pytest.raises(ValueError, match="a day without a time"):
        moment(text, NEW_YORK)


def test_a_time_without_an_offset_needs_a_timezone() -> None:
    with pytest.raises(ValueError, match="without an offset"):
        moment("2026-10-01T23:59:59")
    assert moment("2026-10-01T23:59:59", NEW_YORK) == DUE
    assert moment("2026-10-02T03:59:59Z", NEW_YORK).utcoffset() == timedelta(hours=-4)


def test_an_hour_that_is_skipped_is_the_next_one() -> None:
    found = moment("2026-03-08T02:30:00", NEW_YORK)
    assert found.isoformat() == "2026-03-08T03:30:00-04:00"
    assert span("0m").after(found) == found


def test_of_an_hour_that_comes_twice_the_second_stays_the_second() -> None:
    second = moment("2026-11-01T01:30:00-05:00", NEW_YORK)
    assert span("10m").after(second).astimezone(UTC) == datetime(2026, 11, 1, 6, 40, tzinfo=UTC)
