"""The comparison: what is right passes whatever made it, what is wrong never does."""

from __future__ import annotations

from dataclasses import replace

import helpers
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.assignments import registry
from autograder.assignments.seeds import PUBLIC
from autograder.errors import HarnessError
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
    room = {"float64": 1.7e-9, "float32": 1.5e-5, "float16": 1.7e-9}[dtype]
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


def test_zeros_are_not_taken_for_small_expectations():
    assert compare(np.zeros(3), np.array([1e-11, 0.0, 0.0])) is not None


@given(arrays(), st.sampled_from([np.nan, np.inf, -np.inf]), st.integers(0, 10**6), arrays(), st.booleans())
def test_nothing_passes_beside_an_expectation_that_is_not_finite(array, bad, where, other, same):
    expected = array.copy()
    expected.flat[where % expected.size] = bad
    for got in (array, expected, np.zeros_like(array), other, array.astype(complex)):
        with pytest.raises(HarnessError, match="not finite"):
            compare(got, expected)
    if same:
        with pytest.raises(HarnessError):
            compare(array.astype(np.float32), expected.astype(np.float32))


@given(hnp.arrays(np.float64, SHAPES, elements=st.sampled_from([0.0, -0.0, 1.0, -2.5])), st.data())
def test_the_sign_of_zero_is_no_difference(expected, data):
    signs = data.draw(hnp.arrays(np.float64, expected.shape, elements=st.sampled_from([-1.0, 1.0])))
    got = np.where(expected == 0, np.copysign(0.0, signs), expected)
    assert compare(got, expected) is None
    assert compare(expected, got) is None


class Endless:
    """A truth whose every number is infinite."""

    withheld = ()

    def __init__(self, truth):
        self.truth = truth

    def questions(self, section):
        return [
            replace(one, expected={name: np.full(np.shape(value), np.inf) for name, value in one.expected.items()})
            for one in self.truth.questions(section)
        ]


def test_a_section_whose_expectations_are_not_finite_is_ungraded():
    with helpers.warm(only=("Downsampling1d",)) as grader:
        grader._truth = Endless(grader.truth)
        report = grader.grade(helpers.submission_from({}))
    (section,) = (s for s in report.sections if s.key == "Downsampling1d")
    assert (section.status, section.points) == ("ungraded", None)
    assert "not finite" in section.message


SUBNORMAL = st.floats(-2.2e-308, 2.2e-308, allow_subnormal=True)


@given(hnp.arrays(np.float64, SHAPES, elements=SUBNORMAL), hnp.arrays(np.float64, SHAPES, elements=SUBNORMAL))
def test_subnormal_numbers_are_zeros(one, other):
    other = np.resize(other, one.shape)
    assert compare(other, one) is None  # by themselves
    assert compare(np.append(other, 1.0), np.append(one, 1.0)) is None  # and beside a number of some size
    assert compare(np.append(other, 1e-11), np.append(one, 0.0)) is not None
    assert compare(np.append(other, 0.0), np.append(one, 1e-11)) is not None


@given(hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=3), st.data())
def test_empty_arrays_are_equal_where_their_shapes_are(shape, data):
    shape = (*shape, 0)
    assert compare(np.zeros(shape), np.zeros(shape)) is None
    other = data.draw(hnp.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=3))
    assert (compare(np.zeros(other), np.zeros(shape)) is None) == (other == shape)


@given(arrays(hnp.array_shapes(min_dims=0, max_dims=3, min_side=1, max_side=3)), st.data())
def test_what_only_broadcasts_has_the_wrong_shape(array, data):
    shape = data.draw(hnp.broadcastable_shapes(array.shape, max_dims=4, max_side=3))
    whole = np.broadcast_to(array, np.broadcast_shapes(array.shape, shape))
    for got, expected in ((array, whole), (whole, array)):
        mismatch = compare(got, expected)
        assert (mismatch is None) == (got.shape == expected.shape)
        if mismatch is not None:
            assert (mismatch.got_shape, mismatch.expected_shape) == (got.shape, expected.shape)


