"""Questions whose expected values the oracles compute: any seed, any profile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .cases import Case
from .oracles import Oracle, expected
from .rubric import Section
from .truth import Judge, Question


@dataclass(frozen=True, slots=True)
class OracleTruth:
    """Expected values of one seed, computed when they are asked for.

    Attributes
    ----------
    cases, oracles
        What a section is asked, and who says what must come out.
    judges
        What judges outputs that cannot be compared with one array, by section id and output.
    """

    cases: Callable[[Section], Iterable[Case]]
    oracles: Callable[[Section], Sequence[Oracle]]
    judges: Mapping[tuple[str, str], Judge]
    seed: int

    @property
    def withheld(self) -> tuple[str, ...]:
        """Oracles know every case."""
        return ()

    def questions(self, section: Section) -> list[Question]:
        """The section's cases with what its oracles say, who must agree."""
        return [self.question(section, case) for case in self.cases(section)]

    def question(self, section: Section, case: Case) -> Question:
        """One case."""
        inputs = case.inputs(self.seed, section.id)
        return Question(
            case,
            inputs,
            expected(case, inputs, self.oracles(section), section=section.id),
            {output: self.judges[section.id, output] for output in case.judged},
        )
