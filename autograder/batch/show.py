"""What a batch says at its end: to a person, and as one line of JSON to a program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

import click

from autograder.gradebook import accounts, decisions
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.enrolment import Person
from autograder.gradebook.facts import AttemptFacts
from autograder.gradebook.standing import CALLED_LATE, LATE, Class, Standing, standings
from autograder.submissions.names import shown

from . import unmatched
from .moves import Moved
from .run import Tally

SCHEMA = "autograder/batch/v1"
#: So many names of a list are shown; all are in the gradebook.
LISTED = 12
#: What the list of those is called who stand by a regrade that was not of all.
APART = "graded under other conditions than the class"
#: Characters of a line: a label and a reason, neither of which is worth much without its end.
_LONGEST = 600


def show(book: Gradebook, assignment: str, tally: Tally, *, draft: int | None, quiet: bool) -> dict[str, Any]:
    """Say what was done and what is left for a person; returns it as JSON values."""
    found = standings(book, assignment, draft)
    waiting = _waiting(found, tally)
    missing = [s.person.key for s in found.standings if s.state == "missing" and s.person.on_roster]
    left = [s.person.key for s in found.standings if s.state == "withdrawn"]
    report = {
        "schema": SCHEMA,
        "assignment": assignment,
        "graded": tally.graded,
        "unchanged": tally.skipped,
        "ungraded": len(tally.ungraded) + len(waiting),
        "unopened": len(found.unopened),
        "aside": len(found.aside),
        "unmatched": len(found.unmatched),
        "missing": len(missing),
        "withdrawn": len(tally.withdrawn),
        "left": len(left),
        "moved": len(tally.moved),
        "draft": draft,
    }
    if not quiet:
        click.echo(f"{tally.graded} graded, {tally.skipped} not (graded before, or cannot be opened)", err=False)
        _say_lists(found, tally, waiting, missing)
        say_list("withdrawn: not on the roster any more, and what they handed in stays theirs", left)
        _say_policy(found)
        if draft is None:
            say_list(APART, accounts.apart(decisions.apart(book, found)))
        doubtful = (f"{s.person.key}: {line}" for s in found.standings for line in accounts.doubtful(s))
        say_list("of points by hand to look at", doubtful)
        if draft is not None:
            click.echo(
                f"These gradings are draft {draft}, since others stand: see `regrade --diff --draft {draft}` and "
                f"`regrade --publish --draft {draft}`."
            )
    return report


def _say_lists(found: Class, tally: Tally, waiting: list[AttemptFacts], missing: list[str]) -> None:
    labels = {
        attempt.id: attempt.named for attempt in [*found.unmatched, *(a for s in found.standings for a in s.attempts)]
    }
    say_list(
        "could not be graded, by our fault (the same command tries again)",
        (f"{labels.get(attempt, attempt)}: {reason}" for attempt, reason in sorted(tally.ungraded.items())),
    )
    say_list(
        "handed in before, not here now, and not graded (a batch with them, or `regrade` and `--publish`, mends that)",
        (f"{attempt.named}: {attempt.trouble or 'not graded yet'}" for attempt in waiting),
    )
    say_list("could not be opened: decide by hand", (f"{a.named}: {a.problem}" for a in found.unopened))
    say_list("left aside, beside an archive or code of the same student's", (a.named for a in found.aside))
    why = unmatched.reasons(found.unmatched, [s.person for s in found.standings])
    say_list("matched nobody on the roster", (unmatched.named(a, why) for a in found.unmatched))
    say_list("on the roster, and nothing handed in", missing)
    say_list("with points by hand, and not on the roster", _off_roster(found))
    _say_groups(found)
    _say_untimed(found)
    _say_late(found)
    say_list("in the list of times, and no submission's name, or that of several", tally.misnamed)


def _waiting(found: Class, tally: Tally) -> list[AttemptFacts]:
    """What should count, can be opened and has no grading, beside what this batch could not grade."""
    here = (s.attempt for s in found.standings if s.state != "withdrawn")
    counting = {attempt.id: attempt for attempt in here if attempt is not None}
    every = {**counting, **{attempt.id: attempt for attempt in found.unmatched}}.values()
    return [a for a in every if a.grading is None and a.problem is None and a.id not in tally.ungraded]


def _off_roster(found: Class) -> list[str]:
    """Who has points by hand, and is not of the class: perhaps it is somebody who is, under another name."""
    if not any(s.person.on_roster for s in found.standings):
        return []
    return [s.person.key for s in found.standings if s.adjustments and not s.person.on_roster]


def _say_groups(found: Class) -> None:
    """Groups as they were understood: one that is none by the course gives its members each other's marks."""
    groups: dict[str, list[Person]] = {}
    for person in (s.person for s in found.standings if s.person.on_roster and s.person.team):
        groups.setdefault(person.team, []).append(person)
    if not groups:
        return
    sizes = Counter(len(people) for people in groups.values())
    largest = max(groups, key=lambda team: len(groups[team]))
    click.echo(
        f"groups: {', '.join(f'{sizes[size]} of {size}' for size in sorted(sizes))}; the largest: {shown(largest)}"
    )
    mixed = [
        f"{team}: " + ", ".join(f"{person.key} ({person.section or 'no section'})" for person in people)
        for team, people in sorted(groups.items())
        if len({person.section for person in people}) > 1
    ]
    what = "group has" if len(mixed) == 1 else "groups have"
    say_list(f"{what} people of several sections, who all get the same (if they are two, name them apart)", mixed)


