"""Gradebooks of every earlier version are brought up to date, in either database, and lose nothing."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import making
import pytest
from sqlalchemy import Engine, MetaData, create_engine, event

from autograder.gradebook import adjustments, drafts, forks, publications, queries, store
from autograder.gradebook.adjustments import Change
from autograder.gradebook.engine import FILE, HEAD, Gradebook
from autograder.gradebook.forgetting import forget
from autograder.gradebook.forks import Seen
from autograder.gradebook.standing import standings
from autograder.gradebook.store import Graded
from autograder.gradebook.upgrading import migrate

OLDER = ("0001", "0002", "0003", "0004", "0005", "0006")
#: Longer than a page of either database, and with all that JSON may hold.
LONG = {"sections": [{"key": "A", "checks": [], "printed": "Zoë 🎓 'quoted' \\ \n" * 3000}]}
KEYS = ("ann@x.edu", "bob@x.edu", "cem@x.edu")


def reports() -> dict[int, tuple[str, str, str]]:
    """By grading: report, run and summary. The fourth is a second one of the first attempt, a draft."""
    return {
        number: (
            store.compact({**LONG, "seed": f"seed {number}"}),
            store.compact({"time": f"{number} s", "sections": {}}),
            store.compact([["A", "main", "passed", str(number), "10"]]),
        )
        for number in range(1, 5)
    }


def filled(engine: Engine, version: str) -> dict[str, list[Any]]:
    """Rows of every table that this version had, written as it wrote them; what the tables hold then."""
    when = making.BEGIN.replace(tzinfo=None)
    attempts = [
        {"id": n, "assignment": making.NAME, "label": f"{key}_1_handin.tar", "digest": f"sha256:{n}",
         "source": "autolab", "number": 1, "submitted_at": when, "marked_late": n == 2, "hints": "[]",
         "reading": "{}", "problem": None, "seen_at": when}
        for n, key in enumerate(KEYS, 1)
    ]  # fmt: skip
    conditions = [
        {"id": n, "digest": f"sha256:c{n}", "assignment": making.NAME, "edition": "s23", "seed": "11785",
         "checks": "strict", "profile": "quick", "details": "{}", "created_at": when}
        for n in (1, 2)
    ]  # fmt: skip
    gradings = [
        {"id": n, "attempt_id": (n - 1) % 3 + 1, "conditions_id": 2 if n == 4 else 1, "summary": summary,
         "graded_at": when}
        | ({} if version == "0001" else {"drawn_for": KEYS[(n - 1) % 3]})
        | ({"report": report, "run": run} if version < "0003" else {})
        for n, (report, run, summary) in reports().items()
    ]  # fmt: skip
    apart = [{"grading_id": n, "body": report, "run": run} for n, (report, run, _) in reports().items()]
    publication = {
        "id": 1, "assignment": making.NAME, "conditions_id": 1, "who": "ta", "why": "first batch",
        "published_at": when, "undone_at": None, "undone_by": None, "undone_why": None,
    }  # fmt: skip
    blank = dict.fromkeys(("name", "login", "number", "section", "team"), "")
    adjustment = {
        "id": 1, "assignment": making.NAME, "student_id": 3, "section": "", "group": "main", "kind": "add",
        "points": "2.5", "who": "ta", "why": "kind", "made_at": when, "revokes": None,
    }  # fmt: skip
    tables = MetaData()
    tables.reflect(engine)
    rows: dict[str, list[dict[str, Any]]] = {
        "student": [{"id": n, "key": key, "email": key, "on_roster": True, **blank} for n, key in enumerate(KEYS, 1)],
        "content": [{"digest": "sha256:1", "packed": b"\x00packed\xff"}],
        "attempt": attempts,
        "credit": [{"attempt_id": n, "student_id": n} for n in (1, 2, 3)],
        "conditions": conditions,
        "grading": gradings,
        "failure": [{"id": 1, "attempt_id": 1, "conditions_id": 1, "reason": "died", "tries": 3, "failed_at": when}],
        "publication": [publication],
        "published": [{"publication_id": 1, "grading_id": n} for n in (1, 2, 3)],
        "adjustment": [adjustment],
        **({} if version < "0003" else {"report": apart}),
        "policy": [{"id": 1, "assignment": making.NAME, "document": '{"attempts":"best"}', "declared_at": when}],
    }
    with engine.begin() as connection:
        for name, some in rows.items():
            connection.execute(tables.tables[name].insert(), some)
    return held(engine)


def held(engine: Engine) -> dict[str, list[Any]]:
    """What every table holds, a mapping a row, whatever the columns' order."""
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: sorted((dict(row._mapping) for row in connection.execute(table.select())), key=repr)
            for table in tables.sorted_tables
            if table.name != "alembic_version"
        }


@pytest.fixture(params=OLDER)
def version(request: pytest.FixtureRequest) -> str:
    """An earlier version of the tables."""
    found: str = request.param
    return found


@pytest.fixture
def before(place: str, version: str) -> dict[str, list[Any]]:
    """A gradebook of an earlier version lies at `place`: what its tables hold."""
    if "://" in place:
        address = place.replace("postgresql:", "postgresql+psycopg:")
    else:
        Path(place).mkdir()
        address = f"sqlite:///{place}/{FILE}"
    engine = create_engine(address)
    migrate(engine, version)
    found = filled(engine, version)
    if "://" in place:
        # Written with their numbers: the database's own counters are to go on behind them.
        with engine.begin() as connection:
            for table in ("student", "attempt", "grading", "conditions", "publication", "adjustment", "policy"):
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
                )
    engine.dispose()
    return found


