"""Arrays as pictures: which cells are wrong, how far off, and what is too large to be drawn."""

from __future__ import annotations

from html import unescape
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from autograder.platforms import markdown
from autograder.reports import html
from autograder.reports.arrays import Picture, pictures
from autograder.reports.context import Context
from autograder.reports.example import example
from autograder.reports.ink import Ink


def drawn(values: Any, wrong: list[list[int]], expected: Any, side: int = 6, most: int = 4) -> Picture:
    *_, yours = pictures({"output": "Z", "expected": expected, "got": values, "wrong": wrong}, side, most)
    return yours


def heats(picture: Picture) -> list[list[list[int]]]:
    return [[[cell.heat for cell in row] for row in plane.rows] for plane in picture.planes]


def test_cells_are_the_hotter_the_further_off_they_are() -> None:
    picture = drawn([[[0, 1], [2, 9]]], [[0, 0, 1], [0, 1, 0], [0, 1, 1]], [[[0, 0], [0, 1]]])
    assert heats(picture) == [[[0, 1], [1, 4]]]
    assert [cell.wrong for cell in picture.planes[0].rows[1]] == [True, True]


@pytest.mark.parametrize(
    ("values", "wrong", "expected"),
    [(2.5, [[]], 1), ([1, 2.5], [[1]], [1, 1]), ([[1], [2.5]], [[1, 0]], [[1], [1]])],
)
def test_numbers_vectors_and_matrices_have_their_own_indices(values: Any, wrong: Any, expected: Any) -> None:
    (plane,) = drawn(values, wrong, expected).planes
    cells = [cell for row in plane.rows for cell in row]
    assert [cell.text for cell in cells if cell.wrong] == ["2.5"]


def test_what_is_no_finite_number_is_as_far_off_as_can_be() -> None:
    assert heats(drawn(["nan", 2, "inf"], [[0], [1], [2]], [1, 1, 1])) == [[[4, 4, 4]]]


def test_planes_say_where_they_lie() -> None:
    picture = drawn([[[[1]], [[2]]]], [], [[[[1]], [[2]]]])
    assert [picture.label(plane) for plane in picture.planes] == ["Z, yours [0, 0]", "Z, yours [0, 1]"]


def test_too_large_an_array_is_left_out_whole() -> None:
    assert drawn([[1] * 7], [], [[1] * 7]).planes == ()
    assert drawn([[[1]]] * 5, [], [[[1]]] * 5).planes == ()
    assert drawn([[1] * 7], [], [[1] * 7], side=7).planes


def test_where_nothing_came_back_only_what_was_asked_is_drawn() -> None:
    found = {"output": "Z", "inputs": {"A": [1]}, "expected": [1], "got": None}
    assert [picture.kind for picture in pictures(found, 6, 4)] == ["given", "expected"]


def test_rows_and_columns_are_the_axes_that_are_called_so() -> None:
    images = [[[[1, 5], [2, 6], [3, 7]], [[1, 8], [2, 9], [3, 10]]]]  # (1, 2, 3, 2): channels last
    found = {"output": "Z", "expected": images, "got": images, "wrong": [[0, 1, 2, 1]], "sides": {"Z": [1, 2]}}
    *_, yours = pictures(found, 6, 4)
    assert [yours.label(plane) for plane in yours.planes] == ["Z, yours [0, :, :, 0]", "Z, yours [0, :, :, 1]"]
    texts = [[[cell.text for cell in row] for row in plane.rows] for plane in yours.planes]
    assert texts == [[["1", "2", "3"], ["1", "2", "3"]], [["5", "6", "7"], ["8", "9", "10"]]]
    assert [cell.text for plane in yours.planes for row in plane.rows for cell in row if cell.wrong] == ["10"]


def test_axes_that_an_array_does_not_have_are_not_used() -> None:
    *_, yours = pictures({"output": "Z", "expected": [1], "got": [[1, 2]], "sides": {"Z": [1, 2]}}, 6, 4)
    assert [[cell.text for cell in row] for plane in yours.planes for row in plane.rows] == [["1", "2"]]