def _say_policy(found: Class) -> None:
    """What of the policy does nothing."""
    rules = found.policy
    say_list("granted an extension, and nobody here", rules.strangers(s.person.key for s in found.standings))
    if rules.late.costs and rules.deadline is None:
        click.echo("note: the policy's [late] takes nothing, as there is no deadline (--deadline says when)", err=True)


def _say_untimed(found: Class) -> None:
    """Whose lateness, and whose choice of attempt, hangs on a time that nobody knows."""
    unknown = [s for s in found.standings if not s.lateness.known]
    say_list("of unknown time, so not called late (--times says when)", _untimed(unknown))
    say_list(
        "of unknown time, so another attempt may have to count (--times says when)",
        (f"{s.person.key}: {s.attempt.label} counts" for s in found.standings if s.attempt is not None and s.rivals),
    )


def _say_late(found: Class) -> None:
    """Whose late work counts for nothing, by rules or for want of them."""
    say_list(
        "handed in too late to be accepted, so what was handed in before counts",
        (
            f"{s.person.key}: {one.label} ({accounts.late(found.policy.lateness(s.person.key, one.submitted_at))})"
            for s in found.standings
            for one in s.too_late
        ),
    )
    say_list(
        "handed in late, and nothing says what that costs: no points so far, which is no zero ([late] of --policy, an "
        "extension or `adjust` decides)",
        (f"{s.person.key}: {accounts.late(s.lateness)}" for s in found.standings if s.reason == LATE and not s.sums),
    )


def _untimed(standings: Iterable[Standing]) -> list[str]:
    """Whose time nobody knows; first those whom their platform calls late, lest the list end before."""
    called = {s.person.key: s.attempt is not None and s.attempt.marked_late for s in standings}
    late = [f"{key}: {CALLED_LATE}" for key, said in called.items() if said]
    return [*late, *(key for key, said in called.items() if not said)]


# What the gradebook does not keep is said as soon as it is committed, and every line of it: whatever ends the batch
# then, nothing else tells of it.


def say_renamed(tally: Tally) -> None:
    """Say who is called otherwise by the roster."""
    title = "on the roster under another key than so far, with all that was theirs (so far: now)"
    say_list(title, tally.renamed, most=len(tally.renamed))


def say_declared(tally: Tally, moved: Collection[str]) -> None:
    """Say what another policy changed: what stood before is not worked out again."""
    say_list("no longer granted an extension", tally.unextended, most=len(tally.unextended))
    say_list("whose points the rules change (policy, deadline, extensions)", moved, most=len(moved))


def say_taken_up(tally: Tally) -> None:
    """Say what stands of a draft."""
    say_list("graded before as a draft, under what stands now: they stand, too, from now on", tally.taken_up)


def say_withdrawn(tally: Tally) -> None:
    """Say what counted for somebody until now."""
    say_list("no longer counting for whom they did, by the roster", tally.withdrawn, most=len(tally.withdrawn))


def say_taken_in(tally: Tally) -> None:
    """Say what was handed in at another time, and what is under another name."""
    title = "handed in at another time than was known before, which holds now"
    say_list(title, tally.retimed, most=len(tally.retimed))
    title = "not waited for any more under the names that they had, since they count now (so far: now)"
    say_list(title, tally.settled, most=len(tally.settled))


def say_moves(moved: Collection[Moved]) -> None:
    """Say whose points are others than before."""
    lines = [one.line for one in moved if not one.another]
    say_list("whose points are others than before", lines, most=len(lines))
    # All attempts are on students' pages, and after a week of handing in again there are many of these.
    others = (one.line for one in moved if one.another)
    say_list("whose points are others than before, since another attempt counts", others)


def say_list(title: str, lines: Iterable[str], *, most: int = LISTED, rest: str = "") -> None:
    """Say how many there are of something, and which; of many, the first, and where the rest is."""
    every = list(lines)
    if not every:
        return
    click.echo(f"{len(every)} {title}:")
    for line in every[:most]:
        click.echo(f"  {shown(line, _LONGEST)}")
    if len(every) > most:
        click.echo(f"  … and {len(every) - most} more{rest}")
