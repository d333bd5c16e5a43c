"""HW2P1's cases, one module a family. Parameters and shapes are data; only the values are drawn.

`quick` is what everybody runs: tiny arrays, the simplest case first, so that the first failure shown is the
smallest. `full` adds cases of the sizes that the course draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from autograder.assignments.cases import Case
from autograder.assignments.rubric import PROFILES, Rubric, Section

from . import bonus, layers, models, questions

#: What makes a section's cases, from its id, the edition's settings and the profile.
Family = Callable[[str, Mapping[str, Any], str], tuple[Case, ...]]
FAMILIES: Mapping[str, Family] = {
    **dict.fromkeys(questions.SECTIONS, questions.cases),
    **dict.fromkeys(layers.SECTIONS, layers.cases),
    **dict.fromkeys(models.SECTIONS, models.cases),
    **dict.fromkeys(bonus.SECTIONS, bonus.cases),
}


def cases(section: Section, rubric: Rubric, profile: str) -> tuple[Case, ...]:
    """The cases of a section, from the simplest to the richest.

    Raises
    ------
    ValueError
        There is no such profile.
    KeyError
        The section is none of this assignment's.
    """
    if profile not in PROFILES:
        raise ValueError(f"no profile {profile!r}; there are {', '.join(PROFILES)}")
    return FAMILIES[section.id](section.id, rubric.settings, profile)
