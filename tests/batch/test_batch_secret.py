"""A secret seed: each student's own values from it or the same for all, and nowhere in what is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import classroom
import kit
import pytest
from test_batch_run import check
from test_dispatch import JOB

from autograder.assignments.seeds import Seed, from_file
from autograder.batch.conditions import drawn_for, seed_of, terms
from autograder.batch.run import crew
from autograder.batch.tasks import Task, facts, own, setup
from autograder.errors import UsageError
from autograder.gradebook import queries
from autograder.gradebook.engine import FILE, Gradebook
from autograder.gradebook.facts import AttemptFacts

SECRET = "correct horse battery staple"
#: Handed in by two students: what it prints tells the inputs, and what it returns is wrong.
TALKS = ("mytorch/Conv1d.py", "dLdZ.sum(axis=(0, 2))", "[print(dLdZ.sum()), dLdZ.mean(axis=(0, 2))][1]")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two students with the same files and a group of two, graded under a secret seed."""
    root = tmp_path_factory.mktemp("secret")
    folder = root / "class"
    folder.mkdir()
    (root / "seed.txt").write_text(SECRET)
    files = classroom.contents(classroom.Variant("talks", (TALKS,), None))
    for student in ("ann", "bob", "zoe"):
        (folder / f"{student}@x.edu_1_handin.tar").write_bytes(classroom.tarred(files))
    people = ["email,name,group", "ann@x.edu,Ann,", "bob@x.edu,Bob,", "zoe@x.edu,Zoe,7", "dan@x.edu,Dan,7"]
    (folder / "roster.csv").write_text("\n".join(people) + "\n")
    grade(folder, root / "book")
    return root


def grade(folder: Path, book: Path, *more: object) -> dict[str, Any]:
    words = ["batch", folder, "--gradebook", book, "--roster", folder / "roster.csv", "--jobs", 2]
    done = kit.command(*words, "--seed-file", folder.parent / "seed.txt", *more)
    assert done.returncode == 0, done.stderr
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert last["ungraded"] == 0
    return last


def reports(place: Path) -> dict[str, dict[str, Any]]:
    """Each attempt's report, by the first of its students."""
    with Gradebook(str(place)) as book:
        return {a.students[0]: queries.report(book, a.grading.id) for a in attempts(book) if a.grading is not None}


def attempts(book: Gradebook) -> tuple[AttemptFacts, ...]:
    return queries.attempts(book, "hw2p1")


def printed(report: dict[str, Any]) -> str:
    return "".join(section.get("printed", "") for section in report["run"]["sections"].values())


def test_two_students_get_other_inputs_and_the_same_verdicts(graded: Path) -> None:
    found = reports(graded / "book")
    ann, bob = found["ann@x.edu"], found["bob@x.edu"]
    assert printed(ann)
    assert printed(ann) != printed(bob)
    assert ann["seed"] != bob["seed"]
    assert ann["seed"].startswith("secret:")
    assert ann["scores"] == bob["scores"]
    verdicts = [[[(c["name"], c["status"]) for c in s["checks"]] for s in report["sections"]] for report in (ann, bob)]
    assert verdicts[0] == verdicts[1]


def test_a_group_is_drawn_for_its_first_and_the_gradebook_says_so(graded: Path) -> None:
    with Gradebook(str(graded / "book")) as book:
        assert [a.grading.drawn_for for a in attempts(book) if a.grading] == ["ann@x.edu", "bob@x.edu", "dan@x.edu"]


