"""Only plain arrays of numbers are recorded, as copies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.guest.values import BadOutput, NotImplementedYet, plain


@pytest.mark.parametrize("value", [None, NotImplemented])
def test_nothing_is_not_implemented(value: Any) -> None:
    with pytest.raises(NotImplementedYet):
        plain("Z", value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([1.0], "a list"),
        (1.0, "a float"),
        (np.ma.masked_all(2), "subclass of ndarray"),
        (np.zeros(2).view(np.recarray), "subclass of ndarray"),
        (np.array([object()]), "not of numbers"),
        (np.array(["a"]), "not of numbers"),
        (np.zeros(1, dtype="datetime64[s]"), "not of numbers"),
        (np.zeros(1, dtype=[("a", "f8")]), "not of numbers"),
    ],
)
def test_other_things_are_refused_by_name(value: Any, words: str) -> None:
    with pytest.raises(BadOutput, match=words):
        plain("Z", value)


def test_a_number_is_fine_where_one_is_asked_for() -> None:
    assert plain("loss", 2.5, scalar=True).shape == ()
    assert plain("loss", np.float32(2.5)).dtype == np.float32
    with pytest.raises(BadOutput):
        plain("loss", True, scalar=True)


def test_it_is_a_copy_in_order() -> None:
    value = np.arange(6.0).reshape(2, 3).T
    copy = plain("Z", value)
    value[:] = 0
    assert copy.flags.c_contiguous and copy.flags.owndata and copy.sum() == 15


@pytest.mark.skipif(np.dtype(np.longdouble).itemsize == 8, reason="no wider type here")
def test_wider_numbers_are_made_to_fit() -> None:
    assert plain("Z", np.ones(2, np.longdouble)).dtype == np.float64
    assert plain("Z", np.ones(2, np.clongdouble)).dtype == np.complex128
