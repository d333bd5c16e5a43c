"""Random cases of numpy_cnn's sections: any shapes and numbers that the contract allows."""

from __future__ import annotations

import random
from collections.abc import Iterator

from autograder.assignments.cases import Case, Draw
from autograder.assignments.numpy_cnn import cases as tables


def random_cases(section: str, count: int, seed: int = 0) -> Iterator[Case]:
    """Cases of a section."""
    rng = random.Random(f"{section} {seed}")
    for _ in range(count):
        yield one(section, rng)


def one(section: str, rng: random.Random) -> Case:
    """One case."""
    small = lambda: rng.randint(1, 5)
    if section in ("sigmoid", "relu", "sigmoid_grad"):
        shape = tuple(small() for _ in range(rng.randint(1, 4)))
        whole = Draw(shape, "integers", -3, 4, dtype="int64")
        return tables.call(section, {"x": rng.choice([Draw(shape, scale=rng.choice([1.0, 5.0])), whole])})
    if section in ("cross_entropy", "cross_entropy_grad"):
        shape = (small(), 1) if rng.random() < 0.5 else (small(),)
        name = "logits of y_hat" if section == "cross_entropy" else "logits of p"
        draws = {"y": tables.labels(shape), name: Draw(shape)}
        return tables.call(section, draws, kind=tables.Probable, judged=rng.random() < 0.2)
    if section == "max_pooling":
        kernel = rng.randint(1, 3)
        shape = (small(), small(), kernel + rng.randint(0, 5), kernel + rng.randint(0, 5))
        return tables.pool(shape, kernel, rng.randint(1, 4), below_zero=rng.random() < 0.3)
    if section == "conv":
        kernel = (small(), rng.randint(1, 3), rng.randint(1, 4), rng.randint(1, 4))
        shape = (small(), kernel[1], kernel[2] + rng.randint(0, 5), kernel[3] + rng.randint(0, 5))
        options = {"stride": rng.randint(1, 4), "padding": rng.randint(0, 3)}
        return tables.convolve(shape, kernel, **{name: n for name, n in options.items() if rng.random() < 0.8})
    if section == "forward":
        return tables.call("forward", tables.unit(small(), small(), column=rng.random() < 0.5))
    return tables.step(small(), small(), rng.choice([0.01, 0.5, 3.0]), column=rng.random() < 0.5)
