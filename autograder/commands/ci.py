"""`ci`: grade the checkout that this runs in, with a grader and an assignment from elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.assignments import registry
from autograder.errors import UsageError
from autograder.submissions.entries import not_followed

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
    from autograder.grading.report import Report
    from autograder.reports.context import Context


@dataclass(frozen=True, slots=True)
class Place:
    """Where things are.

    Attributes
    ----------
    trusted
        The grader that is believed.
    checkout
        The repository that is graded; of it only accepted files are read.
    homework
        The homework in it.
    output
        Where the report's files go.
    released
        Hashes of the grader's files as students were given them, by path; empty where nobody knows.
    """

    trusted: Path
    checkout: Path
    homework: Path
    output: Path
    released: Mapping[str, str]


@click.command()
@click.option("--trusted", type=PATH, required=True, help="The copy of this project to grade with.")
@assignment_option
@edition_option
@grading_options
@overlay_option
@click.option(
    "--submission", type=PATH, help="The homework in the checkout; default: handout/ASSIGNMENT, or all of it."
)
@click.option(
    "--output", type=PATH, default="autograder-report", show_default=True, help="A new folder for the report."
)
@click.option("--key-file", type=PATH, help="Sign the report with this key.")
@click.option("--classroom", is_flag=True, help="Also print GitHub Classroom's notices.")
@fail_under_option
def ci(
    trusted: Path,
    assignment: str,
    edition: str | None,
    overlay: Path | None,
    submission: Path | None,
    output: Path,
    key_file: Path | None,
    classroom: bool,
    fail_under: float | None,
    **how: Any,
) -> int:
    """Grade the checkout in the current folder with the grader at --trusted."""
    from autograder.reports import audience

    hand_over(trusted)
    key = signing_key(key_file)  # before anything is graded or written
    given = released(trusted, assignment, edition, overlay)
    place = Place(trusted.resolve(), Path.cwd(), homework(assignment, submission), fresh(output), given)
    report, context = graded(place, assignment, edition, overlay, **how)
    if context.students:
        report = audience.for_students(report, context)
    write(report, context, place, key)
    tell(report, context, place, classroom=classroom)
    return status(report, fail_under)


def hand_over(trusted: Path) -> None:
    """Go on in the trusted copy's own code, where this is not it: the checkout's own grader may be anything.

    Raises
    ------
    UsageError
        There is no grader.
    """
    runner = trusted / "runner.py"
    if not runner.is_file():
        raise UsageError(f"there is no grader at {trusted}", hint="--trusted names the folder that has runner.py")
    if registry.PROJECT.resolve() == trusted.resolve():
        return
    # -E: no variable of the environment says where modules come from.
    done = subprocess.run([sys.executable, "-E", "-s", "-B", str(runner), *sys.argv[1:]], check=False)
    sys.exit(done.returncode)


def homework(assignment: str, submission: Path | None) -> Path:
    """The homework in the checkout, without following any link of it: one could lead to the course's solutions.

    Raises
    ------
    UsageError
        A link of the checkout stands on the way to it.
    """
    place = submission if submission is not None else Path("handout") / assignment
    if submission is None and not place.is_dir() and not linked(place):
        return Path()
    if link := linked(place):
        raise UsageError(not_followed(str(link)), hint="put the files themselves there")
    return place


def linked(place: Path) -> Path | None:
    """The first link of the checkout on the way to a place; None where there is none."""
    checkout = Path.cwd()
    way = checkout / place
    inside = (part for part in (*reversed(way.parents), way) if part != checkout and part.is_relative_to(checkout))
    return next((part.relative_to(checkout) for part in inside if part.is_symlink()), None)


def fresh(output: Path) -> Path:
    """A folder of our own for the report: one that a checkout brought along could lead anywhere.

    Raises
    ------
    UsageError
        There is something already.
    """
    if output.is_symlink() or (output.exists() and (not output.is_dir() or any(output.iterdir()))):
        raise UsageError(f"--output {output}: there is something already", hint="name a new folder")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--output {output}: {error.strerror}") from error
    return output.resolve()


def graded(
    place: Place,
    assignment: str,
    edition: str | None,
    overlay: Path | None,
    *,
    seed: int | None,
    seed_file: Path | None,
    **how: Any,
) -> tuple[Report, Context]:
    """The report on the homework, from its accepted files alone."""
    from autograder.grading.grader import Grader, Options
    from autograder.reports import context as contexts
    from autograder.submissions import read

    found = registry.find(assignment)
    rubric = found.rubric(edition, overlay)
    options = Options(seed=chosen_seed(seed, seed_file), protected=True, **how)
    submission = read(place.homework, rubric)
    with Grader(found, rubric, options) as grader:
        report = grader.grade(submission)
    try:
        root = place.homework.resolve().relative_to(place.checkout).as_posix()
    except ValueError:
        root = ""
    root = "/".join(part for part in (root, submission.root) if part not in ("", "."))
    context = contexts.of(rubric, os.environ, root=root, students=not found.reference.is_dir())
    return report, replace(context, sources=submission.files)


def signing_key(key_file: Path | None) -> bytes | None:
    """The key that the report is signed with, where it is to be."""
    if key_file is None:
        return None
    from autograder.release import signing

    return signing.key_from(key_file)


def write(report: Report, context: Context, place: Place, key: bytes | None) -> None:
    """The report's files: for machines, for people, and its signature."""
    from autograder.platforms import github, junit
    from autograder.reports import audience, jsonfile

    files: dict[str, str] = {
        "report.json": jsonfile.dumps(report, run=True),
        "junit.xml": junit.render(report, context),
        "summary.md": github.render(report, context),
        **page(report, context),
    }
    if audience.complete(report):
        files["scores.json"] = jsonfile.dumps(report, run=False)
    for name, text in files.items():
        jsonfile.write_atomically(place.output / name, text)
    if key is not None:
        signed = {name: text.encode() for name, text in files.items() if name.endswith(".json")}
        jsonfile.write_atomically(place.output / "report.json.sig", signature(report, signed, key))