def test_a_wrong_number_does_not_look_like_the_right_one() -> None:
    found = {"output": "Z", "expected": [1.5, 2], "got": [1.5, 2.000004], "wrong": [[1]]}
    drawn = [[cell.text for cell in picture.planes[0].rows[0]] for picture in pictures(found, 6, 4)]
    assert drawn == [["1.5", "2"], ["1.5", "2.000004"]]
    least = {**found, "expected": [0.1 + 0.2, 2], "got": [0.3, 2.000004], "wrong": [[0]]}
    expected, yours = pictures(least, 6, 4)
    assert expected.planes[0].rows[0][0].text == "0.30000000000000004"
    assert yours.width(9) == len("[0.29999999999999999]") + 1


# What is mostly 0 and too large to be drawn: a list.

ROW = [0] * 20


def listed(found: dict[str, Any]) -> list[tuple[str, list[tuple[str, str, bool]], int]]:
    """Each list's heading, its entries with whether they are wrong, and how many are left out."""
    return [
        (
            one.heading(one.listing),
            [(place, cell.text, cell.wrong) for place, cell in one.listing.rows],
            one.listing.more,
        )
        for one in pictures({"output": "Z", **found}, 6, 4)
        if one.listing is not None
    ]


def test_what_is_not_0_is_listed_where_nearly_all_is() -> None:
    sparse = {"shape": [30, 8], "nonzero": [[[2, 1], 3], [[20, 7], -1]]}
    found = {"inputs": {"A": sparse}, "expected": [[*ROW, 1]], "got": [[2, *ROW]], "wrong": [[0, 0], [0, 20]]}
    assert listed(found) == [
        ("A (30, 8), 0 but for", [("(2, 1) ", "3", False), ("(20, 7)", "-1", False)], 0),
        ("Z, expected (1, 21), 0 but for", [("(0, 20)", "1", False)], 0),
        ("Z, yours (1, 21), 0 but for", [("(0, 0) ", "2", True), ("(0, 20)", "0", True)], 0),
    ]


def test_zeros_only_are_told_in_a_line_and_of_many_wrong_numbers_some() -> None:
    found = {"expected": ROW, "got": [0.5] * 20, "wrong": [[i] for i in range(20)]}
    expected, yours = listed(found)
    assert expected == ("Z, expected (20,), all of it is 0", [], 0)
    assert (len(yours[1]), yours[1][0], yours[2]) == (16, ("(0,) ", "0.5", True), 4)


def test_what_is_expected_stands_beside_what_is_listed() -> None:
    found = {"expected": [1] * 20, "got": [*[0] * 19, 1], "wrong": [[i] for i in range(19)]}
    expected, yours = listed(found)
    assert expected[0] == "Z, expected (20,), 0 but for"
    assert (len(expected[1]), expected[2]) == (16, 4) == (len(yours[1]), yours[2])


def test_what_can_be_drawn_or_has_many_numbers_is_not_listed() -> None:
    assert listed({"expected": [[0, 1], [0, 0]]}) == []
    assert listed({"expected": [1] * 20}) == []


def test_every_writer_shows_the_list(make_report) -> None:
    found = {"case": "c", "output": "Z", "message": "m", "inputs": {}, "expected": ROW, "got": [0.5] * 20,
             "wrong": [[i] for i in range(20)], "snippet": ""}  # fmt: skip
    failed = {"status": "failed", "message": "m", "checks": ()}
    report = make_report({"Conv1d": failed}, run={"sections": {"Conv1d": {"example": found}}})
    console = Console(file=StringIO(), width=100)
    console.print(*example(found, Ink(console)))
    texts = [
        console.file.getvalue(),
        *(unescape(render(report, Context())) for render in (html.render, markdown.render)),
    ]
    for text in texts:
        assert "Z, expected (20,), all of it is 0" in text
        assert "Z, yours (20,), 0 but for" in text
        assert "(15,)" in text
        assert "and 4 more" in text
        assert "(16,)" not in text


def test_shapes_are_told_where_they_differ_as_sides_of_length_1_show_in_no_plane() -> None:
    def labels(got: Any, wrong: list[list[int]]) -> list[str]:
        found = {"output": "Z", "expected": [[1, 2]], "got": got, "wrong": wrong}
        return [picture.label(picture.planes[0]) for picture in pictures(found, 6, 4)]

    assert labels([[[1], [2]]], []) == ["Z, expected (1, 2)", "Z, yours (1, 2, 1)"]
    assert labels([[1, 3]], [[0, 1]]) == ["Z, expected", "Z, yours"]
