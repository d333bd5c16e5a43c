"""Places that the system keeps from us are told in one clear line, and a gradebook's file from all others."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import helpers
import making
import pytest
from sqlalchemy import create_engine

from autograder.assignments.registry import PROJECT
from autograder.gradebook import drafts, enrolment, publications, store
from autograder.gradebook.engine import FILE, Gradebook
from autograder.gradebook.models import Student
from autograder.gradebook.upgrading import migrate

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [*helpers.without_roots_powers(), sys.executable, str(PROJECT / "runner.py"), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    """Ann is graded; a draft was published over it."""
    with Gradebook(str(tmp_path / "marks"), create=True) as book:
        known = making.enrolled(book, "ann")
        first, second = (store.conditions(book, making.terms(number)) for number in (1, 2))
        attempt = store.hand_in(book, making.NAME, making.handed("ann.zip"), list(known.values()))
        publication = publications.standing_publication(book, making.NAME, first, "ta")
        store.record(book, making.graded(attempt, first, {"A": "10"}), publication)
        store.record(book, making.graded(attempt, second, {"A": "0"}), None)
        drafts.publish(book, making.NAME, second, "ta", "harder")
        drafts.undo(book, making.NAME, "ta", "too hard")
    return tmp_path / "marks"


@pytest.fixture
def closed(marks: Path) -> Iterator[Path]:
    """The same, in a folder in which nothing can be written."""
    marks.chmod(0o500)
    (marks / FILE).chmod(0o400)
    yield marks
    marks.chmod(0o700)


def said(done: subprocess.CompletedProcess[str]) -> str:
    """What went wrong, where that is all that was said."""
    assert done.stdout == "" and "Traceback" not in done.stderr
    line = done.stderr.splitlines()[0]
    assert line.startswith("error: "), done.stderr
    return line


@POSIX
@pytest.mark.parametrize(
    "words",
    [
        ("batch", "{handed_in}", "--gradebook", "{marks}", "--quiet"),
        ("regrade", "{marks}", "--publish", "--draft", "2", "--by", "ta", "--why", "again"),
        ("regrade", "{marks}", "--undo", "--by", "ta", "--why", "again"),
        ("summary", "{marks}", "--forget", "ann", "--yes"),
    ],
    ids=" ".join,
)
def test_a_folder_that_is_read_only_is_its_owner_s_trouble(words: tuple[str, ...], closed: Path) -> None:
    (closed.parent / "handed-in").mkdir()
    (closed.parent / "handed-in" / "ann.zip").write_bytes(b"PK")
    done = run(*(word.format(marks=closed, handed_in=closed.parent / "handed-in") for word in words))
    assert said(done) == f"error: {closed}/lock: cannot be written: Permission denied"
    assert done.returncode == 2


@POSIX
def test_what_cannot_be_written_by_hand_is_no_matter_of_a_submission(closed: Path) -> None:
    done = run("adjust", closed, "ann", "--add", "2", "--by", "ta", "--why", "asked")
    assert said(done).startswith(f"error: the gradebook {closed} cannot be written: ")
    assert done.returncode == 3 and "submission" not in done.stderr and "nothing was scored" not in done.stderr


@POSIX
def test_a_read_only_gradebook_is_read(closed: Path) -> None:
    done = run("adjust", closed)
    assert done.returncode == 0, done.stderr
    done = run("export", closed, "--format", "csv", "--output", closed.parent / "marks.csv")
    assert done.returncode == 0, done.stderr
    assert "ann" in (closed.parent / "marks.csv").read_text()


@POSIX
@pytest.mark.parametrize("words", [("adjust", "{}"), ("export", "{}", "--format", "csv", "--output", "{}.csv")])
def test_a_folder_that_nobody_may_look_into_is_named(words: tuple[str, ...], marks: Path) -> None:
    marks.chmod(0)
    done = run(*(word.format(marks) for word in words))
    marks.chmod(0o700)
    assert said(done) == f"error: {marks}: cannot be read: Permission denied"
    assert done.returncode == 2


@POSIX
def test_older_tables_that_cannot_be_brought_up_to_date_are_told(tmp_path: Path) -> None:
    place = tmp_path / "old"
    place.mkdir()
    engine = create_engine(f"sqlite:///{place / FILE}")
    migrate(engine, "0001")
    engine.dispose()
    place.chmod(0o500)
    done = run("export", place, "--format", "csv", "--output", tmp_path / "marks.csv")
    place.chmod(0o700)
    assert "has tables of an older version (0001)" in said(done) and "cannot be written" in said(done)
    assert done.returncode == 2
    assert [path.name for path in place.iterdir()] == [FILE]


@POSIX
@pytest.mark.parametrize("version", [None, "0001"])
def test_nobody_else_reads_a_gradebook_in_a_folder_that_all_may_read(version: str | None, tmp_path: Path) -> None:
    place = tmp_path / "marks"
    place.mkdir(mode=0o755)
    if version is not None:
        engine = create_engine(f"sqlite:///{place / FILE}")
        migrate(engine, version)
        engine.dispose()
        (place / FILE).chmod(0o600)
    seen = set()
    with Gradebook(str(place), create=True) as book:
        with book.writing() as session:
            session.add(Student(**asdict(enrolment.Person("bob"))))
            session.flush()
            seen = {(path.name, stat.S_IMODE(path.stat().st_mode)) for path in place.iterdir()}
        making.enrolled(book, "ann")
    assert f"{FILE}-journal" in {name for name, _ in seen}
    seen |= {(path.name, stat.S_IMODE(path.stat().st_mode)) for path in place.iterdir()}
    assert {mode for _, mode in seen} == {0o600}
    assert len({name for name, _ in seen}) == (2 if version is None else 3)
    assert stat.S_IMODE(place.stat().st_mode) == 0o755
