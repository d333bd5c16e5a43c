"""`adjust`: points by hand, with who and why."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation

import click

from autograder.errors import UsageError
from autograder.gradebook import adjustments, queries, standing
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.facts import AdjustmentFacts

from .options import user_name


@click.command()
@click.argument("place", metavar="GRADEBOOK")
@click.argument("student", required=False)
@click.option("-a", "--assignment", help="Which assignment; needed where the gradebook has several.")
@click.option("--add", metavar="POINTS", help="So many more (or fewer: -2.5).")
@click.option("--set", "exactly", metavar="POINTS", help="Exactly so many.")
@click.option("--section", default="", metavar="KEY", help="Of this section; default: of the whole group.")
@click.option("--group", type=click.Choice(["main", "bonus"]), default="main", show_default=True)
@click.option("--revoke", type=int, metavar="NUMBER", help="Take this adjustment back.")
@click.option("--by", "who", default="", help="Who decides; default: the user's name.")
@click.option("--why", default="", help="Why: stays in the gradebook.")
def adjust(
    place: str,
    student: str | None,
    assignment: str | None,
    add: str | None,
    exactly: str | None,
    section: str,
    group: str,
    revoke: int | None,
    who: str,
    why: str,
) -> int:
    """Give or take points by hand; without --add, --set or --revoke, list what was done so far."""
    if sum(given is not None for given in (add, exactly, revoke)) > 1:
        raise UsageError("one of --add, --set and --revoke at a time", hint="take it back first, then give anew")
    with Gradebook(place) as book:
        name = queries.only_assignment(book, assignment)
        if student is not None and queries.person(book, student) is None:
            raise UsageError(f"no student {student!r} in this gradebook")
        if revoke is not None:
            _own(book, name, student, revoke)
            adjustments.revoke(book, revoke, who or user_name(), why)
        elif add is not None or exactly is not None:
            if student is None:
                raise UsageError("which student gets the points?", hint="adjust GRADEBOOK STUDENT --set POINTS")
            points = _points(exactly if exactly is not None else add or "")
            kind = "add" if add is not None else "set"
            if section:
                _graded_section(book, name, student, section)
            change = adjustments.Change(student, kind, points, who or user_name(), why, section, group)
            adjustments.adjust(book, name, change)
        made = [c for c in queries.adjustments(book, name) if student in (None, c.student)]
    for change_made in made:
        click.echo(line(change_made))
    click.echo(json.dumps({"adjustments": len(made)}))
    return 0


def _own(book: Gradebook, assignment: str, student: str | None, number: int) -> None:
    """Whoever is named beside an adjustment's number must be whose it is: one of the two is a mistake otherwise.

    Raises
    ------
    UsageError
        It is another student's.
    """
    whose = next((change.student for change in queries.adjustments(book, assignment) if change.id == number), None)
    if student is not None and whose not in (None, student):
        raise UsageError(f"adjustment {number} is {whose}'s, not {student}'s", hint="`adjust GRADEBOOK` lists all")


def _graded_section(book: Gradebook, assignment: str, student: str, section: str) -> None:
    """Points of a section are added to those that it has: without them they would be lost.

    Raises
    ------
    UsageError
        Nothing of the student's is graded, or it has no such section.
    """
    found = standing.of(book, assignment, student)
    if found is None:
        raise UsageError(f"no student {student!r} in this gradebook")
    keys = [one.key for one in found.sections]
    if not keys:
        raise UsageError(
            f"{student} is {found.state} ({found.reason}): no section has points to change",
            hint="leave --section out: --set POINTS is then of the whole group",
        )
    if section not in keys:
        raise UsageError(f"no section {section!r} in what {student} has", hint="sections: " + ", ".join(keys))


def _points(text: str) -> Decimal:
    try:
        points = Decimal(text)
        if not abs(points) <= 10_000:
            raise InvalidOperation
    except InvalidOperation as error:
        raise UsageError(f"{text!r} is no number of points") from error
    return points


def line(change: AdjustmentFacts) -> str:
    """An adjustment in a line."""
    what = f"{change.points:+f}" if change.kind == "add" else f"= {change.points:f}"
    state = " (taken back)" if change.revoked else ""
    of = change.section or change.group
    return f"{change.id}: {change.student}: {of} {what}{state}, {change.made_at:%Y-%m-%d}, {change.who}: {change.why}"
