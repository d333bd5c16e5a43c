"""What a course says about its people and times: its roster, its policy, its list of times."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

from autograder.errors import UsageError
from autograder.gradebook import accounts, drafts, enrolment, queries, store
from autograder.gradebook import policy as policies
from autograder.gradebook.accounts import spelt
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.moments import moment
from autograder.gradebook.policy import Policy
from autograder.gradebook.standing import standings

from . import roster
from .moves import Had, had
from .run import Tally
from .show import say_declared, say_renamed


@dataclass(frozen=True, slots=True)
class Lists:
    """What the course says about its people and times."""

    roster: Path | None
    policy: Path | None
    deadline: str | None
    times: str | None
    who: str = ""
    why: str = ""


def told(book: Gradebook, assignment: str, lists: Lists, tally: Tally) -> tuple[roster.Roster, Policy]:
    """The roster, and the policy that is to hold; nothing is written but to the tally, whom that changes."""
    before = queries.policy(book, assignment)
    declared, people = declaration(lists, before), roster.Roster()
    if lists.roster is not None:
        people = roster.read(lists.roster, declared.timezone)
        people = replace(people, before=roster.renamed(people.people, queries.people(book)))
        before = policies.parse(policies.renamed(policies.document(before), people.before))
        declared = declaration(lists, before)
        if people.extensions is not None:
            declared = policies.with_roster(declared, people.extensions)
    tally.renamed += [f"{old}: {new}" for new, old in sorted(people.before.items())]
    tally.unextended += sorted(before.extended() - declared.extended())
    return people, declared


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A class that work is taken in for.

    Attributes
    ----------
    known
        Students' ids in the gradebook, by key; it grows.
    before
        What everybody has, by the policy that holds, before anything is taken in; after a batch that was killed, what
        they had as it was last said. It is kept until the batch has said what became of it.
    exactly
        By a roster: everything counts for whom it says now, and for nobody else.
    """

    directory: roster.Directory
    known: dict[str, int]
    before: tuple[Had, ...] = ()
    exactly: bool = False


def enrolled(
    book: Gradebook,
    assignment: str,
    people: roster.Roster,
    declared: Policy,
    lists: Lists,
    tally: Tally,
    *,
    quiet: bool,
) -> Enrolled:
    """The class with its roster, if it has one, and the policy declared; whom that changes is said at once."""
    if people.people:
        enrolment.enrol_class(book, people.people, people.columns, people.before)
        if not quiet:
            say_renamed(tally)
    everybody = queries.people(book)
    moved: dict[str, str] = {}
    if declared != queries.policy(book, assignment):
        moved = {move.student: changed(move) for move in drafts.under(book, assignment, declared)}
    store.declare(book, assignment, policies.document(declared), lists.who, lists.why)
    tally.moved.update(moved)
    if not quiet:
        say_declared(tally, moved.values())
    known = enrolment.enrol(book, everybody)
    return Enrolled(roster.Directory(everybody), known, _before(book, assignment, people), lists.roster is not None)


def _before(book: Gradebook, assignment: str, people: roster.Roster) -> tuple[Had, ...]:
    """What everybody had as it was last said, which is kept from now on."""
    kept, now = queries.untold(book, assignment), {old: new for new, old in people.before.items()}
    if kept is None:
        before = [had(one) for one in standings(book, assignment).standings]
    else:
        before = [Had(**{**one, "student": now.get(one["student"], one["student"])}) for one in kept]
    store.keep_untold(book, assignment, [asdict(one) for one in before])
    return tuple(before)


def changed(move: drafts.Move) -> str:
    """What a student had and has, by group, where it is another now."""
    before, after = ({group: spelt(points) for group, points in one.items()} for one in (move.before, move.after))
    return f"{move.student}: {accounts.moved(before, after)}"


def declaration(lists: Lists, before: Policy) -> Policy:
    """The policy: a file's, or the one that holds; with a deadline that was given. A roster's extensions stay."""
    found = before
    if lists.policy is not None:
        found = replace(policies.load(lists.policy), roster_extensions=before.roster_extensions)
    if lists.deadline is not None:
        try:
            found = replace(found, deadline=moment(lists.deadline, found.timezone))
        except ValueError as error:
            raise UsageError(f"--deadline: {error}") from error
    return found