def page(report: Report, context: Context) -> dict[str, str]:
    """The page for people, where Jinja2 is installed."""
    from autograder.platforms.formats import writer

    try:
        return {"report.html": writer("html")(report, context)}
    except UsageError as error:
        click.echo(f"no report.html: {error}", err=True)
        return {}


def signature(report: Report, documents: dict[str, bytes], key: bytes) -> str:
    """The signature of the report's documents."""
    from autograder.grading.report import document
    from autograder.release import signing

    digest = signing.assignment_digest(registry.find(report.assignment))
    return signing.sign(signing.statement(documents, document(report), digest), key)


def tell(report: Report, context: Context, place: Place, *, classroom: bool) -> None:
    """Log, annotations, step summary and outputs, for GitHub Actions; elsewhere the log alone."""
    from autograder.platforms import github
    from autograder.reports import jsonfile

    actions = os.environ.get("GITHUB_ACTIONS") == "true"
    tampered = list(remarks(place))
    lines = [*github.printed(report, context), *github.marks(report, context)] if actions else []
    lines += [github.command("warning", line, title="Grader") if actions else line for line in tampered]
    lines += github.classroom_notices(report, context) if classroom else []
    for line in lines:
        click.echo(line)
    summary = github.render(report, context) + "".join(f"\n> {github.quoted(line)}\n" for line in tampered)
    append("GITHUB_STEP_SUMMARY", summary)
    append("GITHUB_OUTPUT", github.outputs(github.values(report, context)))
    click.echo(jsonfile.last_line(report))


def remarks(place: Place) -> Iterator[str]:
    """What the checkout changed of the grader: it had no effect, unless the checkout's own copy graded."""
    from autograder.release import changes
    from autograder.reports.text import shown

    lines = changes.changed(place.checkout, place.released)
    if lines:
        own = place.trusted == place.checkout
        effect = "the course's score may be another" if own else "the score does not depend on them"
        files = f"{len(lines)} file{'s' if len(lines) > 1 else ''}"
        yield f"the grader differs from what was released in {files}; {effect}"
    yield from (shown(line, 200) for line in lines[:20])


def released(trusted: Path, assignment: str, edition: str | None, overlay: Path | None) -> Mapping[str, str]:
    """Hashes of what students were given: a released copy's manifest has them, the course's checkout would make it."""
    from autograder.release import changes

    told = changes.expected(trusted)
    found = registry.find(assignment)
    if told is not None or not found.reference.is_dir() or trusted.resolve() == Path.cwd():
        return told or {}
    from autograder.release import contents, updating

    files = contents.students(found, registry.PROJECT, edition, overlay).files
    return {path: updating.digest(content) for path, content in files.items()}


def append(variable: str, text: str) -> None:
    """Add to the file that an environment variable names, where it is set."""
    path = os.environ.get(variable)
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)


def status(report: Report, fail_under: float | None) -> int:
    """The exit status, as of `grade`."""
    from autograder.reports import audience

    from .grade import percent

    if not audience.complete(report):
        return 3
    return 1 if fail_under is not None and percent(report) < fail_under else 0
