"""`adjust`: points by hand, with who and why."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation

import click

from autograder.errors import UsageError
from autograder.submissions.names import shown

from .options import user_name
from .staff import Packages

packages = Packages()
with packages:
    from autograder.batch.show import say_list
    from autograder.gradebook import accounts, adjustments, queries, standing
    from autograder.gradebook.engine import Gradebook
    from autograder.gradebook.facts import AdjustmentFacts
    from autograder.gradebook.models import NO_WORK
    from autograder.gradebook.standing import Standing, Sum


@click.command()
@click.argument("place", metavar="GRADEBOOK")
@click.argument("student", required=False)
@click.option("-a", "--assignment", help="Which assignment; needed where the gradebook has several.")
@click.option("--add", metavar="POINTS", help="So many more (or fewer: -2.5).")
@click.option("--set", "exactly", metavar="POINTS", help="Exactly so many.")
@click.option("--section", default="", metavar="KEY", help="Of this section; default: of the whole group.")
@click.option("--group", type=click.Choice(["main", "bonus"]), help="Of this group as a whole; default: main.")
@click.option("--revoke", type=int, metavar="NUMBER", help="Take this adjustment back.")
@click.option("--by", "who", default="", help="Who decides; default: the user's name.")
@click.option("--why", default="", help="Why: stays in the gradebook.")
@packages.needed
def adjust(
    place: str,
    student: str | None,
    assignment: str | None,
    add: str | None,
    exactly: str | None,
    section: str,
    group: str | None,
    revoke: int | None,
    who: str,
    why: str,
) -> int:
    """Give or take points by hand; without --add, --set or --revoke, list what was done so far."""
    if sum(given is not None for given in (add, exactly, revoke)) > 1:
        raise UsageError("one of --add, --set and --revoke at a time", hint="take it back first, then give anew")
    with Gradebook(place) as book:
        name = queries.only_assignment(book, assignment)
        if student is not None:
            student = queries.key(book, student)
        _asked(points=add is not None or exactly is not None, revoke=revoke is not None, of=section or group or "",
               said=who or why)  # fmt: skip
        before = None
        if revoke is not None:
            before = standing.of(book, name, _own(book, name, student, revoke))
            adjustments.revoke(book, name, revoke, who or user_name(), why)
        elif add is not None or exactly is not None:
            if student is None:
                raise UsageError("which student gets the points?", hint="adjust GRADEBOOK STUDENT --set POINTS")
            points = _points(exactly if exactly is not None else add or "")
            before = standing.of(book, name, student)
            kind = "add" if add is not None else "set"
            of = _group(before, section, group) if section and before is not None else group or "main"
            work = NO_WORK if before is None or before.attempt is None else before.attempt.digest
            change = adjustments.Change(student, kind, points, who or user_name(), why, section, of, work)
            adjustments.adjust(book, name, change)
        after = None if before is None else standing.of(book, name, before.person.key)
        made = [c for c in queries.adjustments(book, name) if student in (None, c.student)]
        zone = queries.policy(book, name).zone
    for change_made in made:
        click.echo(shown(f"{change_made.id}: {change_made.student}: {accounts.by_hand(change_made, zone)}"))
    if before is not None and after is not None:
        click.echo(shown(f"{after.person.key}: {_moved(before, after)}"))
        if section and (whole := _overriding(after, section)) is not None:
            click.echo(
                f"note: it is of no account while adjustment {whole.id} ({accounts.change(whole)}) stands, which takes "
                f"the place of all sections' points; `--revoke {whole.id}` takes that back"
            )
        say_list("of their points by hand to look at", accounts.doubtful(after))
    click.echo(json.dumps({"adjustments": len(made)}))
    return 0


def _overriding(found: Standing, section: str) -> AdjustmentFacts | None:
    """The points by hand that take the place of whatever a section has; None where its points count."""
    groups = {one.group for one in found.sections if one.key == section}
    whole = [c for c in found.adjustments if c.kind == "set" and not c.section and c.group in groups]
    return whole[-1] if whole else None


def _asked(*, points: bool, revoke: bool, of: str, said: str) -> None:
    """What is given must be of use: who says why, and of what, wants to change something.

    Raises
    ------
    UsageError
        It changes nothing, or not what is named.
    """
    if of and not points:
        raise UsageError("--section and --group go with --add or --set", hint="`adjust GRADEBOOK` lists all")
    if said and not (points or revoke):
        raise UsageError("how many points?", hint="--add POINTS, --set POINTS or --revoke NUMBER")


def _moved(before: Standing, after: Standing) -> str:
    """What a student had and has, by group, where it is another now."""
    old, new = ({group: _sum(total) for group, total in one.sums.items()} for one in (before, after))
    return accounts.moved(old, new) or "no total changes by it"


def _sum(total: Sum) -> str:
    return accounts.spelt(total.final) + (f"/{accounts.spelt(total.max)}" if total.max else "")


def _own(book: Gradebook, assignment: str, student: str | None, number: int) -> str:
    """Whose an adjustment is; whoever is named beside its number must be that one: else one of the two is a mistake.

    Raises
    ------
    UsageError
        It is another student's, or of another assignment, whose numbers are of the same series.
    """
    whose = next((change.student for change in queries.adjustments(book, assignment) if change.id == number), None)
    if whose is None:
        raise UsageError(f"no adjustment {number} in {assignment}", hint="`adjust GRADEBOOK` lists all")
    if student not in (None, whose):
        raise UsageError(f"adjustment {number} is {whose}'s, not {student}'s", hint="`adjust GRADEBOOK` lists all")
    return whose


def _group(found: Standing, section: str, group: str | None) -> str:
    """The group of a section. Points of a section are added to those that it has: without them they would be lost.

    Raises
    ------
    UsageError
        Nothing of the student's is graded, it has no such section, or that is of another group.
    """
    student = found.person.key
    groups = {one.key: one.group for one in found.sections}
    if not groups:
        raise UsageError(
            f"{student} is {found.state} ({found.reason}): no section has points to change",
            hint="leave --section out: --set POINTS is then of the whole group",
        )
    if section not in groups:
        raise UsageError(f"no section {section!r} in what {student} has", hint="sections: " + ", ".join(groups))
    if group not in (None, groups[section]):
        raise UsageError(f"{section} is of {groups[section]}, not of {group}", hint="leave --group or --section out")
    return groups[section]


def _points(text: str) -> Decimal:
    try:
        points = Decimal(text)
        if not abs(points) <= 10_000:
            raise InvalidOperation
    except InvalidOperation as error:
        raise UsageError(f"{text!r} is no number of points") from error
    return points
