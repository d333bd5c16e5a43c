"""The catalogue of wrong ideas: complete in words, true to its data, and silent about what is right."""

from __future__ import annotations

import re
from dataclasses import replace

import helpers
import numpy as np
import pytest

from autograder.assignments import ladder, registry
from autograder.assignments.misconceptions import (
    conditions,
    generic,
    ideas,
    making,
    predictions,
    shapes,
    sketches,
    wrong,
)
from autograder.assignments.misconceptions.evidence import Seen
from autograder.assignments.seeds import PUBLIC

NAMES = [name for name in registry.names() if wrong.book(name)]
#: So many ideas an assignment knows at least.
MANY = {"hw2p1": 60}

every = pytest.mark.parametrize("name", NAMES)


def seen(expected: np.ndarray, got: np.ndarray, output: str = "Z", **more: object) -> Seen:
    passed = got.shape == expected.shape and np.allclose(got, expected)
    given = {"params": {"arguments": {}}, "inputs": {}, "others": {}} | more
    names = helpers.ASSIGNMENT.arrays()
    return Seen("case", output, passed, got=got, expected=expected, names=names, **given)  # type: ignore[arg-type]


@every
def test_there_are_many_and_each_has_words(name: str) -> None:
    assignment = registry.find(name)
    words = ideas.load(assignment.folder)
    used = {entry.idea for entry in wrong.book(name)}
    used |= {idea for signs in assignment.observed().values() for idea in signs}
    assert len(used) >= MANY.get(name, 12)
    assert used <= set(words)
    assert {idea.kin for idea in words.values()} - {""} <= set(words)
    assert set(words) - used <= {idea.kin for idea in words.values()}
    for idea in words.values():
        assert idea.where, idea.id
        assert 1 <= len(re.findall(r"[.?!](?= |$)", idea.hint)) <= 3, idea.id


@every
def test_hints_do_not_give_the_line_away(name: str) -> None:
    for idea in ideas.load(registry.find(name).folder).values():
        assert not re.search(r"np\.|\[:|::|self\.", idea.hint), idea.hint


@every
def test_every_idea_is_wrong_somewhere_and_the_data_knows_it(name: str) -> None:
    shipped = predictions.shipped(registry.find(name).folder)
    for entry in wrong.book(name):
        assert any(
            entry.idea == predictions.idea_of(variant)
            for section in entry.sections
            for variant in shipped[section].answers
        ), entry.idea


@every
def test_a_patch_is_taken_back(name: str) -> None:
    assignment = registry.find(name)
    rubric = assignment.rubric()
    section = next(s for s in rubric.sections if any(s.id in entry.sections for entry in wrong.book(name)))
    questions = assignment.truth(rubric, "quick", PUBLIC, public=True).questions(section)[:2]
    first = wrong.predictions(assignment, section, questions)
    assert wrong.predictions(assignment, section, questions) == first


@every
@pytest.mark.more
def test_the_data_is_what_the_ideas_answer(name: str) -> None:
    assert making.stale(registry.find(name)) == []
    assert ladder.stale(registry.find(name)) == []


@every
def test_general_ideas_can_name_axes(name: str) -> None:
    assignment = registry.find(name)
    names = assignment.arrays()
    outputs = {output for section in assignment.rubric().sections for output in section.outputs}
    assert set(names.roles["output"]) & outputs


def test_sketches_tell_arrays_apart() -> None:
    rng = np.random.default_rng(0)
    array = rng.standard_normal((3, 4))
    mark = sketches.sketch(array)
    assert mark is not None
    assert mark.alike(sketches.unpacked(mark.packed()))
    for other in (array.T.copy(), array[::-1], array + 1e-5, -array, array[:, :3]):
        found = sketches.sketch(np.asarray(other))
        assert found is not None
        assert not mark.alike(found)
    assert sketches.sketch(np.array([np.nan])) is None


@pytest.mark.parametrize(
    ("change", "idea"),
    [
        (lambda a: -a, "sign"),
        (lambda a: a * 0, "zeros"),
        (lambda a: a[:, :, ::-1], "flipped-2"),
        (lambda a: np.abs(a), "absolute"),
        (lambda a: np.maximum(a, 0), "rectified"),
        (lambda a: np.broadcast_to(a[:1], a.shape), "first-sample-for-all"),
        (lambda a: np.roll(a, 1, 2), "shifted-2-later"),
        (lambda a: a.astype(np.float32), "single-precision"),
        (lambda a: np.trunc(a), "truncated"),
    ],
)
def test_general_ideas(change, idea) -> None:
    rng = np.random.default_rng(1)
    rows = [seen(a, change(a)) for a in (3 * rng.standard_normal(shape) for shape in ((2, 3, 5), (3, 2, 4)))]
    if idea == "single-precision":
        rows = [replace(row, passed=False) for row in rows]
    found = generic.explain(rows)
    assert found is not None
    assert found.id == idea


def test_noise_has_no_name() -> None:
    rng = np.random.default_rng(2)
    rows = [seen(rng.standard_normal(shape), rng.standard_normal(shape)) for shape in ((2, 3, 5), (3, 2, 4))]
    assert generic.explain(rows) is None
    assert shapes.explain(rows) is None
    assert conditions.explain(rows) is None


@pytest.mark.parametrize(
    ("change", "idea"),
    [
        (lambda a: a.transpose(0, 1, 3, 2), "shape-swapped-2-3"),
        (lambda a: a[..., :-1], "too-short-3"),
        (lambda a: a[..., None], "axis-too-many"),
        (lambda a: a[:, :, 1:1], "shape-empty"),
    ],
)
def test_shapes(change, idea) -> None:
    rng = np.random.default_rng(3)
    rows = [seen(a, change(a)) for a in (rng.standard_normal(shape) for shape in ((2, 3, 5, 4), (3, 2, 4, 6)))]
    found = shapes.explain(rows)
    assert found is not None
    assert found.id == idea
    assert "axis" in found.title.lower() or "axes" in found.title.lower() or "empty" in found.title
