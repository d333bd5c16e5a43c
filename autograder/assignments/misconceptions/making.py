"""Making the data that says what each wrong idea answers to the practice cases, and checking that it still does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from autograder.assignments.seeds import PUBLIC

from . import ideas, predictions, wrong
from .ideas import Idea
from .predictions import Predictions

if TYPE_CHECKING:
    from autograder.assignments.registry import Assignment


def made(assignment: Assignment) -> dict[str, Predictions]:
    """What every idea answers to every practice case of every edition, by section id."""
    found: dict[str, Predictions] = {}
    for edition in assignment.editions():
        rubric = assignment.rubric(edition)
        truth = assignment.truth(rubric, "quick", PUBLIC, public=True)
        for section in rubric.sections:
            if not any(section.id in entry.sections for entry in wrong.book(assignment.name)):
                continue
            old = found.get(section.id, predictions.NONE)
            new = [question for question in truth.questions(section) if question.case.name not in old.cases]
            found[section.id] = _together(old, wrong.predictions(assignment, section, new)) if new else old
    return {section: known for section, known in found.items() if known.answers}


def _together(old: Predictions, new: Predictions) -> Predictions:
    variants = {*old.answers, *new.answers}
    answers = {name: {**old.answers.get(name, {}), **new.answers.get(name, {})} for name in variants}
    return Predictions(old.cases | new.cases, answers)


def make(assignment: Assignment) -> int:
    """Write the data; how many variants of ideas it holds."""
    if not wrong.book(assignment.name):
        return 0
    found = made(assignment)
    predictions.save(assignment.folder, found)
    return sum(len(known.answers) for known in found.values())


def stale(assignment: Assignment) -> list[str]:
    """Where the data that ships is not what the ideas answer now."""
    if not wrong.book(assignment.name):
        return []
    words = ideas.load(assignment.folder)
    nameless = {entry.idea for entry in wrong.book(assignment.name)} - set(words)
    problems = [f"{idea} is not in {ideas.FILE}" for idea in nameless]
    shipped, now = predictions.shipped(assignment.folder), made(assignment)
    problems += _silent(assignment, now, words)
    for section in sorted({*shipped, *now}):
        old, new = shipped.get(section, predictions.NONE), now.get(section, predictions.NONE)
        if old.cases != new.cases:
            problems.append(f"{section}: other cases than the misconceptions' data")
        elif not _same(old, new):
            problems.append(f"{section}: the misconceptions' data is not what they answer")
    return sorted(set(problems))


def _silent(assignment: Assignment, now: dict[str, Predictions], words: Mapping[str, Idea]) -> Iterator[str]:
    """Ideas by which nothing can be recognised: they change nothing, or break before they answer."""
    marks: dict[str, list[object]] = {entry.idea: [] for entry in wrong.book(assignment.name)}
    for known in now.values():
        for variant, answers in known.answers.items():
            marks[predictions.idea_of(variant)] += [mark for outputs in answers.values() for mark in outputs.values()]
    for idea, given in marks.items():
        if not given:
            yield f"{idea} changes nothing in any case of its sections"
        elif idea in words and not words[idea].raises and all(mark is None for mark in given):
            what = "if it is to break, say in `raises` of ideas.toml what its error says"
            yield f"{idea} breaks in every case before it answers; {what}"


def _same(old: Predictions, new: Predictions) -> bool:
    if set(old.answers) != set(new.answers):
        return False
    for variant, answers in new.answers.items():
        for case in {*answers, *old.answers[variant]}:
            one, two = old.answers[variant].get(case, {}), answers.get(case, {})
            if set(one) != set(two):
                return False
            for output, mark in two.items():
                before = one[output]
                if (mark is None) != (before is None) or (mark and before and not mark.alike(before)):
                    return False
    return True
