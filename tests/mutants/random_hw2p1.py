"""Random cases of HW2P1's sections: any arguments and shapes that the contract allows."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np

from autograder.assignments.cases import Case
from autograder.assignments.hw2p1.cases import bonus, layers, models, questions
from autograder.assignments.hw2p1.cases.tables import Row


def random_cases(section: str, count: int, seed: int = 0) -> Iterator[Case]:
    """Cases of a section."""
    rng = random.Random(f"{section} {seed}")
    for _ in range(count):
        yield one(section, rng)


def one(section: str, rng: random.Random) -> Case:
    """One case."""
    small = lambda: rng.randint(1, 4)
    if section in questions.SECTIONS:
        return questions.cases(section, {"answers": "s23"}, "quick")[0]
    if section == "dropout2d":
        return bonus._dropout(rng.choice([0.0, 0.25, 0.5, 0.75]), (small(), 40, small(), small()))
    if section == "batchnorm2d":
        shape = (small(), small(), rng.randint(2, 4), small())
        return bonus._norm(shape, rng.choice([0.1, 0.5, 0.9]), weights=rng.random() < 0.5, first=(2, shape[1], 2, 3))
    if section == "resnet":
        arguments = (small(), small(), rng.randint(1, 3), small(), rng.randint(0, 2))
        return bonus._block(bonus.Block(arguments, (2, arguments[0], rng.randint(3, 6), rng.randint(3, 6)), norms=True))
    if section == "cnn":
        return net(rng) if rng.random() < 0.8 else models._flatten((small(), small(), small()), (2, 3, small()))
    if section.startswith("scan"):
        return models._scans(section, "quick")[rng.randint(0, 1)]
    return layer(section, rng)


def net(rng: random.Random) -> Case:
    """A CNN of one to three convolutions."""
    depth = rng.randint(1, 3)
    kernels, strides = ([rng.randint(1, 3) for _ in range(depth)] for _ in "ks")
    channels = [rng.randint(1, 4) for _ in range(depth + 1)]
    activations = [rng.choice(models.THREE) for _ in range(depth)]
    facts = (rng.randint(40, 60), tuple(channels), tuple(kernels), tuple(strides), tuple(activations))
    return models._cnn(models.Net(*facts, rng.randint(2, 5), bias=rng.random() < 0.5, twice=rng.random() < 0.5))


def layer(section: str, rng: random.Random) -> Case:
    """A layer of the tables, with an input that it can take, used once or twice."""
    found = layers.LAYERS[section]
    values = {name: rng.randint(1, 4) for name in found.arguments}
    kernel = values.get("kernel_size", values.get("kernel", 1))
    channels = values.get("in_channels", rng.randint(1, 3))
    sides = 1 if section.endswith(("1d", "1d_stride1")) else 2
    shapes = [(rng.randint(1, 3), channels, *(kernel + rng.randint(0, 5) for _ in range(sides))) for _ in "ab"]
    return layers._case(
        found,
        Row(
            tuple(values.values()),
            shapes[0],
            first=shapes[1] if rng.random() < 0.5 else None,
            bias=found.has_weights,
            ties=found.name.startswith("Max") and rng.random() < 0.5 and np.prod(shapes[0][2:]) < 40,
        ),
        "optional",
    )