@pytest.mark.parametrize(("student", "label"), [("ann", "ann"), ("dan", "zoe")])
def test_staff_replay_one_students_with_the_key(graded: Path, tmp_path: Path, student: str, label: str) -> None:
    name = f"{label}@x.edu_1_handin.tar"
    done = kit.command(
        "grade", graded / "class" / name, "--seed-file", graded / "seed.txt", "--student", f"{student}@x.edu",
        "--attempt", name, "--format", "json", "--output", tmp_path / "again.json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    again = json.loads((tmp_path / "again.json").read_text())
    kept = reports(graded / "book")[f"{student}@x.edu"]
    for report in (again, kept):
        report.pop("run")
    assert again == kept


def test_neither_the_key_nor_a_students_seed_is_kept(graded: Path) -> None:
    kept = (graded / "book" / FILE).read_bytes()
    key = from_file(graded / "seed.txt")
    own_seed = seed_of(job_of(key), "ann@x.edu", "ann@x.edu_1_handin.tar")
    assert reports(graded / "book")["ann@x.edu"]["seed"] == own_seed.shown
    for text in (SECRET, str(key.value), str(own_seed.value)):
        assert text.encode() not in kept


def job_of(key: Seed, **changes: Any) -> Any:
    from dataclasses import replace

    return replace(JOB, seed=key, own=True, **changes)


@pytest.mark.more
def test_a_regrade_draws_as_before_and_a_part_of_it_fits_the_rest(graded: Path, tmp_path: Path) -> None:
    (tmp_path / "overlay.toml").write_text('[sections."Conv1d"]\npoints = 7\n')
    book = graded / "book"
    before = reports(book)
    done = kit.command(
        "regrade", book, "--overlay", tmp_path / "overlay.toml", "--seed-file", graded / "seed.txt", "--section",
        "Conv1d", "--jobs", 2,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert kit.command("regrade", book, "--publish", "--by", "ta", "--why", "points").returncode == 0
    after = reports(book)
    assert {key: report["seed"] for key, report in after.items()} == {key: r["seed"] for key, r in before.items()}
    assert kit.command("regrade", book, "--undo", "--by", "ta", "--why", "back").returncode == 0


def test_one_seed_for_all(graded: Path, tmp_path: Path) -> None:
    grade(graded / "class", tmp_path / "book", "--seeds", "shared")
    found = reports(tmp_path / "book")
    assert {report["seed"] for report in found.values()} == {from_file(graded / "seed.txt").shown}
    assert len({printed(report) for report in found.values()}) == 1
    with Gradebook(str(tmp_path / "book")) as book:
        assert {a.grading.drawn_for for a in attempts(book) if a.grading} == {""}


def test_own_seeds_need_a_secret(tmp_path: Path) -> None:
    classroom.make(tmp_path / "class", 1)
    done = kit.command("batch", tmp_path / "class", "--gradebook", tmp_path / "book", "--seeds", "own")
    assert done.returncode == 2
    assert "--seed-file" in done.stderr


def test_workers_never_get_the_key() -> None:
    job = job_of(Seed(123456789012345678901234567890, secret=True))
    assert "123456789012345678901234567890" not in json.dumps(setup(job, terms(job).digest))
    task = own(job, Task(1, "sha256:1", b"", {}), "ann", "a.zip")
    assert task.seed is not None
    assert str(task.seed.value) not in repr(task)
    assert facts(task)["seed"] == str(task.seed.value)


def test_without_oracles_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    job = job_of(Seed(5, secret=True))
    with (
        pytest.raises(UsageError, match=r"PyTorch is not installed: .*pip install -r requirements\.txt"),
        crew(job, terms(job), 1, None),
    ):
        pass


def test_every_student_and_every_attempt_has_another_seed() -> None:
    job = job_of(Seed(1 << 200, secret=True))
    seeds = {seed_of(job, student, label).value for student in ("ann", "bob", "") for label in ("a.zip", "b.zip")}
    assert len(seeds) == 6
    assert terms(job).digest != terms(job_of(Seed(1 << 200, secret=True), only=("Conv1d",))).digest
    assert (drawn_for(("zoe", "ann")), drawn_for(())) == ("ann", "")


@pytest.mark.more
@pytest.mark.parametrize("seeds", ["own", "shared"])
def test_a_class_under_a_secret_seed_gets_what_it_earned(tmp_path: Path, seeds: str) -> None:
    expected = classroom.make(tmp_path / "class", 12)
    (tmp_path / "seed.txt").write_text(SECRET)
    said = kit.batch(
        tmp_path / "class", tmp_path / "book", "--seed-file", tmp_path / "seed.txt", "--jobs", 2, "--seeds", seeds
    )
    assert said["ungraded"] == 0
    check(tmp_path / "book", expected)


@pytest.mark.more
def test_a_regrade_asks_for_the_secret_seed(tmp_path: Path) -> None:
    classroom.make(tmp_path / "class", 1)
    (tmp_path / "seed.txt").write_text(SECRET)
    kit.batch(tmp_path / "class", tmp_path / "book", "--seed-file", tmp_path / "seed.txt", "--jobs", 1)
    done = kit.command("regrade", tmp_path / "book", "--checks", "course")
    assert done.returncode == 2
    assert "--seed-file" in done.stderr
