"""A gradebook to make sites of: reports that were made up, of students that were, without grading anything."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

from autograder.batch.documents import graded
from autograder.gradebook import enrolment, publications, store
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.enrolment import Person
from autograder.gradebook.packing import pack
from autograder.gradebook.store import Handed, Terms
from autograder.grading.report import Report, document
from autograder.site.pseudonyms import Pseudonyms
from autograder.submissions.submission import digest

NAME = "hw2p1"
DUE = datetime(2026, 10, 1, 12, tzinfo=UTC)
#: Whose page is whose in `public`.
PSEUDONYMS = Pseudonyms(b"no secret at all, of 32 bytes ...", NAME)


def _builders() -> ModuleType:
    path = Path(__file__).parents[1] / "reports" / "conftest.py"
    spec = importlib.util.spec_from_file_location("report_builders_of_sites", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


builders = _builders()

#: A way out of everything that a page is made of.
BREAKERS = (
    '<script>window.broken=1</script></style><style>*{display:none}</style>" onmouseover="window.broken=2" x="'
    "<img src=x onerror=window.broken=3>]]>--><svg onload=window.broken=4> {{ 7*7 }} {% raw %} "
    "\u202eevil\u2066 \x00\x1b[2J"
)


def terms(overlay: str = "") -> Terms:
    """The conditions of all gradings here."""
    return Terms("sha256:1", NAME, "s23", "11785", "strict", "quick", {"edition": "s23", "overlay": overlay})


def take(
    book: Gradebook,
    keys: list[str],
    report: Report | None,
    *,
    label: str = "",
    hours: float = -1,
    problem: str | None = None,
    text: str = "",
) -> int:
    """Hand something in for these students, and grade it unless there is no report."""
    students = [enrolment.enrol(book, [Person(key, on_roster=True)])[key] for key in keys]
    label = label or f"{'-'.join(keys)}_1_handin.tar"
    files = {"mytorch/Conv1d.py": f"# of {label} {text}".encode()}
    mark = f"unopened:{label}" if problem else digest(files)
    packed = None if problem else pack(files)
    when = DUE + timedelta(hours=hours)
    hints = [{"kind": "email", "value": key} for key in keys]
    handed = Handed(label, mark, "autolab", 1, when, False, hints, {"name": label}, packed, problem)
    attempt = store.hand_in(book, NAME, handed, students)
    if report is not None:
        conditions = store.conditions(book, terms())
        publication = publications.standing_publication(book, NAME, conditions, "ta")
        body = json.loads(json.dumps(document(report)))
        body["run"]["submission"] = {"name": label, "digest": mark, "root": ""}
        store.record(book, graded(body, attempt, conditions), publication)
    return attempt


def fill(book: Gradebook, size: int = 12) -> None:
    """A class with one of everything that a page shows."""
    store.conditions(book, terms())
    late = {"per": "day", "percent": "10", "cap": "50"}
    store.declare(book, NAME, {"deadline": DUE.isoformat(), "late": late, "extensions": {"s03@x.edu": "2h"}})
    people = [Person(f"s{n:02}@x.edu", f"Student {n}", section="AB"[n % 2], on_roster=True) for n in range(size)]
    enrolment.enrol(book, [*people, Person("absent@x.edu", "Nobody", on_roster=True)])
    enrolment.enrol(book, [Person("evil@x.edu", BREAKERS, section=BREAKERS, on_roster=True)])
    for n, person in enumerate(people):
        report = builders.mixed() if n % 3 else builders.build({"Conv2d": {"status": "failed"}} if n % 2 else None)
        take(book, [person.key], report, hours=30 if n == 4 else -n)
    take(book, ["evil@x.edu"], builders.hostile(), label=BREAKERS)
    take(book, ["broken@x.edu"], None, problem=f"cut short {BREAKERS}")
    take(book, [], builders.build(), label="who.zip")


def fill_with(book: Gradebook, overlay: str, reports: Mapping[str, Report]) -> None:
    """A class of these reports, by student, under an overlay."""
    number = store.conditions(book, terms(overlay))
    publications.standing_publication(book, NAME, number, "ta")
    for key, report in reports.items():
        take(book, [key], report)


def opened(folder: Path, size: int = 12) -> Gradebook:
    """A gradebook of such a class."""
    book = Gradebook(str(folder), create=True)
    fill(book, size)
    return book
