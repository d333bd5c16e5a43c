"""Random cases of conv2d_gemm's sections: any geometry that the contract allows."""

from __future__ import annotations

import random
from collections.abc import Iterator

from autograder.assignments.cases import Case
from autograder.assignments.conv2d_gemm import cases as tables
from autograder.assignments.conv2d_gemm.cases import FUNCTIONS, Geometry

ACTIVATIONS = (None, "relu", "sigmoid", "tanh")
WEIGHTS = ("glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "std_normal")


def random_cases(section: str, count: int, seed: int = 0) -> Iterator[Case]:
    """Cases of a section."""
    rng = random.Random(f"{section} {seed}")
    for _ in range(count):
        row = geometry(rng)
        if section in FUNCTIONS:
            yield FUNCTIONS[section](row)
        else:
            yield layer(section, row, rng)


def geometry(rng: random.Random) -> Geometry:
    """Any convolution whose window fits into the image."""
    small = lambda: rng.randint(1, 4)
    kernel, dilation = (small(), small()), rng.randint(1, 3)
    sides = [(taps - 1) * dilation + 1 + rng.randint(0, 6) for taps in kernel]
    pads = ("same", "valid", rng.randint(0, 3), (small() - 1, small() - 1), (small() - 1, 0, small(), small() - 1))
    return Geometry((small(), *sides, small()), kernel, small(), rng.choice(pads), small(), dilation)


def layer(section: str, row: Geometry, rng: random.Random) -> Case:
    """A layer's forward or backward pass, of one input or of two."""
    twice = section.endswith("backward") and rng.random() < 0.5
    return tables.layer_case(section, row, rng.choice(ACTIVATIONS), rng.choice(WEIGHTS), twice=twice)
