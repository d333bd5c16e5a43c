"""The look at all outputs at once: no verdict is another one than output by output."""

from __future__ import annotations

import io
from typing import Any
from unittest.mock import patch

import helpers
import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.assignments.cases import Case, Level
from autograder.assignments.truth import Question
from autograder.grading import allright
from autograder.grading.findings import Finding, from_answer
from autograder.guest import wire
from autograder.guest.wire import Frame

Array = npt.NDArray[Any]

SECTION = next(section for section in helpers.rubric().sections if section.id == "conv1d_stride1")
OUTPUTS = ("Z", "dLdA")
ODD = st.sampled_from([0.0, -0.0, 1e-300, 1e300, float("nan"), float("inf"), -float("inf")])


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Array, Array]:
    """What is expected, and what came back: often the same, or nearly."""
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
    values = draw(hnp.arrays(np.float64, shape, elements=st.floats(-1e3, 1e3)))
    expected = values.astype(draw(st.sampled_from(["float64", "float64", "float32", "int64"])))
    if draw(st.integers(0, 4)) == 0:
        other = draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
        return expected, draw(hnp.arrays(np.float64, other, elements=st.one_of(ODD, st.floats(-1e3, 1e3))))
    off = draw(st.sampled_from([0.0, 1e-15, 1e-10, 1e-8, 1e-6, 1e-3]))
    got = np.asarray(expected * (1 + off)).astype(draw(st.sampled_from(["float64", "float64", "float32", "int64"])))
    if got.size and got.dtype.kind == "f" and draw(st.integers(0, 4)) == 0:
        with np.errstate(over="ignore"):
            got.reshape(-1)[draw(st.integers(0, got.size - 1))] = draw(ODD)
    return expected, got


def findings(expected: dict[str, Array], got: dict[str, Array], level: Level = "strict") -> list[Finding]:
    """What a case shows that was answered so."""
    question = Question(Case("a case", {}, {}, OUTPUTS, level), {}, expected)
    found = from_answer(SECTION, question, Frame("answer", {"outcome": "done"}, got))
    assert found is not None
    return found


@given(pairs(), pairs(), st.sampled_from(["course", "strict"]))
def test_it_says_what_each_output_by_itself_says(
    one: tuple[Array, Array], other: tuple[Array, Array], level: Level
) -> None:
    expected, got = (dict(zip(OUTPUTS, arrays, strict=True)) for arrays in zip(one, other, strict=True))
    at_once = findings(expected, got, level)
    with patch.object(allright, "of", lambda question: None):
        assert findings(expected, got, level) == at_once


def test_what_is_right_is_seen_at_once_and_what_is_not_is_not() -> None:
    expected = {"Z": np.arange(6.0).reshape(2, 3), "dLdA": np.zeros(0)}
    right = {name: array.copy() for name, array in expected.items()}
    known = allright.of(Question(Case("a case", {}, {}, OUTPUTS), {}, expected))
    assert known is not None

    def shown(arrays: dict[str, Array]) -> bool:
        came = wire.read(io.BytesIO(wire.encoded(Frame("answer", {}, arrays))).read, wire.Bounds())
        assert came is not None
        one, other = known.shown_by(came), known.shown_by(Frame("answer", {}, arrays))
        assert one == other  # however it came
        return one

    assert shown(right)
    assert not shown({"Z": right["Z"]})
    assert not shown({"dLdA": right["dLdA"], "Z": right["Z"]})
    assert not shown(right | {"Z": right["Z"] + 1e-6})
    assert not shown(right | {"Z": right["Z"].T})
    assert not shown(right | {"Z": right["Z"].astype(np.float32)})
    assert not shown(right | {"Z": np.full((2, 3), np.nan)})


def test_texts_judges_and_large_arrays_are_looked_at_one_by_one() -> None:
    case = Case("a case", {}, {}, ("Z",))
    large = np.zeros(allright.ENTRIES + 1)
    assert allright.of(Question(case, {}, {"Z": "b"})) is None
    assert allright.of(Question(case, {}, {"Z": large})) is None
    assert allright.of(Question(case, {}, {"Z": np.zeros(3)}, {"Z": lambda *given: None})) is None
    assert allright.of(Question(case, {}, {})) is None
