"""Which quick cases the kills need: a greedy cover at least work.

A case's work is the entries that go in and come out, and a fixed part for the call. In each section the case is chosen
that catches the most mistakes not yet caught for its work, until none is left; then what the later ones made needless
is dropped. A case counts as catching a mistake only where it did so under every seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.assignments import registry
from autograder.assignments.seeds import PUBLIC
from autograder.assignments.truth import Question

from .table import Table

#: What a case costs beside its entries: the frames, the calls.
CALL = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """A section's cases: which the kills need, the others, and how many mistakes no case catches under every seed."""

    section: str
    needed: tuple[str, ...]
    spare: tuple[str, ...]
    work: int
    work_needed: int
    unsteady: int


def choices(table: Table) -> list[Choice]:
    """The cover of every section."""
    assignment = registry.find(table.facts["assignment"])
    rubric = assignment.rubric()
    truth = assignment.truth(rubric, "quick", PUBLIC, public=True)
    found = []
    for section in rubric.sections:
        questions = truth.questions(section)
        names = [question.case.name for question in questions]
        costs = [work(question) for question in questions]
        mine = [row for row in table.mistakes if not row.edition and _catcher(row.own, row.caught) == section.id]
        chosen = greedy([frozenset(row.always) for row in mine if row.always], costs)
        needed = tuple(names[i] for i in chosen)
        spare = tuple(name for name in names if name not in needed)
        unsteady = sum(not row.always for row in mine)
        found.append(Choice(section.key, needed, spare, sum(costs), sum(costs[i] for i in chosen), unsteady))
    return found


def _catcher(own: Sequence[str], caught: Mapping[str, tuple[int, ...]]) -> str:
    return next((section for section in own if section in caught), "")


def work(question: Question) -> int:
    """What a case costs."""
    arrays = [*question.inputs.values(), *(v for v in question.expected.values() if not isinstance(v, str))]
    return CALL + sum(array.size for array in arrays)


def greedy(catchers: Sequence[frozenset[int]], costs: Sequence[int]) -> list[int]:
    """Cases such that each mistake, given as the set of cases that catch it, is caught by one of them."""
    chosen: list[int] = []
    left = list(catchers)
    while left:
        best = max(range(len(costs)), key=lambda i: (sum(i in catching for catching in left) / costs[i], -i))
        chosen.append(best)
        left = [catching for catching in left if best not in catching]
    for case in sorted(chosen, key=lambda i: -costs[i]):
        rest = set(chosen) - {case}
        if all(catching & rest for catching in catchers):
            chosen.remove(case)
    return sorted(chosen)


def report(table: Table) -> str:
    """The cover in words."""
    lines = []
    for choice in choices(table):
        many = len(choice.needed) + len(choice.spare)
        share = choice.work_needed / choice.work
        lines.append(f"{choice.section}: {len(choice.needed)} of {many} cases needed, {share:.0%} of the work")
        lines += [f"  spare: {name}" for name in choice.spare]
        if choice.unsteady:
            lines.append(f"  {choice.unsteady} mistakes are caught under every seed, but by no one case alone")
    return "\n".join(lines)
