"""Questions whose expected values the oracles compute: any seed, any profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .oracles import expected
from .rubric import Rubric, Section
from .truth import Question

if TYPE_CHECKING:
    from .cases import Case
    from .registry import Assignment


@dataclass(frozen=True, slots=True)
class OracleTruth:
    """Expected values of one seed, computed when they are asked for."""

    assignment: Assignment
    rubric: Rubric
    profile: str
    seed: int

    def questions(self, section: Section) -> list[Question]:
        """The section's cases with what its oracles say, who must agree."""
        return [self.question(section, case) for case in self.assignment.cases(section, self.rubric, self.profile)]

    def question(self, section: Section, case: Case) -> Question:
        """One case."""
        inputs = case.inputs(self.seed, section.id)
        judges = self.assignment.judges()
        return Question(
            case,
            inputs,
            expected(case, inputs, self.assignment.oracles(section), section=section.id),
            {output: judges[section.id, output] for output in case.judged},
        )
