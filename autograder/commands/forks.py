"""`forks`: score many forks of the students' repository, as they were at the deadline."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from autograder.assignments import registry
from autograder.batch import run, sources
from autograder.batch.conditions import Job, overlay_text
from autograder.batch.crew import cores
from autograder.batch.show import show
from autograder.errors import UsageError, writing
from autograder.forks import fetching, listing
from autograder.forks.fetching import Fetched, Wanted
from autograder.forks.git import Bounds, Git
from autograder.gradebook import forks as gradebook_forks
from autograder.gradebook import store as marks
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.forks import Seen
from autograder.reports.context import moment
from autograder.submissions.layout import Patterns

from .batch import Lists, enrolled, grade, told
from .options import (
    PATH,
    assignment_option,
    chosen_seed,
    edition_option,
    grading_options,
    overlay_option,
    own_seeds,
    seeds_option,
)

SCHEMA = "autograder/forks/v1"


@click.command()
@click.argument("list_file", type=PATH, metavar="LIST")
@click.option("--gradebook", "place", required=True, metavar="DIR_OR_URL", help="A folder, or postgresql://….")
@click.option("--deadline", metavar="TIME", help="Such as 2026-10-01T23:59:59-04:00; default: the newest commits.")
@click.option("--store", type=PATH, default=".autograder/forks", show_default=True, help="Where forks are kept.")
@click.option("--protocols", default="https,ssh", show_default=True, help="What addresses may begin with.")
@click.option("--token-file", type=PATH, help="A token for the server of --token-for.")
@click.option("--token-for", default="https://github.com", show_default=True, metavar="URL", help="Who gets the token.")
@click.option("--fetches", type=click.IntRange(1, 64), default=8, show_default=True, help="Forks fetched at a time.")
@click.option("--megabytes", type=click.IntRange(1, 10000), default=100, show_default=True, help="Most of a fork.")
@click.option("--seconds", type=click.FloatRange(1), default=120, show_default=True, help="Most of a fetch.")
@click.option("--jobs", type=click.IntRange(1, 1024), help="Worker processes; default: one a core.")
@click.option("--roster", type=PATH, help="The class, as a CSV file.")
@click.option("--policy", type=PATH, help="Which attempt counts, and what lateness costs (TOML).")
@click.option("--quiet", is_flag=True, help="Only the last line.")
@assignment_option
@edition_option
@grading_options
@seeds_option
@overlay_option
def forks(
    list_file: Path,
    place: str,
    deadline: str | None,
    store: Path,
    protocols: str,
    token_file: Path | None,
    token_for: str,
    fetches: int,
    megabytes: int,
    seconds: float,
    jobs: int | None,
    roster: Path | None,
    policy: Path | None,
    quiet: bool,
    assignment: str,
    edition: str | None,
    overlay: Path | None,
    seed: int | None,
    seed_file: Path | None,
    seeds: str | None,
    **how: Any,
) -> int:
    """Fetch the forks of LIST and score each as it was at the deadline, into a gradebook."""
    found = registry.find(assignment)
    rubric = found.rubric(edition, overlay)
    wanted = wishes(found, rubric.accept, until(deadline), edition, overlay)
    base = Git(Path(), allowed(protocols), token(token_file), server(token_for), Bounds(seconds, megabytes))
    fetched = fetch_all(listing.read(list_file), base, store, wanted, fetches)
    given = chosen_seed(seed, seed_file)
    job = Job(found, rubric, given, edition, overlay_text(overlay), **how, own=own_seeds(given, seeds))
    lists = Lists(roster, policy, deadline, None)
    tally = run.Tally()
    with Gradebook(place, create=True) as book, book.alone():
        keep_seen(book, rubric.name, lists, fetched)
        draft = grade(book, job, list(handed_in(fetched, store)), lists, (jobs or cores(), None), tally)
        report = show(book, rubric.name, tally, draft=draft, quiet=quiet)
    if not quiet:
        table(fetched)
    states = {state: sum(one.state == state for one in fetched) for state in sorted({one.state for one in fetched})}
    click.echo(json.dumps({**report, "schema": SCHEMA, "forks": states}, ensure_ascii=True))
    # A fork that could not be had is no zero: somebody has to look.
    return 3 if tally.ungraded or states.get("unreachable") else 0


def until(deadline: str | None) -> datetime | None:
    """The deadline as a moment.

    Raises
    ------
    UsageError
        It is no time with an offset.
    """
    if deadline is None:
        return None
    when = moment(deadline)
    if when is None:
        raise UsageError(f"--deadline {deadline}: no time with an offset", hint="such as 2026-10-01T23:59:59-04:00")
    return when


def allowed(protocols: str) -> tuple[str, ...]:
    """The protocols that git may speak.

    Raises
    ------
    UsageError
        One is unknown, or runs programs.
    """
    chosen = tuple(name.strip() for name in protocols.split(",") if name.strip())
    if not chosen or not set(chosen) <= {"https", "ssh", "http", "git", "file"}:
        raise UsageError(f"--protocols {protocols}: of https, ssh, http, git, file")
    return chosen


def token(path: Path | None) -> str:
    """The token in a file.

    Raises
    ------
    UsageError
        It cannot be read.
    """
    if path is None:
        return ""
    try:
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the token file {path} cannot be read") from error


def server(address: str) -> str:
    """A server that gets the token, as git's settings name it.

    Raises
    ------
    UsageError
        It is no address of a server.
    """
    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?/?", address):
        raise UsageError(f"--token-for {address}: no address of a server", hint="such as https://github.com")
    return address.rstrip("/")


def wishes(
    assignment: registry.Assignment,
    accept: tuple[str, ...],
    deadline: datetime | None,
    edition: str | None,
    overlay: Path | None,
) -> Wanted:
    """What is looked for, held against what would be released now."""
    from autograder.release import contents

    home = f"handout/{assignment.name}"
    grader, work = fetching.expectations(contents.students(assignment, registry.PROJECT, edition, overlay).files, home)
    return Wanted(Patterns(accept), home, deadline, grader, work)


def fetch_all(forks: list[listing.Fork], base: Git, store: Path, wanted: Wanted, at_once: int) -> list[Fetched]:
    """Every fork, some at a time, in the order of the list."""

    def one(fork: listing.Fork) -> Fetched:
        git = replace(base, folder=(store / "git" / f"{fork.login}.git").resolve())
        return fetching.fetch(fork, git, wanted)

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, forks))


def handed_in(fetched: Iterable[Fetched], store: Path) -> Iterable[sources.Found]:
    """What can be graded, as submissions of a batch."""
    folder = store / "handed-in"
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for one in fetched:
        if one.state == "ready":
            path = folder / f"{one.fork.login}.tar"
            with writing(path):
                path.write_bytes(one.archive())
            hint = whose(one)
            number = int(one.when.timestamp()) if one.when else 1
            yield sources.Found(f"{one.fork.login}@{one.commit[:12]}", path, "git", (hint,), number, one.when)


def whose(one: Fetched) -> sources.Hint:
    """What is known of a fork's student."""
    return sources.Hint(email=one.fork.email, login=one.fork.login, name=one.fork.login)


def keep_seen(book: Gradebook, assignment: str, lists: Lists, fetched: Iterable[Fetched]) -> None:
    """Write down what was seen of every fork, also of those that nothing can be graded of."""
    directory, known = enrolled(book, assignment, *told(book, assignment, lists))
    seen = []
    for one in fetched:
        people = directory.match([whose(one)])
        known |= marks.enrol(book, [person for person in people if person.key not in known])
        for key in [person.key for person in people] or [""]:
            fork = one.fork
            seen.append(Seen(fork.login, key, fork.address, one.state, one.commit, one.when, one.by, one.remarks))
    gradebook_forks.keep(book, assignment, seen)


def table(fetched: Iterable[Fetched]) -> None:
    """What staff should look at: every fork that is not plainly ready."""
    for one in fetched:
        if one.state != "ready" or one.remarks:
            what = one.state if one.state != "ready" else one.commit[:12]
            click.echo(f"  {one.fork.login}: {what}{': ' if one.remarks else ''}{'; '.join(one.remarks)}")
    if any(one.by == "commit" for one in fetched):
        click.echo("Times are those of commits, which their authors set: for pushes, give LIST as CSV with pushed_at.")
