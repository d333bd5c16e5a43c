"""The comparison: what is right passes whatever made it, what is wrong never does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.assignments import registry
from autograder.assignments.seeds import PUBLIC
from autograder.grading.compare import LENGTH, ZERO, compare, tolerance, two_digits

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


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 40), st.integers(1, 12))
@settings(deadline=None)
def test_convolution_by_fft_is_no_mistake(seed, channels, width, kernel):
    rng = np.random.default_rng(seed)
    A, W = rng.standard_normal((channels, width + kernel)), rng.standard_normal((channels, kernel))
    direct = sum(np.correlate(a, w, "valid") for a, w in zip(A, W, strict=True))
    size = A.shape[1] + kernel - 1
    spectrum = (np.fft.rfft(A, size) * np.fft.rfft(W[:, ::-1], size)).sum(axis=0)
    by_fft = np.fft.irfft(spectrum, size)[kernel - 1 : A.shape[1]]
    assert compare(by_fft, direct) is None


@given(st.integers(0, 2**32 - 1), st.integers(0, 6))
@settings(deadline=None, max_examples=30)
def test_the_longest_sums_pass_in_any_order(seed, exponent):
    terms = np.random.default_rng(seed).standard_normal((4, LENGTH)) * 10.0**exponent
    one_by_one = np.add.accumulate(terms, axis=1)[:, -1]
    sorted_first = np.add.accumulate(np.sort(terms, axis=1), axis=1)[:, -1]  # the worst order there is
    assert compare(one_by_one, terms.sum(axis=1)) is None
    assert compare(sorted_first, terms.sum(axis=1)) is None


@given(st.sampled_from(["float16", "float32", "float64"]), st.integers(0, 2**32 - 1))
def test_no_dtype_has_more_room_than_its_own_rounding(dtype, seed):
    expected = np.random.default_rng(seed).standard_normal(20)
    room = {"float64": 1e-9, "float32": 1.2e-5, "float16": 1e-9}[dtype]
    assert tolerance(1.0, dtype, "float64") <= room
    wrong = expected.copy()
    wrong[3] += 10 * room * np.abs(expected).max() + 2e-3 * (dtype == "float16")
    assert compare(wrong.astype(dtype), expected) is not None


@given(arrays(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4)), st.floats(-290, 290))
def test_the_unit_of_the_values_makes_no_difference(array, exponent):
    array = array / max(np.abs(array).max(), 1e-3) + 1.5
    unit = 10.0 ** max(exponent, -11)  # below 1e-12 an array counts as zeros
    wrong = array.copy()
    wrong.flat[0] += 1e-6 * np.abs(array).max()
    assert compare(array * unit * (1 + 1e-15), array * unit) is None
    assert compare(wrong * unit, array * unit) is not None


@given(arrays(), hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
def test_another_shape_is_never_right(array, shape):
    if shape != array.shape:
        assert compare(np.zeros(shape), array * 0) is not None


@given(
    arrays(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4)), st.sampled_from([np.nan, np.inf, -np.inf])
)
def test_nothing_that_is_not_finite_is_ever_right(array, bad):
    for truth in (array, np.zeros_like(array), np.full_like(array, 1e308)):
        got = truth.copy()
        got.flat[-1] = bad
        assert compare(got, truth) is not None


@given(hnp.arrays(st.sampled_from([np.int8, np.int64, np.uint8, np.bool_]), SHAPES))
def test_whole_numbers_are_as_exact_as_float64(array):
    assert compare(array, array.astype(np.float64)) is None
    assert compare(array, array.astype(np.float64) + 1e-3 * max(1.0, np.abs(array.astype(float)).max())) is not None


def test_subnormal_numbers_do_not_trip_the_comparison():
    tiny = np.array([5e-324, 1.0])
    assert compare(np.array([0.0, 1.0]), tiny) is None
    assert compare(np.array([5e-324, 0.0]), tiny) is not None


def test_zeros_are_not_taken_for_small_expectations():
    assert compare(np.zeros(3), np.array([1e-11, 0.0, 0.0])) is not None


@pytest.mark.parametrize("name", registry.names())
def test_no_case_expects_an_array_that_is_almost_zero(name):
    assignment = registry.find(name)
    rubric = assignment.rubric()
    truth = assignment.truth(rubric, "quick", PUBLIC, public=True)
    for section in rubric.sections:
        for question in truth.questions(section):
            for output, value in question.expected.items():
                largest = 0.0 if isinstance(value, str) else float(np.abs(value).max(initial=0.0))
                assert largest == 0 or largest > 1e3 * ZERO, (section.key, question.case.name, output)
