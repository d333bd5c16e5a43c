"""Who decided what: publications, the rules as they were declared, points by hand; and the overlays behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.gradebook import accounts, decisions, queries
from autograder.gradebook.decisions import Declared
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.facts import AdjustmentFacts, ConditionsFacts, PublicationFacts
from autograder.gradebook.policy import Policy

from . import pages
from .files import page_name
from .person import Head


@dataclass(frozen=True, slots=True)
class Entry:
    """A decision: in short, with what was said of it, and lines below; `page` leads to whom it is about."""

    title: str
    said: str
    lines: tuple[str, ...] = ()
    page: str = ""
    gone: str = ""


def page(book: Gradebook, assignment: str, head: Head) -> str:
    """The page for staff; in each list the newest first."""
    made = decisions.publications(book, assignment)
    under = {
        number: queries.conditions(book, number) for number in sorted({key for one in made for key in one.gradings})
    }
    return pages.render(
        "history.html",
        head=head,
        up="",
        here="history",
        lists=[
            ("publications", "What was made to stand", [_publication(one, under, head) for one in reversed(made)]),
            ("rules", "Rules", list(reversed([*_rules(decisions.declared(book, assignment), head)]))),
            (
                "by-hand",
                "Points by hand",
                [_by_hand(one, head) for one in reversed(queries.adjustments(book, assignment))],
            ),
        ],
        overlays=[(one.overlay, one.details["overlay"]) for one in _overlays(list(under.values()))],
    )


def _publication(one: PublicationFacts, under: dict[int, ConditionsFacts], head: Head) -> Entry:
    zone = head.policy.zone
    lines = tuple(
        f"{count} grading{'' if count == 1 else 's'} under {accounts.conditions(under[number])}"
        for number, count in one.gradings.items()
    )
    gone = "" if one.undone is None else accounts.decided(one.undone, zone)
    return Entry(f"Publication {one.id}", accounts.decided(one.made, zone), lines, gone=gone)


def _rules(declared: Sequence[Declared], head: Head) -> Iterator[Entry]:
    before = Policy()
    for number, one in enumerate(declared, 1):
        lines = (accounts.terms(one.policy), *_extensions(before, one.policy))
        yield Entry(f"Rules {number}", accounts.decided(one.made, head.policy.zone), lines)
        before = one.policy


def _extensions(before: Policy, after: Policy) -> Iterator[str]:
    """Extensions that were given, changed or taken away."""
    for by in ("policy", "roster"):
        name = "extensions" if by == "policy" else "roster_extensions"
        old, new = getattr(before, name), getattr(after, name)
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                given = "no extension any more" if key not in new else accounts.extended(new[key], after.zone)
                yield f"{key}: {given}, by the {by}"


def _by_hand(one: AdjustmentFacts, head: Head) -> Entry:
    zone = head.policy.zone
    gone = "" if one.revoked is None else accounts.decided(one.revoked, zone)
    title = f"{one.student}: {accounts.change(one)}"
    return Entry(title, accounts.decided(one.made, zone), page=f"students/{page_name(one.student)}", gone=gone)


def _overlays(under: Sequence[ConditionsFacts]) -> list[ConditionsFacts]:
    """One of the conditions for each overlay."""
    return list({one.overlay: one for one in under if one.overlay}.values())
