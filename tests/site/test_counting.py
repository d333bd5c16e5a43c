"""What a class comes to: rates, discrimination, ideas, times, bins."""

from __future__ import annotations

from decimal import Decimal

import pytest
from site_making import builders

from autograder.grading.report import Check, Diagnosis, Report
from autograder.site import figures
from autograder.site.counting import FEWEST, Count, Row, Spread, spread

ROWS = tuple(
    Row(key, number, "bonus" if number == "bonus" else "main", Decimal(points))
    for key, number, points in builders.RUBRIC
)


def counted(*reports: Report) -> Count:
    count = Count(ROWS)
    for report in reports:
        count.add(report)
    return count


def failing(*keys: str) -> Report:
    report: Report = builders.build({key: {"status": "failed"} for key in keys})
    return report


def test_the_rate_is_of_those_that_could_be_graded() -> None:
    count = counted(builders.build(), failing("Conv1d"), builders.build({"Conv1d": {"status": "ungraded"}}))
    found = {section.row.key: section for section in count.sections()}
    assert found["Conv1d"].rate == 0.5
    assert found["Conv1d"].graded == 2
    assert found["Conv2d"].rate == 1


def test_discrimination_is_the_point_biserial_correlation_with_the_rest() -> None:
    # Half of a class passes Conv1d; all of these have the rest right, of the others everybody fails Conv2d-stride1.
    strong, weak = builders.build(), failing("Conv1d", "Conv2d-stride1")
    odd = failing("MCQ 1")
    count = counted(*[strong] * 10, *[weak] * 10, odd)
    found = {section.row.key: section.discrimination for section in count.sections()}
    own = [5.0] * 10 + [0.0] * 10 + [5.0]
    rest = [110.0] * 10 + [100.0] * 10 + [109.0]
    mean_1 = sum(r for o, r in zip(own, rest, strict=True) if o) / 11
    mean_0 = 100.0
    mean = sum(rest) / 21
    deviation = (sum((r - mean) ** 2 for r in rest) / 21) ** 0.5
    expected = (mean_1 - mean_0) / deviation * (11 / 21 * 10 / 21) ** 0.5
    assert found["Conv1d"] == pytest.approx(expected)
    assert found["Conv2d"] is None  # everybody passes: nothing to tell apart


def test_of_few_gradings_nothing_is_said_about_discrimination() -> None:
    count = counted(*[builders.build()] * (FEWEST - 2), failing("Conv1d", "Conv2d"))
    assert {section.discrimination for section in count.sections()} == {None}


def test_an_idea_counts_once_for_each_student_and_is_told_in_full() -> None:
    def told(key: str, hint: str, name: str = "averaged") -> dict[str, object]:
        check = Check("dLdW", "course", "failed", "", "", Diagnosis(name, hint))
        return {"status": "failed", "checks": (check, check)}

    again = told("Conv2d", "The same as above: it is averaged.")
    first = told("Conv1d", "It is averaged. Look there. (It explains all 5 failing cases exactly; no other does.)")
    one = builders.build({"Conv1d": first, "Conv2d": again})
    other = builders.build({"Conv2d": told("Conv2d", "It is averaged. Look there.")})
    only = builders.build({"Conv1d": told("Conv1d", "It fails only where stride > 1.", "only-stride")})
    (idea,) = counted(one, other, only).ideas()
    assert (idea.id, idea.students, idea.sections) == ("averaged", 2, ("Conv1d", "Conv2d"))
    assert (idea.title, idea.rest) == ("It is averaged.", "Look there.")


def test_an_idea_is_nobodys_where_another_section_makes_a_section_fail() -> None:
    wrong = Check("Z", "course", "failed", "", "", Diagnosis("factor", "It is off by one factor."))
    facts = {"status": "failed", "checks": (wrong,)}
    report = builders.build({"Conv1d": facts, "Build a CNN Model": {**facts, "root_cause": "Conv1d"}})
    (idea,) = counted(report).ideas()
    assert idea.sections == ("Conv1d",)


def test_sections_that_are_left_out_are_not_counted() -> None:
    count = Count(tuple(row for row in ROWS if row.key != "Conv1d"))
    count.add(builders.mixed())
    assert "Conv1d" not in {section.row.key for section in count.sections()}
    assert all("Conv1d" not in idea.sections for idea in count.ideas())


def test_times_are_the_median_and_the_slow_ones() -> None:
    assert spread([]) is None
    assert spread([3.0]) == (3.0, 3.0)
    assert spread(range(1, 11)) == (5.5, 10)


@pytest.mark.parametrize(
    ("points", "most"), [([0.0, 100.0, 99.5], 100), ([7.0], 15), ([-3.0, 104.0], 100), ([0.0], 1), ([2.5] * 9, 2.5)]
)
def test_every_student_is_in_a_bin(points: list[float], most: float) -> None:
    bins = Spread("main", Decimal(str(most)), tuple(points)).bins()
    assert sum(count for _, _, count in bins) == len(points)
    assert bins[0][0] <= min(points)
    assert bins[-1][1] >= max(points)
    assert len(bins) <= 22


def test_figures_are_the_same_bytes_for_the_same_numbers() -> None:
    made = Spread("main", Decimal(100), (0.0, 50.0, 99.5, 100.0))
    one, again = (figures.distribution(made, "Main points") for _ in range(2))
    assert one == again
    assert "<metadata" not in one
    assert "#0101" not in one  # every colour is one of the page's
    assert "var(--bar)" in one


@pytest.mark.parametrize("hours", [[-1.0], [0.0], [5.0], [-300.0, 1.0], [-0.5, 30.0, 100.0]])
def test_every_submission_is_in_the_figure_of_times(hours: list[float]) -> None:
    late = sum(hour > 0 for hour in hours)
    assert f"{late} of {len(hours)} after the deadline" in figures.handed_in(hours, "When they handed in")
