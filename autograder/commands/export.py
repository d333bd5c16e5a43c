"""`export`: a gradebook's standing grades for learning systems and spreadsheets, and documents for students."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import click

from autograder.assignments import registry
from autograder.assignments.rubric import Rubric
from autograder.errors import UsageError
from autograder.grading.report import restored
from autograder.platforms.formats import writer
from autograder.reports import context as contexts
from autograder.reports.context import Context
from autograder.reports.jsonfile import write_atomically
from autograder.submissions.names import shown

from .options import PATH
from .staff import Packages

packages = Packages()
with packages:
    from autograder.batch.conditions import rubric_of
    from autograder.batch.show import LISTED, say_list
    from autograder.exports import canvas, feedback, folder, moodle, tables
    from autograder.exports.grades import Grades, grades
    from autograder.exports.templates import Filled
    from autograder.gradebook import publications, queries
    from autograder.gradebook.engine import Gradebook
    from autograder.gradebook.facts import ConditionsFacts
    from autograder.gradebook.policy import Policy
    from autograder.gradebook.standing import Standing

SCHEMA = "autograder/exported/v1"
GROUPS = {"total": ("main", "bonus"), "main": ("main",), "bonus": ("bonus",)}
TEMPLATES = ("canvas", "moodle")
DOCUMENTS = ("autolab", "gradescope", "markdown", "html")
#: What each list of those who are left out is called.
TITLES = {
    "without_points": "without points, which is no zero",
    "strangers": "of the template, and not in the gradebook",
    "absent": "with points, and not in the template",
    "unmatched": "handed in, counting for nobody yet",
    "beyond_problems": "with points that no problem of Autolab's holds (lateness, by hand)",
    "notes": "to look at",
    "doubtful": "of points by hand, to look at",
}


@click.command()
@click.argument("place", metavar="GRADEBOOK")
@click.option("-a", "--assignment", help="Which assignment; needed where the gradebook has several.")
@click.option("--format", "form", required=True, type=click.Choice([*TEMPLATES, "csv", "jsonl", *DOCUMENTS]),
              help="For a learning system's gradebook, a spreadsheet, or as a document a student.")  # fmt: skip
@click.option("--output", required=True, type=PATH, help="A file; a folder for a document a student.")
@click.option("--template", type=PATH, help="What Canvas or Moodle exported: says who is in the course.")
@click.option("--column", metavar="NAME", help="Canvas: the assignment's column, whose grades are written over. "
              "Moodle: the column that says who somebody is, and is copied.")  # fmt: skip
@click.option("--points", "counted", type=click.Choice(list(GROUPS)), default="total", show_default=True,
              help="Whose points a grade is.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="Only the last line.")
@packages.needed
def export(
    place: str,
    assignment: str | None,
    form: str,
    output: Path,
    template: Path | None,
    column: str | None,
    counted: str,
    quiet: bool,
) -> int:
    """Write what stands in GRADEBOOK, with lateness and points by hand; who is left out is listed."""
    if (form in TEMPLATES) != (template is not None) or (column is not None and template is None):
        raise UsageError(
            f"--format {form} takes {'a' if form in TEMPLATES else 'no'} --template",
            hint="canvas and moodle need the file that they exported; nothing else takes one",
        )
    if form in DOCUMENTS:
        writer(form)  # one that cannot write says so at once
    with Gradebook(place) as book, book.undeleted():
        found = grades(book, queries.only_assignment(book, assignment), GROUPS[counted])
        lists = {"without_points": found.without(), "unmatched": _nobody(found)}
        if template is not None:
            done = _filled(form, found, template, column)
            write_atomically(output, done.text)
            count, lists = done.written, {**_lists(done), "unmatched": lists["unmatched"]}
        elif form in DOCUMENTS:
            count = folder.write(output, feedback.ENDINGS[form], documents(book, found, form))
            if form == "autolab":
                lists["beyond_problems"] = [line for one in found.students for line in feedback.beyond_sections(one)]
        else:
            count = len(found.students)
            text = tables.as_csv(found, found.origins(book)) if form == "csv" else _json_lines(book, found)
            write_atomically(output, text)
        lists["doubtful"] = found.doubtful()
    return said(form, count, output, lists, quiet=quiet)


def _nobody(found: Grades) -> list[str]:
    return [*(attempt.label for attempt in found.unmatched), *found.forks]


def _filled(form: str, found: Grades, template: Path, column: str | None) -> Filled:
    """The template with its column filled."""
    title = registry.find(found.assignment).rubric().title
    if form == "moodle":
        return moodle.filled(found, template, column, title)
    return canvas.filled(found, template, column, (title, found.assignment))


def _lists(done: Filled) -> dict[str, list[str]]:
    return {"strangers": done.strangers, "absent": done.absent, "without_points": done.without, "notes": done.notes}


def _json_lines(book: Gradebook, found: Grades) -> str:
    attempts = [*found.unmatched, *(s.attempt for s in found.students if s.attempt is not None)]
    numbers = sorted({attempt.grading.id for attempt in attempts if attempt.grading is not None})
    seeds = {n: report["seed"] for n, report in queries.reports(book, numbers)}
    return tables.as_json_lines(found, seeds, found.origins(book))


def documents(book: Gradebook, found: Grades, form: str) -> Iterator[tuple[str, str | None, str, str]]:
    """Each student's key, document, state and reason."""
    around = surroundings(book)
    usual = publications.standing_conditions(book, found.assignment)
    for standing in found.students:
        grading = None if standing.attempt is None else standing.attempt.grading
        number = usual if grading is None else grading.conditions
        text = None if number is None else document(book, standing, form, found.policy, around(number))
        yield standing.person.key, text, standing.state, shown(standing.reason)


def document(book: Gradebook, standing: Standing, form: str, policy: Policy, around: Surroundings) -> str | None:
    """A student's document; None where they have neither a report nor points by hand that the format can hold."""
    if standing.report_of is not None:
        report = restored(queries.report(book, standing.report_of))
    elif standing.sums and form != "autolab":
        report = feedback.by_hand(standing, around.rubric, around.conditions, around.context)
    else:
        return None
    return feedback.render(form, report, standing, policy, around.context)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What writers know besides a report."""

    conditions: ConditionsFacts
    rubric: Rubric
    context: Context


def surroundings(book: Gradebook) -> Callable[[int], Surroundings]:
    """What writers know besides a report, by the number of its conditions."""

    @cache
    def around(number: int) -> Surroundings:
        facts = queries.conditions(book, number)
        rubric = rubric_of(registry.find(facts.assignment), facts.details["edition"], facts.details["overlay"])
        return Surroundings(facts, rubric, contexts.of(rubric, {}, students=True))

    return around


def said(form: str, count: int, output: Path, lists: dict[str, list[str]], *, quiet: bool) -> int:
    """Say what was written and who is left out."""
    if not quiet:
        click.echo(f"{count} {'documents' if form in DOCUMENTS else 'students'} written to {output}")
        for name, lines in lists.items():
            # What somebody must type is there to the last line.
            most = len(lines) if name == "beyond_problems" else LISTED
            say_list(TITLES[name], lines, most=most, rest=", named in the last line")
    facts: dict[str, Any] = {"schema": SCHEMA, "format": form, "written": count, **lists}
    click.echo(json.dumps(facts, ensure_ascii=True))
    return 0
