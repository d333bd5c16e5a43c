"""What wrong ideas answer to the cases that were asked: from the data that ships, or worked out here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .predictions import NONE, Predictions, Screen, of_section

if TYPE_CHECKING:
    from autograder.assignments.registry import Assignment
    from autograder.assignments.rubric import Section
    from autograder.assignments.truth import Question


def predictions(
    assignment: Assignment, section: Section, questions: Sequence[Question], screen: Screen, *, public: bool
) -> Predictions:
    """What the ideas answer to these cases; none where neither data nor references are at hand.

    Parameters
    ----------
    public
        The cases are those of the public seed, for which the answers ship.
    """
    if public:
        return of_section(assignment.folder, section.id)
    if not assignment.reference.is_dir():
        return NONE
    from . import wrong  # which the shipped data do without

    return wrong.predictions(assignment, section, questions, screen)
