"""A small class with standing grades, made up: late, adjusted, ungraded, missing, strangers, hostile names."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import helpers
from click.testing import CliRunner

from autograder.assignments.rubric import Rubric
from autograder.assignments.seeds import Seed
from autograder.batch import documents
from autograder.batch.conditions import Job, overlay_text, terms
from autograder.cli import cli
from autograder.gradebook import adjustments, enrolment, publications, store
from autograder.gradebook import policy as policies
from autograder.gradebook.adjustments import Change
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.enrolment import Person
from autograder.gradebook.moments import moment
from autograder.gradebook.store import Handed
from autograder.grading import score
from autograder.grading.report import Check, Report, SectionReport, document

NAME = "hw2p1"
DUE = "2026-10-01T12:00:00+00:00"
POLICY = {"deadline": DUE, "late": {"per": "day", "percent": "10"}}
#: What submissions and students may try to put into cells, pages and terminals.
HOSTILE = '=HYPERLINK("http://x";"y")\r\n,\';<script>alert(1)</script>\u202e🎓\x1b[31m'


def report(rubric: Rubric, failing: tuple[str, ...] = (), *, message: str = "wrong", **facts: Any) -> Report:
    """A report in which these sections (by id) fail, with all that a submission has a hand in set to `message`."""

    def section(one: Any) -> SectionReport:
        fails = one.id in failing
        status = "failed" if fails else "passed"
        check = Check("Z", "course", status, message if fails else None, message if fails else "")  # type: ignore[arg-type]
        earned = Decimal(0) if fails else one.points
        return SectionReport(
            one.key, one.number, one.group, earned, one.points, status, message if fails else "", (check,), None,  # type: ignore[arg-type]
            one.visibility,
        )  # fmt: skip

    sections = tuple(section(one) for one in rubric.sections)
    totals = dict(score.total(sections))
    return Report(
        rubric.name, rubric.edition, "11785", "quick", "strict", totals, totals, totals, sections, **facts,
    )  # fmt: skip


class Marks:
    """A gradebook that is filled by the tests."""

    def __init__(self, place: Path, overlay: Path | None = None) -> None:
        self.place = place
        self.rubric = helpers.ASSIGNMENT.rubric(None, overlay)
        with Gradebook(str(place), create=True) as book:
            job = Job(helpers.ASSIGNMENT, self.rubric, Seed(), overlay=overlay_text(overlay))
            self.conditions = store.conditions(book, terms(job))
            self.publication = publications.standing_publication(book, NAME, self.conditions, "ta")
            store.declare(book, NAME, policies.document(policies.parse(POLICY)))

    def student(self, key: str, **facts: Any) -> int:
        """Enrol somebody."""
        with Gradebook(str(self.place)) as book:
            return enrolment.enrol(
                book, [Person(key, **{"email": key if "@x" in key else "", "on_roster": True, **facts})]
            )[key]

    def hand_in(
        self, students: list[int], label: str, *failing: str, days: int = 0, problem: str | None = None, **facts: Any
    ) -> None:
        """An attempt, graded unless there is a problem."""
        with Gradebook(str(self.place)) as book:
            when = moment(DUE) + timedelta(days=days)
            handed = Handed(label, f"sha256:{label}", "folder", 1, when, False, [], {"name": label}, b"", problem)
            attempt = store.hand_in(book, NAME, handed, students)
            if problem is None:
                made = document(report(self.rubric, failing, **facts))
                store.record(book, documents.graded(made, attempt, self.conditions), self.publication)

    def adjust(self, student: str, kind: str, points: str, section: str = "") -> None:
        """Points by hand."""
        with Gradebook(str(self.place)) as book:
            adjustments.adjust(book, NAME, Change(student, kind, Decimal(points), "ta7", "in private", section))  # type: ignore[arg-type]

    def export(self, form: str, output: Path, *more: object) -> dict[str, Any]:
        """Run the command; its last line."""
        done = run("export", self.place, "--format", form, "--output", output, *more)
        last: dict[str, Any] = json.loads(done.splitlines()[-1])
        return last


def run(*words: object) -> str:
    """Run the program in this process; what it prints."""
    done = CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False, standalone_mode=False)
    return done.output


def usual(place: Path, overlay: Path | None = None) -> Marks:
    """Five students and a stranger: 115, 100 late, 60 by hand, ungraded, missing."""
    made = Marks(place, overlay)
    ann = made.student("ann@x.edu", name="Ann Lee", login="annl", number="101 S-1", section="A")
    bob = made.student("bob@x.edu", name="O'Brien, Bob", login="bobo", number="102 S-2", section="A")
    made.student("cy@x.edu", name="Cy Ångström", login="cy", number="103 S-3", section="B")
    dan = made.student("dan@x.edu", name="Dan Roe", login="danr", number="104 S-4", section="B")
    made.student("eve@x.edu", name="Eve Roe", login="ever", number="105 S-5", section="B")
    made.hand_in([ann], "ann.zip", notes=("be kind",))
    made.hand_in([bob], "bob.zip", "conv1d", "mcq_1", days=2, run={"sections": {"Conv1d": {"printed": "hello"}}})
    made.hand_in([dan], "dan.zip", problem="is empty")
    made.hand_in([], "stranger.zip")
    made.adjust("bob@x.edu", "add", "2.5", "Conv1d")
    made.adjust("cy@x.edu", "set", "60")
    return made


def left(place: Path) -> Marks:
    """Three who left: one with 115 points, one whose file cannot be opened, one who handed in nothing."""
    made = usual(place)
    made.hand_in([made.student("gone@x.edu", on_roster=False)], "gone.zip")
    made.hand_in([made.student("lost@x.edu", on_roster=False)], "lost.zip", problem="is empty")
    made.student("never@x.edu", on_roster=False)
    return made
