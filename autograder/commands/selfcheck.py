"""`selfcheck`: what must hold before an assignment may grade anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import click

from autograder.assignments import faults, registry
from autograder.assignments.practice import PracticeError
from autograder.assignments.registry import Assignment
from autograder.assignments.shipped import DataError
from autograder.errors import HarnessError, UsageError
from autograder.grading.grader import Grader, Options
from autograder.grading.score import Scored

from .options import assignment_option


@click.command()
@assignment_option
@click.option("--update-practice", is_flag=True, help="Write the practice data anew from the oracles.")
def selfcheck(assignment: str, update_practice: bool) -> int:
    """Check an assignment: references earn full marks, stubs none, oracles agree, the practice data is theirs."""
    found = registry.find(assignment)
    if not found.reference.is_dir():
        raise UsageError("the reference solutions are not here", hint="this is run in the course's own checkout")
    if faulty := faults.find(found):
        click.echo("FAILED  the files hold together")
        for fault in faulty:
            click.echo(f"        {fault}")
        return 1
    click.echo("ok      the files hold together")
    if update_practice and (problems := problems_of(found, partial(update, found))):
        click.echo(f"FAILED  making the practice data\n        {problems[0]}")
        return 1
    failures = 0
    for what, look in checks(found):
        problems = problems_of(found, look)
        click.echo(f"{'ok    ' if not problems else 'FAILED'}  {what}")
        for problem in problems:
            click.echo(f"        {problem}")
        failures += bool(problems)
    return 0 if not failures else 1


def update(assignment: Assignment) -> None:
    """Write all data that ships: practice, then what explains a failure of it."""
    from autograder.assignments import ladder
    from autograder.assignments.making import make_practice
    from autograder.assignments.misconceptions.making import make

    count, ideas, rungs = make_practice(assignment), make(assignment), ladder.make(assignment)
    click.echo(f"practice data of {count} cases written to {assignment.folder}")
    click.echo(f"and what explains a failure (variants of wrong ideas: {ideas}, rungs of the ladder: {rungs})")


def problems_of(assignment: Assignment, look: Callable[[], list[str] | None]) -> list[str]:
    """What a check finds wrong; data or marks that cannot even be read are wrong too, and errors in its own files."""
    from autograder.assignments.faults.fault import raised as fault_of
    from autograder.assignments.markers import HandoutError

    try:
        return look() or []
    except HandoutError as error:
        return [str(error)]
    except PracticeError as error:
        return [f"{error}; --update-practice writes it anew"]
    except DataError as error:
        return [str(error)]
    except (UsageError, HarnessError):
        raise
    except Exception as error:
        fault = fault_of(error, assignment)
        if not fault.line:
            raise  # nothing of the assignment's: it is ours
        return [str(fault)]


def checks(assignment: Assignment) -> Iterator[tuple[str, Callable[[], list[str]]]]:
    """Each check, and what looks for what is wrong."""
    from autograder.assignments import ladder, making, witnesses
    from autograder.assignments.misconceptions.making import stale as stale_ideas

    yield "the oracles agree, in every edition", partial(making.disagreements, assignment)
    under, without = (len(outputs) for outputs in witnesses.witnessed(assignment))
    counted = f"{under} outputs are under laws, {without} are not"
    yield f"no oracle breaks a law ({counted})", partial(witnesses.problems, assignment)
    yield "the practice data is what the oracles compute", partial(making.stale, assignment)
    yield "the wrong ideas answer what ships", partial(stale_ideas, assignment)
    yield "the ladder is what the oracles say", partial(ladder.stale, assignment)
    yield "the handout is made from the references", partial(drift, assignment)
    for scored in ("strict", "course"):
        yield f"the references earn everything ({scored})", partial(graded, assignment, scored, full=True)
        yield f"the handout earns nothing ({scored})", partial(graded, assignment, scored, full=False)


def drift(assignment: Assignment) -> list[str]:
    """How the handout differs from what the references make."""
    from autograder.assignments import handouts

    if not assignment.handout.is_dir():
        return [f"there is no {assignment.handout}; python runner.py handout -a {assignment.name} makes it"]
    return handouts.drift(assignment.reference, assignment.handout)


def graded(assignment: Assignment, checks: Scored, *, full: bool) -> list[str]:
    """Sections of the references that did not earn their points, or of the handout that earned some."""
    from autograder.submissions.reading import read

    rubric = assignment.rubric()
    folder = assignment.reference if full else assignment.handout
    try:
        submission = read(folder, rubric)
    except UsageError as error:
        if not folder.is_dir():
            return [str(error)]
        return [f"{error}; rubric.toml says under [submission] what is taken: `accept`, `search`"]
    with Grader(assignment, rubric, Options(checks=checks)) as grader:
        report = grader.grade(submission)
    return [
        f"{section.key}: {section.status} {section.message}"
        for section in report.sections
        if section.status != ("passed" if full else "not_implemented")
    ]
