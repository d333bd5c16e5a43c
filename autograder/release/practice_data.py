"""Practice data for students: without answers to questions, without what is hidden."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np

from autograder.assignments import listed
from autograder.assignments.cases import Case
from autograder.assignments.ladder import FILE as LADDER
from autograder.assignments.misconceptions import predictions
from autograder.assignments.practice import ARRAYS, INDEX, NOT_HERE, SCHEMA, Practice, PracticeError
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Rubric, Section
from autograder.assignments.seeds import PUBLIC
from autograder.assignments.truth import ANSWER, Question
from autograder.errors import HarnessError, UsageError


def for_students(assignment: Assignment, rubric: Rubric, rubrics: Iterable[Rubric]) -> dict[str, bytes]:
    """The practice files as students get them: the cases as a list, their arrays, the ladder, predictions.

    A section that asks a question (the letter of a multiple-choice question) would be told by what is expected
    there, in any encoding: such a section has `not checked here` in place of its cases, and its numbers are not in the
    arrays. Nor are those of cases that are not visible; the index names the sections that lack some.

    Parameters
    ----------
    rubric
        Has the sections that students may see, and says which of their cases.
    rubrics
        Its editions, without what is hidden; they may have different cases. What none of them has is left out.

    Raises
    ------
    UsageError
        The course's own data is not there, or not what the cases need: students could not grade by it.
    """
    editions = list(rubrics)
    whole = _whole(assignment, editions)
    values = whole.values
    by_id = {section.id: section for section in rubric.sections}
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

    somewhere = {section.id for each in editions for section in each.sections}
    every = {name: cases for name, cases in whole.index.items() if name in somewhere}
    shown = {
        name: open_cases(by_id[name], cases) for name, cases in every.items() if name in by_id and not tells(cases)
    }
    kept_here = {name: rebuilt(shown[name]) if shown.get(name) else NOT_HERE for name in every}
    index: dict[str, Any] = {"schema": SCHEMA, "seed": PUBLIC, "sections": kept_here}
    if withheld := sorted(name for name, cases in shown.items() if 0 < len(cases) < len(every[name])):
        index["withheld"] = withheld
    arrays = io.BytesIO()
    np.save(arrays, np.concatenate(pieces), allow_pickle=False)
    text = json.dumps(index, separators=(",", ":"), sort_keys=True, allow_nan=False)
    # One line a section keeps what changed readable in the students' history.
    made = {INDEX: text.replace('},"', '},\n"').encode() + b"\n", ARRAYS: arrays.getvalue()}
    kept = {name: by_id[name] for name, cases in shown.items() if cases}
    made[listed.FILE] = listed.dumps(_asked(assignment, editions, shown)).encode()
    along = ((predictions.FILE, _predictions), (LADDER, _ladder))  # what wrong ideas answer, and the small cases
    return made | {
        name: left((assignment.folder / name).read_text("utf-8"), kept).encode()
        for name, left in along
        if (assignment.folder / name).is_file()
    }


def _whole(assignment: Assignment, rubrics: Iterable[Rubric]) -> Practice:
    """The course's practice data, which has every case of these editions with arrays of the shapes that it has now."""
    try:
        whole = Practice.load(assignment.folder, lambda _: (), assignment.judges())
        for rubric in rubrics:
            for section in rubric.sections:
                for case in assignment.cases(section, rubric, "quick"):
                    if lacking := _lacking(whole.question(section, case), case.inputs(PUBLIC, section.id)):
                        raise PracticeError(f"the practice data has no {section.key}: {case.name}: {lacking}")
    except (HarnessError, ValueError) as error:
        raise UsageError(
            f"{assignment.name}: students could not grade by the practice data: {error}",
            hint=f"python runner.py selfcheck -a {assignment.name} --update-practice",
        ) from error
    return whole


def _lacking(question: Question, inputs: Mapping[str, Any]) -> str:
    """The first input or output of a case that its data lacks, or has in another shape; empty where there is none."""
    for name, value in inputs.items():
        if name not in question.inputs or question.inputs[name].shape != value.shape:
            return f"input {name} of shape {value.shape}"
    case = question.case
    return next((name for name in case.outputs if name not in (*question.expected, *case.judged)), "")


def _asked(
    assignment: Assignment, rubrics: Iterable[Rubric], shown: Mapping[str, Collection[str]]
) -> dict[str, dict[str, list[Case]]]:
    """The cases that students are asked, by section id and edition."""
    found: dict[str, dict[str, list[Case]]] = {}
    for rubric in rubrics:
        for section in rubric.sections:
            if shown.get(section.id):
                cases = [case for case in assignment.cases(section, rubric, "quick") if case.name in shown[section.id]]
                found.setdefault(section.id, {})[rubric.edition] = cases
    return found


def open_cases(section: Section, cases: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a section's cases, by name, that everybody may see."""
    return {name: case for name, case in cases.items() if section.visibility_of_case(name) == "visible"}


def _ladder(text: str, kept: Mapping[str, Section]) -> str:
    """The small cases of those sections that students have, a line each."""
    data = json.loads(text)
    data["sections"] = {name: entry for name, entry in data["sections"].items() if name in kept}
    text = json.dumps(data, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return text.replace('},"', '},\n"') + "\n"


def _predictions(text: str, kept: Mapping[str, Section]) -> str:
    """What wrong ideas answer in those sections and cases that students have."""
    sections = predictions.entries(text)
    return predictions.dumps({name: _answers(sections[name], kept[name]) for name in sections if name in kept})


def _answers(entry: Mapping[str, Any], section: Section) -> dict[str, Any]:
    """What wrong ideas answer, by the places of the cases in a list: without the hidden ones, whose places move up."""
    names = entry["cases"]
    left = list(open_cases(section, dict.fromkeys(names)))
    place = {str(old): str(left.index(name)) for old, name in enumerate(names) if name in left}
    by_variant = {
        variant: {place[old]: outputs for old, outputs in answers.items() if old in place}
        for variant, answers in entry["answers"].items()
    }
    return {"cases": left, "answers": {variant: answers for variant, answers in by_variant.items() if answers}}


def tells(cases: Any) -> bool:
    """Whether a section's practice data holds answers to questions."""
    return any(ANSWER in case["expected"] for case in cases.values())
