"""What is written stays, exactly once, in either database."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import making
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, text

from autograder.errors import HarnessError, UsageError
from autograder.gradebook import adjustments, engine, enrolment, publications, queries, store
from autograder.gradebook.adjustments import Change
from autograder.gradebook.engine import FILE, HEAD, Gradebook
from autograder.gradebook.enrolment import Person
from autograder.gradebook.models import Base
from autograder.gradebook.standing import of as standing_of
from autograder.gradebook.standing import standings


def test_the_migrations_make_the_tables_that_the_models_describe(book: Gradebook) -> None:
    with book.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_newest_migration_is_the_one_that_is_expected() -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(engine.__file__).parent / "migrations"))
    configuration.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(configuration).get_current_head() == HEAD


def test_a_gradebook_opens_again(place: str) -> None:
    with Gradebook(place, create=True) as book:
        making.enrolled(book, "ann")
    with Gradebook(place) as book:
        assert [person.key for person in queries.people(book)] == ["ann"]


def test_a_gradebook_of_a_newer_version_is_left_alone(place: str) -> None:
    with Gradebook(place, create=True) as book, book.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UsageError, match="newer version"):
        Gradebook(place, create=True)


def test_reading_does_not_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no gradebook"):
        Gradebook(str(tmp_path / "none"))
    assert not (tmp_path / "none").exists()


def test_nobody_else_may_read_the_folder(tmp_path: Path) -> None:
    with Gradebook(str(tmp_path / "book"), create=True):
        assert stat.S_IMODE((tmp_path / "book").stat().st_mode) == 0o700


def test_two_batches_do_not_work_at_once(place: str) -> None:
    with Gradebook(place, create=True) as book, Gradebook(place) as other, book.alone():  # noqa: SIM117
        with pytest.raises(UsageError, match="another batch"), other.alone():
            pass
    with Gradebook(place) as book, book.alone():
        pass


def test_passwords_are_not_shown() -> None:
    assert "hunter2" not in engine.shown("postgresql://ta:hunter2@db/marks")


def test_an_attempt_is_taken_in_once(book: Gradebook) -> None:
    known = making.enrolled(book, "ann", "bob")
    first = store.hand_in(book, making.NAME, making.handed("a.zip"), [known["ann"]])
    again = store.hand_in(book, making.NAME, making.handed("a.zip"), [known["ann"], known["bob"]])
    other = store.hand_in(book, making.NAME, making.handed("a.zip", text="changed"), [known["ann"]])
    assert first == again != other
    assert [attempt.students for attempt in queries.attempts(book, making.NAME)] == [("ann", "bob"), ("ann",)]


def test_a_class_of_any_size_is_enrolled_with_small_questions(book: Gradebook) -> None:
    asked: list[int] = []

    def listen(connection: object, cursor: object, statement: str, values: Sequence[object], *more: object) -> None:
        if statement.startswith("SELECT"):
            asked.append(len(values))

    event.listen(book.engine, "before_cursor_execute", listen)
    keys = [f"s{number}" for number in range(2100)]
    known = making.enrolled(book, *keys, *keys)
    assert making.enrolled(book, *keys) == known
    assert len(queries.people(book)) == len(known) == 2100
    assert max(asked) <= 1000


def test_files_come_back_as_they_were(book: Gradebook) -> None:
    handed = making.handed("a.zip", text="x = 'é'\r\n")
    store.hand_in(book, making.NAME, handed, [])
    assert queries.files(book, handed.digest) == {"mytorch/Conv1d.py": "x = 'é'\r\n".encode()}


def test_a_grading_is_kept_once_and_never_overwritten(book: Gradebook) -> None:
    attempt = store.hand_in(book, making.NAME, making.handed("a.zip"), [])
    conditions = store.conditions(book, making.terms())
    publication = publications.standing_publication(book, making.NAME, conditions, "ta")
    assert store.record(book, making.graded(attempt, conditions, {"A": "10"}), publication)
    assert not store.record(book, making.graded(attempt, conditions, {"A": "0"}), publication)
    (kept,) = queries.attempts(book, making.NAME)
    assert kept.grading is not None
    assert kept.grading.total("main") == 10


def test_other_conditions_are_a_draft(book: Gradebook) -> None:
    first = store.conditions(book, making.terms(1))
    publication = publications.standing_publication(book, making.NAME, first, "ta")
    assert publication is not None
    attempt = store.hand_in(book, making.NAME, making.handed("a.zip"), [])
    assert store.record(book, making.graded(attempt, first, {"A": "10"}), publication)
    other = store.conditions(book, making.terms(2))
    assert publications.standing_publication(book, making.NAME, other, "ta") is None
    assert store.conditions(book, making.terms(1)) == first


def test_a_failure_is_no_grading(book: Gradebook) -> None:
    attempt = store.hand_in(book, making.NAME, making.handed("a.zip"), [])
    conditions = store.conditions(book, making.terms())
    store.record_failure(book, attempt, conditions, "the worker process died", 3)
    (kept,) = queries.attempts(book, making.NAME)
    assert kept.grading is None
    assert kept.trouble == "the worker process died"
    assert queries.graded_under(book, conditions) == set()


def test_an_adjustment_needs_a_reason(book: Gradebook) -> None:
    making.enrolled(book, "ann")
    with pytest.raises(UsageError, match="who made it and why"):
        adjustments.adjust(book, making.NAME, Change("ann", "add", Decimal(1), "ta", " "))
    with pytest.raises(UsageError, match="no student"):
        adjustments.adjust(book, making.NAME, Change("eve", "add", Decimal(1), "ta", "typo"))


def test_an_adjustment_is_taken_back_once(book: Gradebook) -> None:
    making.enrolled(book, "ann")
    number = adjustments.adjust(book, making.NAME, Change("ann", "add", Decimal("2.5"), "ta", "typo"))
    with pytest.raises(UsageError, match="who made it and why"):
        adjustments.revoke(book, making.NAME, number, "prof", "")
    adjustments.revoke(book, making.NAME, number, "prof", "no typo")
    with pytest.raises(UsageError, match="already"):
        adjustments.revoke(book, making.NAME, number, "prof", "no typo")
    (change,) = queries.adjustments(book, making.NAME)
    assert change.points == Decimal("2.5")
    assert change.revoked is not None
    assert (change.revoked.who, change.revoked.why) == ("prof", "no typo")
    assert change.revoked.at >= change.made_at


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    with Gradebook(str(tmp_path / "book"), create=True) as book:
        store.hand_in(book, making.NAME, making.handed("a.zip"), [])
        with book.engine.connect() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar()
            connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        with pytest.raises(HarnessError, match="cannot be written: database or disk is full"):
            for number in range(100):
                conditions = store.conditions(book, making.terms(number))
                store.record_failure(book, 1, conditions, "x" * 2000, 1)
    with Gradebook(str(tmp_path / "book")) as book:
        assert [attempt.label for attempt in queries.attempts(book, making.NAME)] == ["a.zip"]
        store.hand_in(book, making.NAME, making.handed("b.zip"), [])
        assert len(queries.attempts(book, making.NAME)) == 2
    assert (tmp_path / "book" / FILE).is_file()


def test_texts_of_any_kind_survive(book: Gradebook) -> None:
    label = "Zoë, “O'Brien”\n=1+1 🎓 \u202eabc"
    store.hand_in(book, making.NAME, making.handed(label), [])
    (kept,) = queries.attempts(book, making.NAME)
    assert kept.label == label
    assert kept.submitted_at == making.BEGIN


def test_a_roster_says_who_is_on_it_and_what_it_has_columns_for(book: Gradebook) -> None:
    ann, bob = (Person(key, key.title(), section="A", team="t1", on_roster=True) for key in ("ann", "bob"))
    known = enrolment.enrol(book, [ann, bob])
    enrolment.enrol_class(book, [Person("bob", on_roster=True), Person("cy", team="t1", on_roster=True)], {"team"})
    people = {person.key: person for person in queries.people(book)}
    assert people["ann"] == Person("ann", "Ann", section="A", team="t1", on_roster=False)
    assert people["bob"] == Person("bob", "Bob", section="A", team="", on_roster=True)
    assert people["cy"] == Person("cy", team="t1", on_roster=True)
    assert enrolment.enrol(book, [ann])["ann"] == known["ann"]


def test_credits_that_no_longer_hold_are_taken_back(book: Gradebook) -> None:
    known = making.enrolled(book, "ann", "bob")
    for label, content in (("g.zip", "old"), ("g.zip", "new"), ("other.zip", "")):
        store.hand_in(book, making.NAME, making.handed(label, text=content), list(known.values()))
    store.hand_in(book, "hw1p1", making.handed("g.zip"), list(known.values()))
    assert store.credit(book, making.NAME, {"g.zip": {known["ann"]}, "nobody's.zip": {known["bob"]}}) == (
        ("g.zip", "bob"),  # of both that lay there
    )
    assert store.credit(book, making.NAME, {"g.zip": {known["ann"]}}) == ()
    assert [a.students for a in queries.attempts(book, making.NAME)] == [("ann",), ("ann",), ("ann", "bob")]
    assert [a.students for a in queries.attempts(book, "hw1p1")] == [("ann", "bob")]
    assert store.credit(book, making.NAME, {"g.zip": {known["bob"]}}) == (("g.zip", "ann"),)
    assert [s.attempt and s.attempt.label for s in standings(book, making.NAME).standings] == ["other.zip", "other.zip"]
    assert [a.students for a in queries.attempts(book, making.NAME)] == [(), ("bob",), ("ann", "bob")]


def test_what_is_there_instead_of_another_label_is_all_that_counts(book: Gradebook) -> None:
    """And what lay there is kept: it counts as before when it is there again."""
    known = making.enrolled(book, "ann")

    def handed(label: str, *instead: str, hours: float = 0) -> None:
        handed = replace(making.handed(label, hours=hours), instead=instead)
        store.hand_in(book, making.NAME, handed, [known["ann"]])

    def counting() -> list[str]:
        found = standings(book, making.NAME)
        mine = [attempt.label for attempt in found.standings[0].attempts]
        theirs = standing_of(book, making.NAME, "ann")
        assert theirs is not None
        assert [attempt.label for attempt in theirs.attempts] == mine
        assert found.unmatched == ()
        assert len(making.replaced(book)) + len(mine) == len(queries.attempts(book, making.NAME))
        return mine

    handed("ann@2", hours=48)
    handed("ann@1", "ann@2")
    assert counting() == ["ann@1"]
    handed("ann@2", "ann@1", hours=48)
    assert counting() == ["ann@2"]
    store.clear(book, making.NAME, {"ann@1", "ann@2", "nobody's"})
    assert counting() == []
    handed("ann@1")
    assert counting() == ["ann@1"]


def test_an_attempt_may_have_a_number_as_large_as_names_have(book: Gradebook) -> None:
    store.hand_in(book, making.NAME, making.handed("a.zip", number=2**63 - 1), [])
    assert [attempt.number for attempt in queries.attempts(book, making.NAME)] == [2**63 - 1]
