"""A small class, graded for real: the expected gradebook, however it is run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import classroom
import kit
import pytest

from autograder.gradebook import queries
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.standing import standings

SIZE = 12


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, list[classroom.Expected], dict[str, Any]]:
    """A class, its gradebook, what is expected, and what the command said."""
    root = tmp_path_factory.mktemp("class")
    expected = classroom.make(root / "class", SIZE)
    said = kit.batch(root / "class", root / "book", "--jobs", 2)
    return root / "class", root / "book", expected, said


def test_everybody_gets_what_they_earned(graded: Any) -> None:
    _, place, expected, _ = graded
    check(place, expected)


def check(place: object, expected: list[classroom.Expected]) -> None:
    """The gradebook is as expected."""
    with Gradebook(str(place)) as book:
        found = {standing.person.key: standing for standing in standings(book, "hw2p1").standings}
    assert found.pop("absent@x.edu").state == "missing"
    assert set(found) == {one.student for one in expected}
    for one in expected:
        standing = found[one.student]
        if one.points is None:
            assert standing.state == "ungraded", one
            assert standing.reason
            continue
        assert standing.attempt is not None
        assert standing.attempt.label == one.label
        earned = {group: float(total.earned) for group, total in standing.sums.items()}
        assert earned == one.points, (one.variant.name, [s for s in standing.sections if s.status != "passed"])
        factor = 1 - 0.1 * one.late_days
        assert {g: float(t.final) for g, t in standing.sums.items()} == pytest.approx(
            {g: p * factor for g, p in one.points.items()}
        )


def test_the_last_line_counts(graded: Any) -> None:
    _, _, expected, said = graded
    opened = sum(one.points is not None for one in expected)
    again = len([one for number, one in enumerate(expected) if number % 7 == 0])
    assert said["graded"] == opened + again
    assert said["unopened"] == len(expected) - opened
    assert (said["ungraded"], said["unmatched"], said["missing"]) == (0, 0, 1)


def test_the_same_command_has_nothing_left_to_do(graded: Any) -> None:
    folder, place, _, said = graded
    before = kit.facts(place)
    again = kit.batch(folder, place, "--jobs", 1)
    assert again["graded"] == 0
    assert again["unchanged"] == said["graded"] + said["unopened"]
    assert kit.facts(place) == before


@pytest.mark.more
def test_one_job_or_two_give_the_same_bytes(graded: Any, tmp_path: Path) -> None:
    folder, place, _, _ = graded
    kit.batch(folder, tmp_path / "other", "--jobs", 1)
    assert kit.facts(tmp_path / "other") == kit.facts(place)
    assert kit.exports(tmp_path / "other", tmp_path / "one") == kit.exports(place, tmp_path / "two")


def test_what_is_graded_is_isolated_and_says_so(graded: Any) -> None:
    _, place, _, _ = graded
    with Gradebook(str(place)) as book:
        for attempt in queries.attempts(book, "hw2p1"):
            if attempt.grading is not None:
                assert queries.report(book, attempt.grading.id)["run"]["isolation"] != "process"


def test_a_regrade_of_one_section_is_as_a_full_one(graded: Any, tmp_path: Path) -> None:
    folder, place, _, _ = graded
    overlay = tmp_path / "overlay.toml"
    overlay.write_text('[sections."Conv1d"]\npoints = 7\n')
    done = kit.command("regrade", place, "--overlay", overlay, "--jobs", 2)
    assert done.returncode == 0, done.stderr
    diff = kit.command("regrade", place, "--diff")
    moves = json.loads(diff.stdout.splitlines()[-1])["moves"]
    assert {move["after"]["main"] - move["before"]["main"] for move in moves} <= {2, 1.6}
    assert all(move["checks"] == [] for move in moves)
    published = kit.command("regrade", place, "--publish", "--by", "ta", "--why", "points")
    assert published.returncode == 0, published.stderr
    kit.batch(folder, tmp_path / "full", "--overlay", overlay, "--jobs", 2)
    assert kit.facts(place) == kit.facts(tmp_path / "full")
    undone = kit.command("regrade", place, "--undo", "--by", "ta", "--why", "back")
    assert undone.returncode == 0, undone.stderr


def test_nothing_to_grade_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = kit.command("batch", tmp_path / "empty", "--gradebook", tmp_path / "book")
    assert done.returncode == 2
    assert "no submissions" in done.stderr
    assert not (tmp_path / "book").exists()
