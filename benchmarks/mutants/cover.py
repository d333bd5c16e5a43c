"""The quick profile's choice of cases: a greedy cover of all needs at least work.

A case's work is the entries that go in and come out, and a fixed part for the call. In each section the case is chosen
that meets the most needs not yet met for its work, until none is left; then what the later ones made needless
is dropped. A case counts as catching a mistake only where it did so under every seed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.assignments import choice, registry
from autograder.assignments.choice import CANDIDATES
from autograder.assignments.registry import Assignment
from autograder.assignments.seeds import PUBLIC
from autograder.assignments.truth import Question

from . import needs
from .needs import Need
from .table import Table, caught_by

#: What a case costs beside its entries: the frames, the calls.
CALL = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """A section's cases.

    Attributes
    ----------
    kept
        Each with what only it does among those that are kept.
    left_out
        The names of the others, in every edition.
    work, work_kept
        Of all candidates, and of those that are kept.
    unsteady
        How many mistakes are caught under every seed, but by no one case under all of them.
    """

    section: str
    candidates: int
    kept: dict[str, str]
    left_out: tuple[str, ...]
    work: int
    work_kept: int
    unsteady: int


def choices(table: Table) -> Iterator[Choice]:
    """The choice for every section."""
    assignment = registry.find(table.facts["assignment"])
    rubric = assignment.rubric()
    truth = assignment.truth(rubric, CANDIDATES, PUBLIC, public=True)
    for section in rubric.sections:
        questions = truth.questions(section)
        names = [question.case.name for question in questions]
        costs = [work(question) for question in questions]
        rows = [row for row in table.mistakes if not row.edition and caught_by(row.own, row.caught) == section.id]
        wanted = needs.of(assignment, section, questions, rows)
        chosen = greedy([need.cases for need in wanted], costs)
        left = [i for i in range(len(names)) if i not in chosen]
        yield Choice(
            section.id,
            len(names),
            {names[i]: reason(wanted, i, chosen) for i in chosen},
            tuple(dict.fromkeys(name for i in left for name in twins(assignment, section.id, i))),
            sum(costs),
            sum(costs[i] for i in chosen),
            sum(not row.always for row in rows),
        )


def twins(assignment: Assignment, section: str, index: int) -> Iterator[str]:
    """A candidate's name in each edition: where layers have a padding, their cases give it."""
    for edition in assignment.editions():
        rubric = assignment.rubric(edition)
        found = next((one for one in rubric.sections if one.id == section), None)
        if found is not None:
            yield assignment.cases(found, rubric, CANDIDATES)[index].name


def work(question: Question) -> int:
    """What a case costs."""
    arrays = [*question.inputs.values(), *(v for v in question.expected.values() if not isinstance(v, str))]
    return CALL + sum(array.size for array in arrays)


def greedy(catchers: Sequence[frozenset[int]], costs: Sequence[int]) -> list[int]:
    """Cases such that each need, given as the set of cases that meet it, is met by one of them."""
    chosen: list[int] = []
    left = list(dict.fromkeys(catchers))
    every = list(left)
    while left:
        best = max(range(len(costs)), key=lambda i: (sum(i in catching for catching in left) / costs[i], -i))
        chosen.append(best)
        left = [catching for catching in left if best not in catching]
    for case in sorted(chosen, key=lambda i: (-costs[i], i)):
        rest = set(chosen) - {case}
        if all(catching & rest for catching in every):
            chosen.remove(case)
    return sorted(chosen)


def reason(wanted: Sequence[Need], case: int, chosen: Sequence[int]) -> str:
    """What only this case does among the chosen ones, counted by kind."""
    kept = set(chosen)
    alone = Counter(need.why for need in wanted if need.cases & kept == {case})
    return ", ".join(why if why.startswith("the ") or count == 1 else f"{count} {why}" for why, count in alone.items())


def document(made: Sequence[Choice]) -> dict[str, Any]:
    """The choice as it is committed."""
    return {one.section: {"kept": one.kept, "left out": list(one.left_out)} for one in made}


def write(table: Table) -> str:
    """Write the choice, and tell it in words."""
    made = list(choices(table))
    folder = registry.find(table.facts["assignment"]).folder
    (folder / choice.FILE).write_text(choice.dumps(document(made)), "utf-8")
    return "\n".join(report(made))


def report(made: Sequence[Choice]) -> Iterator[str]:
    """The choice in words."""
    for one in made:
        yield f"{one.section}: {len(one.kept)} of {one.candidates} cases, {one.work_kept / one.work:.0%} of the work"
        if one.unsteady:
            yield f"  {one.unsteady} mistakes are caught under every seed, but by no one case alone"
    kept, many = sum(len(one.kept) for one in made), sum(one.candidates for one in made)
    share = sum(one.work_kept for one in made) / sum(one.work for one in made)
    yield f"{kept} of {many} cases, {share:.0%} of the work"
