"""The ladder: small cases with whole numbers that can be checked by hand, from the smallest up.

After a failure the first rung that fails is the smallest example. The rungs ship as data, so that a copy
without oracles has them too; they are the same whatever the seed is, and never scored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from . import shipped
from .cases import Case
from .truth import Question

if TYPE_CHECKING:
    from .registry import Assignment
    from .rubric import Section

Array = np.ndarray[Any, np.dtype[Any]]
Numbers = TypeVar("Numbers", bound=tuple[int, ...])
SCHEMA = "autograder/ladder/v1"
FILE = "ladder.json"
#: What a rung says of an array that is not to be float64: pictures, and what is made of them.
SMALL = (np.uint8, np.float32)
#: Less than this is what a sum that cancels leaves; the comparison takes it for zero too.
ROUNDING = 1e-12
#: An array of smaller numbers has lost too many digits to be judged.
LEAST = 1e-6
#: An array of more entries is written down by those that are not 0.
DENSE = 150


def fewer(number: int, least: int = 1) -> Iterator[int]:
    """Smaller numbers to try in place of one, the smallest first."""
    yield from dict.fromkeys(less for less in (least, (least + number) // 2, number - 1) if least <= less < number)


def shrunk(numbers: Numbers, least: int = 1) -> Iterator[Numbers]:
    """The numbers with one of them made smaller."""
    for index, number in enumerate(numbers):
        for less in fewer(number, least):
            yield cast(Numbers, (*numbers[:index], less, *numbers[index + 1 :]))


@cache
def _read(folder: Path) -> Mapping[str, Any]:
    return shipped.sections(folder / FILE, SCHEMA) or {}


def rungs(assignment: Assignment, section: Section) -> list[Question]:
    """The rungs of a section, the smallest first; none where the assignment has no ladder."""
    return [_question(entry) for entry in _read(assignment.folder).get(section.id, ())]


def _question(entry: Mapping[str, Any]) -> Question:
    dtypes = entry.get("dtypes", {})
    inputs, expected = (
        {name: read(values, dtypes.get(name, np.float64)) for name, values in entry[kind].items()}
        for kind in ("inputs", "expected")
    )
    return Question(Case(entry["name"], entry["params"], {}, tuple(expected), "strict"), inputs, expected)


def made(assignment: Assignment) -> dict[str, list[dict[str, Any]]]:
    """Every rung with what the oracles say of it, as JSON values by section id."""
    from .oracles import expected

    rubric = assignment.rubric()
    found: dict[str, list[dict[str, Any]]] = {}
    for section in rubric.sections:
        for case, inputs in assignment.rungs(section):
            due = expected(case, inputs, assignment.oracles(section), section=section.id)
            values = {name: value for name, value in due.items() if not isinstance(value, str) and telling(value)}
            entry = {
                "name": case.name,
                "params": dict(case.params),
                "inputs": {name: tidy(array) for name, array in inputs.items()},
                "expected": {name: tidy(value) for name, value in values.items()},
            }
            if dtypes := {name: a.dtype.name for name, a in {**inputs, **values}.items() if a.dtype in SMALL}:
                entry["dtypes"] = dtypes
            found.setdefault(section.id, []).append(entry)
    return found


def telling(array: Array) -> bool:
    """Whether there is something to check: not where a sum cancels, so that hardly more than rounding is left."""
    largest = float(np.abs(array).max(initial=0.0))
    return largest < ROUNDING or largest > LEAST


def tidy(array: Array) -> Any:
    """An array as JSON values: whole numbers as such, others to twelve digits, and what is only rounding as zero."""

    def number(value: float) -> int | float:
        if abs(value) < ROUNDING:
            return 0
        short = float(f"{value:.12g}")
        return int(short) if short.is_integer() else short

    return written(np.asarray(array), number)


def written(array: Array, number: Callable[[float], Any]) -> Any:
    """An array as JSON values: nested lists; of one with many entries its shape, and the numbers that are not 0."""

    def nested(values: Any) -> Any:
        return [nested(value) for value in values] if isinstance(values, list) else number(float(values))

    if array.size <= DENSE:
        return nested(array.tolist())
    entries = [[list(map(int, place)), number(float(array[tuple(place)]))] for place in np.argwhere(array)]
    return {"shape": list(array.shape), "nonzero": [entry for entry in entries if entry[1] != 0]}


def read(values: Any, dtype: np.dtype[Any] | str) -> Array:
    """An array from what `written` makes of it."""
    if not isinstance(values, dict):
        return np.array(values, dtype)
    array = np.zeros(values["shape"], dtype)
    for place, value in values["nonzero"]:
        array[tuple(place)] = value
    return array


def make(assignment: Assignment) -> int:
    """Write the ladder; how many rungs it has."""
    found = made(assignment)
    if not found:
        return 0
    (assignment.folder / FILE).write_text(dumps(found), "utf-8")
    return sum(map(len, found.values()))


def dumps(sections: Mapping[str, Sequence[Any]]) -> str:
    """The ladder as text, a line for each rung."""
    blocks = []
    for section, entries in sections.items():
        lines = ",\n".join("  " + json.dumps(entry, separators=(", ", ": "), allow_nan=False) for entry in entries)
        blocks.append(f' "{section}": [\n{lines}\n ]')
    return f'{{"schema": "{SCHEMA}", "sections": {{\n' + ",\n".join(blocks) + "\n}}\n"


def stale(assignment: Assignment) -> list[str]:
    """Whether the ladder that ships is not what the oracles say now."""
    found = made(assignment)
    if not found:
        return []
    path = assignment.folder / FILE
    if path.is_file() and path.read_text("utf-8") == dumps(found):
        return []
    return [f"{path.name} is not what the oracles say: selfcheck --update-practice writes it anew"]