def test_every_row_of_an_older_gradebook_is_there_afterwards(place: str, before: dict[str, list[Any]]) -> None:
    with Gradebook(place) as book:
        after = held(book.engine)
    kept = {row["grading_id"]: (row["body"], row["run"]) for row in after.pop("report")}
    assert kept == {number: (report, run) for number, (report, run, _) in reports().items()}
    assert before.pop("report", after["grading"])
    for row in before["grading"]:
        assert kept[row["id"]] == (row.pop("report", kept[row["id"]][0]), row.pop("run", kept[row["id"]][1]))
        row.setdefault("drawn_for", "")
    for row in before["attempt"]:
        row |= {"turn": 0, "time_told": False}
    for row in before["adjustment"]:
        row["work"] = ""
    for row in before["policy"]:
        row |= {"who": "", "why": ""}
    for row in before["student"]:
        row["former"] = ""
    assert after.pop("fork", []) == before.pop("fork", [])
    assert after.pop("untold") == []
    assert {name: sorted(rows, key=lambda row: sorted(map(repr, row.items()))) for name, rows in after.items()} == {
        name: sorted(rows, key=lambda row: sorted(map(repr, row.items()))) for name, rows in before.items()
    }


def test_an_older_gradebook_says_what_it_said_and_can_be_written(place: str, before: dict[str, list[Any]]) -> None:
    assert before
    with Gradebook(place) as book:
        found = standings(book, making.NAME).standings
        assert [one.sums["main"].final for one in found] == [Decimal(1), Decimal(2), Decimal("5.5")]
        for number, (report, run, _) in reports().items():
            assert queries.report(book, number) == {**json.loads(report), "run": json.loads(run)}
        assert [(one.conditions, one.gradings) for one in drafts.drafts(book, making.NAME)] == [(2, 1)]
        drafts.publish(book, making.NAME, 2, "prof", "graded again")
        assert standings(book, making.NAME).standings[0].sums["main"].final == 4
        drafts.undo(book, making.NAME, "prof", "not so")
        adjustments.adjust(book, making.NAME, Change(KEYS[0], "add", Decimal(1), "ta", "kind"))
        assert standings(book, making.NAME).standings[0].sums["main"].final == 2
        attempt = store.hand_in(book, making.NAME, making.handed("new.zip"), [1])
        given = making.graded(attempt, 1, {"A": "9"})
        assert store.record(book, Graded(attempt, 1, given.report, given.run, given.summary, KEYS[0]), 1)
        assert standings(book, making.NAME).standings[0].sums["main"].final == 10
        seen = Seen("ann", KEYS[0], "https://host/ann/hw", "ready", "a" * 40, making.BEGIN, "push")
        forks.keep(book, making.NAME, [seen])
        assert forks.forks(book, making.NAME) == (seen,)


@pytest.mark.parametrize("version", ["0003"])
def test_what_came_later_under_one_label_still_lies_there(
    place: str, version: str, before: dict[str, list[Any]]
) -> None:
    assert before
    address = place.replace("postgresql:", "postgresql+psycopg:") if "://" in place else f"sqlite:///{place}/{FILE}"
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO attempt (id, assignment, label, digest, source, number, marked_late, hints, reading, seen_at) "
            "SELECT id + 10, assignment, label, 'sha256:more', source, number, marked_late, hints, reading, seen_at "
            "FROM attempt WHERE id = 2"
        )
    engine.dispose()
    with Gradebook(place) as book:
        assert [attempt.id for attempt in making.replaced(book)] == [2]


def test_a_copy_from_before_stays_beside_a_file(place: str, version: str, before: dict[str, list[Any]]) -> None:
    with Gradebook(place):
        pass
    if "://" in place:
        return  # what a server keeps of earlier is its own
    copy = Path(place) / f"gradebook-before-{HEAD}-was-{version}.sqlite"
    engine = create_engine(f"sqlite:///{copy}")
    assert held(engine) == before
    engine.dispose()


def test_who_is_forgotten_afterwards_is_forgotten(place: str, before: dict[str, list[Any]]) -> None:
    assert before
    with Gradebook(place) as book:
        forget(book, KEYS[0])
        assert sorted(number["grading_id"] for number in held(book.engine)["report"]) == [2, 3]
        if book.folder is not None:
            assert b"seed 1" not in (book.folder / FILE).read_bytes()
            assert b"seed 2" in (book.folder / FILE).read_bytes()


def test_a_list_of_a_class_reads_no_report(book: Gradebook) -> None:
    known = making.enrolled(book, *KEYS)
    conditions = store.conditions(book, making.terms())
    publication = publications.standing_publication(book, making.NAME, conditions, "ta")
    for key in KEYS:
        attempt = store.hand_in(book, making.NAME, making.handed(f"{key}.zip"), [known[key]])
        store.record(book, making.graded(attempt, conditions, {"A": "10"}), publication)
    asked: list[str] = []
    event.listen(book.engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    assert len(standings(book, making.NAME).standings) == len(KEYS)
    assert asked
    assert not [statement for statement in asked if "report" in statement or "content" in statement]
