"""`batch`: many submissions to a gradebook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from autograder.assignments import registry

from .options import (
    PATH,
    assignment_option,
    chosen_seed,
    edition_option,
    grading_options,
    overlay_option,
    own_seeds,
    seeds_option,
    user_name,
)
from .staff import Packages

packages = Packages()
with packages:
    from autograder.batch import bulk, intake, run, sources
    from autograder.batch import times as batch_times
    from autograder.batch.conditions import Job, overlay_text, terms
    from autograder.batch.crew import cores
    from autograder.batch.lists import Lists, enrolled, told
    from autograder.batch.progress import Bar
    from autograder.batch.show import say_list, say_moved, say_withdrawn, show
    from autograder.gradebook import drafts, publications, queries, store
    from autograder.gradebook.engine import Gradebook, shown


@click.command()
@click.argument("paths", type=PATH, nargs=-1, required=True, metavar="PATH…")
@click.option("--gradebook", "place", required=True, metavar="DIR_OR_URL", help="A folder, or postgresql://….")
@assignment_option
@edition_option
@grading_options
@seeds_option
@overlay_option
@click.option("--jobs", type=click.IntRange(1, 1024), help="Worker processes; default: one a core.")
@click.option("--scheduler", metavar="ADDRESS", help="Grade on the workers of this Dask scheduler (tcp://…).")
@click.option("--roster", "people", type=PATH, help="The class, as a CSV file: email, name, id, section, group …")
@click.option("--policy", type=PATH, help="Which attempt counts, and what lateness costs (TOML).")
@click.option("--deadline", metavar="TIME", help="Such as 2026-10-01T23:59:59-04:00; before that of --policy.")
@click.option("--times", metavar="FILE|mtime", help="When things were handed in, where the download does not say.")
@click.option("--by", "who", default="", help="Who declares a new policy or deadline; default: the user's name.")
@click.option("--why", default="", help="Why: stays in the gradebook.")
@click.option("--quiet", is_flag=True, help="Only the last line.")
@packages.needed
def batch(
    paths: tuple[Path, ...],
    place: str,
    assignment: str,
    edition: str | None,
    overlay: Path | None,
    checks: Any,
    seed: int | None,
    seed_file: Path | None,
    seeds: str | None,
    profile: str,
    isolation: Any,
    jobs: int | None,
    scheduler: str | None,
    people: Path | None,
    policy: Path | None,
    deadline: str | None,
    times: str | None,
    who: str,
    why: str,
    quiet: bool,
) -> int:
    """Grade many submissions into a gradebook; run it again to go on where it was stopped."""
    found = registry.find(assignment)
    rubric = found.rubric(edition, overlay)
    given = chosen_seed(seed, seed_file)
    each = own_seeds(given, seeds)
    job = Job(found, rubric, given, edition, overlay_text(overlay), profile, checks, isolation, own=each)
    lists = Lists(people, policy, deadline, times, who or user_name(), why)
    with bulk.unpacked(paths) as places:
        handed_in = places.dated(sources.find(places.folders, rubric))
        typed = sources.typed_online(places.folders)
        if given.public and not quiet:
            click.echo(
                "note: this grades with the public seed, whose inputs students have; for marks: --seed-file", err=True
            )
        tally = run.Tally()
        with Gradebook(place, create=True) as book, book.alone():
            report = graded(book, job, handed_in, lists, (jobs or cores(), scheduler), tally, quiet=quiet)
    if report is None:
        return 130
    if not quiet:
        say_list("several times in a download: the last one counts", places.doubled)
        say_list("of text typed online, which is no code: not graded, and to be read by hand", typed)
    click.echo(json.dumps(report, ensure_ascii=True))
    return 3 if report["ungraded"] else 0


def graded(
    book: Gradebook,
    job: Job,
    found: list[sources.Found],
    lists: Lists,
    workers: tuple[int, str | None],
    tally: run.Tally,
    *,
    quiet: bool,
) -> dict[str, Any] | None:
    """Grade, and say what was done; None where it was interrupted."""
    try:
        draft = grade(book, job, found, lists, workers, tally)
    except BaseException as error:
        if not quiet:  # nothing else says it: the gradebook does not keep it
            say_withdrawn(tally)
            say_moved(tally)
        if not isinstance(error, KeyboardInterrupt):
            raise
        corrected = f", {tally.retimed} times corrected" if tally.retimed else ""
        where = shown(book.place)
        click.echo(
            f"stopped: {tally.graded} graded{corrected} and kept in {where}; the same command goes on from there",
            err=True,
        )
        return None
    return show(book, job.rubric.name, tally, draft=draft, quiet=quiet)


def grade(
    book: Gradebook,
    job: Job,
    found: list[sources.Found],
    lists: Lists,
    workers: tuple[int, str | None],
    tally: run.Tally,
) -> int | None:
    """Take all in and grade what is missing; the number of the conditions, if they have gradings that do not stand."""
    name = job.rubric.name
    people, declared = told(book, name, lists, tally)  # before anything is written, and so are the times
    timed, tally.misnamed = batch_times.timed(found, lists.times, declared.timezone)
    conditions = terms(job)
    # Where nobody can grade, nothing is written.
    with run.crew(job, conditions, *workers) as crew, Bar(len(timed)) as bar:
        directory, known = enrolled(book, name, people, declared, lists, tally)
        number = store.conditions(book, conditions)
        publication = publications.standing_publication(book, name, number, user_name())
        if publication is not None:
            tally.taken_up += publications.take_up(book, name, number, publication)
        done = queries.graded_under(book, number) if publication is None else queries.standing_attempts(book, name)
        taken = intake.Intake(book, job, directory, known, tally, exactly=lists.roster is not None)
        tasks = taken.tasks(timed, done)
        run.Run(book, job, conditions, number, publication).grade(tasks, crew, bar, tally)
    return number if publication is None and drafts.of(book, name, number) is not None else None
