"""`grade`: one submission, from a path to a report."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.assignments import registry
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Rubric
from autograder.assignments.seeds import Seed, for_student
from autograder.errors import HarnessError, UsageError
from autograder.grading.grader import Grader, Options
from autograder.grading.grader import Progress as Advance
from autograder.platforms.formats import FORMATS, writer
from autograder.reports import context as contexts
from autograder.reports.context import Context

from .options import (
    PATH,
    assignment_option,
    chosen_seed,
    edition_option,
    fail_under_option,
    grading_options,
    overlay_option,
)

if TYPE_CHECKING:
    from autograder.grading.report import Report, Status


@dataclass(frozen=True, slots=True)
class Output:
    """What becomes of the report.

    Attributes
    ----------
    scores, named
        Where scores.json goes, and whether somebody named that place: who only grades may have nowhere to write.
    """

    group: str | None
    scores: Path | None
    named: bool
    files: tuple[tuple[str, Path], ...]
    fail_under: float | None
    quiet: bool
    context: Context


@click.command()
@click.argument("path", type=PATH, required=False)
@assignment_option
@click.option("--only", multiple=True, metavar="KEY", help="Only this section (repeatable).")
@edition_option
@grading_options
@overlay_option
@click.option("--seed-variable", metavar="NAME", help="A secret seed, from an environment variable.")
@click.option("--student", help="Whose work it is: a secret seed then becomes this student's own.")
@click.option("--attempt", default="", help="Which attempt: each then has a seed of its own.")
@click.option("--group", type=click.Choice(["main", "bonus"]), help="Which keys the last line has; default both.")
@click.option("--scores", type=PATH, help="Where to write scores.json; default: only for the handout, at the top.")
@click.option("--format", "formats", multiple=True, type=click.Choice(list(FORMATS)), help="Also write this format …")
@click.option("--output", "outputs", multiple=True, type=PATH, help="… to this file (pairs, repeatable).")
@click.option("--watch", is_flag=True, help="Grade again whenever a file is saved.")
@click.option("--debug", is_flag=True, help="Run in this process, so that breakpoint() works; never scores.")
@fail_under_option
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
    seed_variable: str | None,
    student: str | None,
    attempt: str,
    profile: str,
    isolation: Any,
    watch: bool,
    debug: bool,
    **output: Any,
) -> int:
    """Grade one submission: a folder, .zip or .tar (default: the handout)."""
    found = registry.find(assignment)
    rubric = found.rubric(edition, overlay)
    options = Options(
        profile,
        checks,
        own_seed(chosen_seed(seed, seed_file, seed_variable), student, assignment, attempt),
        isolation,
        only,
        lanes=lanes(),
    )
    place = path if path is not None else found.handout
    if not place.exists():
        raise UsageError(f"there is no {place}")
    if debug and watch:
        raise UsageError("--watch and --debug exclude each other", hint="a debugger stops in one run")
    context = contexts.of(rubric, os.environ, students=not found.reference.is_dir())
    if context.students:
        from autograder.reports.audience import refuse_hidden

        refuse_hidden(rubric, only, context)
    if debug:
        if given := sorted(
            name for name, value in output.items() if value is not None and value is not False and value != ()
        ):
            named = ", ".join(f"--{NAMED.get(name, name).replace('_', '-')}" for name in given)
            raise UsageError(f"--debug scores nothing and writes nothing: leave out {named}")
        from autograder.grading.debug import debug as run_here

        run_here(place, found, rubric, rubric.select(only), options.seed, profile, click.echo)
        return 0
    told = destinations(found, place, only, context, **output)
    if watch:
        from autograder.grading.watch import watch as run_again

        with Grader(found, rubric, options) as grader:
            return until_interrupted(lambda tell: run_again(place, grader, tell), told)
    return once(place, found, rubric, options, told)


#: Options that are called otherwise than what they hold.
NAMED = {"formats": "format", "outputs": "output"}


def own_seed(seed: Seed, student: str | None, assignment: str, attempt: str) -> Seed:
    """The student's own seed, where a secret one and a student are given.

    Raises
    ------
    UsageError
        A student is named, but no secret; or an attempt, but no student.
    """
    if student is None:
        if attempt:
            raise UsageError("--attempt goes with --student: it makes that student's seed another one")
        return seed
    if not seed.secret:
        raise UsageError("--student goes with a secret seed", hint="--seed-file FILE or --seed-variable NAME")
    return for_student(seed, student, assignment, attempt)


def destinations(
    assignment: Assignment,
    path: Path,
    only: tuple[str, ...],
    context: Context,
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
    for name in formats:
        writer(name)  # one that cannot write says so before anything is graded
    if only and scores is not None:
        raise UsageError("--only never writes scores.json", hint="leave out --scores, or --only")
    is_handout = assignment.name == "hw2p1" and path.resolve() == assignment.handout.resolve()
    place = registry.PROJECT / "scores.json" if is_handout and not only else None
    return Output(
        group,
        scores or place,
        scores is not None,
        tuple(zip(formats, outputs, strict=True)),
        fail_under,
        quiet,
        context,
    )


def once(path: Path, assignment: Assignment, rubric: Rubric, options: Options, output: Output) -> int:
    """Grade once and tell."""
    with Grader(assignment, rubric, options) as grader:
        from autograder.reports.progress import Progress
        from autograder.submissions import read

        try:
            submission = read(path, rubric)
        except UsageError as error:
            if not (others := resembling(path, assignment)):
                raise
            raise UsageError(str(error), hint=f"it looks like another assignment: {others}") from error
        with Progress(len(grader.sections), quiet=output.quiet) as progress:
            if output.quiet:
                report = grader.grade(submission, progress.advance)
            else:
                report = grader.grade(submission, preparing(progress.advance), meanwhile=load_console)
        with grader.guest.closing():
            return tell(report, output)


def resembling(path: Path, assignment: Assignment) -> str:
    """The option that names the assignment whose files a folder has; of several, the one that it is called by."""
    others = [registry.find(name) for name in registry.names() if name != assignment.name]
    fitting = [
        other.name
        for other in others
        if any((path / file).is_file() for section in other.rubric().sections for file in section.files)
    ]
    called = [name for name in fitting if name == path.resolve().name]
    return " or ".join(f"-a {name}" for name in called or fitting)


def until_interrupted(watch: Callable[[Callable[[Report], None]], None], output: Output) -> int:
    """Show and write each report; the exit status is the last one's.

    After the first, say that files are watched and how that ends: it is no error.
    """
    status: int | None = None

    def told(report: Report) -> None:
        nonlocal status
        first, status = status is None, tell(report, output)
        if first and not output.quiet:
            click.echo("waiting for a file to be saved; Ctrl+C ends this", err=True)

    try:
        watch(told)
    except KeyboardInterrupt:
        if status is None:
            raise
    return status or 0


def load_console() -> None:
    """Load what shows the report: it takes as long as some sections do, and waits for nobody."""
    with contextlib.suppress(ModuleNotFoundError):  # who shows the report tells what is missing
        import autograder.reports.console
        import autograder.reports.jsonfile  # noqa: F401


def preparing(advance: Advance) -> Advance:
    """The same, and at the first failure what shows failures is loaded, beside the sections."""
    begun: list[threading.Thread] = []

    def prepare(key: str, status: Status) -> None:
        advance(key, status)
        if status not in ("passed", "not_implemented") and not begun:
            begun.append(threading.Thread(target=load_panels, daemon=True))
            begun[0].start()

    return prepare


def load_panels() -> None:
    """Load what shows failures."""
    with contextlib.suppress(ModuleNotFoundError):
        import autograder.reports.panels  # noqa: F401


def tell(report: Report, output: Output) -> int:
    """Show and write the report; the exit status."""
    from autograder.reports import audience, jsonfile

    if output.context.students:
        report = audience.for_students(report, output.context)
    complete = audience.complete(report)
    if not output.quiet:
        show(report, output.scores)
    click.echo(jsonfile.last_line(report, output.group))
    if output.scores is not None and complete:
        try:
            jsonfile.write_atomically(output.scores, jsonfile.dumps(report, run=False))
        except UsageError as error:
            if output.named:
                raise
            click.echo(f"note: {error}", err=True)
    write_files(report, output)
    if not complete:
        return 3
    return 1 if output.fail_under is not None and percent(report) < output.fail_under else 0


def write_files(report: Report, output: Output) -> None:
    """Every format that was asked for; one that refuses the report costs none of the others.

    Raises
    ------
    HarnessError
        The first refusal.
    """
    from autograder.reports.jsonfile import write_atomically

    refused: HarnessError | None = None
    for name, path in output.files:
        try:
            write_atomically(path, writer(name)(report, output.context))
        except HarnessError as error:
            refused = refused or error
    if refused is not None:
        raise refused


def show(report: Report, scores: Path | None) -> None:
    """The report on the console, with what changed since the last one."""
    from autograder.reports.console import new_console, render

    changed = None
    if scores is not None:
        from autograder.reports import changes

        changed = changes.changes(changes.read(scores), report)
    render(report, changed, new_console())


def lanes() -> int:
    """How many sections run at a time: for two processors at most, to stay a good neighbour; one begins or ends."""
    return min(2, os.cpu_count() or 1) + 1


def percent(report: Report) -> float:
    """Points of the main total in percent; of the bonus, where nothing else was graded."""
    total = report.totals.get("main") or report.totals["bonus"]
    return float(100 * total.points / total.max) if total.max != Decimal(0) else 100.0
