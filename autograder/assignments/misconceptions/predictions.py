"""Predictions: what each wrong idea answers to each case of a section.

For the public seed they ship as data, because students have no references to put a wrong idea into. An output that
an idea gets right is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from autograder.assignments.shipped import DataError
from autograder.assignments.shipped import lines as shipped_lines

from . import sketches
from .sketches import Sketch

SCHEMA = "autograder/misconceptions/v2"
#: Its first line names the schema, each other line is a section: what has not failed need not be read.
FILE = "misconceptions/predictions.jsonl"
#: An idea raises an exception before it has this output.
ABSENT = "absent"

#: How a section's line begins; its id follows.
START = '{"section":'

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


def shipped(folder: Path) -> Mapping[str, Predictions]:
    """The data of an assignment by section id; empty where it has none."""
    return {section: of_section(folder, section) for section in _lines(folder)}


@cache
def of_section(folder: Path, section: str) -> Predictions:
    """The data of one section; nothing where there is none."""
    line = _lines(folder).get(section)
    try:
        return NONE if line is None else _unpacked(json.loads(line))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise DataError(f"{folder / FILE}: the line of {section!r} is damaged ({error})") from error


@cache
def _lines(folder: Path) -> Mapping[str, str]:
    """The sections' lines by their ids."""
    path = folder / FILE
    try:
        return {json.loads(line[len(START) : line.index(",")]): line for line in shipped_lines(path, SCHEMA)}
    except (ValueError, TypeError) as error:
        raise DataError(f"{path}: a line is no section: it is damaged ({error})") from error


class Screen(Protocol):
    """Says early that an idea explains nothing, so that the other cases need not be put to it."""

    outputs: frozenset[str]
    first: frozenset[str]

    def contradicts(self, case: str, output: str, predicted: Sketch) -> bool:
        """Whether a layer's output came back wrong, and otherwise wrong than the idea says: it is another idea then."""

    def alive(self, case: str, predicted: Mapping[str, Sketch | None], outputs: frozenset[str]) -> frozenset[str]:
        """Those of these outputs that the idea may still explain after this case."""


def save(folder: Path, sections: Mapping[str, Predictions]) -> None:
    """Write the data of an assignment."""
    (folder / FILE).write_text(dumps({section: _entry(known) for section, known in sections.items()}), "utf-8")


def dumps(sections: Mapping[str, Mapping[str, Any]]) -> str:
    """The data of an assignment as text, from `cases` and `answers` by section id."""
    head = f'{{"schema":"{SCHEMA}"}}'
    lines = (
        f'{START}{_line(section)},"cases":{_line(entry["cases"])},"answers":{_line(entry["answers"])}}}'
        for section, entry in sorted(sections.items())
    )
    return "\n".join([head, *lines]) + "\n"


def entries(text: str) -> dict[str, dict[str, Any]]:
    """The `cases` and `answers` by section id, from the text."""
    return {entry.pop("section"): entry for entry in map(json.loads, text.splitlines()[1:])}


def _entry(known: Predictions) -> dict[str, Any]:
    cases = sorted(known.cases)
    answers = {
        variant: {str(cases.index(case)): _packed(outputs) for case, outputs in sorted(by_case.items())}
        for variant, by_case in sorted(known.answers.items())
    }
    return {"cases": cases, "answers": answers}


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
        for variant, by_case in entry["answers"].items()
    }
    return Predictions(frozenset(cases), answers)
