"""A class in which one copied and renamed: that pair stands on top, honest ones and what was handed out do not."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import helpers
import jsonschema
import pytest
from click.testing import CliRunner

from autograder.assignments.registry import PROJECT
from autograder.cli import cli
from autograder.gradebook import enrolment, store
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.enrolment import Person
from autograder.gradebook.packing import pack
from autograder.gradebook.store import Handed
from autograder.similarity import finding, works
from autograder.similarity.works import Work, handout, work
from autograder.submissions.submission import digest

SCHEMA = json.loads((PROJECT / "autograder/reports/schema/similarity-v1.json").read_text("utf-8"))
STYLES = ("plain_loops", "add_at", "fft", "tensordot", "matrices", "scatter_add", "im2col", "class_hierarchy")
COPIED = "plain_loops"


@cache
def stubs() -> dict[str, bytes]:
    root = helpers.ASSIGNMENT.handout
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.py"))}


def written(style: str) -> dict[str, bytes]:
    """What somebody with this style hands in: the stubs, and what they have written."""
    folder = PROJECT / "tests" / "variants" / style
    own = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.py"))}
    return {**stubs(), **own}


def renamed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same in disguise: other names of variables, no comments but one's own, other blank lines."""
    return {name: _renamed(data.decode()).encode() for name, data in files.items()}


def _renamed(text: str) -> str:
    stored = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name))
    names = sorted({node.id for node in stored if isinstance(node.ctx, ast.Store)} - {"bonus"})
    for number, name in enumerate(names):
        text = re.sub(rf"(?<![.\w\"']){name}\b(?!=\w)", f"mine_{number}", text)
    text = re.sub(r"#.*", "", text)
    return "# my own idea\n" + text.replace("\n    def ", "\n\n    # my own idea\n    def ")


def class_of(place: Path, submissions: dict[str, dict[str, bytes]]) -> None:
    """A gradebook with these submissions, by student."""
    with Gradebook(str(place), create=True) as book:
        for student, files in submissions.items():
            number = enrolment.enrol(book, [Person(student, on_roster=True)])[student]
            label = f"{student}_1_handin.tar"
            handed = Handed(label, digest(files), "folder", 1, None, False, [], {"name": label}, pack(files))
            store.hand_in(book, "hw2p1", handed, [number])
        broken = Handed("broken.zip", "unopened:1", "folder", 1, None, False, [], {}, None, "is empty")
        store.hand_in(book, "hw2p1", broken, [])


