"""Students' documents: what counts, what they may see, nobody else's, and nothing that a machine tells otherwise."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import marks
import pytest

from autograder.assignments.registry import PROJECT
from autograder.errors import UsageError
from autograder.exports import feedback, folder
from autograder.exports.folder import file_name

GRADESCOPE = json.loads((PROJECT / "tests/platforms/gradescope.schema.json").read_text("utf-8"))


def gradescope(folder: Path, student: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((folder / f"{student}.json").read_text("utf-8"))
    jsonschema.validate(body, GRADESCOPE)
    return body


@pytest.mark.parametrize("form", ["autolab", "gradescope", "markdown", "html"])
def test_a_document_for_each_who_has_a_report_and_a_list_of_all(tmp_path: Path, form: str) -> None:
    made = marks.usual(tmp_path / "book")
    said = made.export(form, tmp_path / "out")
    assert said["written"] == (2 if form == "autolab" else 3)
    assert said["without_points"] == [
        "dan@x.edu: ungraded: is empty", "eve@x.edu: missing: nothing was handed in",
    ]  # fmt: skip
    rows = list(csv.DictReader((tmp_path / "out" / "students.csv").read_text("utf-8").splitlines()))
    assert [row["student"] for row in rows] == [f"{name}@x.edu" for name in ("ann", "bob", "cy", "dan", "eve")]
    assert {row["file"] for row in rows if row["file"]} | {"students.csv"} == {
        p.name for p in (tmp_path / "out").iterdir()
    }
    for row in rows:
        if row["file"]:
            text = (tmp_path / "out" / row["file"]).read_text("utf-8")
            assert "ta7" not in text
            assert "in private" not in text


def test_gradescope_gets_the_total_that_stands(tmp_path: Path) -> None:
    made = marks.usual(tmp_path / "book")
    made.adjust("bob@x.edu", "add", "-1")
    made.export("gradescope", tmp_path / "out")
    body = gradescope(tmp_path / "out", "bob@x.edu")
    assert body["score"] == 88.7
    assert sum(test["score"] for test in body["tests"]) == pytest.approx(88.7)
    assert [t["name"] for t in body["tests"]][-3:] == ["Lateness (main)", "By hand (main)", "Lateness (bonus)"]
    assert "2 d late: 20 percent off, 18.8 points (main), 3 points (bonus)" in body["output"]
    assert body["execution_time"] == 0


def test_autolab_gets_problems_and_what_it_cannot_hold_is_listed(tmp_path: Path) -> None:
    made = marks.usual(tmp_path / "book")
    said = made.export("autolab", tmp_path / "out")
    scores = json.loads((tmp_path / "out" / "bob@x.edu.txt").read_text().splitlines()[-1])["scores"]
    assert (scores["Conv1d"], scores["MCQ 1"], scores["MCQ 2"]) == (2.5, 0, 1)
    assert said["beyond_problems"] == [
        "bob@x.edu: main 77.7, the sections' sum 96.5", "bob@x.edu: bonus 12, the sections' sum 15",
        "cy@x.edu: main 60, the sections' sum 0",
    ]  # fmt: skip


def test_what_runs_tell_differently_stays_out(tmp_path: Path) -> None:
    for number in (1, 2):
        made = marks.Marks(tmp_path / f"book{number}")
        told = {
            "exception": f"ValueError: <Model at 0x7f00{number:08x}> is none", "printed": f"run {number}",
            "wall_seconds": number, "traceback": [{"file": "a.py", "line": 3, "function": "f", "text": "x"}],
        }  # fmt: skip
        run = {"time": str(number), "isolation": "bubblewrap", "sections": {"Conv1d": told}}
        made.hand_in([made.student("ann")], "ann.zip", "conv1d", run=run)
        for form in ("autolab", "gradescope", "markdown", "html"):
            made.export(form, tmp_path / f"{form}{number}")
    for form, name in (("autolab", "txt"), ("gradescope", "json"), ("markdown", "md"), ("html", "html")):
        first, second = ((tmp_path / f"{form}{number}" / f"ann.{name}").read_text("utf-8") for number in (1, 2))
        assert first == second
    assert "is none" in (tmp_path / "html1" / "ann.html").read_text("utf-8")


@pytest.mark.parametrize("form", ["autolab", "gradescope", "markdown", "html"])
def test_points_by_hand_go_out_where_nothing_could_be_graded(tmp_path: Path, form: str) -> None:
    made = marks.usual(tmp_path / "book")
    made.adjust("dan@x.edu", "set", "60.005")
    made.adjust("eve@x.edu", "set", "0")
    said = made.export(form, tmp_path / "out")
    assert said["without_points"] == []
    if form == "autolab":  # which knows problems only
        assert [line for line in said["beyond_problems"] if line.startswith(("dan", "eve"))] == [
            "dan@x.edu: main 60.005, the sections' sum 0", "eve@x.edu: main 0, the sections' sum 0",
        ]  # fmt: skip
    elif form == "gradescope":
        body = gradescope(tmp_path / "out", "dan@x.edu")
        assert body["score"] == 60.005
        assert [(test["name"], test["score"]) for test in body["tests"]] == [("By hand (main)", 60.005)]
        assert "Not graded by checks: the points were given by hand" in body["output"]
        assert gradescope(tmp_path / "out", "eve@x.edu")["score"] == 0
    else:
        ending = feedback.ENDINGS[form]
        for student, points in (("dan@x.edu", "60.005/100"), ("eve@x.edu", "0/100")):
            text = (tmp_path / "out" / f"{student}{ending}").read_text("utf-8")
            assert points in text
            assert "points were given by hand" in text
            assert "Bonus" not in text
            assert "checks" not in text.replace("Not graded by checks", "")


@pytest.mark.parametrize("form", ["gradescope", "markdown", "html"])
def test_points_by_hand_tell_nothing_of_hidden_sections(tmp_path: Path, form: str) -> None:
    (tmp_path / "overlay.toml").write_text(OVERLAY)
    made = marks.Marks(tmp_path / "book", tmp_path / "overlay.toml")
    made.hand_in([made.student("dan")], "dan.zip", problem="is empty")
    made.adjust("dan", "set", "60")
    made.export(form, tmp_path / "out")
    text = (tmp_path / "out" / f"dan{feedback.ENDINGS[form]}").read_text("utf-8")
    assert "60" in text
    assert "60/" not in text


def test_totals_of_other_checks_stand_only_beside_totals_of_their_kind(tmp_path: Path) -> None:
    made = marks.usual(tmp_path / "book")
    made.hand_in([made.student("fay@x.edu")], "fay.zip", days=1)
    made.student("gil@x.edu")
    made.hand_in([made.student("gil@x.edu")], "gil.zip")
    made.adjust("gil@x.edu", "add", "1")
    for form in ("markdown", "html"):
        made.export(form, tmp_path / form)
        for student, other in (("ann", True), ("bob", False), ("fay", False), ("gil", False)):
            text = (tmp_path / form / f"{student}@x.edu{feedback.ENDINGS[form]}").read_text("utf-8")
            assert ("Under the course checks" in text) is other, student


def test_pages_say_what_counts(tmp_path: Path) -> None:
    made = marks.usual(tmp_path / "book")
    for form, ending in (("markdown", "md"), ("html", "html")):
        made.export(form, tmp_path / form)
        text = (tmp_path / form / f"bob@x.edu.{ending}").read_text("utf-8")
        assert "77.7/100" in text
        assert "20 percent off" in text
        assert "2.5 by hand" in text


OVERLAY = """
[sections."Conv1d"]
visibility = "hidden"
[sections."Resnet"]
visibility = "after_due_date"
"""


@pytest.mark.parametrize("form", ["autolab", "gradescope", "markdown", "html"])
def test_what_is_hidden_leaves_no_trace(tmp_path: Path, form: str) -> None:
    """Two students who differ in hidden sections only get the same document."""
    (tmp_path / "overlay.toml").write_text(OVERLAY)
    made = marks.Marks(tmp_path / "book", tmp_path / "overlay.toml")
    for key, failing in (("ann", ()), ("bob", ("conv1d", "resnet"))):
        notes = () if not failing else ("Conv1d: forgotten",)
        made.hand_in([made.student(key)], f"{key}.zip", *failing, days=1, notes=notes)
    made.adjust("bob", "add", "1", "Conv1d")
    made.export(form, tmp_path / "out")
    texts = [path.read_text("utf-8") for path in sorted((tmp_path / "out").iterdir()) if path.name != "students.csv"]
    if form == "gradescope":  # which hides by itself, and is told what
        bodies = [gradescope(tmp_path / "out", key) for key in ("ann", "bob")]
        seen = [[test for test in body["tests"] if test["visibility"] == "visible"] for body in bodies]
        assert seen[0] == seen[1]
        assert all("score" not in body for body in bodies)
        assert bodies[0]["output"] == bodies[1]["output"]
    else:
        assert texts[0] == texts[1]
        assert "Conv1d_stride1" in texts[0].replace("&#95;", "_")
        assert "10 percent off" in texts[0].replace("&#32;", " ") or form == "autolab"


@pytest.mark.parametrize("form", ["autolab", "gradescope", "markdown", "html"])
def test_a_part_of_the_total_is_not_called_the_mark(tmp_path: Path, form: str) -> None:
    (tmp_path / "overlay.toml").write_text(OVERLAY)
    made = marks.Marks(tmp_path / "book", tmp_path / "overlay.toml")
    made.hand_in([made.student("ann")], "ann.zip", days=1)
    made.adjust("ann", "set", "61")
    made.hand_in([made.student("bob")], "bob.zip")
    made.export(form, tmp_path / "out")
    text, other = ((tmp_path / "out" / f"{key}{feedback.ENDINGS[form]}").read_text("utf-8") for key in ("ann", "bob"))
    if form == "gradescope":  # which adds up itself what it shows
        assert "Main: set by hand, which takes the place of all that the sections come to" in text
        return
    title = text.partition("<title>")[2].partition("</title>")[0]
    assert "61" not in title + (text.partition("<main>")[2] if form == "html" else text)
    for one in (text, other):
        assert len(one.split("not your mark")) >= (4 if form == "html" else 2)
    assert form != "html" or title.endswith("(of what can be shown so far; not your mark)")
    assert form == "autolab" or "Main: set by hand" in text.replace("&#58;", ":")
    assert "set by hand" not in other


@pytest.mark.parametrize("form", ["autolab", "markdown", "html"])
def test_the_total_is_the_mark_where_nothing_is_hidden(tmp_path: Path, form: str) -> None:
    made = marks.usual(tmp_path / "book")
    made.export(form, tmp_path / "out")
    assert "not your mark" not in (tmp_path / "out" / f"ann@x.edu{feedback.ENDINGS[form]}").read_text("utf-8")


@pytest.mark.parametrize("form", ["autolab", "gradescope", "markdown", "html"])
def test_who_left_keeps_a_document_and_is_called_withdrawn(tmp_path: Path, form: str) -> None:
    marks.left(tmp_path / "book").export(form, tmp_path / "out")
    rows = csv.DictReader((tmp_path / "out" / "students.csv").read_text("utf-8").splitlines())
    told = {row["student"].partition("@")[0]: (row["state"], row["reason"], bool(row["file"])) for row in rows}
    assert told["gone"] == ("withdrawn", "not on the roster any more", True)
    assert told["lost"] == ("withdrawn", "not on the roster any more; is empty", False)
    assert told["never"] == ("missing", "nothing was handed in", False)
    assert form == "autolab" or "Not on the roster any more." in (
        tmp_path / "out" / f"gone@x.edu{feedback.ENDINGS[form]}"
    ).read_text("utf-8")


def test_a_folder_is_made_anew(tmp_path: Path) -> None:
    made = marks.usual(tmp_path / "book")
    made.export("html", tmp_path / "out")
    (tmp_path / "out" / "mine.txt").write_text("keep")
    first = (tmp_path / "out" / "ann@x.edu.html").read_bytes()
    made.export("markdown", tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"ann@x.edu.md", "bob@x.edu.md", "cy@x.edu.md", "students.csv", "mine.txt"}
    made.export("html", tmp_path / "again")
    assert (tmp_path / "again" / "ann@x.edu.html").read_bytes() == first


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    made = marks.usual(tmp_path / "book")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("x")
    with pytest.raises(UsageError, match="not empty"):
        made.export("html", tmp_path / "out")
    (tmp_path / "out" / "students.csv").write_text("student,file\n../thesis,thesis.txt\n")
    with pytest.raises(UsageError, match="no list of an earlier export"):
        made.export("html", tmp_path / "out")
    assert (tmp_path / "out" / "thesis.txt").is_file()


def documents(*students: str) -> Iterator[tuple[str, str | None, str, str]]:
    """A document for each; for `killed`, the end."""
    for student in students:
        if student == "killed":
            raise KeyboardInterrupt
        yield student, f"of {student}", "graded", ""


def test_an_export_that_was_killed_can_be_made_again(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            folder.write(tmp_path / "out", ".md", documents("ann", "gone", "killed", "bob"))
    assert folder.write(tmp_path / "out", ".md", documents("ann", "bob")) == 2
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"ann.md", "bob.md", "students.csv"}


@pytest.mark.parametrize("student", ["@ann", "+ann", "-ann", "=ann"])
def test_documents_of_a_student_who_left_go_whatever_their_key(tmp_path: Path, student: str) -> None:
    folder.write(tmp_path / "out", ".md", documents(student, "bob"))
    folder.write(tmp_path / "out", ".md", documents("bob"))
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"bob.md", "students.csv"}


def test_files_are_named_so_that_every_system_takes_them() -> None:
    taken: set[str] = set()
    students = ["ann@x.edu", "ANN@x.edu", "../../etc/passwd", "a/b", "a_b", "..", "", "-rf", "x" * 300, "students", "é"]
    students += ["CON", "aux.1"]
    names = [file_name(student, ".md", taken) for student in students]
    assert len({name.casefold() for name in names}) == len(students)
    assert names[0] == "ann@x.edu.md"
    for name in names:
        assert "/" not in name
        assert not name.startswith((".", "-"))
        assert len(name) < 120
        assert name.partition(".")[0].casefold() not in ("con", "aux")  # Windows keeps these for devices
