"""`forks`: score many forks of the students' repository, as they were at the deadline."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from autograder.assignments import registry
from autograder.errors import UsageError, writing
from autograder.submissions.layout import Patterns

from .batch import graded
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
    from autograder.batch import run, sources
    from autograder.batch.conditions import Job, overlay_text
    from autograder.batch.crew import cores
    from autograder.batch.lists import Enrolled, Lists, enrolled, told
    from autograder.batch.show import say_list
    from autograder.forks import fetching, listing
    from autograder.forks.fetching import Fetched, Wanted
    from autograder.forks.git import Bounds, Git
    from autograder.gradebook import enrolment
    from autograder.gradebook import forks as gradebook_forks
    from autograder.gradebook import store as marks
    from autograder.gradebook.engine import Gradebook
    from autograder.gradebook.enrolment import Person
    from autograder.gradebook.forks import Seen
    from autograder.gradebook.policy import Policy

SCHEMA = "autograder/forks/v1"


@click.command()
@click.argument("list_file", type=PATH, metavar="LIST")
@click.option("--gradebook", "place", required=True, metavar="DIR_OR_URL", help="A folder, or postgresql://….")
@click.option("--deadline", metavar="TIME", help="Such as 2026-10-01T23:59:59-04:00; before that of --policy.")
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
@said_options
@click.option("--quiet", is_flag=True, help="Only the last line.")
@assignment_option
@edition_option
@grading_options
@seeds_option
@overlay_option
@packages.needed
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
    who: str,
    why: str,
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
    wanted = wishes(found, rubric.accept, edition, overlay)
    base = Git(Path(), allowed(protocols), token(token_file), server(token_for), Bounds(seconds, megabytes))
    listed = listing.read(list_file)
    given = chosen_seed(seed, seed_file)
    job = Job(found, rubric, given, edition, overlay_text(overlay), **how, own=own_seeds(given, seeds))
    lists = Lists(roster, policy, deadline, None, who or user_name(), why)
    tally = run.Tally()
    with Gradebook(place, create=True) as book, book.alone():
        people, declared = told(book, rubric.name, lists, tally)
        class_ = enrolled(book, rubric.name, people, declared, lists, tally, quiet=quiet)
        closes = {fork.login: closing(declared, class_.directory.match([whose(fork)])) for fork in listed}
        fetched = fetch_all(listed, base, store, wanted, closes, fetches)
        keep_seen(book, rubric.name, class_, fetched)
        taken = Taken(fetched, gradebook_forks.lying(book, rubric.name))
        marks.clear(book, rubric.name, {label for one in fetched for label in taken.dropped(one)})
        dropped = [f"{label}: fork {one.state}" for one in fetched for label in sorted(taken.dropped(one))]
        if not quiet:  # now, since nothing tells of it again if grading fails
            say_list("no longer counting, since nothing of their forks does now", dropped, most=len(dropped))
            say_list("counting in place of what was taken of the same fork before", taken.moved())
        found_now = list(handed_in(taken, store))
        report = graded(book, job, found_now, lambda: class_, (jobs or cores(), None), tally, quiet=quiet)
    if not quiet:
        table(fetched)
    if report is None:
        return 130
    states = {state: sum(one.state == state for one in fetched) for state in sorted({one.state for one in fetched})}
    last = {**report, "schema": SCHEMA, "forks": states, "dropped": len(dropped)}
    click.echo(json.dumps(last, ensure_ascii=True))
    # A fork that could not be had is no zero: somebody has to look.
    return 3 if report["ungraded"] or states.get("unreachable") else 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What was fetched, and what of the same forks lies in the gradebook: the newest fetch of a fork replaces that.

    A fork that could not be had tells nothing, so what was taken of it before stays.

    Attributes
    ----------
    before
        Labels by login in lower case.
    """

    fetched: list[Fetched]
    before: Mapping[str, frozenset[str]]

    def dropped(self, one: Fetched) -> frozenset[str]:
        """What no longer counts since nothing of its fork does."""
        return frozenset() if one.state in ("ready", "unreachable") else self._before(one)

    def replaced(self, one: Fetched) -> frozenset[str]:
        """What something else of a fork that is ready counts in place of."""
        return self._before(one) - {gradebook_forks.label(one.fork.login, one.commit)}

    def moved(self) -> Iterator[str]:
        """A line for each fork of which another commit counts than before."""
        for one in self.fetched:
            if one.state == "ready" and (others := self.replaced(one)):
                label = gradebook_forks.label(one.fork.login, one.commit)
                yield f"{label} in place of {', '.join(sorted(others))}"

    def _before(self, one: Fetched) -> frozenset[str]:
        return self.before.get(one.fork.login.casefold(), frozenset())


def closing(policy: Policy, people: Iterable[Person]) -> datetime | None:
    """The last moment that counts for a fork; of a group, the latest of anybody's in it. None: for ever."""
    every = [policy.closes(person.key) for person in people] or [policy.closes("")]
    own = [when for when in every if when is not None]
    return max(own) if len(own) == len(every) else None


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
    edition: str | None,
    overlay: Path | None,
) -> Wanted:
    """What is looked for, held against what would be released now."""
    from autograder.release import contents

    home = f"handout/{assignment.name}"
    grader, work = fetching.expectations(contents.students(assignment, registry.PROJECT, edition, overlay).files, home)
    return Wanted(Patterns(accept), home, None, grader, work)


def fetch_all(
    forks: list[listing.Fork],
    base: Git,
    store: Path,
    wanted: Wanted,
    closes: Mapping[str, datetime | None],
    at_once: int,
) -> list[Fetched]:
    """Every fork as it was when it closed (by login), some at a time, in the order of the list."""

    def one(fork: listing.Fork) -> Fetched:
        git = replace(base, folder=(store / "git" / f"{fork.login}.git").resolve())
        return fetching.fetch(fork, git, replace(wanted, deadline=closes[fork.login]))

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, forks))


def handed_in(taken: Taken, store: Path) -> Iterable[sources.Found]:
    """What can be graded, as submissions of a batch."""
    folder = store / "handed-in"
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for one in taken.fetched:
        if one.state == "ready":
            path = folder / f"{one.fork.login}.tar"
            with writing(path):
                path.write_bytes(one.archive())
            label = gradebook_forks.label(one.fork.login, one.commit)
            yield sources.Found(
                label, path, gradebook_forks.SOURCE, (whose(one.fork),), submitted_at=one.when,
                instead=tuple(sorted(taken.replaced(one))),
            )  # fmt: skip


def whose(fork: listing.Fork) -> sources.Hint:
    """What is known of a fork's student."""
    return sources.Hint(email=fork.email, login=fork.login, name=fork.login)


def keep_seen(book: Gradebook, assignment: str, class_: Enrolled, fetched: Iterable[Fetched]) -> None:
    """Write down what was seen of every fork, also of those that nothing can be graded of."""
    seen = []
    for one in fetched:
        people = class_.directory.match([whose(one.fork)])
        class_.known.update(enrolment.enrol(book, [person for person in people if person.key not in class_.known]))
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
