"""Several at work on one gradebook: nobody is turned away who could wait, and what is read is of one moment."""

from __future__ import annotations

import multiprocessing
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import making
import pytest
from sqlalchemy import create_engine

from autograder.errors import UsageError
from autograder.gradebook import adjustments, drafts, publications, queries, store, upgrading
from autograder.gradebook.adjustments import Change
from autograder.gradebook.engine import FILE, HEAD, Gradebook
from autograder.gradebook.forgetting import forget
from autograder.gradebook.standing import standings
from autograder.gradebook.upgrading import migrate


def address(place: str) -> str:
    return place.replace("postgresql:", "postgresql+psycopg:") if "://" in place else f"sqlite:///{place}/{FILE}"


def older(place: str, version: str = "0003") -> None:
    """Tables of an earlier version."""
    if "://" not in place:
        Path(place).mkdir()
    engine = create_engine(address(place))
    migrate(engine, version)
    engine.dispose()


@pytest.fixture
def other(place: str, book: Gradebook) -> Iterator[Gradebook]:
    """The same gradebook, for somebody else."""
    with Gradebook(place) as opened:
        yield opened


def test_many_who_write_at_once_all_get_their_turn(place: str, book: Gradebook) -> None:
    making.enrolled(book, "ann")
    change = Change("ann", "add", Decimal(1), "ta", "kind")

    def adjust() -> None:
        with Gradebook(place) as mine:
            for _ in range(15):
                adjustments.adjust(mine, making.NAME, change)

    everybody = [threading.Thread(target=adjust) for _ in range(4)]
    for one in everybody:
        one.start()
    for one in everybody:
        one.join()
    assert len(queries.adjustments(book, making.NAME)) == 60


def test_what_is_read_is_of_one_moment(book: Gradebook, other: Gradebook, monkeypatch: pytest.MonkeyPatch) -> None:
    making.enrolled(book, "ann")
    conditions = store.conditions(book, making.terms())
    publication = publications.standing_publication(book, making.NAME, conditions, "ta")
    credited = queries._standing

    def meanwhile(*arguments: object) -> object:
        def write() -> None:
            attempt = store.hand_in(other, making.NAME, making.handed("ann.zip"), [1])
            store.record(other, making.graded(attempt, conditions, {"A": "10"}), publication)

        writer.append(threading.Thread(target=write))
        writer[0].start()
        writer[0].join(0.5)  # who writes to SQLite's file waits for us
        return credited(*arguments)  # type: ignore[arg-type]

    writer: list[threading.Thread] = []
    monkeypatch.setattr(queries, "_standing", meanwhile)
    found = standings(book, making.NAME)
    monkeypatch.undo()
    writer[0].join(20)
    assert [one.state for one in found.standings] == ["missing"]
    assert found.unmatched == ()
    assert [one.state for one in standings(book, making.NAME).standings] == ["graded"]


def test_a_difference_is_of_one_moment(book: Gradebook, other: Gradebook, monkeypatch: pytest.MonkeyPatch) -> None:
    known = making.enrolled(book, "ann")
    first, second = (store.conditions(book, making.terms(number)) for number in (1, 2))
    publication = publications.standing_publication(book, making.NAME, first, "ta")
    attempt = store.hand_in(book, making.NAME, making.handed("ann.zip"), list(known.values()))
    store.record(book, making.graded(attempt, first, {"A": "10"}), publication)
    store.record(book, making.graded(attempt, second, {"A": "0"}), None)
    enrolling = threading.Thread(target=making.enrolled, args=(other, "zed"))

    def meanwhile(*arguments: object) -> object:
        if enrolling.ident is None:
            enrolling.start()
            enrolling.join(0.3)
        return standings(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(drafts, "standings", meanwhile)
    assert [move.student for move in drafts.diff(book, making.NAME, second)] == ["ann"]
    enrolling.join(20)
    assert len(queries.people(book)) == 2


def test_nothing_is_written_within_a_moment(book: Gradebook) -> None:
    with book.moment(), pytest.raises(RuntimeError, match="within a moment"):
        making.enrolled(book, "ann")


def test_nobody_is_forgotten_while_reports_are_read(book: Gradebook, other: Gradebook) -> None:
    making.enrolled(book, "ann", "bob")
    with book.undeleted(), other.undeleted(), pytest.raises(UsageError, match="nobody was taken out"):
        forget(other, "ann")
    forget(other, "ann")
    with other.deleting(), pytest.raises(UsageError, match="is being taken out"), book.undeleted():
        pass
    assert [person.key for person in queries.people(book)] == ["bob"]


def test_a_report_that_went_meanwhile_is_told(book: Gradebook) -> None:
    with pytest.raises(UsageError, match="meanwhile"):
        list(queries.reports(book, [7]))
    with pytest.raises(UsageError, match="meanwhile"):
        queries.report(book, 7)


def test_several_who_open_older_tables_at_once_all_can(place: str) -> None:
    older(place)
    context = multiprocessing.get_context("fork")
    said, go = context.Queue(), context.Event()

    def opened() -> None:
        go.wait()
        try:
            Gradebook(place).engine.dispose()
            said.put("opened")
        except BaseException as error:
            said.put(repr(error))

    everybody = [context.Process(target=opened) for _ in range(3)]
    for one in everybody:
        one.start()
    go.set()
    assert [said.get(timeout=60) for _ in everybody] == ["opened"] * 3
    for one in everybody:
        one.join()


def copies(place: str) -> dict[str, str]:
    """The copies of a gradebook from before, with the version of their tables."""
    found = {}
    for path in Path(place).glob("*-before-*"):
        with closing(sqlite3.connect(path)) as connection:
            found[path.name] = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    return found


def test_a_copy_from_before_is_of_before_whoever_is_faster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = str(tmp_path / "book")
    older(place)
    upgraded = upgrading.upgraded

    def slow(*arguments: object) -> bool:
        monkeypatch.undo()
        Gradebook(place).engine.dispose()  # another command brings it up to date
        return upgraded(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sys.modules[Gradebook.__module__], "upgraded", slow)
    Gradebook(place).engine.dispose()
    assert copies(place) == {f"gradebook-before-{HEAD}-was-0003.sqlite": "0003"}


def test_no_copy_from_before_is_written_over(tmp_path: Path) -> None:
    place = str(tmp_path / "book")
    older(place)
    kept = tmp_path / "book" / f"gradebook-before-{HEAD}-was-0003.sqlite"
    kept.write_bytes((tmp_path / "book" / FILE).read_bytes())
    before = kept.read_bytes()
    Gradebook(place).engine.dispose()
    assert kept.read_bytes() == before
    assert copies(place) == {kept.name: "0003", kept.name.replace("0003", "0003-2"): "0003"}


def test_what_could_not_be_brought_up_to_date_leaves_no_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = str(tmp_path / "book")
    older(place)

    def full(*arguments: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(upgrading, "_upgrade", full)
    with pytest.raises(UsageError, match="No space left"):
        Gradebook(place)
    monkeypatch.undo()
    assert [path.name for path in Path(place).iterdir()] == [FILE]
    Gradebook(place).engine.dispose()
    assert copies(place) == {f"gradebook-before-{HEAD}-was-0003.sqlite": "0003"}


def test_who_waits_too_long_for_another_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = str(tmp_path / "book")
    older(place)
    monkeypatch.setattr(sys.modules[Gradebook.__module__], "PATIENCE", 0)
    with closing(sqlite3.connect(tmp_path / "book" / FILE, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(UsageError, match="locked") as told:
            Gradebook(place)
    assert told.value.hint == "give the command again when those that are at work on it are done"
