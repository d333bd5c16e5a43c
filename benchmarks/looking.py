"""Looking at a class of 10,000: how long each question to the gradebook takes, how large and how slow the pages are.

The gradebook is filled with rows directly, from two reports that a grader made before, with outcomes drawn anew for
every student; the questions, the site and the browser are the real ones. `python -m benchmarks.looking BOOK FOLDER`
makes one site, in a process of its own so that its peak of memory is its own.
"""

from __future__ import annotations

import json
import random
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from . import simulated, submissions
from .rows import Row, Say, Spread
from .timing import told

#: Classes of these sizes; with fewer than seven runs, of the smaller one only.
SIZES = (1000, 10_000)
DUE = datetime(2026, 10, 1, 12, tzinfo=UTC)
#: Milliseconds and kB that a question and a page may take.
MOMENT, PAGE = 200.0, 1000.0


def rows(runs: int, say: Say) -> Iterator[Row]:
    """Questions, pages, and what making them takes, at the larger size; growth against the smaller one."""
    sizes = SIZES if runs >= 7 else SIZES[:1]
    seen = {}
    with submissions.folder() as place:
        documents = simulated.reports(place)
        for size in sizes:
            fill(place / f"book{size}", size, documents)
            if size == sizes[-1]:
                yield from questions(place / f"book{size}", size, runs)
            words = [str(place / f"book{size}"), str(place / f"site{size}")]
            seen[size] = told([sys.executable, "-m", "benchmarks.looking", *words])
            say(f"{size} students: {seen[size]['seconds']:.1f} s, {seen[size]['peak_mb']:.0f} MB")
        yield from pages(place / f"site{sizes[-1]}", sizes[-1], runs)
    large = seen[sizes[-1]]
    each = 1000 * large["seconds"] / sizes[-1]
    yield Row(f"site of {sizes[-1]:,}, a student", Spread.of([each]), "ms", "making the whole site",
              wall=Spread.of([large["seconds"]]))  # fmt: skip
    yield Row(f"memory for a site of {sizes[-1]:,}", Spread.of([large["peak_mb"]]), "MB", "the command's peak")


def questions(place: Path, size: int, runs: int) -> Iterator[Row]:
    """Every question that commands ask of a gradebook, in milliseconds."""
    from autograder.gradebook import publications, queries, standing
    from autograder.gradebook.engine import Gradebook

    with Gradebook(str(place)) as book:
        key = f"s{size // 2:05}@x.edu"
        one = standing.of(book, "hw2p1", key)
        assert one is not None and one.report_of is not None
        grading = one.report_of
        asked: dict[str, Callable[[], object]] = {
            "everybody": lambda: queries.people(book),
            "all attempts with their gradings": lambda: queries.attempts(book, "hw2p1"),
            "where everybody stands": lambda: standing.standings(book, "hw2p1"),
            "where one student stands": lambda: standing.of(book, "hw2p1", key),
            "a report": lambda: queries.report(book, grading),
            "points by hand": lambda: queries.adjustments(book, "hw2p1"),
            "what stands": lambda: publications.standing_conditions(book, "hw2p1"),
        }
        for name, ask in asked.items():
            spent = []
            for _ in range(max(3, runs)):
                begun = time.perf_counter()
                ask()
                spent.append(1000 * (time.perf_counter() - begun))
            yield Row(f"{name}, of {size:,}", Spread.of(spent), "ms", "a question to the gradebook (SQLite)", MOMENT)


