"""The search for garbage waits while a class is read, and only then."""

from __future__ import annotations

import gc

import pytest

from autograder.gradebook.bulk import keeping_all


def test_it_is_as_it_was_afterwards_whatever_happened() -> None:
    @keeping_all()
    def inner() -> bool:
        return gc.isenabled()

    with keeping_all():
        assert not inner()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="no"), keeping_all():
        raise ValueError("no")
    assert gc.isenabled()


def test_who_did_without_it_still_does() -> None:
    gc.disable()
    try:
        with keeping_all():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
