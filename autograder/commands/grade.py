"""`grade`: one submission, from a path to a report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.assignments import registry
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Rubric
from autograder.errors import UsageError
from autograder.grading.grader import Grader, Options

from .options import PATH, assignment_option, chosen_seed, edition_option, grading_options, overlay_option

if TYPE_CHECKING:
    from autograder.grading.report import Report

FORMATS = ("json",)


@dataclass(frozen=True, slots=True)
class Output:
    """What becomes of the report."""

    group: str | None
    scores: Path | None
    files: tuple[tuple[str, Path], ...]
    fail_under: float | None
    quiet: bool


@click.command()
@click.argument("path", type=PATH, required=False)
@assignment_option
@click.option("--only", multiple=True, metavar="KEY", help="Only this section (repeatable).")
@edition_option
@grading_options
@overlay_option
@click.option("--group", type=click.Choice(["main", "bonus"]), help="Which keys the last line has; default both.")
@click.option("--scores", type=PATH, help="Where to write scores.json; default: only for the handout, at the top.")
@click.option("--format", "formats", multiple=True, type=click.Choice(FORMATS), help="Also write this format …")
@click.option("--output", "outputs", multiple=True, type=PATH, help="… to this file (pairs, repeatable).")
@click.option("--watch", is_flag=True, help="Grade again whenever a file is saved.")
@click.option("--debug", is_flag=True, help="Run in this process, so that breakpoint() works; never scores.")
@click.option("--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT", help="Exit with 1 below this.")
@click.option("--quiet", is_flag=True, help="Only the last line.")
def grade(
    path: Path | None,
    assignment: str,
    only: tuple[str, ...],
    edition: str | None,
    overlay: Path | None,
    checks: Any,
    seed: int | None,
    seed_file: Path | None,
    profile: str,
    isolation: Any,
    watch: bool,
    debug: bool,
    **output: Any,
) -> int:
    """Grade one submission: a folder, .zip or .tar (default: the handout)."""
    found = registry.find(assignment)
    rubric = found.rubric(edition, overlay)
    options = Options(profile, checks, chosen_seed(seed, seed_file), isolation, only)
    place = path if path is not None else found.handout
    if not place.exists():
        raise UsageError(f"there is no {place}")
    if debug:
        from autograder.grading.debug import debug as run_here

        return run_here(place, found, rubric, options)
    told = destinations(found, place, only, **output)
    if watch:
        from autograder.grading.watch import watch as run_again

        return run_again(place, found, rubric, options, told)
    return once(place, found, rubric, options, told)


def destinations(
    assignment: Assignment,
    path: Path,
    only: tuple[str, ...],
    *,
    group: str | None,
    scores: Path | None,
    formats: tuple[str, ...],
    outputs: tuple[Path, ...],
    fail_under: float | None,
    quiet: bool,
) -> Output:
    """Where the report goes."""
    if len(formats) != len(outputs):
        raise UsageError("--format and --output come in pairs", hint="for example: --format json --output report.json")
    if only:
        if scores is not None:
            raise UsageError("--only never writes scores.json", hint="leave out --scores, or --only")
    elif scores is None and path.resolve() == assignment.handout.resolve() and assignment.name == "hw2p1":
        scores = registry.PROJECT / "scores.json"
    return Output(group, scores, tuple(zip(formats, outputs, strict=True)), fail_under, quiet)


def once(path: Path, assignment: Assignment, rubric: Rubric, options: Options, output: Output) -> int:
    """Grade once and tell."""
    with Grader(assignment, rubric, options) as grader:
        from autograder.submissions.reading import read

        submission = read(path, rubric)
        report = grader.grade(submission, progress)
    return tell(report, output)


def progress(key: str, status: str) -> None:
    """Told after each section."""


def tell(report: Report, output: Output) -> int:
    """Show and write the report; the exit status."""
    from autograder.reports import jsonfile

    before = previous(output.scores)
    complete = all(section.status != "ungraded" for section in report.sections)
    if not output.quiet:
        show(report, before)
    if output.scores is not None and complete:
        jsonfile.write_atomically(output.scores, jsonfile.dumps(report, run=False))
    for _, path in output.files:
        jsonfile.write_atomically(path, jsonfile.dumps(report, run=True))
    click.echo(jsonfile.last_line(report, output.group))
    if not complete:
        return 3
    return 1 if output.fail_under is not None and percent(report) < output.fail_under else 0


def previous(scores: Path | None) -> Any:
    """The last report, where there is one that can be read."""
    if scores is None:
        return None
    try:
        return json.loads(scores.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def show(report: Report, before: Any) -> None:
    """The report on the console."""
    from rich.console import Console

    from autograder.reports.changes import changes
    from autograder.reports.console import render

    render(report, changes(before, report), Console(highlight=False))


def percent(report: Report) -> float:
    """Points of the main total in percent; of the bonus, where nothing else was graded."""
    total = report.totals.get("main") or report.totals["bonus"]
    return float(100 * total.points / total.max) if total.max != Decimal(0) else 100.0