def pages(place: Path, size: int, runs: int) -> Iterator[Row]:
    """The largest file, and how fast Chromium shows the largest pages, sorts and filters."""
    from playwright.sync_api import sync_playwright

    largest = max(path.stat().st_size for path in place.rglob("*") if path.is_file())
    yield Row(f"largest page of {size:,} students", Spread.of([largest / 1000]), "kB", "on the disk", PAGE)
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("no Chromium here: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        shown: dict[str, list[float]] = {}
        for _ in range(max(3, runs)):
            for name in ("index.html", "students.html"):
                page.goto((place / name).resolve().as_uri())
                spent = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventStart")
                shown.setdefault(f"{name} is there", []).append(float(spent))
            for name, act in ACTS.items():
                shown.setdefault(name, []).append(float(page.evaluate(act)))
        browser.close()
    for name, values in shown.items():
        yield Row(f"{name}, {size:,} students", Spread.of(values), "ms", "in Chromium", MOMENT)


#: What one does with the table, and how long until the page is laid out anew.
ACTS = {
    "sorting by points": """() => { const begun = performance.now();
        document.querySelectorAll('#students thead button')[3].click();
        document.body.offsetHeight; return performance.now() - begun }""",
    "filtering by a name": """() => { const begun = performance.now(); const find = document.getElementById('find');
        find.value = 'student 77'; find.dispatchEvent(new Event('input'));
        document.body.offsetHeight; return performance.now() - begun }""",
}


def fill(place: Path, size: int, documents: list[dict[str, Any]]) -> None:
    """A gradebook of so many students, with an attempt and a report each."""
    from sqlalchemy import insert

    from autograder.batch.documents import graded
    from autograder.gradebook import models, publications, store
    from autograder.gradebook.engine import Gradebook

    draw = random.Random(size)
    terms = store.Terms("sha256:1", "hw2p1", "s23", "11785", "strict", "quick", {"edition": "s23", "overlay": ""})
    with Gradebook(str(place), create=True) as book:
        number = store.conditions(book, terms)
        publication = publications.standing_publication(book, "hw2p1", number, "ta")
        store.declare(book, "hw2p1", {"deadline": DUE.isoformat(), "late": {"per": "day", "percent": "10"}})
        for begin in range(0, size, 1000):
            many = range(begin + 1, min(size, begin + 1000) + 1)
            found = [graded(_drawn(draw, documents), one, number) for one in many]
            with book.writing() as session:
                session.execute(insert(models.Student), [_student(one) for one in many])
                session.execute(insert(models.Attempt), [_attempt(one, draw) for one in many])
                session.execute(insert(models.Credit), [{"attempt_id": one, "student_id": one} for one in many])
                session.execute(
                    insert(models.Grading),
                    [
                        {"id": one.attempt, "attempt_id": one.attempt, "conditions_id": number,
                         "summary": one.summary, "graded_at": DUE}
                        for one in found
                    ],
                )  # fmt: skip
                session.execute(
                    insert(models.ReportRow),
                    [{"grading_id": one.attempt, "body": one.report, "run": one.run} for one in found],
                )
                session.execute(
                    insert(models.Published), [{"publication_id": publication, "grading_id": one} for one in many]
                )


def _drawn(draw: random.Random, documents: list[dict[str, Any]]) -> dict[str, Any]:
    """A report in which every section is drawn from one of those that there are."""
    ability = draw.betavariate(2.2, 1.1)
    places = range(len(documents[0]["sections"]))
    chosen = [documents[draw.random() > 0.4 + 0.6 * ability] for _ in places]
    sections = [document["sections"][at] for at, document in zip(places, chosen, strict=True)]
    facts = {
        s["key"]: document["run"]["sections"].get(s["key"], {}) for s, document in zip(sections, chosen, strict=True)
    }
    return {**documents[0], "sections": sections, "run": {**documents[0]["run"], "sections": facts}}


def _student(number: int) -> dict[str, Any]:
    key = f"s{number:05}@x.edu"
    return {"id": number, "key": key, "name": f"Student {number}", "email": key, "section": "ABCD"[number % 4],
            "on_roster": True}  # fmt: skip


def _attempt(number: int, draw: random.Random) -> dict[str, Any]:
    when = DUE - timedelta(hours=draw.expovariate(1 / 20.0) - (40 if draw.random() < 0.08 else 0))
    return {
        "id": number, "assignment": "hw2p1", "label": f"s{number:05}@x.edu_1_handin.tar", "digest": f"sha256:{number}",
        "source": "autolab", "number": 1, "submitted_at": when, "marked_late": False, "hints": "[]", "reading": "{}",
        "problem": None, "seen_at": DUE,
    }  # fmt: skip


def main() -> None:
    """One site: its seconds, and the most memory that making it held."""
    book, folder = sys.argv[1:]
    from autograder.cli import cli

    begun = time.perf_counter()
    cli.main(["summary", book, "--output", folder], standalone_mode=False)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": time.perf_counter() - begun, "peak_mb": peak}))


if __name__ == "__main__":
    main()