def almost_zero(name, truth):
    """Expected arrays whose largest entry is nearly 0 and not 0."""
    found = []
    for section in registry.find(name).rubric().sections:
        for question in truth.questions(section):
            for output, value in question.expected.items():
                largest = 0.0 if isinstance(value, str) else float(np.abs(value).max(initial=0.0))
                if 0 < largest <= 1e3 * ZERO:
                    found.append((section.key, question.case.name, output, largest))
    return found


@pytest.mark.parametrize("name", registry.names())
def test_no_case_expects_an_array_that_is_almost_zero(name):
    assignment = registry.find(name)
    assert almost_zero(name, assignment.truth(assignment.rubric(), "quick", PUBLIC, public=True)) == []


@pytest.mark.more
@pytest.mark.parametrize("seed", [PUBLIC, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("profile", ["quick", "full"])
@pytest.mark.parametrize("name", registry.names())
def test_no_case_of_any_profile_and_seed_does(name, profile, seed):
    assignment = registry.find(name)
    assert almost_zero(name, assignment.oracle_truth(assignment.rubric(), profile, seed)) == []


#: Where an assignment's arrays have their channels; its kernels have their outputs and inputs at one end or the other.
CHANNELS = {"conv2d_functional": -1, "conv2d_gemm": -1}
#: Outputs that add up all positions of what comes in; other gradients pair each with an entry of the input.
BIASES = ("db", "dLdb", "dLdBb", "grads b", "step b", "parameters")
KERNELS = ("W", "weight", "kernel", "filters")


def longest(question, channels):
    """The most terms that one entry of an output adds up, by shapes alone.

    An entry of an output adds up no more than a kernel for one of its channels, one of a gradient by the input no more
    than a kernel for one of the input's; one of a gradient by a kernel pairs positions of input and output.
    """
    case = question.case
    shapes = {name: array.shape for name, array in question.inputs.items()}
    shapes |= {name: np.shape(value) for name, value in question.expected.items() if not isinstance(value, str)}
    found = [1]
    positions = {}
    for name, shape in shapes.items():
        if name.endswith(KERNELS) and len(shape) > 2:
            found += [np.prod(shape) // shape[0], np.prod(shape) // shape[1], np.prod(shape) // shape[-1]]
        elif len(shape) > 2:
            positions[name] = int(np.prod(shape)) // max(1, shape[channels])
        else:
            found += [*shape]
    incoming = [n for name, n in positions.items() if name.startswith(("Z", "BZ", "dLdZ", "dZ", "dLda", "grads"))]
    inputs = [n for name, n in positions.items() if name.startswith(("A", "X", "x", "input"))]
    if set(case.outputs) & set(BIASES):
        found += incoming
    found += [min(max(inputs, default=1), max(incoming, default=1))]
    if "BatchNorm2d" in case.name:
        found += inputs
    return max(found)


@pytest.mark.more
def test_no_sum_of_any_case_is_longer_than_the_tolerance_has_room_for():
    most = {}
    for name in helpers.SHIPPED:
        assignment = registry.find(name)
        truth = assignment.oracle_truth(assignment.rubric(), "full", PUBLIC)
        for section in assignment.rubric().sections:
            for question in truth.questions(section):
                if section.timed is None:
                    most[longest(question, CHANNELS.get(name, 1))] = (name, question.case.name)
    assert max(most) <= LENGTH
    assert max(most) == 2 * 161 * 179, most[max(most)]


def test_the_timed_section_s_sums_are_within_the_tolerance():
    """Ten images, then 900 positions or 64 channels are added up, of sums of 27 terms."""
    deep, terms = 27 + 10 + 900, 27 * 10 * 900
    assert deep * terms**0.5 < LENGTH**1.5


def test_a_wrong_number_is_told_with_the_digits_that_tell_it_from_the_right_one():
    expected = np.array([0.1725, 1.0])
    mismatch = compare(expected * (1 + 2e-6), expected)
    assert mismatch is not None
    assert "expected 0.1725, got 0.1725003" in mismatch.message
    assert (mismatch.expected_value, mismatch.got_value) == ("0.1725", "0.1725003")
