"""The pages themselves: the same for the same gradebook, and nobody finds in them what is not for them."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import site_making
from site_making import builders

from autograder.batch import documents
from autograder.commands.summary import source_of
from autograder.errors import UsageError
from autograder.gradebook import adjustments, drafts, enrolment, forks, publications, queries, store
from autograder.gradebook.adjustments import Change
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.enrolment import Person
from autograder.gradebook.packing import pack
from autograder.gradebook.store import Handed
from autograder.grading.report import Check, document
from autograder.site import build, listing, pseudonyms
from autograder.site.files import page_name
from autograder.submissions.names import shown
from autograder.submissions.submission import digest


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def hidden(tmp_path: Path) -> Path:
    """A gradebook in which students may not see Conv2d, and one student fails it."""
    overlay = '[sections."Conv2d"]\nvisibility = "hidden"\n'
    with Gradebook(str(tmp_path / "hidden"), create=True) as book:
        site_making.fill_with(book, overlay, {"ann@x.edu": hidden_report()})
        adjustments.adjust(book, site_making.NAME, Change("ann@x.edu", "add", 2, "ta7", "a private word", "Conv1d"))
        adjustments.adjust(book, site_making.NAME, Change("ann@x.edu", "add", 1, "ta7", "another", "Conv2d"))
    return tmp_path / "hidden"


def hidden_report():
    check = Check("Z", "course", "failed", "Conv2d(1, 1, 2) on (1, 1, 3, 3)", "what only staff may read")
    return builders.build({"Conv2d": {"status": "failed", "checks": (check,), "visibility": "hidden"}})


def test_the_same_gradebook_gives_the_same_bytes(book: Gradebook, made: Path, tmp_path: Path) -> None:
    build.staff(source_of(book, None), tmp_path / "again")
    assert contents(tmp_path / "again") == contents(made / "site")


def test_making_it_again_takes_out_what_is_no_longer_there(book: Gradebook, made: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    build.staff(source_of(book, None), site)
    (site / "students" / "gone.html").write_bytes((site / "students" / "absent@x.edu.html").read_bytes())
    (site / "students" / "mine.html").write_text("<p>somebody else's</p>")
    built = build.staff(source_of(book, None), site)
    assert built.removed == 1
    assert not (site / "students" / "gone.html").exists()
    assert (site / "students" / "mine.html").exists()


def test_a_folder_stays_of_its_kind(book: Gradebook, tmp_path: Path) -> None:
    """Names in a folder that everybody can look into would be published."""
    source, public, private = source_of(book, None), tmp_path / "public", tmp_path / "private"
    for _ in range(2):
        build.published(source, public, site_making.PSEUDONYMS)
        build.staff(source, private)
    before = contents(tmp_path)
    for place, refused in ((public, "under pseudonyms"), (private, "for staff")):
        with pytest.raises(UsageError, match=refused):
            build.some(source, place, ["s03@x.edu"])
    with pytest.raises(UsageError, match="pages under pseudonyms lie there"):
        build.staff(source, public)
    with pytest.raises(UsageError, match="pages for staff lie there"):
        build.published(source, private, site_making.PSEUDONYMS)
    assert contents(tmp_path) == before


def test_a_folder_of_something_else_is_left_alone(book: Gradebook, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(UsageError, match="something else is there"):
        build.staff(source_of(book, None), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_small_class_has_one_page_of_the_table_and_a_large_one_several(made: Path) -> None:
    assert not (made / "site" / "data").exists()
    assert {path.name for path in (made / "large").glob("students*.html")} == {
        "students.html", "students-2.html", "students-3.html"
    }  # fmt: skip
    rows = [row for path in sorted((made / "large" / "data").iterdir()) for row in shard(path)]
    assert len(rows) == 15
    assert all((made / "large" / "students" / row[0]).is_file() for row in rows)


def shard(path: Path) -> list[list[object]]:
    rows: list[list[object]] = json.loads(re.search(r"\.push\((.*)\);", path.read_text(), re.DOTALL)[1])  # type: ignore[index]
    return rows


def test_data_of_the_table_are_nothing_but_data(made: Path) -> None:
    for path in (made / "large" / "data").iterdir():
        text = path.read_text("ascii")
        assert text.startswith("/* autograder summary */\n(window.studentRows ??= []).push([\n")
        assert shard(path)


@pytest.mark.parametrize(
    "key", ["ann", "Ann", "a/b", "../ann", "ann@x.edu", "", ".", "índex", "index", "a" * 300, "CON", "con", "aux.1"]
)
def test_every_student_has_a_file_name_of_their_own(key: str) -> None:
    others = {page_name(other) for other in ("ann", "Ann", "a_b", "a/c", "ANN") if other != key}
    name = page_name(key)
    assert name not in others
    assert re.fullmatch(r"[a-z0-9_@+-][a-z0-9._@+-]*\.html", name)
    assert name != "index.html"
    assert name.partition(".")[0] not in ("con", "aux")  # Windows keeps these for devices


def test_staff_see_what_was_seen_of_a_fork_and_nobody_else_does(hidden: Path, tmp_path: Path) -> None:
    seen = forks.Seen(
        "ann", "ann@x.edu", "https://host/ann/hw", "ready", "a" * 40,
        remarks=("touched the grader: <b>runner.py</b>", "force-pushed: an earlier commit is gone"),
    )  # fmt: skip
    with Gradebook(str(hidden)) as book:
        forks.keep(book, site_making.NAME, [seen])
        source = source_of(book, None)
        build.staff(source, tmp_path / "site")
        build.published(source, tmp_path / "public", site_making.PSEUDONYMS)
        build.some(source, tmp_path / "feedback", ["ann@x.edu"])
    page = (tmp_path / "site" / "students" / "ann@x.edu.html").read_text()
    assert "<li>touched the grader: &lt;b&gt;runner.py&lt;/b&gt;</li>" in page
    assert "<li>force-pushed: an earlier commit is gone</li>" in page
    for folder in ("public", "feedback"):
        assert not [name for name, content in contents(tmp_path / folder).items() if b"force-pushed" in content]


def test_staff_see_what_is_hidden_and_are_told_so(hidden: Path, tmp_path: Path) -> None:
    with Gradebook(str(hidden)) as book:
        build.staff(source_of(book, None), tmp_path / "site")
    page = (tmp_path / "site" / "students" / "ann@x.edu.html").read_text()
    assert "what only staff may read" in page
    assert "Students do not see: Conv2d." in page
    assert "ta7: a private word" in page
    assert ">98/100<" in page  # 95, and 2 and 1 by hand


def test_students_see_nothing_of_what_is_hidden(hidden: Path, tmp_path: Path) -> None:
    with Gradebook(str(hidden)) as book:
        build.some(source_of(book, None), tmp_path / "one", ["ann@x.edu"])
        names = pseudonyms.load(tmp_path / "secret", site_making.NAME)
        build.published(source_of(book, None), tmp_path / "all", names)
    texts = [path.read_text() for folder in ("one", "all") for path in (tmp_path / folder).rglob("*.html")]
    assert len(texts) == 3
    for text in texts:
        assert not re.search(r"Conv2d(?!-)", text)
        assert "what only staff may read" not in text
        assert "/100" not in text  # from which the hidden points could be worked out
        assert "private word" not in text
        assert "ta7" not in text
    assert "97/95" in texts[0]  # 2 by hand are of what they see
    assert sum("of what can be shown so far; not your mark" in text for text in texts) == 2  # and one of the class


def test_a_total_that_was_set_by_hand_is_said_to_be_where_sections_are_hidden(hidden: Path, tmp_path: Path) -> None:
    with Gradebook(str(hidden)) as book:
        adjustments.adjust(book, site_making.NAME, Change("ann@x.edu", "set", Decimal(61), "ta7", "a talk"))
        build.some(source_of(book, None), tmp_path / "one", ["ann@x.edu"])
    page = page_of(tmp_path / "one", "ann@x.edu.html")
    assert "main set by hand" in page
    assert "61" not in page


def test_pages_under_pseudonyms_identify_nobody(tmp_path: Path) -> None:
    person = Person("ann.lee@x.edu", "Ann Marie Léé", "ann.lee@x.edu", "annlee7", "4711", "A", "t9", on_roster=True)
    words = "NameError at ann_lee_tools.py:3: Ann Marie Léé wrote this, annlee7, 4711"
    check = Check("Z", "course", "error", "Conv1d(1, 1, 2) on (1, 1, 3)", words)
    facts = {
        "traceback": [{"file": "mytorch/ann_lee_tools.py", "line": 3, "function": "annlee7", "text": "# by Léé"}],
        "exception": words,
        "printed": "hello from Ann Marie",
    }
    report = builders.build(
        {"Conv1d": {"status": "error", "message": words, "checks": (check,)}},
        notes=("left out: ann_lee/notes.txt", "Conv1d: annlee7 changed its input"),
        run={"isolation": "bubblewrap", "sections": {"Conv1d": facts}},
    )
    with Gradebook(str(tmp_path / "book"), create=True) as book:
        enrolment.enrol(book, [person])
        site_making.fill_with(book, "", {person.key: report})
        names = pseudonyms.load(tmp_path / "secret", site_making.NAME)
        build.published(source_of(book, None), tmp_path / "site", names)
    pages = contents(tmp_path / "site")
    assert set(pages) == {"index.html", f"p/{names.page(person.key)}"}
    text = "\n".join(f"{name}\n{data.decode()}" for name, data in pages.items()).lower()
    for trace in ("ann.lee", "annlee7", "4711", "léé", "marie", "ann_lee", "x.edu", "handin", "sha256:"):
        assert trace not in text, trace
    assert "nameerror at …_…_tools.py:3" in text
    assert names.name(person.key).lower() in text
    assert pages["index.html"].count(b"p/") == 0  # nothing leads to a student's page


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("class JaneDoeNet", "class …Net"),
        ("my_janeDoe.py", "my_….py"),
        ("myJaneDoe2Conv", "my…2Conv"),
        ("DoeJane and janedoe1", "… and …1"),
        ("jane_doe_maryDoe", "…_…_…"),
        ("JaneMueller", "…"),
        ("janedoek, Ajanedoe, JaneD, maxpool, MaxPool2d", "janedoek, Ajanedoe, JaneD, maxpool, MaxPool2d"),
    ],
)
def test_a_name_is_taken_out_of_names_in_code(written: str, left: str) -> None:
    person = Person("jd7", "Jane Mary Doe-Müller")
    pool = Person("mp", "Max Ng")
    report = builders.build({"Conv1d": {"status": "error", "message": written}})
    (section,) = (one for one in pseudonyms.without_names(report, [person, pool], []).sections if one.key == "Conv1d")
    assert section.message == left


@pytest.mark.parametrize(
    "written",
    [
        "josenunez",
        "jose_nunez",
        "José_Núñez",
        "JoséNúñez",
        "nunez",
        "Nu\u0301n\u0303ez",
        "Núñez, José",
        "nunezjose",
        "1020",
    ],
)
def test_a_name_is_taken_out_however_it_is_written(written: str) -> None:
    person = Person("jn7@x.edu", "José Núñez", "jn7@x.edu", number="1020 S-77")
    told = f"{written}_forward at mytorch/{written}.py:3, josefine"
    report = builders.build({"Conv1d": {"status": "error", "message": told}})
    (section,) = (
        section for section in pseudonyms.without_names(report, [person], []).sections if section.key == "Conv1d"
    )
    assert section.message.replace("…_…", "…") == "…_forward at mytorch/….py:3, josefine"


def test_addresses_cannot_be_guessed_and_stay(tmp_path: Path) -> None:
    one = pseudonyms.load(tmp_path / "one", "hw2p1")
    assert one == pseudonyms.load(tmp_path / "one", "hw2p1")
    assert (tmp_path / "one").stat().st_mode & 0o777 == 0o600
    other = pseudonyms.load(tmp_path / "other", "hw2p1")
    again = replace(one, assignment="hw1p1")
    pages = {names.page(key) for names in (one, other, again) for key in ("ann", "bob")}
    assert len(pages) == 6
    assert all(re.fullmatch(r"[a-z2-7]{26}\.html", page) for page in pages)
    assert len({names.name("ann") for names in (one, other, again)}) == 3


@pytest.mark.parametrize("text", ["", "no hex", "abcd"])
def test_a_file_that_is_no_secret_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret").write_text(text)
    with pytest.raises(UsageError, match="secret"):
        pseudonyms.load(tmp_path / "secret", "hw2p1")


def test_many_chosen_students_are_looked_up_once(book: Gradebook, monkeypatch: pytest.MonkeyPatch) -> None:
    every = [f"s{n:02}@x.edu" for n in range(12)]
    few = build.facts(book, site_making.NAME, every[:1])["found"]
    asked = []
    monkeypatch.setattr(build.standings, "of", lambda *words: asked.append(words))
    many = build.facts(book, site_making.NAME, [*reversed(every), "zoe", every[0]])["found"]
    assert not asked
    assert [standing.person.key for standing in many.standings] == [*reversed(every)]
    assert many.standings[-1] == few.standings[0]
    assert (many.policy, many.unopened, many.unmatched) == (few.policy, (), ())


def test_every_student_is_listed_and_every_decision(made: Path) -> None:
    text = (made / "site" / "index.html").read_text()
    for said in (
        "</strong> could not be opened",
        "</strong> counting for nobody",
        "nothing handed in",
        "</strong> late",
    ):
        assert said in text
    assert "who.zip" in text
    assert shown("\u202e") in text


def test_points_by_hand_are_said_to_be_and_need_no_decision(tmp_path: Path) -> None:
    with_points = ("broken@x.edu", "absent@x.edu")
    with site_making.opened(tmp_path / "book") as book:
        site_making.take(book, ["cem@x.edu"], None, problem="cut short")
        for student in with_points:
            adjustments.adjust(book, site_making.NAME, Change(student, "set", 60, "ta7", "a private word"))
        build.staff(source_of(book, None), tmp_path / "site")
        build.some(source_of(book, None), tmp_path / "own", [*with_points, "cem@x.edu"])
    decide = (tmp_path / "site" / "index.html").read_text().partition("could not be opened")[2].partition("</ul>")[0]
    assert "cem@x.edu" in decide
    assert "broken@x.edu" not in decide
    for student, first in zip(with_points, ("Not graded by checks", "Nothing was handed in"), strict=True):
        own = (tmp_path / "own" / page_name(student)).read_text()
        assert f"{first}: the points were given by hand." in own
        assert "this is no zero" not in own
        assert "the points were given by hand." in (tmp_path / "site" / "students" / page_name(student)).read_text()
    assert "Not graded yet; this is no zero." in (tmp_path / "own" / page_name("cem@x.edu")).read_text()


def test_late_work_that_nobody_decided_on_is_said_to_be_late(tmp_path: Path) -> None:
    """It is graded, and will not be by waiting."""
    students = ("fay@x.edu", "gil@x.edu")
    with site_making.opened(tmp_path / "book") as book:
        store.declare(book, site_making.NAME, {"deadline": site_making.DUE.isoformat()})
        for student in students:
            site_making.take(book, [student], builders.build(), hours=30)
        adjustments.adjust(book, site_making.NAME, Change("gil@x.edu", "set", 60, "ta7", "a private word"))
        build.some(source_of(book, None), tmp_path / "own", students)
        build.published(source_of(book, None), tmp_path / "public", site_making.PSEUDONYMS)
    fay, gil = ((tmp_path / "own" / page_name(student)).read_text() for student in students)
    shared = (tmp_path / "public" / "p" / site_making.PSEUDONYMS.page("fay@x.edu")).read_text()
    undecided = "no points so far, which is no zero. The course&#39;s staff decide."
    assert f"Handed in 2026-10-02 18:00:00 UTC, after the deadline of 2026-10-01 12:00:00 UTC: {undecided}" in fay
    assert "1 d 6 h, 2 days begun, not accepted unless somebody decides so" in fay
    assert f"Handed in after the deadline: {undecided}" in shared
    assert "2026-10-02" not in shared
    assert "Handed in after the deadline: the points were given by hand." in gil
    for text in (fay, gil, shared):
        assert "Not graded" not in text
        assert "nothing is taken" not in text


def test_totals_of_other_checks_stand_only_beside_totals_of_their_kind(tmp_path: Path) -> None:
    with site_making.opened(tmp_path / "book") as book:
        for student in ("fay@x.edu", "gil@x.edu"):
            site_making.take(book, [student], builders.build())
        adjustments.adjust(book, site_making.NAME, Change("gil@x.edu", "add", 1, "ta7", "a private word"))
        build.some(source_of(book, None), tmp_path / "own", ["fay@x.edu", "gil@x.edu"])
    assert "Under the course checks" in (tmp_path / "own" / page_name("fay@x.edu")).read_text()
    assert "Under the course checks" not in (tmp_path / "own" / page_name("gil@x.edu")).read_text()


def test_a_class_that_nobody_handed_in_for_has_a_site(tmp_path: Path) -> None:
    with Gradebook(str(tmp_path / "book"), create=True) as book:
        enrolment.enrol(book, [Person("ann", on_roster=True)])
        site_making.take(book, ["bob"], None, problem="empty")
        number = store.conditions(book, site_making.terms())
        publications.standing_publication(book, site_making.NAME, number, "ta")
        build.staff(source_of(book, None), tmp_path / "site")
    assert "Nothing is graded yet." in (tmp_path / "site" / "index.html").read_text()


def test_whom_canvas_calls_late_and_what_is_left_aside_stands_on_the_first_page(tmp_path: Path) -> None:
    with Gradebook(str(tmp_path / "book"), create=True) as book:
        number = store.conditions(book, site_making.terms())
        publications.standing_publication(book, site_making.NAME, number, "ta")
        store.declare(book, site_making.NAME, {"deadline": site_making.DUE.isoformat()})
        ann = enrolment.enrol(book, [Person("ann", "Ann Lee", on_roster=True)])["ann"]
        for label, problem in (("leeann_LATE_1_5_a.zip", None), ("leeann_LATE_1_6_b.pdf", "is no archive")):
            handed = Handed(label, f"sha256:{label}", "canvas", 5, None, True, [], {"name": label}, None, problem)
            store.hand_in(book, site_making.NAME, handed, [ann])
        build.staff(source_of(book, None), tmp_path / "site")
    text = (tmp_path / "site" / "index.html").read_text()
    assert "Ann Lee (Canvas says late)" in text
    assert "left aside" in text
    assert "could not be opened" not in text


def test_nothing_on_the_way_is_larger_than_it_must_be(made: Path) -> None:
    largest = {path.suffix: path.stat().st_size for path in sorted(made.rglob("*.*ml"), key=lambda p: p.stat().st_size)}
    assert largest[".html"] < 250_000
    assert listing.ROWS * 900 < 1_000_000  # a row with the longest texts that are shown
    row = listing.Row("李" * 20, "x" * 40, "graded late hand", (("李" * 20, None),) * 2 + (("100.25", "100.25"),) * 5)
    assert listing.SHARD * len(listing.shard([row])) < 1_000_000


def page_of(folder: Path, name: str) -> str:
    text = re.sub(r"<[^>]+>", " ", (folder / name).read_text("utf-8").partition("<main")[2])
    return html.unescape(re.sub(r"\s+", " ", text))


def test_a_page_says_how_a_mark_came_to_be(tmp_path: Path) -> None:
    with site_making.opened(tmp_path / "book") as book:
        number = adjustments.adjust(
            book, site_making.NAME, Change("s04@x.edu", "add", Decimal(50), "ta7", "a typo", "Conv2d")
        )
        adjustments.adjust(book, site_making.NAME, Change("s04@x.edu", "add", Decimal(1), "ta8", "a talk", "Conv2d"))
        adjustments.revoke(book, site_making.NAME, number, "ta9", "too many")
        build.staff(source_of(book, None), tmp_path / "site")
    page = page_of(tmp_path / "site" / "students", "s04@x.edu.html")
    assert " Due 2026-10-01 12:00:00 UTC Late 1 d 6 h, 2 days begun, −20 % Rules The last attempt counts; due " in page
    assert "each day begun costs 10 % of the main and bonus points, 50 % at most" in page
    assert re.search(r"Graded \S+ \S+ UTC( by version \S+)?, conditions 1: edition s23, strict checks", page)
    assert re.search(
        r"Stands by publication 1, made \S+ \S+ UTC, ta: first batch; added to it when it was graded", page
    )
    assert re.search(r"\+50 \S+ \S+ UTC, ta7: a typo Taken back \S+ \S+ UTC, ta9: too many", page)
    assert re.search(r"Conv2d (<[^>]+>)?.{0,60} by hand; \d+ by checks", page)
    extended = page_of(tmp_path / "site" / "students", "s03@x.edu.html")
    assert "Due 2026-10-01 14:00:00 UTC (2 h more, by the policy)" in extended


def test_pages_under_pseudonyms_tell_of_no_deadline_of_ones_own(tmp_path: Path) -> None:
    with site_making.opened(tmp_path / "book") as book:
        site_making.take(book, ["s04@x.edu"], builders.mixed(), hours=31, label="s04@x.edu_2_handin.tar")
        build.published(source_of(book, None), tmp_path / "public", site_making.PSEUDONYMS)
        build.some(source_of(book, None), tmp_path / "one", ["s03@x.edu"])
    for student, cost in (("s03@x.edu", "nothing is taken"), ("s04@x.edu", "−20 %")):
        page = page_of(tmp_path / "public" / "p", site_making.PSEUDONYMS.page(student))
        assert f"Late {cost} Rules" in page
        assert "2026" not in page.replace("due 2026-10-01 12:00:00 UTC", "")  # nor when they handed in
        assert "1 d 7 h" not in page
        assert "days begun" not in page
        assert ("Handed in 2 times, of which number 2 counts" in page) == (student == "s04@x.edu")
        assert ("late (−20 %)" in page) == (student == "s04@x.edu")
        assert "Rules The last attempt counts; due 2026-10-01 12:00:00 UTC" in page
        assert " Due " not in page
        assert "more, by the" not in page
        assert "publication" not in page
    assert "Due 2026-10-01 14:00:00 UTC (2 h more, by the policy)" in page_of(tmp_path / "one", "s03@x.edu.html")
    assert not (tmp_path / "public" / "history.html").exists()


def test_a_page_tells_who_decided_what(tmp_path: Path) -> None:
    with site_making.opened(tmp_path / "book") as book:
        again = store.conditions(book, replace(site_making.terms("[limits]\ncpu_seconds = 9"), digest="sha256:2"))
        attempt = site_making.take(book, ["s01@x.edu"], None, text="again")
        store.record(book, documents.graded(_document(), attempt, again), None)
        drafts.publish(book, site_making.NAME, again, "prof", "a case was <wrong>")
        drafts.undo(book, site_making.NAME, "dean", "it was not")
        rules = {"deadline": site_making.DUE.isoformat(), "extensions": {"s05@x.edu": "1d"}}
        store.declare(book, site_making.NAME, rules, "prof", "nobody is late")
        adjustments.adjust(book, site_making.NAME, Change("s01@x.edu", "set", Decimal(7), "ta7", "by mail"))
        build.staff(source_of(book, None), tmp_path / "site")
    page = page_of(tmp_path / "site", "history.html")
    assert re.search(
        r"Publication 2 \S+ \S+ UTC, prof: a case was <wrong> Taken back \S+ \S+ UTC, dean: it was not", page
    )
    assert re.search(r"Publication 1 \S+ \S+ UTC, ta: first batch", page)
    assert re.search(
        r"Rules 2 \S+ \S+ UTC, prof: nobody is late The last attempt counts; due \S+ \S+ UTC; lateness", page
    )
    assert "s03@x.edu: no extension any more, by the policy" in page
    assert "s05@x.edu: 1 d more, by the policy" in page
    assert re.search(r"s01@x.edu: main = 7 \S+ \S+ UTC, ta7: by mail", page)
    assert re.search(r"dean: it was not 1 grading under conditions 2: edition s23, overlay \w{12}, strict checks", page)
    assert "cpu_seconds = 9" in page
    assert 'href="history.html"' in (tmp_path / "site" / "index.html").read_text("utf-8")


def _document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(document(site_making.builders.build())))
    return found


def test_who_left_is_called_withdrawn_and_no_figure_counts_them(tmp_path: Path) -> None:
    left = Person("left@x.edu", "Lee Left")
    with site_making.opened(tmp_path / "book") as book:
        build.staff(source_of(book, None), tmp_path / "before")
        number = enrolment.enrol(book, [left])[left.key]
        files = {"mytorch/Conv1d.py": b"# mine"}
        handed = Handed("left.tar", digest(files), "autolab", 1, site_making.DUE, False, [], {}, pack(files))
        attempt = store.hand_in(book, site_making.NAME, handed, [number])
        conditions = store.conditions(book, site_making.terms())
        publication = publications.standing_publication(book, site_making.NAME, conditions, "ta")
        report = documents.graded(json.loads(json.dumps(document(builders.build()))), attempt, conditions)
        store.record(book, report, publication)
        build.staff(source_of(book, None), tmp_path / "site")
        build.some(source_of(book, None), tmp_path / "own", [left.key])
        build.published(source_of(book, None), tmp_path / "public", site_making.PSEUDONYMS)
    overview, before = (page_of(tmp_path / name, "index.html") for name in ("site", "before"))
    assert "handed in nothing, 1 withdrawn" in overview
    assert overview.partition("To decide")[2] == before.partition("To decide")[2]
    for folder in ("own", "site/students"):
        page = page_of(tmp_path / folder, page_name(left.key))
        assert "not on the roster any more" in page.lower()
        assert "100/100" in page
    assert "by hand" not in page_of(tmp_path / "site" / "students", page_name(left.key))
    assert "withdrawn" in page_of(tmp_path / "site", "students.html")
    assert not [name for name, text in contents(tmp_path / "public").items() if b"roster" in text]


def test_who_is_graded_under_other_conditions_than_the_class_is_listed(tmp_path: Path) -> None:
    with site_making.opened(tmp_path / "book") as book:
        build.staff(source_of(book, None), tmp_path / "before")
        other = store.conditions(book, replace(site_making.terms("[limits]"), digest="sha256:2"))
        attempt = next(one.id for one in queries.attempts(book, site_making.NAME) if one.students == ("s05@x.edu",))
        report = documents.graded(json.loads(json.dumps(document(builders.build()))), attempt, other)
        store.record(book, report, None)
        drafts.publish(book, site_making.NAME, other, "prof", "a typo")
        build.staff(source_of(book, None), tmp_path / "site")
    before, after = (page_of(tmp_path / folder, "index.html") for folder in ("before", "site"))
    assert "other conditions" not in before
    told = after.partition(" 1 graded under other conditions than the class ")[2]
    assert re.match(r".{,120} s05@x.edu\s*: conditions 2: edition s23", told), told[:200]
    page = page_of(tmp_path / "site" / "students", page_name("s05@x.edu"))
    assert re.search(r"Stands by publication 2, \S+ \S+ UTC, prof: a typo", page)
