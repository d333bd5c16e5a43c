"""When a case is asked: what everybody may see first, of all sections, and then what is hidden.

A process that has had a hidden case can leave a number where a later one hears it: how many threads there were before,
say, which the kernel counts for all. So the cases that not everybody may see are asked in processes of their own, when
nothing is asked any more that students read of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autograder.assignments.rubric import VISIBILITIES, Section, Visibility

if TYPE_CHECKING:
    from autograder.assignments.truth import Question


def phases(section: Section) -> tuple[Visibility, ...]:
    """Those in which a section may have cases, in turn."""
    if not section.cases:
        return (section.visibility,)
    return tuple(sorted({_later(section, seen) for seen in ("visible", *section.cases.values())}, key=_rank))


def due(section: Section, questions: Sequence[Question], phase: Visibility) -> list[Question]:
    """Those of its cases that are asked in a phase."""
    if not section.cases:
        return [*questions] if phase == section.visibility else []
    return [one for one in questions if phase_of(section, one.case.name) == phase]


def phase_of(section: Section, case: str) -> Visibility:
    """The phase in which a case of that name is asked."""
    return _later(section, section.visibility_of_case(case))


def _later(section: Section, seen: Visibility) -> Visibility:
    """Who may see cases of a section that they may see who see such cases."""
    return max(section.visibility, seen, key=_rank)


def _rank(seen: Visibility) -> int:
    return VISIBILITIES.index(seen)