def run(*words: object) -> str:
    done = CliRunner().invoke(cli, ["similarity", *map(str, words)], catch_exceptions=False, standalone_mode=False)
    assert done.return_value == 0
    return done.output


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a class of honest ones, two who did nothing, and one who copied."""
    root = tmp_path_factory.mktemp("similarity")
    submissions = {style: written(style) for style in STYLES}
    submissions |= {
        "copier": renamed(written(COPIED)),
        "idle1": stubs(),
        "idle2": {**stubs(), "mytorch/x.py": b"x = 1\n"},
    }
    class_of(root / "book", submissions)
    run(root / "book", "--output", root / "out")
    return root


def told(found: Path, folder: str = "out") -> dict[str, Any]:
    body: dict[str, Any] = json.loads((found / folder / "similarity.json").read_text("ascii"))
    jsonschema.validate(body, SCHEMA)
    return body


def names(pair: dict[str, Any]) -> set[str]:
    return {name for side in ("left", "right") for name in pair[side]["students"] or [pair[side]["label"]]}


def test_the_copy_is_on_top_and_nothing_else_is_near(found: Path) -> None:
    first, *others = [pair for pair in told(found)["pairs"] if "the reference" not in names(pair)]
    assert names(first) == {COPIED, "copier"}
    assert min(first["left"]["share"], first["right"]["share"]) > 0.8
    assert all(pair["likeness"] < 0.5 * first["likeness"] for pair in others)


@pytest.mark.more
def test_attempts_of_one_student_or_group_are_no_pair() -> None:
    ann, bob, cy = ("ann",), ("bob",), ("cy",)
    files, other = written(COPIED), renamed(written(COPIED))
    own = [work("ann 1", ann, "class", files), work("ann 2", (*ann, *bob), "class", other)]
    pairs, more, _ = finding.find(own, handout(helpers.ASSIGNMENT), 50)
    assert (pairs, more) == ([], 0)
    pairs, more, _ = finding.find([*own, work("cy", cy, "class", files)], handout(helpers.ASSIGNMENT), 50)
    assert {(pair.left, pair.right) for pair in pairs} == {(0, 2), (1, 2)}
    nobodys = [work(name, (), "class", files) for name in ("who.zip", "what.zip")]
    assert len(finding.find(nobodys, handout(helpers.ASSIGNMENT), 50)[0]) == 1


def test_what_was_handed_out_counts_for_nothing(found: Path) -> None:
    body = told(found)
    assert not {name for pair in body["pairs"] for name in names(pair)} & {"idle1", "idle2"}
    assert {label.partition("_")[0] for label in body["too_short"]} == {"idle1", "idle2"}
    assert body["left_out"] == ["broken.zip: is empty"]


def test_passages_are_where_they_are_said_to_be(found: Path) -> None:
    pair = next(pair for pair in told(found)["pairs"] if "copier" in names(pair))
    files = {COPIED: written(COPIED), "copier": renamed(written(COPIED))}
    assert len(pair["passages"]) >= 5
    for passage in pair["passages"]:
        for side in ("left", "right"):
            place = passage[side]
            lines = files[pair[side]["students"][0]][place["file"]].decode().splitlines()
            assert 1 <= place["first"] <= place["last"] <= len(lines), place
    same = [passage["left"]["file"] == passage["right"]["file"] for passage in pair["passages"]]
    assert sum(same) > 0.8 * len(same)


@pytest.mark.more
def test_the_same_class_gives_the_same_bytes(found: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "4242")
    run(found / "book", "--output", found / "again")
    first, again = ({p.name: p.read_bytes() for p in (found / name).iterdir()} for name in ("out", "again"))
    assert first == again


def test_how_many_more_there_are_is_said(found: Path) -> None:
    whole = told(found)
    assert whole["more"] == 0
    said = run(found / "book", "--output", found / "three", "--pairs", "3")
    more = len(whole["pairs"]) - 3
    assert told(found, "three")["more"] == more > 0
    assert f"3 pairs to look at in {found / 'three'}/index.html, and {more} more that are less alike (--pairs)" in said
    assert json.loads(said.splitlines()[-1])["more"] == more
    assert f"{more} more are less alike" in (found / "three" / "index.html").read_text("utf-8")


def test_another_year_is_a_source_and_no_subject(found: Path) -> None:
    past = found / "past"
    for name, files in (("old", written("fft")), ("older", renamed(written("fft")))):
        for path, data in files.items():
            target = past / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    said = run(found / "book", "--output", found / "years", "--past", past)
    body = told(found, "years")
    assert body["compared"]["past"] == 2
    tops = [names(pair) for pair in body["pairs"][:3]]
    assert {"fft", "past/old"} in tops
    assert not [
        pair for pair in body["pairs"] if {pair["left"]["kind"], pair["right"]["kind"]} <= {"past", "reference"}
    ]
    assert "past/old" in said


def test_pages_show_passages_side_by_side_and_accuse_nobody(found: Path) -> None:
    pages = {path.name: path.read_text("utf-8") for path in (found / "out").glob("*.html")}
    assert "not why" in pages["index.html"]
    number = next(pair["number"] for pair in told(found)["pairs"] if "copier" in names(pair))
    page = pages[f"pair-{number:03}.html"]
    assert "my own idea" in page
    assert "mine_0" in page
    assert page.count("<pre") == 2 * len(told(found)["pairs"][number - 1]["passages"])
    for text in pages.values():
        assert not re.search(r"cheat|plagiar|suspect|guilt|offen[cd]|copied|verdict", text, re.IGNORECASE)
        assert "<script" not in text


def test_a_page_is_never_a_submissions(tmp_path: Path) -> None:
    evil = b"</pre><script>alert(1)</script>"
    hostile = {name: data + b"\nX = '" + evil + b"'\n" for name, data in written("plain_loops").items()}
    class_of(tmp_path / "book", {evil.decode(): hostile, "bob": hostile | {"mytorch/\u202e<b>.py": b"y = 1\n"}})
    run(tmp_path / "book", "--output", tmp_path / "out")
    for path in (tmp_path / "out").glob("*.html"):
        text = path.read_text("utf-8")
        assert "<script" not in text
        assert "\u202e" not in text


def test_a_folder_with_other_things_is_left_alone(found: Path, tmp_path: Path) -> None:
    from autograder.errors import UsageError

    (tmp_path / "thesis.txt").write_text("x")
    with pytest.raises(UsageError, match="not empty"):
        run(found / "book", "--output", tmp_path)


def small(text: str) -> Work:
    return work("x", ("x",), "class", {"a.py": text.encode(), "b.py": b"b = 1\r\nc = 2", "c.txt": b"no code"})


def test_lines_lead_back_to_their_file() -> None:
    one = small("a = 1\na = 2\n")
    assert one.files == ("a.py", "b.py")
    assert [one.place(line) for line in range(4)] == [("a.py", 1), ("a.py", 2), ("b.py", 1), ("b.py", 2)]
    assert [one.end_of_file(line) for line in range(4)] == [1, 1, 3, 3]


def test_two_with_nothing_in_common_are_no_pair() -> None:
    both = [small("a = 1\n"), small("def f(x):\n    return x\n")]
    pairs, more, short = finding.find(both, handout(helpers.ASSIGNMENT), 10)
    assert (pairs, more) == ([], 0)
    assert short == [0, 1]
    assert works.handout(helpers.ASSIGNMENT).text
