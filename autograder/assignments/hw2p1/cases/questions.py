"""Multiple-choice questions: one case each, without inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.assignments.cases import Case

SECTIONS = tuple(f"mcq_{number}" for number in range(1, 6))

#: The questions that the handout asks; other tables' cases say in their names whose they are.
DEFAULT = "s23"


def cases(section: str, settings: Mapping[str, Any], profile: str) -> tuple[Case, ...]:
    """The only case of a question; `answers` names the table of right letters, not the letter."""
    number, answers = int(section.removeprefix("mcq_")), settings["answers"]
    name = f"question_{number}()" if answers == DEFAULT else f"question_{number}(), as {answers} asks it"
    return (Case(name, {"question": number, "answers": answers}, {}, ("answer",)),)
