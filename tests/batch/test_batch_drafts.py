"""Batches and regrades one after another, as a course runs them: publishing a draft does what was shown of it."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from typing import Any

import classroom
import helpers
import kit
import pytest
from click.testing import CliRunner

from autograder.batch import run as batch_run
from autograder.batch.conditions import rubric_of
from autograder.batch.tasks import Answer
from autograder.cli import cli
from autograder.errors import UsageError
from autograder.gradebook import publications, queries
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.standing import standings

BECAUSE = ("--by", "prof", "--why", "points")


def hand_in(folder: Path, *students: str) -> None:
    folder.mkdir(exist_ok=True)
    for student in students:
        (folder / f"{student}.tar").write_bytes(classroom.tarred(classroom.contents(classroom.variants()[0])))


def run(*words: object) -> tuple[list[str], dict[str, Any]]:
    """Run the program; what it says, and its last line."""
    done = kit.command(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    *said, last = done.stdout.splitlines()
    return said, json.loads(last)


def main(place: Path) -> dict[str, float | None]:
    with Gradebook(str(place)) as book:
        found = standings(book, "hw2p1").standings
    return {one.person.key: float(one.sums["main"].final) if "main" in one.sums else None for one in found}


@pytest.mark.more
def test_the_batch_of_before_after_a_regrade_was_published(tmp_path: Path) -> None:
    folder, place, overlay = tmp_path / "class", tmp_path / "marks", tmp_path / "overlay.toml"
    overlay.write_text('[sections."Conv1d"]\npoints = 7\n')
    hand_in(folder, "ann", "bob")
    batch = ("batch", folder, "--gradebook", place, "--jobs", 1)
    assert run(*batch)[1]["draft"] is None
    assert run("regrade", place, "--overlay", overlay)[1] == {"draft": 2, "graded": 2, "ungraded": 0}
    run("regrade", place, "--publish", *BECAUSE)
    assert main(place) == {"ann": 102, "bob": 102}

    hand_in(folder, "cem")
    said, last = run(*batch)
    assert last["draft"] == 1
    said, shown = run("regrade", place, "--diff", *diff_of(said))
    assert said == [
        "ann: main -2",
        "bob: main -2",
        "cem: not graded → 100 + 15",
        "draft 1: 3 gradings, 3 students differ",
    ]
    assert shown["moves"][2] == {"student": "cem", "before": {}, "after": {"main": 100, "bonus": 15}, "checks": []}
    assert run("regrade", place, "--publish", *BECAUSE)[1] == {"published": 1, "gradings": 3}
    assert main(place) == {"ann": 100, "bob": 100, "cem": 100}

    said, last = run("regrade", place)
    assert said == [
        "0 graded again, 3 not affected or graded before",
        "There is no draft: nothing was graded under these conditions that does not stand.",
    ]
    assert last == {"draft": None, "graded": 0, "ungraded": 0}

    said, last = run("regrade", place, "--undo", *BECAUSE)
    assert last == {"undone": 1, "no_longer_graded": ["cem"]}
    assert said[:2] == ["1 no longer graded, since nothing of before stands for them:", "  cem"]
    assert main(place) == {"ann": 102, "bob": 102, "cem": None}

    assert run(*batch, "--overlay", overlay)[1]["graded"] == 1
    assert main(place) == {"ann": 102, "bob": 102, "cem": 102}
    said, last = run(*batch)  # nothing new, and under conditions that do not stand
    assert (last["graded"], last["draft"]) == (0, 1)
    assert run("regrade", place, "--diff", *diff_of(said))[0][-1] == "draft 1: 3 gradings, 3 students differ"


@pytest.mark.more
def test_a_regrade_of_one_student_leaves_the_class_as_it_was(tmp_path: Path) -> None:
    folder, place, overlay = tmp_path / "class", tmp_path / "marks", tmp_path / "overlay.toml"
    overlay.write_text('[sections."Conv1d"]\npoints = 7\n')
    hand_in(folder, "ann", "bob")
    batch = ("batch", folder, "--gradebook", place, "--jobs", 1)
    run(*batch)
    run("regrade", place, "--overlay", overlay, "--student", "ann", "--section", "Conv1d")
    said, _ = run("regrade", place, "--publish", *BECAUSE)
    assert said[0].startswith("1 graded, and not in this draft")
    assert said[1:] == ["  bob"]
    hand_in(folder, "cem")
    for words in (batch, ("summary", place, "--output", tmp_path / "site")):
        said, last = run(*words)
        assert last.get("draft") is None
        at = said.index("1 graded under other conditions than the class:")
        assert re.match(r"  ann: conditions 2: edition \w+, overlay \w+, strict checks", said[at + 1])
    assert main(place) == {"ann": 102, "bob": 100, "cem": 100}

    said, last = run(*batch, "--overlay", overlay)
    assert (last["graded"], last["draft"]) == (3, 3)
    assert main(place) == {"ann": 102, "bob": 100, "cem": 100}
    assert run("regrade", place, "--publish", *BECAUSE)[0] == []
    hand_in(folder, "dan")
    said, last = run(*batch, "--overlay", overlay)
    assert last["draft"] is None
    assert not [line for line in said if "other conditions" in line]
    assert main(place) == {"ann": 102, "bob": 102, "cem": 102, "dan": 102}

    (folder / "dan.tar").unlink()
    run("regrade", place, "--undo", *BECAUSE)
    done = kit.command(*batch)  # dan's file is not here any more
    assert done.returncode == 3
    *said, last = done.stdout.splitlines()
    assert said[1].startswith("1 handed in before, not here now, and not graded")
    assert said[2] == "  dan.tar: not graded yet"
    assert json.loads(last)["ungraded"] == 1


@pytest.mark.more
def test_some_sections_of_all_can_be_followed_by_all_sections(tmp_path: Path) -> None:
    folder, place, overlay = tmp_path / "class", tmp_path / "marks", tmp_path / "overlay.toml"
    overlay.write_text('[sections."Conv1d"]\npoints = 7\n')
    hand_in(folder, "ann")
    batch = ("batch", folder, "--gradebook", place, "--jobs", 1)
    run(*batch)
    run("regrade", place, "--overlay", overlay, "--section", "Conv1d")
    run("regrade", place, "--publish", *BECAUSE)
    hand_in(folder, "bob")
    last = run(*batch, "--overlay", overlay)[1]
    assert (last["graded"], last["unchanged"], last["draft"]) == (1, 1, None)
    assert main(place) == {"ann": 102, "bob": 102}
    assert run("regrade", place)[1] == {"draft": 3, "graded": 1, "ungraded": 0}  # ann, by all sections
    assert run("regrade", place, "--diff")[0] == ["draft 3: 2 gradings, 0 students differ"]


def test_what_a_regrade_could_grade_in_place_of_a_batch_stands_with_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(kit.Instant):
        def next(self) -> Answer:
            return Answer(super().next().task, trouble="died")

    def invoke(*words: object) -> tuple[int, str]:
        done = CliRunner().invoke(cli, [str(word) for word in words], standalone_mode=False, catch_exceptions=False)
        return done.return_value, done.output

    hand_in(tmp_path / "class", "ann", "bob")
    batch = ("batch", tmp_path / "class", "--gradebook", tmp_path / "marks")
    monkeypatch.setattr(batch_run, "crew", lambda *arguments: contextlib.nullcontext(Failing()))
    assert invoke(*batch)[0] == 3
    monkeypatch.setattr(batch_run, "crew", kit.instant)
    assert invoke("regrade", tmp_path / "marks", "--student", "BOB")[0] == 0
    (tmp_path / "class" / "ann.tar").rename(tmp_path / "ann.tar")
    status, output = invoke(*batch)
    assert status == 3
    assert "1 graded before as a draft, under what stands now: they stand, too, from now on:\n  bob.tar\n" in output
    assert "  ann.tar: died\n" in output
    assert '"graded": 0, "unchanged": 1, "ungraded": 1' in output
    (tmp_path / "ann.tar").rename(tmp_path / "class" / "ann.tar")
    assert invoke(*batch)[0] == 0
    with Gradebook(str(tmp_path / "marks")) as book:
        assert [one.state for one in standings(book, "hw2p1").standings] == ["graded", "graded"]


def diff_of(said: list[str]) -> list[str]:
    """The words that a batch says to look at its draft with."""
    (draft,) = [found for line in said for found in re.findall(r"`regrade --diff (--draft \d+)`", line)]
    return str(draft).split()


@pytest.mark.more
@pytest.mark.parametrize(
    "wrong",
    [("--times", "tymes.csv"), ("--roster", "rooster.csv"), ("--policy", "police.toml"), ("--deadline", "soon")],
)
def test_a_typo_writes_nothing_that_the_right_command_runs_into(tmp_path: Path, wrong: tuple[str, str]) -> None:
    hand_in(tmp_path / "class", "ann")
    done = kit.command("batch", tmp_path / "class", "--gradebook", tmp_path / "marks", *wrong, cwd=tmp_path)
    assert done.returncode == 2
    assert wrong[1] in done.stderr
    with Gradebook(str(tmp_path / "marks")) as book:
        assert queries.people(book) == queries.assignments(book) == ()
        assert publications.standing_conditions(book, "hw2p1") is None
    assert run("batch", tmp_path / "class", "--gradebook", tmp_path / "marks", "--seed", 5)[1]["draft"] is None


def test_a_fault_of_an_overlay_names_the_file_that_was_given(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ann.zip").write_bytes(b"")
    run("batch", tmp_path / "class", "--gradebook", tmp_path / "marks")
    overlay = tmp_path / "mine.toml"
    overlay.write_text('[sections."Conv1d"]\npoints = "many"\n')
    done = kit.command("regrade", tmp_path / "marks", "--overlay", overlay)
    assert done.returncode == 2
    assert f"{overlay}:2: section 'Conv1d': points" in done.stderr


def test_a_fault_of_a_kept_overlay_names_no_file() -> None:
    with pytest.raises(UsageError, match=r"^the overlay in the gradebook:2: section 'Conv1d': points"):
        rubric_of(helpers.ASSIGNMENT, None, '[sections."Conv1d"]\npoints = "many"\n')


def test_the_public_seed_is_told_once_and_first(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ann.zip").write_bytes(b"")
    done = kit.command("batch", tmp_path / "class", "--gradebook", tmp_path / "marks")
    assert done.stderr.count("public seed") == 1
    (tmp_path / "marks" / "gradebook.sqlite").write_bytes(b"none")  # nothing can be graded into it
    done = kit.command("batch", tmp_path / "class", "--gradebook", tmp_path / "marks")
    assert done.returncode != 0
    assert done.stderr.count("public seed") == 1
