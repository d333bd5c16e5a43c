"""Predictions: what each wrong idea answers to each case of a section.

For the public seed they ship as data, because students have no references to put a wrong idea into; for any
other seed they are made when a section fails. An output that an idea gets right is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from . import sketches
from .sketches import Sketch

if TYPE_CHECKING:
    from autograder.assignments.registry import Assignment
    from autograder.assignments.rubric import Section
    from autograder.assignments.truth import Question

SCHEMA = "autograder/misconceptions/v1"
FILE = "misconceptions/predictions.json"
#: An idea raises an exception before it has this output.
ABSENT = "absent"

#: By case name, by output: the sketch of a wrong array, or None where nothing comes back.
Answers = Mapping[str, Mapping[str, Sketch | None]]


@dataclass(frozen=True, slots=True)
class Predictions:
    """What the ideas of one section answer.

    Attributes
    ----------
    cases
        Names of the cases that were put to them.
    answers
        By the name of a variant: the idea's id, with `#2` and so on behind it for its second variant.
    """

    cases: frozenset[str]
    answers: Mapping[str, Answers]


NONE = Predictions(frozenset(), {})


def idea_of(variant: str) -> str:
    """The id of the idea that a variant is of."""
    return variant.partition("#")[0]


@cache
def shipped(folder: Path) -> Mapping[str, Predictions]:
    """The data of an assignment by section id; empty where it has none."""
    path = folder / FILE
    if not path.is_file():
        return {}
    document = json.loads(path.read_text("utf-8"))
    if document.get("schema") != SCHEMA:
        return {}
    return {section: _unpacked(entry) for section, entry in document["sections"].items()}


class Screen(Protocol):
    """Says early that an idea explains nothing, so that the other cases need not be put to it."""

    outputs: frozenset[str]
    first: frozenset[str]

    def alive(self, case: str, predicted: Mapping[str, Sketch | None], outputs: frozenset[str]) -> frozenset[str]:
        """Those of these outputs that the idea may still explain after this case."""


def of(
    assignment: Assignment, section: Section, questions: Sequence[Question], screen: Screen, *, public: bool
) -> Predictions:
    """What the ideas answer to these cases; none where neither data nor references are at hand."""
    if public:
        return shipped(assignment.folder).get(section.id, NONE)
    if not assignment.reference.is_dir():
        return NONE
    from . import wrong

    return wrong.predictions(assignment, section, questions, screen)


def save(folder: Path, sections: Mapping[str, Predictions]) -> None:
    """Write the data of an assignment: a line for each variant."""
    (folder / FILE).write_text(dumps(sections), "utf-8")


def dumps(sections: Mapping[str, Predictions]) -> str:
    """The data of an assignment as text."""
    blocks = []
    for section, known in sorted(sections.items()):
        cases = sorted(known.cases)
        lines = [f'  "cases": {_line(cases)}']
        for variant, answers in sorted(known.answers.items()):
            packed = {str(cases.index(case)): _packed(outputs) for case, outputs in sorted(answers.items())}
            lines.append(f'  "{variant}": {_line(packed)}')
        blocks.append(f' "{section}": {{\n' + ",\n".join(lines) + "\n }")
    return f'{{"schema": "{SCHEMA}", "sections": {{\n' + ",\n".join(blocks) + "\n}}\n"


def _line(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _packed(outputs: Mapping[str, Sketch | None]) -> dict[str, Any]:
    return {name: ABSENT if found is None else found.packed() for name, found in sorted(outputs.items())}


def _unpacked(entry: Mapping[str, Any]) -> Predictions:
    cases: list[str] = entry["cases"]
    answers = {
        variant: {
            cases[int(index)]: {
                name: None if values == ABSENT else sketches.unpacked(values) for name, values in outputs.items()
            }
            for index, outputs in by_case.items()
        }
        for variant, by_case in entry.items()
        if variant != "cases"
    }
    return Predictions(frozenset(cases), answers)
