"""Judges are given whatever a submission likes: each has an answer to it."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder.assignments import registry
from autograder.assignments.cat_dog_cnn.judges import layers
from autograder.assignments.seeds import PUBLIC
from autograder.assignments.truth import Question
from autograder.grading.findings import JUDGED
from autograder.grading.findings import judged as said_by
from autograder.guest.wire import DTYPES

SHAPES = st.one_of(
    arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    st.sampled_from([(2,), (2, 1), (0, 3), (5, 3), (1, 2, 4, 4)]),
)
REAL = st.sampled_from([np.dtype(name) for name in ("bool", "int8", "uint8", "int64", "float32", "float64")])
ANY = REAL | st.sampled_from([np.dtype("complex128"), np.dtype("float16")])


def of_kind(dtypes: st.SearchStrategy[np.dtype[Any]], *, finite: bool) -> st.SearchStrategy[Any]:
    """Arrays of these dtypes."""
    options = {"allow_nan": not finite, "allow_infinity": not finite}
    return dtypes.flatmap(
        lambda dtype: arrays.arrays(
            dtype, SHAPES, elements=arrays.from_dtype(dtype, **(options if dtype.kind in "fc" else {}))
        )
    )


def judged() -> list[Any]:
    """Every output that has a judge, with a question that asks for it."""
    found = {}
    for name in registry.names():
        assignment = registry.find(name)
        rubric = assignment.rubric()
        truth = assignment.truth(rubric, "quick", 0, public=True)
        for section in rubric.sections:
            for question in truth.questions(section):
                for output in question.judges:
                    found.setdefault((name, section.id, output), question)
    return [pytest.param(question, output, id=f"{a}-{s}-{output}") for (a, s, output), question in found.items()]


@pytest.mark.parametrize(("question", "output"), judged())
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_judge_says_something_of_whatever_comes_back(question: Question, output: str, data: st.DataObject) -> None:
    outputs: Mapping[str, Any] = {
        name: data.draw(of_kind(REAL, finite=True) if name == output else of_kind(ANY, finite=False))
        for name in question.case.outputs
        if name == output or data.draw(st.booleans())
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        said = question.judges[output](question.case.params, question.inputs, outputs)
    assert said is None or (isinstance(said, str) and said)


@pytest.mark.parametrize("nonsense", [3, None, [1], "two", True, {"x": {}}])
@pytest.mark.parametrize("where", ["parameters", "layer", "kernel_size", "own"])
def test_a_network_that_is_described_by_nonsense_is_told(where: str, nonsense: object) -> None:
    described = [{"layer": "Sequential"}, {"layer": "Conv2d", "own": False, where: nonsense}]
    text = np.frombuffer(json.dumps(described).encode(), np.uint8)
    assert layers({}, {}, {"layers": text})


JUDGING = [name for name in registry.names() if registry.find(name).judges()]
#: Seconds that a judge may take, however busy the machine is.
SOON = 5.0


def questions(name: str) -> Iterator[tuple[str, Question]]:
    """The cases of an assignment of which something is judged."""
    assignment = registry.find(name)
    rubric = assignment.rubric()
    truth = assignment.truth(rubric, "quick", PUBLIC, public=True)
    for section in rubric.sections:
        for question in truth.questions(section):
            for output in question.judges:
                yield output, question


def filled(shape: tuple[int, ...], dtype: str, kind: int, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """Zeros, ones, small numbers, the largest, the smallest, or what is no number."""
    known = np.dtype(dtype)
    if kind == 2:
        return rng.integers(0, 5, shape).astype(known)
    if known.kind in "iu":
        return np.full(shape, (0, 1, 0, np.iinfo(known).max, np.iinfo(known).min, 7)[kind], known)
    if known.kind == "b":
        return np.full(shape, bool(kind % 2))
    largest = np.finfo(known).max
    return np.full(shape, (0, 1, 0, largest, -largest, np.nan)[kind], known)


def shapes(question: Question) -> list[tuple[int, ...]]:
    """What arrays may be shaped like, those among them that are due."""
    common: list[tuple[int, ...]] = [(), (0,), (1,), (2,), (3,), (36,), (2, 1), (24, 1), (3, 4), (9, 4), (0, 4), (4, 0),
                                     (2, 3, 4), (1, 1, 1, 1), (1,) * 16]  # fmt: skip
    return common + [array.shape for array in (*question.inputs.values(), *question.expected.values())
                     if not isinstance(array, str)]  # fmt: skip


@pytest.mark.parametrize("name", JUDGING)
def test_no_judge_breaks_on_anything(name: str) -> None:
    rng, begun = np.random.default_rng(5), time.monotonic()
    asked = list(questions(name))
    tries = max(4000 // len(asked), 40)
    for output, question in asked:
        there = shapes(question)

        def drawn(question: Question = question, there: list[tuple[int, ...]] = there) -> np.ndarray[Any, Any]:
            shape = there[rng.integers(len(there))]
            return filled(shape, list(DTYPES)[rng.integers(len(DTYPES))], int(rng.integers(6)), rng)

        for _ in range(tries):
            outputs = {other: drawn() for other in question.case.outputs if rng.integers(5)}
            outputs[output] = drawn()
            got = outputs[output]
            if got.dtype.kind not in "biuf" or not np.isfinite(got).all():
                continue  # is not judged
            said = said_by(question, output, outputs)
            assert said is None or (isinstance(said, str) and said), (output, outputs)
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize("name", JUDGING)
@pytest.mark.parametrize("dtype", ["int8", "float64"])
def test_no_judge_takes_long_over_as_much_as_it_is_given(name: str, dtype: str) -> None:
    for output, question in questions(name):
        for shape in ((JUDGED,), (JUDGED, 1), (1, JUDGED), (2, JUDGED // 2), (0, JUDGED), (JUDGED, 0)):
            begun = time.monotonic()
            said_by(question, output, dict.fromkeys(question.case.outputs, np.ones(shape, dtype)))
            assert time.monotonic() - begun < SOON, (output, shape)


def test_a_description_of_a_network_is_not_read_beyond_its_bound() -> None:
    (question,) = {id(q): q for output, q in questions("cat_dog_cnn") if output == "layers"}.values()
    text = b'["x"' + b",[]" * (JUDGED // 3 - 10) + b"]"
    begun = time.monotonic()
    assert said_by(question, "layers", {"layers": np.frombuffer(text, np.uint8)})
    assert time.monotonic() - begun < 0.1
