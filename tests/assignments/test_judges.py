"""Judges are given whatever a submission likes: each has an answer to it."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder.assignments import registry
from autograder.assignments.cat_dog_cnn.judges import layers
from autograder.assignments.truth import Question

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
