"""A secret seed: computed once, held by workers without PyTorch, and nowhere in what is kept."""

from __future__ import annotations

from pathlib import Path

import classroom
import kit
import pytest

from autograder.gradebook import queries
from autograder.gradebook.engine import FILE, Gradebook

pytestmark = pytest.mark.more


def test_a_secret_seed(tmp_path: Path) -> None:
    expected = classroom.make(tmp_path / "class", 12)
    secret = "correct horse battery staple"
    (tmp_path / "seed.txt").write_text(secret)
    said = kit.batch(tmp_path / "class", tmp_path / "book", "--seed-file", tmp_path / "seed.txt", "--jobs", 2)
    assert said["ungraded"] == 0
    from test_batch_run import check

    check(tmp_path / "book", expected)
    with Gradebook(str(tmp_path / "book")) as book:
        for attempt in queries.attempts(book, "hw2p1"):
            if attempt.grading is not None:
                assert queries.report(book, attempt.grading.id)["seed"].startswith("secret:")
    from autograder.assignments.seeds import from_file

    kept = (tmp_path / "book" / FILE).read_bytes()
    for text in (secret, str(from_file(tmp_path / "seed.txt").value)):
        assert text.encode() not in kept


def test_a_regrade_asks_for_the_secret_seed(tmp_path: Path) -> None:
    classroom.make(tmp_path / "class", 1)
    (tmp_path / "seed.txt").write_text("correct horse battery staple")
    kit.batch(tmp_path / "class", tmp_path / "book", "--seed-file", tmp_path / "seed.txt", "--jobs", 1)
    done = kit.command("regrade", tmp_path / "book", "--checks", "course")
    assert done.returncode == 2
    assert "--seed-file" in done.stderr
