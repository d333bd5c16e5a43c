"""Random cases of cat_dog_cnn's sections: any files, sizes and numbers that the contract allows."""

from __future__ import annotations

import random
from collections.abc import Iterator

from autograder.assignments.cases import Case
from autograder.assignments.cat_dog_cnn import cases


def random_cases(section: str, count: int, seed: int = 0) -> Iterator[Case]:
    """Cases of a section."""
    rng = random.Random(f"{section} {seed}")
    for _ in range(count):
        yield one(section, rng)


def one(section: str, rng: random.Random) -> Case:
    """One case."""
    shape = [rng.randint(2, 9), rng.randint(2, 9)]
    if section == "load_set":
        facts = {"sides": tuple(shape), "img_shape": tuple(shape)}
        return cases._load("random", files(rng), rng.randint(1, 5), **facts)
    if section == "get_cat_set":
        sizes = {"train_size": rng.randint(1, 4), "test_size": rng.randint(1, 4)}
        return cases._get("random", files(rng), files(rng), img_shape=shape, **sizes)
    if section == "train":
        count, epochs = rng.randint(8, 14), rng.randint(3, 4)
        whole = rng.random() < 0.5
        outputs = ("parameters" if whole else "batches", "training mode")
        return cases._train(count, count if whole else rng.randint(2, 5), epochs, outputs, training=rng.random() < 0.5)
    if section == "evaluate":
        return cases._evaluate(rng.randint(1, 80), training=rng.random() < 0.5)
    return cases.SECTIONS[section]()[0]


def files(rng: random.Random) -> list[str]:
    """Pictures of both kinds, with names that sort in more than one way, in no order."""
    stems = [f"{rng.choice('abc')}{number}" for number in rng.sample(range(120), 10)]
    kinds = [" ".join(stems[: rng.randint(1, 5)]), " ".join(stems[5 : rng.randint(6, 10)])]
    return cases.names(*kinds)
