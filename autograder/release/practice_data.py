"""Practice data for students: without answers that are texts, without what is hidden."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from autograder.assignments.ladder import FILE as LADDER
from autograder.assignments.misconceptions.predictions import FILE as PREDICTIONS
from autograder.assignments.practice import ARRAYS, INDEX, NOT_HERE
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Rubric

#: What wrong ideas answer to the practice cases, and the small cases that can be checked by hand.
ALONG = (PREDICTIONS, LADDER)


def for_students(assignment: Assignment, rubric: Rubric) -> dict[str, bytes]:
    """The practice files as students get them.

    A section whose expected values are texts (the letter of a multiple-choice question) would be told by
    them, in any encoding: such a section, and every one that is not visible, has `not checked here` in place
    of its cases, and its numbers are not in the arrays.
    """
    index = json.loads((assignment.folder / INDEX).read_text("utf-8"))
    values = np.load(assignment.folder / ARRAYS, allow_pickle=False)
    visible = {section.id for section in rubric.sections if section.visibility == "visible"}
    pieces: list[Any] = [np.empty(0)]
    used = 0

    def moved(place: Any) -> Any:
        nonlocal used
        if not (isinstance(place, list) and len(place) == 3 and isinstance(place[1], list)):
            return place
        start, shape, dtype = place
        size = math.prod(shape)
        pieces.append(values[start : start + size])
        used += size
        return [used - size, shape, dtype]

    def rebuilt(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: rebuilt(value) for key, value in node.items()}
        return moved(node)

    index["sections"] = {
        name: NOT_HERE if name not in visible or tells(cases) else rebuilt(cases)
        for name, cases in index["sections"].items()
    }
    arrays = io.BytesIO()
    np.save(arrays, np.concatenate(pieces), allow_pickle=False)
    text = json.dumps(index, separators=(",", ":"), sort_keys=True, allow_nan=False)
    # One line a section keeps what changed readable in the students' history.
    made = {INDEX: text.replace('},"', '},\n"').encode() + b"\n", ARRAYS: arrays.getvalue()}
    told = {name for name, cases in index["sections"].items() if cases != NOT_HERE}
    return made | {
        name: _only(assignment.folder / name, told) for name in ALONG if (assignment.folder / name).is_file()
    }


def _only(path: Path, shown: set[str]) -> bytes:
    """A file of data by section, with those sections alone that students have the cases of."""
    data = json.loads(path.read_text("utf-8"))
    data["sections"] = {name: entry for name, entry in data["sections"].items() if name in shown}
    text = json.dumps(data, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return text.replace('},"', '},\n"').encode() + b"\n"


def tells(cases: Any) -> bool:
    """Whether a section's practice data holds answers that are texts."""
    return any(isinstance(value, str) for case in cases.values() for value in case["expected"].values())
