"""Forgetting a student: nothing of theirs stays, and nothing of anybody else's goes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import making
import pytest
from sqlalchemy import text

from autograder.errors import UsageError
from autograder.gradebook import adjustments, enrolment, policy, publications, queries, store
from autograder.gradebook.adjustments import Change
from autograder.gradebook.engine import FILE, Gradebook
from autograder.gradebook.enrolment import Person
from autograder.gradebook.forgetting import GONE, forget
from autograder.gradebook.models import Base
from autograder.gradebook.packing import unpack
from autograder.gradebook.standing import standings
from autograder.gradebook.store import Graded

ANN = Person("ann.lee@x.edu", "Ann Léé", "ann.lee@x.edu", "annlee7", "4711", team="t1", on_roster=True)
BOB = Person("bob@x.edu", "Bob Ray", "bob@x.edu", "bobray", "4712", team="t1", on_roster=True)
#: What must be nowhere afterwards; the last is what only her own file says.
TRACES = ("ann.lee", "Ann Léé", json.dumps("Léé")[1:-1], "annlee7", "4711", "a secret of hers")


def filled(book: Gradebook) -> None:
    """Ann's own attempts, one of hers with Bob, one of Bob's, and everything that can name her."""
    known = enrolment.enrol(book, [ANN, BOB])
    store.declare(book, making.NAME, {"deadline": making.BEGIN.isoformat(), "extensions": {ANN.key: "2d"}})
    store.declare(
        book, making.NAME, {"deadline": making.BEGIN.isoformat(), "extensions": {ANN.key: "3d", BOB.key: "1d"}}
    )
    store.declare(book, making.NAME, {"extensions": {ANN.key.upper(): "3d"}, "roster_extensions": {BOB.key: "1d"}})
    store.declare(book, making.NAME, {"extensions": {}, "roster_extensions": {ANN.key: "3d", BOB.key: "1d"}})
    conditions = store.conditions(book, making.terms())
    publication = publications.standing_publication(book, making.NAME, conditions, "ta")
    for label, students, words in (
        ("ann.lee@x.edu_1_handin.tar", [ANN], "a secret of hers"),
        ("ann.lee@x.edu_2_handin.tar", [ANN], "a secret of hers, again"),
        ("group-annlee7-bobray.zip", [ANN, BOB], "what both wrote"),
        ("bob@x.edu_1_handin.tar", [BOB], "his own"),
    ):
        handed = making.handed(label, text=words)
        hints = [{"email": person.email, "name": person.name} for person in students]
        handed = store.Handed(**{**_fields(handed), "hints": hints, "reading": {"name": label}})
        attempt = store.hand_in(book, making.NAME, handed, [known[person.key] for person in students])
        graded = making.graded(attempt, conditions, {"A": "10"})
        report = json.dumps({**json.loads(graded.report), "notes": [f"left out: {label}"]})
        run = json.dumps({"submission": {"name": label}, "sections": {"A": {"printed": words}}})
        store.record(book, Graded(attempt, conditions, report, run, graded.summary, students[0].key), publication)
        store.record_failure(book, attempt, conditions, "a worker died", 3)
    number = adjustments.adjust(book, making.NAME, Change(ANN.key, "add", Decimal(2), "ta", "for annlee7"))
    adjustments.revoke(book, making.NAME, number, "ta", "not for Ann Léé")
    adjustments.adjust(book, making.NAME, Change(BOB.key, "add", Decimal(1), "ta", "kind"))


def _fields(handed: store.Handed) -> dict[str, object]:
    return {name: getattr(handed, name) for name in handed.__slots__}


def everything(book: Gradebook) -> Iterator[str]:
    """All that the tables hold, files unpacked."""
    with book.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(table.select()):
                for value in row:
                    yield repr(unpack(value)) if isinstance(value, bytes) else str(value)


def test_nothing_of_them_stays_in_the_tables(book: Gradebook) -> None:
    filled(book)
    before = "\n".join(everything(book))
    assert all(trace in before for trace in TRACES)
    done = forget(book, ANN.key)
    assert (done.attempts, done.shared, done.mentions) == (2, 1, ())
    after = "\n".join(everything(book))
    assert [trace for trace in TRACES if trace.lower() in after.lower()] == []


def test_the_others_keep_what_is_theirs(book: Gradebook) -> None:
    filled(book)
    before = {s.person.key: s for s in standings(book, making.NAME).standings}[BOB.key]
    forget(book, ANN.key)
    (after,) = standings(book, making.NAME).standings
    assert after.sums == before.sums
    assert after.adjustments == before.adjustments
    assert [a.label for a in after.attempts] == ["bob@x.edu_1_handin.tar", f"group-{GONE}-bobray.zip"]
    assert [a.digest for a in after.attempts] == [a.digest for a in before.attempts]
    assert all(queries.files(book, attempt.digest) for attempt in after.attempts)
    found = [queries.report(book, a.grading.id) for a in after.attempts if a.grading is not None]
    assert [report["run"]["sections"]["A"]["printed"] for report in found] == ["his own", "what both wrote"]
    assert policy.document(queries.policy(book, making.NAME))["roster_extensions"].keys() == {BOB.key}


def test_nothing_of_what_they_were_called_before_stays(book: Gradebook) -> None:
    columns = ("email", "name")
    enrolment.enrol_class(book, [Person("ann@old.edu", "Ann Lee", "ann@old.edu", on_roster=True), BOB], columns)
    store.declare(book, making.NAME, {"extensions": {"ann@old.edu": "2d"}})
    now = Person("lee@x.edu", "Ann Lee", "lee@x.edu", on_roster=True)
    enrolment.enrol_class(book, [now, BOB], columns, {"lee@x.edu": "ann@old.edu"})
    known = {person.key: person for person in queries.people(book)}
    assert known["lee@x.edu"].former == "ann@old.edu"
    label = "ann@old.edu_1_handin.tar"
    handed = store.Handed(**{**_fields(making.handed(label, text="both")), "hints": [{"email": "ann@old.edu"}]})
    ids = enrolment.enrol(book, list(known.values()))
    store.hand_in(book, making.NAME, handed, [ids["lee@x.edu"], ids[BOB.key]])
    forget(book, "lee@x.edu")
    assert "ann@old.edu" not in "\n".join(everything(book))


def test_files_that_somebody_else_handed_in_too_stay(book: Gradebook) -> None:
    known = making.enrolled(book, "ann", "bob")
    same = {"text": "the handout's stubs"}
    store.hand_in(book, making.NAME, making.handed("ann_1.tar", **same), [known["ann"]])
    store.hand_in(book, making.NAME, making.handed("bob_1.tar", **same), [known["bob"]])
    forget(book, "ann")
    (attempt,) = queries.attempts(book, making.NAME)
    assert queries.files(book, attempt.digest)


@pytest.mark.parametrize("texts", [("good", "bad"), ("same", "same")])
def test_who_stays_of_a_group_keeps_every_attempt_apart(book: Gradebook, texts: tuple[str, str]) -> None:
    known = making.enrolled(book, "ann", "bob", "cat")
    store.declare(book, making.NAME, {"attempts": "best"})
    conditions = store.conditions(book, making.terms())
    publication = publications.standing_publication(book, making.NAME, conditions, "ta")
    handed_in = (("ann_1.zip", "first try", "3"), ("ann_1.zip", texts[0], "10"), ("bob_1.zip", texts[1], "0"))
    for hours, (label, words, points) in enumerate(handed_in):
        handed = making.handed(label, text=words, hours=hours)
        attempt = store.hand_in(book, making.NAME, handed, known.values())
        store.record(book, making.graded(attempt, conditions, {"A": points}), publication)
    forget(book, "ann")
    forget(book, "bob")
    found = standings(book, making.NAME)
    (cat,) = found.standings
    assert cat.sums["main"].final == 10
    assert [attempt.label for attempt in cat.attempts] == [f"{GONE}_1.zip", f"{GONE[:-1]} 2)_1.zip"]
    assert [attempt.label for attempt in making.replaced(book)] == [f"{GONE}_1.zip"]


def test_what_others_wrote_about_them_is_listed(book: Gradebook) -> None:
    filled(book)
    adjustments.adjust(book, making.NAME, Change(BOB.key, "add", Decimal(1), "ta", "shares it with Ann Léé"))
    (mention,) = forget(book, ANN.key).mentions
    assert mention.startswith("adjustment ")
    assert mention.endswith(": why")


def test_a_login_that_is_a_word_takes_nothing_else_along(book: Gradebook) -> None:
    known = enrolment.enrol(book, [Person("run", "Max", login="notes"), Person("bob")])
    attempt = store.hand_in(book, making.NAME, making.handed("running-run.zip"), list(known.values()))
    conditions = store.conditions(book, making.terms())
    graded = making.graded(attempt, conditions, {"A": "10"})
    run = json.dumps({"submission": {"name": "running-run.zip"}, "sections": {"A": {"printed": "max of run"}}})
    store.record(book, Graded(attempt, conditions, graded.report, run, graded.summary), None)
    forget(book, "run")
    (left,) = queries.attempts(book, making.NAME)
    assert left.label == f"running-{GONE}.zip"
    with book.session() as session:
        stored = session.execute(text("SELECT run, summary FROM grading JOIN report ON grading_id = grading.id")).one()
    assert json.loads(stored.run)["sections"]["A"]["printed"] == "max of run"
    assert json.loads(stored.summary) == json.loads(graded.summary)


def test_whose_values_were_drawn_is_forgotten_also_by_a_group_that_they_left(book: Gradebook) -> None:
    known = enrolment.enrol(book, [ANN, BOB])
    conditions = store.conditions(book, making.terms())
    for label, drawn_for in (("1.zip", ANN.key.upper()), ("2.zip", BOB.key), ("3.zip", "")):
        attempt = store.hand_in(book, making.NAME, making.handed(label), list(known.values()))
        graded = replace(making.graded(attempt, conditions, {"A": "10"}), drawn_for=drawn_for)
        store.record(book, graded, None)
        store.credit(book, making.NAME, {label: {known[BOB.key]}})
    done = forget(book, ANN.key)
    assert (done.attempts, done.shared, done.mentions) == (0, 1, ())
    with book.session() as session:
        drawn = session.execute(text("SELECT drawn_for FROM grading ORDER BY id")).scalars().all()
    assert drawn == [GONE, BOB.key, ""]


def test_what_the_homeworks_files_are_called_stays(book: Gradebook) -> None:
    """Group mates are told about these files, and a regrade finds what was left out by its path."""
    known = enrolment.enrol(book, [Person("pool@x.edu", "Max Conv1d", "pool@x.edu"), BOB])
    told = "pool@x.edu/mytorch/Conv1d.py and mytorch/pool.py:12 of pool; mytorch/pool.pyc, conv1d max"
    reading = {"name": "pool.zip", "left_out": [["mytorch/pool.py", "it is too large", True]], "notes": [told]}
    fields = _fields(making.handed("pool.zip")) | {"reading": reading}
    attempt = store.hand_in(book, making.NAME, store.Handed(**fields), list(known.values()))  # type: ignore[arg-type]
    graded = making.graded(attempt, store.conditions(book, making.terms()), {"A": "10"})
    store.record(book, replace(graded, report=json.dumps({**json.loads(graded.report), "notes": [told]})), None)
    assert forget(book, "pool@x.edu", {"mytorch/pool.py"}).mentions == ()
    cleaned = f"{GONE}/mytorch/Conv1d.py and mytorch/pool.py:12 of {GONE}; mytorch/{GONE}.pyc, {GONE}"
    assert queries.reading(book, attempt) == {
        "name": f"{GONE}.zip", "left_out": [["mytorch/pool.py", "it is too large", True]], "notes": [cleaned]
    }  # fmt: skip
    with book.session() as session:
        assert json.loads(session.execute(text("SELECT body FROM report")).scalar_one())["notes"] == [cleaned]


def test_nobody_is_forgotten_by_mistake(book: Gradebook) -> None:
    filled(book)
    with pytest.raises(UsageError, match="no student 'ann'"):
        forget(book, "ann")
    assert len(standings(book, making.NAME).standings) == 2


def test_no_byte_of_them_stays_in_the_file(tmp_path: Path) -> None:
    with Gradebook(str(tmp_path / "book"), create=True) as book:
        filled(book)
        data = (tmp_path / "book" / FILE).read_bytes()
        assert all(trace.encode() in data for trace in ("ann.lee", "annlee7", "4711"))
        packed = {a.label: queries.packed(book, a.digest) for a in queries.attempts(book, making.NAME)}
        assert all(data.find(body[:60]) >= 0 for body in packed.values())
        forget(book, ANN.key)
        for path in (tmp_path / "book").rglob("*"):
            left = path.read_bytes()
            assert not [trace for trace in TRACES if trace.encode() in left], path
            own = [body for label, body in packed.items() if label.startswith("ann")]
            assert not [body for body in own if body[:60] in left], path


def test_a_copy_from_before_is_named(tmp_path: Path) -> None:
    with Gradebook(str(tmp_path / "book"), create=True) as book:
        filled(book)
        copy = tmp_path / "book" / "gradebook-before-0003-was-0002.sqlite"
        copy.write_bytes((tmp_path / "book" / FILE).read_bytes())
        assert forget(book, ANN.key).copies == (str(copy),)


def stored(book: Gradebook) -> bytes:
    """The bytes of every table, its index and its long values, as PostgreSQL has them on the disk."""
    with book.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        paths = connection.execute(
            text("SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 'i', 't') AND oid >= 16384")
        ).scalars()
        read = text("SELECT pg_read_binary_file(:path)")
        return b"".join(bytes(connection.execute(read, {"path": path}).scalar_one()) for path in paths)


def test_no_byte_of_them_stays_in_postgresqls_tables(database: str) -> None:
    with Gradebook(database, create=True) as book:
        filled(book)
        before = stored(book)
        assert all(trace.encode() in before for trace in ("ann.lee", "annlee7", "4711"))
        forget(book, ANN.key)
        after = stored(book)
        assert b"bobray" in after
        assert not [trace for trace in TRACES if trace.encode() in after]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Gregor Partner", "partnergregor_1020_50009_handin.zip"),
        ("Partner, Gregor", "Gregor Partner_1020_assignsubmission_file_"),
        ("Greta Weiß", "weissgreta_1021_50010_handin.zip"),
        ("Jürgen Müller", "muller-jurgen.zip"),
        ("Jürgen Müller", "Mu\u0308ller, Ju\u0308rgen.zip"),
        ("", "gregor7.zip"),
        ("", "1020_handin.zip"),
    ],
)
def test_a_label_names_nobody_in_any_spelling(book: Gradebook, name: str, label: str) -> None:
    gone = Person("gregor7@x.edu", name, "gregor7@x.edu", number="1020 S-77")
    known = enrolment.enrol(book, [gone, BOB])
    hints = [{"name": label.partition("_")[0]}]
    fields = _fields(making.handed(label, text="theirs")) | {"hints": hints, "reading": {"name": label}}
    handed = store.Handed(**fields)  # type: ignore[arg-type]
    store.hand_in(book, making.NAME, handed, list(known.values()))
    assert forget(book, gone.key).mentions == ()
    (left,) = queries.attempts(book, making.NAME)
    assert GONE in left.label
    for word in ("gregor", "partner", "weiss", "greta", "ller", "rgen", "1020_h"):
        assert word not in "\n".join(everything(book)).casefold(), word


def test_a_spelling_that_others_wrote_is_listed(book: Gradebook) -> None:
    gone = Person("g1@x.edu", "Gregor Partner", "g1@x.edu")
    enrolment.enrol(book, [gone, BOB])
    adjustments.adjust(book, making.NAME, Change(BOB.key, "add", Decimal(1), "ta", "with partnergregor"))
    assert forget(book, gone.key).mentions == ("adjustment 1: why",)


def test_what_a_killed_batch_had_still_to_say_names_nobody_who_is_forgotten(book: Gradebook) -> None:
    making.enrolled(book, "ann", "bob")
    store.keep_untold(book, making.NAME, [{"student": "ann", "points": {"main": "5"}, "label": "ann.zip"}])
    assert queries.untold(book, making.NAME) is not None
    forget(book, "ann")
    assert queries.untold(book, making.NAME) is None
