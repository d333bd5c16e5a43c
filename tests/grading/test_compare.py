"""The comparison: what is right passes whatever made it, what is wrong never does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.grading.compare import compare, two_digits

SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=5)
FINITE = st.floats(-1e6, 1e6, allow_nan=False, width=64)


def arrays(shape=SHAPES):
    return hnp.arrays(np.float64, shape, elements=FINITE)


@given(arrays())
def test_an_array_equals_itself(array):
    assert compare(array, array) is None


@given(arrays(hnp.array_shapes(min_dims=2, max_dims=3, min_side=2, max_side=4)))
def test_memory_order_is_no_difference(array):
    assert compare(np.asfortranarray(array), array) is None


@given(arrays(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4)), st.integers(0, 10**6))
def test_a_mistake_of_a_millionth_of_the_scale_is_seen(array, where):
    array = array + 1.0
    scale = np.abs(array).max()
    wrong = array.copy()
    wrong.flat[where % wrong.size] += 1e-6 * max(scale, 1e-3)
    assert compare(wrong, array) is not None


@given(st.integers(0, 2**32 - 1), st.integers(1, 2000))
@settings(deadline=None)
def test_no_order_of_summation_is_a_mistake(seed, length):
    rng = np.random.default_rng(seed)
    terms = rng.standard_normal((3, length)) * 10.0 ** rng.integers(-3, 4)
    forward, backward = np.zeros(3), np.zeros(3)
    for i in range(length):
        forward = forward + terms[:, i]
        backward = backward + terms[:, -1 - i]
    scale_of_terms = np.abs(terms).max()
    # The scale is that of a whole expected array, in which some sum does not cancel.
    assert compare(np.append(forward, scale_of_terms), np.append(backward, scale_of_terms)) is None


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_wrong(bad):
    expected = np.ones((2, 3))
    got = expected.copy()
    got[1, 2] = bad
    mismatch = compare(got, expected)
    assert mismatch is not None
    assert mismatch.index == (1, 2)
    assert mismatch.wrong == 1
    assert "not finite" in mismatch.message


@pytest.mark.parametrize("shape", [(), (1,), (0, 4), (1, 3), (3, 1), (3, 3, 1), (4,)])
def test_what_only_broadcasts_has_the_wrong_shape(shape):
    mismatch = compare(np.zeros(shape), np.zeros((3, 3)))
    assert mismatch is not None
    assert mismatch.expected_shape == (3, 3)
    assert mismatch.got_shape == shape


def test_empty_arrays_of_one_shape_are_equal():
    assert compare(np.zeros((0, 4)), np.zeros((0, 4))) is None
    assert compare(np.zeros((4, 0)), np.zeros((0, 4))) is not None


def test_the_sign_of_zero_is_no_difference():
    assert compare(np.array([-0.0, 1.0]), np.array([0.0, 1.0])) is None


def test_rounding_beside_expected_zeros_is_no_difference():
    assert compare(np.array([1e-17, -1e-16]), np.zeros(2)) is None
    assert compare(np.array([1e-9, 0.0]), np.zeros(2)) is not None


def test_subnormal_and_huge_scales_are_compared_by_their_own_scale():
    huge = np.array([1e300, 2e300])
    assert compare(huge * (1 + 1e-14), huge) is None
    assert compare(huge * (1 + 1e-6), huge) is not None


def test_integers_that_are_right_are_right():
    assert compare(np.array([1, 2, 3]), np.array([1.0, 2.0, 3.0])) is None
    assert compare(np.array([1, 2, 3]), np.array([1.0, 2.5, 3.0])) is not None


def test_complex_numbers_are_named():
    mismatch = compare(np.array([1 + 0j]), np.array([1.0]))
    assert mismatch is not None
    assert "real part" in mismatch.message


def test_single_precision_has_room_for_its_own_rounding_only():
    expected = np.random.default_rng(0).standard_normal((4, 5))
    assert compare(expected.astype(np.float32), expected) is None
    assert compare((expected * (1 + 1e-3)).astype(np.float32), expected) is not None


def test_a_mismatch_names_index_values_and_counts():
    expected = np.arange(12.0).reshape(3, 4)
    got = expected.copy()
    got[1, 2] = -100.0
    mismatch = compare(got, expected)
    assert mismatch is not None
    assert mismatch.index == (1, 2)
    assert (mismatch.expected_value, mismatch.got_value) == ("6", "-1e+02")
    assert (mismatch.wrong, mismatch.entries) == (1, 12)
    assert mismatch.max_error == "1.1e+02"


def test_two_digits_are_the_same_on_every_machine():
    assert [two_digits(x) for x in (0.1 + 0.2, 123456.0, -1e-20)] == ["0.3", "1.2e+05", "-1e-20"]
