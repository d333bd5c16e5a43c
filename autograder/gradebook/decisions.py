"""Who decided what, when and why: publications, policies, and how each grading that stands came about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from . import policy as policies
from . import queries
from .engine import Gradebook
from .facts import ConditionsFacts, Decision, GradingFacts, Origin, PublicationFacts
from .models import Grading, PolicyRow, Publication, Published, ReportRow
from .policy import Policy
from .publications import standing_conditions
from .standing import Class
from .store import ASKED


@dataclass(frozen=True, slots=True)
class Declared:
    """A policy, and who declared it; the newest holds."""

    policy: Policy
    made: Decision


def publications(book: Gradebook, assignment: str) -> tuple[PublicationFacts, ...]:
    """All that were ever made with gradings in them, the oldest first."""
    with book.session() as session:
        # Whatever conditions a batch goes on with: what a publication holds may be of others.
        of = Published.publication_id, Grading.conditions_id
        counted = (
            select(*of, func.count()).join(Grading, Grading.id == Published.grading_id).group_by(*of).order_by(*of)
        )
        counts: dict[int, dict[int, int]] = {}
        for publication, number, count in session.execute(counted):
            counts.setdefault(publication, {})[number] = count
        rows = session.scalars(select(Publication).where(Publication.assignment == assignment).order_by(Publication.id))
        return tuple(
            PublicationFacts(
                row.id,
                counts[row.id],
                Decision(row.who, row.why, row.published_at),
                None if row.undone_at is None else Decision(row.undone_by or "", row.undone_why or "", row.undone_at),
            )
            for row in rows
            if row.id in counts
        )


def apart(book: Gradebook, found: Class) -> Mapping[str, ConditionsFacts]:
    """Who of the class is graded under other conditions than it is, by key: those conditions.

    Which sections a regrade was told to stay with makes no other ones.
    """
    usual = standing_conditions(book, found.assignment)
    if usual is None:
        return {}
    under = {usual: queries.conditions(book, usual)}
    others: dict[str, ConditionsFacts] = {}
    for standing in found.standings:
        if standing.state == "graded" and standing.attempt is not None and standing.attempt.grading is not None:
            number = standing.attempt.grading.conditions
            if number not in under:
                under[number] = queries.conditions(book, number)
            if _whole(under[number]) != _whole(under[usual]):
                others[standing.person.key] = under[number]
    return others


def _whole(conditions: ConditionsFacts) -> str:
    digest: str = conditions.details.get("whole") or conditions.digest
    return digest


def declared(book: Gradebook, assignment: str) -> tuple[Declared, ...]:
    """Every policy that ever held, the oldest first; without those that cannot be read here."""
    with book.session() as session:
        chosen = select(PolicyRow).where(PolicyRow.assignment == assignment).order_by(PolicyRow.id)
        rows = [(row.document, Decision(row.who, row.why, row.declared_at)) for row in session.scalars(chosen)]
    found = []
    for document, made in rows:
        try:
            found.append(Declared(policies.parse(json.loads(document)), made))
        except ValueError:  # made where more time zones are known, or by a later version
            continue
    return tuple(found)


def origins(book: Gradebook, assignment: str, gradings: Iterable[GradingFacts]) -> Mapping[int, Origin]:
    """How these gradings came about, by their numbers."""
    chosen = list(gradings)
    published = {one.id: one for one in publications(book, assignment)}
    under = {number: queries.conditions(book, number) for number in {grading.conditions for grading in chosen}}
    ran = select(Grading.id, Grading.graded_at, ReportRow.run).join(ReportRow, ReportRow.grading_id == Grading.id)
    found: dict[int, Origin] = {}
    for at in range(0, len(chosen), ASKED):
        part = {grading.id: grading for grading in chosen[at : at + ASKED]}
        with book.session() as session:
            for number, when, run in session.execute(ran.where(Grading.id.in_(part))):
                one = part[number]
                stands = None if one.publication is None else published.get(one.publication)
                version = str(json.loads(run).get("autograder", ""))
                found[number] = Origin(when, version, under[one.conditions], stands)
    return found
