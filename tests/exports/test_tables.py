"""Plain CSV and JSON lines hold everybody, one total each, and nothing that runs."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import marks
import pytest

from autograder.assignments.registry import PROJECT
from autograder.exports.cells import LEADING, restored
from autograder.gradebook import adjustments, forks, store
from autograder.gradebook import policy as policies
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.forks import Seen

SCHEMA = json.loads((PROJECT / "autograder/reports/schema/export-v1.json").read_text("utf-8"))


def table(made: marks.Marks, folder: Path) -> list[dict[str, str]]:
    made.export("csv", folder / "out.csv")
    return list(csv.DictReader(io.StringIO((folder / "out.csv").read_bytes().decode(), newline="")))


def lines(made: marks.Marks, folder: Path) -> list[dict[str, Any]]:
    made.export("jsonl", folder / "out.jsonl")
    found = [json.loads(line) for line in (folder / "out.jsonl").read_text("ascii").splitlines()]
    for line in found:
        jsonschema.validate(line, SCHEMA)
    return found


def test_everybody_has_a_line(tmp_path: Path) -> None:
    made = marks.usual(tmp_path / "book")
    found = {row["student"]: row for row in table(made, tmp_path)}
    assert {key: (row["state"], row["total points"]) for key, row in found.items()} == {
        "ann@x.edu": ("graded", "115"), "bob@x.edu": ("graded", "89.7"), "cy@x.edu": ("missing", "60"),
        "dan@x.edu": ("ungraded", ""), "eve@x.edu": ("missing", ""), "": ("unmatched", ""),
    }  # fmt: skip
    bob = found["bob@x.edu"]
    assert (bob["late_seconds"], bob["late_percent"], bob["main late"], bob["Conv1d"]) == (
        "172800",
        "20",
        "18.8",
        "2.5",
    )
    assert found[""]["attempt"] == "stranger.zip"
    assert found["dan@x.edu"]["reason"] == "is empty"


def test_who_left_is_withdrawn_and_nothing_of_theirs_counts_for_nobody(tmp_path: Path) -> None:
    made = marks.left(tmp_path / "book")
    found = {row["student"]: row for row in table(made, tmp_path)}
    gone = found["gone@x.edu"]
    assert (gone["state"], gone["reason"], gone["attempt"], gone["total points"]) == (
        "withdrawn", "not on the roster any more", "gone.zip", "115",
    )  # fmt: skip
    assert (found["lost@x.edu"]["state"], found["lost@x.edu"]["total points"]) == ("withdrawn", "")
    assert [row["attempt"] for row in table(made, tmp_path) if row["state"] == "unmatched"] == ["stranger.zip"]
    states = {line["student"]["key"]: line["state"] for line in lines(made, tmp_path) if line["student"]}
    assert (states["gone@x.edu"], states["lost@x.edu"], states["never@x.edu"]) == ("withdrawn", "withdrawn", "missing")


def test_points_by_hand_alone_are_of_as_many_as_there_are(tmp_path: Path) -> None:
    made = marks.usual(tmp_path / "book")
    made.adjust("eve@x.edu", "set", "101")
    found = {row["student"]: row for row in table(made, tmp_path)}
    for student, has in (("cy@x.edu", "60"), ("eve@x.edu", "101")):
        row = found[student]
        assert (row["main points"], row["main max"], row["total points"], row["total max"]) == (has, "100", has, "100")
    assert made.export("csv", tmp_path / "out.csv")["doubtful"][-1] == "eve@x.edu: main 101/100: more than there are"
    by_key = {line["student"]["key"]: line for line in lines(made, tmp_path) if line["student"]}
    assert by_key["cy@x.edu"]["total"]["max"] == 100


def test_long_lists_are_shortened_on_the_console_and_whole_in_the_last_line(tmp_path: Path) -> None:
    made = marks.Marks(tmp_path / "book")
    for number in range(40):
        made.hand_in([made.student(f"s{number:02}@x.edu")], f"{number}.zip", problem="is empty")
    said = marks.run("export", made.place, "--format", "csv", "--output", tmp_path / "out.csv").splitlines()
    assert "40 without points, which is no zero:" in said
    assert "  … and 28 more, named in the last line" in said
    assert len(said) < 20
    assert len(json.loads(said[-1])["without_points"]) == 40


def test_the_total_is_the_same_wherever_it_stands(tmp_path: Path) -> None:
    made = marks.usual(tmp_path / "book")
    rows = {row["student"]: row for row in table(made, tmp_path)}
    for line in lines(made, tmp_path):
        if line["total"] is None:
            continue
        row = rows[line["student"]["key"]]
        assert Decimal(row["total points"]) == Decimal(str(line["total"]["points"]))
        assert Decimal(row["total points"]) == Decimal(row["main points"]) + Decimal(row["bonus points"] or 0)


def test_json_lines_say_how_and_why(tmp_path: Path) -> None:
    made = marks.usual(tmp_path / "book")
    ann, bob, *_, stranger = lines(made, tmp_path)
    assert ann["attempt"]["seed"] == "11785"
    assert ann["attempt"]["drawn_for"] is None
    (change,) = bob["adjustments"]
    assert datetime.fromisoformat(change.pop("at")) <= datetime.now(UTC)
    assert change == {
        "number": 1, "section": "Conv1d", "group": "main", "kind": "add", "points": 2.5, "by": "ta7",
        "why": "in private",
    }  # fmt: skip
    (section,) = [section for section in bob["sections"] if section["key"] == "Conv1d"]
    assert (section["points"], section["earned"]) == (2.5, 0)
    assert bob["late"] == {
        "known": True, "seconds": 172800, "percent": 20, "begun": 2, "per": "day", "accepted": True,
    }  # fmt: skip
    assert bob["due"] == {"at": "2026-10-01T12:00:00+00:00", "extension": None, "granted_by": None}
    assert bob["graded"]["publication"] == 1
    assert bob["totals"]["main"] == {"earned": 94, "late": 18.8, "adjusted": 2.5, "points": 77.7, "max": 100}
    assert bob["total"] == {"earned": 109, "late": 21.8, "adjusted": 2.5, "points": 89.7, "max": 115}
    assert (stranger["student"], stranger["state"]) == (None, "unmatched")


def test_who_took_points_back_and_why_is_told(tmp_path: Path) -> None:
    made = marks.usual(tmp_path / "book")
    with Gradebook(str(made.place)) as book:
        adjustments.revoke(book, marks.NAME, 1, "ta9", "of another student")
    bob = lines(made, tmp_path)[1]
    assert bob["adjustments"] == []
    (change,) = bob["taken_back"]
    assert (change["by"], change["taken_back"]["by"]) == ("ta7", "ta9")
    (cell,) = [row["by_hand"] for row in table(made, tmp_path) if row["student"] == "bob@x.edu"]
    assert re.fullmatch(
        r"Conv1d \+2\.5, \S+ \S+ UTC, ta7: in private \(taken back \S+ \S+ UTC, ta9: of another student\)", cell
    )


@pytest.mark.parametrize("by", ["policy", "roster"])
def test_a_table_explains_a_deadline(tmp_path: Path, by: str) -> None:
    made = marks.usual(tmp_path / "book")
    table_of = {"policy": "extensions", "roster": "roster_extensions"}[by]
    late = {"per": "day", "percent": "10", "cap": "50", "until": "7d"}
    rules = {"deadline": marks.DUE, "grace": "15m", "late": late, table_of: {"bob@x.edu": "1d"}}
    with Gradebook(str(made.place)) as book:
        store.declare(book, marks.NAME, policies.document(policies.parse(rules)))
    rows = {row["student"]: row for row in table(made, tmp_path)}
    bob = rows["bob@x.edu"]
    assert bob["due"] == f"2026-10-02 12:00:00 UTC (1 d more, by the {by})"
    assert (bob["late_seconds"], bob["late_begun"], bob["late_percent"]) == ("86400", "1 day begun", "10")
    assert rows["ann@x.edu"]["due"] == "2026-10-01 12:00:00 UTC"
    assert bob["rules"] == (
        "The last attempt counts; due 2026-10-01 12:00:00 UTC; up to 15 min after it is forgiven; each day begun costs "
        "10 % of the main and bonus points, 50 % at most; more than 7 d late earns nothing of the main and bonus "
        "points."
    )
    assert re.fullmatch(r"conditions 1: edition \w+, strict checks, quick profile, seed 11785", bob["graded"])
    assert bob["published"] == "publication 1"


@pytest.mark.parametrize("form", ["csv", "autolab"])
def test_points_by_hand_beyond_what_there_is_are_listed(tmp_path: Path, form: str) -> None:
    made = marks.usual(tmp_path / "book")
    made.adjust("ann@x.edu", "add", "20")
    made.adjust("bob@x.edu", "set", "-1")
    assert made.export(form, tmp_path / "out")["doubtful"] == [
        "ann@x.edu: main 120/100: more than there are", "bob@x.edu: main -1/100: fewer than none",
    ]  # fmt: skip


def test_what_was_seen_of_forks_is_told(tmp_path: Path) -> None:
    made = marks.usual(tmp_path / "book")
    with Gradebook(str(made.place)) as book:
        forks.keep(book, marks.NAME, [
            Seen("annl", "ann@x.edu", "https://h/annl/hw", "ready", remarks=("touched the grader: runner.py",)),
            Seen("ever", "eve@x.edu", "https://h/ever/hw", "unreachable", remarks=("no such repository",)),
            Seen("who", "", "https://h/who/hw", "empty"),
        ])  # fmt: skip
    rows = table(made, tmp_path)
    remarks = {row["student"]: row["remarks"] for row in rows if row["remarks"]}
    assert remarks == {
        "ann@x.edu": "touched the grader: runner.py", "eve@x.edu": "fork unreachable; no such repository",
        "": "who: fork empty",
    }  # fmt: skip
    assert [line["reason"] for line in lines(made, tmp_path) if line["student"] is None][-1] == "who: fork empty"


@pytest.mark.parametrize(
    "text", [marks.HOSTILE, "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "＝1", 'O\'Brien, "B"']
)
def test_names_survive_and_run_nothing(tmp_path: Path, text: str) -> None:
    """A student of this name hands in a file of this name, whose reading, printing and raising all say so."""
    made = marks.Marks(tmp_path / "book")
    made.student("late@x.edu", name=text, section=text, team="")
    made.hand_in([made.student(text, name=text)], f"{text}.zip", "conv1d", message=text, notes=(text,))
    made.hand_in([], text, problem=text)
    with Gradebook(str(made.place)) as book:
        forks.keep(book, marks.NAME, [Seen("x", text, "https://h/x", "ready", remarks=(text,))])
    rows = table(made, tmp_path)
    assert {restored(row["student"]) for row in rows} == {text, "late@x.edu", ""}
    assert {restored(row["name"]) for row in rows} == {text, ""}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(LEADING)]
    assert not [
        cell for row in rows for name, cell in row.items() if name in ("reason", "attempt") and not cell.isprintable()
    ]
    assert {line["student"]["name"] for line in lines(made, tmp_path) if line["student"]} == {text}
