"""cat_dog_cnn's ladder: pictures of a pixel or two, in fifths of full light; of networks nothing can be shown so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle

import numpy as np

from autograder.assignments.cases import Array, Case

from .cases import _get, _load, names

ONE = names("a", "a")


def load_set() -> Iterator[Case]:
    """Which files, in which order, as what numbers, of which size."""
    yield _load("a pixel each", ONE, 1, sides=(1, 1), img_shape=(1, 1))
    yield _load("a row of two pixels each", ONE, 1, sides=(1, 2), img_shape=(1, 2))
    yield _load("a column of two pixels each", ONE, 1, sides=(2, 1), img_shape=(2, 1))
    yield _load("two cats, a pixel each", names("b a", "a"), 2, sides=(1, 1), img_shape=(1, 1))
    yield _load("the first of two cats, a pixel each", names("b a", "a"), 1, sides=(1, 1), img_shape=(1, 1))
    yield _load("cats 9 and 10, a pixel each", names("9 10", "a"), 2, sides=(1, 1), img_shape=(1, 1))
    yield _load("two rows of one colour, to one pixel", ONE, 1, sides=(2, 1), img_shape=(1, 1))


def get_cat_set() -> Iterator[Case]:
    """Both parts, with labels and axes moved."""
    yield _get("a pixel each", ONE, ONE, img_shape=[1, 1], train_size=1, test_size=1)
    yield _get("two dogs, a pixel each", names("a", "a b"), ONE, img_shape=[1, 1], train_size=2, test_size=1)
    yield _get(
        "two dogs to test with, a pixel each", ONE, names("a", "a b"), img_shape=[1, 1], train_size=1, test_size=2
    )
    yield _get("a row of two pixels each", ONE, ONE, img_shape=[1, 2], train_size=1, test_size=1)
    yield _get("a column of two pixels each", ONE, ONE, img_shape=[2, 1], train_size=1, test_size=1)


SECTIONS = {"load_set": load_set, "get_cat_set": get_cat_set}


def rungs(section: str) -> Iterator[tuple[Case, dict[str, Array]]]:
    """The cases of a section with their inputs, the smallest first."""
    found = [made(case) for case in SECTIONS[section]()] if section in SECTIONS else []
    yield from sorted(found, key=lambda rung: sum(array.size for array in rung[1].values()))


#: Colours in fifths of full light, no pixel like another.
LIGHT = (0, 1, 2, 3, 4, 5, 5, 3, 1, 4, 2, 0, 2, 0, 5, 1, 3, 4, 4, 5, 0, 3, 2, 1)


def made(case: Case) -> tuple[Case, dict[str, Array]]:
    """A case with colours that differ from pixel to pixel; its numbers belong together, being pictures."""
    inputs, light = {}, cycle(LIGHT)
    for name, draw in case.draws.items():
        values = [51 * next(light) for _ in range(int(np.prod(draw.shape)))]
        inputs[name] = np.array(values, draw.dtype).reshape(draw.shape)
    return replace(case, params={**case.params, "together": True}), inputs
