"""Practice data: inputs and expected values of the public seed, shipped as one array file and an index.

NumPy does not promise the same random numbers in every version, and students have no PyTorch and no
references; with this data they need neither. The array file is one float64 vector; the index says where
in it each input and each expected value lies.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from autograder.errors import HarnessError

from .cases import Case
from .rubric import Section
from .seeds import PUBLIC
from .truth import Judge, Question

Array = np.ndarray[Any, np.dtype[Any]]

SCHEMA = "autograder/practice/v1"
ARRAYS, INDEX = "practice.npy", "practice.json"

#: How the message of a section begins whose answers the students' copy leaves to the course.
NOT_HERE = "not checked here"


class PracticeError(HarnessError):
    """Practice data that is not there or not to be read."""


@dataclass(frozen=True, slots=True)
class Practice:
    """Questions of the public seed, read from the data that ships.

    Attributes
    ----------
    withheld
        Ids of the sections of which students' data lacks the hidden cases.
    remedy
        What is to be done where it lacks something, for a message.
    made
        Questions that were asked for already, by section id: a batch asks for them with every submission.
    """

    index: Mapping[str, Any]
    values: Array
    cases: Callable[[Section], Iterable[Case]]
    judges: Mapping[tuple[str, str], Judge]
    withheld: frozenset[str] = frozenset()
    remedy: str = ""
    made: dict[str, list[Question]] = field(default_factory=dict)

    @classmethod
    def load(
        cls,
        folder: Path,
        cases: Callable[[Section], Iterable[Case]],
        judges: Mapping[tuple[str, str], Judge],
        remedy: str = "",
    ) -> Practice:
        """Read the data of an assignment.

        Raises
        ------
        PracticeError
            It is not there, or cannot be read.
        """
        try:
            index = json.loads((folder / INDEX).read_text("utf-8"))
            values = np.load(folder / ARRAYS, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise PracticeError(f"the practice data cannot be read: {error}", remedy=remedy) from error
        if index.get("schema") != SCHEMA:
            raise PracticeError(f"{folder / INDEX} is no {SCHEMA}", remedy=remedy)
        return cls(index["sections"], values, cases, judges, frozenset(index.get("withheld", ())), remedy)

    def questions(self, section: Section) -> list[Question]:
        """The section's cases with their inputs and expected values."""
        if self.index.get(section.id) == NOT_HERE:
            raise HarnessError(f"{NOT_HERE}: the course checks it from what you hand in")
        if section.id in self.made:
            return self.made[section.id]
        cases = self.cases(section)
        if section.id in self.withheld:
            cases = [case for case in cases if case.name in self.index[section.id]]
        self.made[section.id] = [self.question(section, case) for case in cases]
        return self.made[section.id]

    def question(self, section: Section, case: Case) -> Question:
        """One case."""
        try:
            entry = self.index[section.id][case.name]
        except KeyError:
            lacking = f"the practice data has no {section.key}: {case.name}"
            raise PracticeError(lacking, remedy=self.remedy) from None
        inputs = {name: self._value(place) for name, place in entry["inputs"].items()}
        expected = {name: self._value(place) for name, place in entry["expected"].items()}
        judges = {name: self.judges[section.id, name] for name in case.judged}
        return Question(case, inputs, expected, judges)

    def _value(self, place: Any) -> Any:
        if isinstance(place, str):
            return place
        start, shape, dtype = place
        return self.values[start : start + math.prod(shape)].reshape(shape).astype(dtype)


def save(folder: Path, questions: Mapping[str, Mapping[str, Question]]) -> None:
    """Write the practice data: by section id, by case name."""
    pieces: list[Array] = []
    used = 0

    def place(value: Array | str) -> Any:
        nonlocal used
        if isinstance(value, str):
            return value
        pieces.append(np.ascontiguousarray(value, np.float64).ravel())
        used += value.size
        return [used - value.size, list(value.shape), value.dtype.name]

    sections = {
        section: {
            name: {
                "inputs": {key: place(value) for key, value in question.inputs.items()},
                "expected": {key: place(value) for key, value in question.expected.items()},
            }
            for name, question in by_name.items()
        }
        for section, by_name in questions.items()
    }
    index = {"schema": SCHEMA, "seed": PUBLIC, "sections": sections}
    lines = json.dumps(index, indent=1, sort_keys=True, allow_nan=False)
    (folder / INDEX).write_text(_compact(lines) + "\n", "utf-8")
    np.save(folder / ARRAYS, np.concatenate([np.empty(0), *pieces]), allow_pickle=False)


def _compact(lines: str) -> str:
    """JSON with a line for each value, not for each number of a shape."""
    import re

    return re.sub(r"\[[^\[\]{}]*(?:\[[^\[\]{}]*\][^\[\]{}]*)*\]", lambda m: " ".join(m[0].split()), lines)
