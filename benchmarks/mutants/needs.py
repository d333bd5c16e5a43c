"""What the quick profile's cases must be able to do: each need is the set of candidates that meet it.

Catching mistakes is one. A failure must also be shown on the smallest case, be told by name, and leave the course's
own checks as strict as they are; and every family of shapes that mistakes live in stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from autograder.assignments.misconceptions import arrays, wrong
from autograder.assignments.misconceptions.conditions import FACTORS, PROPERTIES
from autograder.assignments.misconceptions.evidence import Seen
from autograder.assignments.misconceptions.predictions import Answers, idea_of
from autograder.assignments.misconceptions.sketches import Sketch
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Section
from autograder.assignments.truth import Question

from .planted import OPERATOR
from .table import Row


@dataclass(frozen=True, slots=True)
class Need:
    """Something that one of these cases, by index among the candidates, must do.

    Attributes
    ----------
    why
        The kind of need, in words that can be counted: `3 mutants`.
    """

    why: str
    cases: frozenset[int]


def of(assignment: Assignment, section: Section, questions: Sequence[Question], rows: Sequence[Row]) -> list[Need]:
    """Every need of a section.

    An optional case is put only to what has an option (a padding). Who has none is to be held to as much without it:
    what the other cases can do they do.

    Parameters
    ----------
    questions
        The section's candidates.
    rows
        The mistakes that this section catches.
    """
    found = [Need("the smallest case", frozenset({0}))]
    found += _mistakes(rows, questions)
    kinds = Kinds.of(assignment, questions)
    found += _families(kinds)
    found += _not_by_accident(section, rows, kinds)
    found += _told_apart(assignment, section, questions)
    asked = frozenset(i for i, question in enumerate(questions) if not question.case.optional)
    found = [Need(need.why, need.cases & asked or need.cases) for need in found]
    found += _families_of_options(kinds, asked)
    return [need for need in found if need.cases]


def _mistakes(rows: Sequence[Row], questions: Sequence[Question]) -> Iterator[Need]:
    """Each mistake, by the cases that catch it under every seed; those of the course's own level on their own too."""
    course = {i for i, question in enumerate(questions) if question.case.level == "course"}
    for row in rows:
        cases = frozenset(row.always)
        yield Need("planted mistakes" if row.operator == OPERATOR else "mutants", cases)
        yield Need("mutants by the course's checks", cases & course)


#: Families of cases, besides the properties that a failure may be put down to.
FAMILIES: Mapping[str, Callable[[Seen], bool]] = {
    "a batch of one": lambda one: one.sides("input", "N") == (1,),
    "a kernel of 1": lambda one: one.kernel == 1,
    "a kernel as large as the input": lambda one: one.kernel in one.sides("input", "H", "W"),
    "a factor of 1": lambda one: any(one.number(name) == 1 for name in FACTORS),
    "defaults": lambda one: "given" in one.params,
    "unequal channels": lambda one: one.number("in_channels") != one.number("out_channels"),
}


@dataclass(frozen=True, slots=True)
class Kinds:
    """The candidates of each kind, by index."""

    count: int
    properties: Mapping[str, frozenset[int]]
    families: Mapping[str, frozenset[int]]

    @classmethod
    def of(cls, assignment: Assignment, questions: Sequence[Question]) -> Kinds:
        """Sort a section's candidates."""
        names = arrays.load(assignment.folder)
        seen = [
            Seen(question.case.name, "", True, question.case.params, question.inputs, None, None, {}, names)
            for question in questions
        ]

        def having(has: Callable[[Seen], bool]) -> frozenset[int]:
            return frozenset(i for i, one in enumerate(seen) if has(one))

        ties = frozenset(i for i, question in enumerate(questions) if question.case.judged)
        families = {name: having(has) for name, has in FAMILIES.items()} | {"ties": ties}
        return cls(len(seen), {name: having(has) for name, (_, _, has) in PROPERTIES.items()}, families)


def _families(kinds: Kinds) -> Iterator[Need]:
    """Every family; those that a failure may be put down to are also left out once."""
    for cases in (*kinds.properties.values(), *kinds.families.values()):
        yield Need("families", cases)
    for cases in kinds.properties.values():
        yield Need("families", frozenset(range(kinds.count)) - cases)


def _families_of_options(kinds: Kinds, asked: frozenset[int]) -> Iterator[Need]:
    """Every family among the optional cases alone: a mistake may live where an option meets it."""
    for cases in (*kinds.properties.values(), *kinds.families.values()):
        yield Need("families", cases - asked)


def _not_by_accident(section: Section, rows: Sequence[Row], kinds: Kinds) -> Iterator[Need]:
    """A case that tells: what a mistake fails in is not what has a property, where among all candidates it is not."""
    for row in rows:
        for cases in kinds.properties.values():
            yield Need("conditions", frozenset(row.caught[section.id]) ^ cases)


def _told_apart(assignment: Assignment, section: Section, questions: Sequence[Question]) -> Iterator[Need]:
    """Each known wrong idea from what is right, and each two of them from each other, output by output."""
    known = wrong.predictions(assignment, section, questions)
    names = [question.case.name for question in questions]
    for answers in known.answers.values():
        yield Need("ideas", _differ(answers, {}, names))
    for one, other in combinations(sorted(known.answers), 2):
        if idea_of(one) != idea_of(other):
            yield Need("ideas told apart", _differ(known.answers[one], known.answers[other], names))


def _differ(one: Answers, other: Answers, names: Sequence[str]) -> frozenset[int]:
    """The cases in which two ideas do not answer alike."""
    return frozenset(i for i, name in enumerate(names) if not _alike(one.get(name, {}), other.get(name, {})))


def _alike(one: Mapping[str, Sketch | None], other: Mapping[str, Sketch | None]) -> bool:
    if set(one) != set(other):
        return False
    return all(a is b if a is None or b is None else a.alike(b) for a, b in ((one[k], other[k]) for k in one))
