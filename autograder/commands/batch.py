"""`batch`: many submissions to a gradebook."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
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
    said_options,
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
    from autograder.batch.lists import Enrolled, Lists, enrolled, told
    from autograder.batch.moves import Had, had, moves
    from autograder.batch.progress import Bar
    from autograder.batch.show import say_list, say_moves, say_taken_in, say_taken_up, say_withdrawn, show
    from autograder.gradebook import drafts, publications, queries, store
    from autograder.gradebook.engine import Gradebook, shown
    from autograder.gradebook.standing import standings


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
@click.option(
    "--times", metavar="FILE|mtime", help="When things were handed in: a CSV file, Moodle's worksheet, or files' times."
)
@said_options
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
            class_, declared = told(book, rubric.name, lists, tally)  # before anything is written, and so are the times
            timed, tally.misnamed = batch_times.timed(handed_in, lists.times, declared.timezone)
            opening = partial(enrolled, book, rubric.name, class_, declared, lists, tally, quiet=quiet)
            report = graded(book, job, timed, opening, (jobs or cores(), scheduler), tally, quiet=quiet)
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
    opening: Callable[[], Enrolled],
    workers: tuple[int, str | None],
    tally: run.Tally,
    *,
    quiet: bool,
) -> dict[str, Any] | None:
    """Grade, and say what was done; None where it was interrupted.

    Parameters
    ----------
    opening
        Writes down what the course says of its class. It is called when it is clear that somebody can grade: where
        nobody can, nothing is written.
    """
    try:
        draft = grade(book, job, found, opening, workers, tally, quiet=quiet)
    except KeyboardInterrupt:
        corrected = f", {len(tally.retimed)} times corrected" if tally.retimed else ""
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
    opening: Callable[[], Enrolled],
    workers: tuple[int, str | None],
    tally: run.Tally,
    *,
    quiet: bool,
) -> int | None:
    """Take all in and grade what is missing; the number of the conditions, if they have gradings that do not stand."""
    name, conditions = job.rubric.name, terms(job)
    with run.crew(job, conditions, *workers, len(found)) as crew:
        enrolled = opening()
        number = store.conditions(book, conditions)
        publication = publications.standing_publication(book, name, number, user_name())
        if publication is not None:
            tally.taken_up += publications.take_up(book, name, number, publication)
        done = queries.graded_under(book, number) if publication is None else queries.standing_attempts(book, name)
        taking = intake.Intake(book, job, enrolled, tally)
        matched = taking.matched(found)
        taking.correct(matched)
        if not quiet:
            say_taken_up(tally)
            say_withdrawn(tally)
        with moves_said(book, name, enrolled.before, tally, quiet=quiet, grades=False):
            wanted = taking.take(matched, done)
        with moves_said(book, name, enrolled.before, tally, quiet=quiet), Bar(len(found)) as bar:
            tasks = taking.tasks(wanted, len(found) - len(wanted))
            run.Run(book, job, conditions, number, publication).grade(tasks, crew, bar, tally)
    return number if publication is None and drafts.of(book, name, number) is not None else None


@contextlib.contextmanager
def moves_said(
    book: Gradebook,
    name: str,
    before: Sequence[Had],
    tally: run.Tally,
    *,
    quiet: bool,
    grades: bool = True,
) -> Iterator[None]:
    """Say whose points are others once this is done, or whatever ended it, and that was not said yet.

    Parameters
    ----------
    grades
        Whether all is graded within: otherwise a later attempt that waits for that is nothing to be said.
    """
    done = False
    try:
        yield
        done = True
    finally:
        found = standings(book, name)
        every = list(moves(before, found.standings, found.policy.zone))
        moved = [
            one
            for one in every
            if tally.moved.get(one.student) != one.line and ((done and grades) or not (one.waits and one.another))
        ]
        tally.moved.update({one.student: one.line for one in moved})
        if not quiet:
            if not grades:
                say_taken_in(tally)
            say_moves(moved)
        # Of who waits for a grading the end is still to be said, by the next batch if not by this one.
        settled = {one.student for one in every if not one.waits and tally.moved.get(one.student) == one.line}
        now = {one.person.key: had(one) for one in found.standings if one.person.key in settled}
        left = None if done and grades else [asdict(now.get(one.student, one)) for one in before]
        store.keep_untold(book, name, left)
