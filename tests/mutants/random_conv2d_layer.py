"""Random cases of conv2d_layer's sections: any sizes that the contract allows."""

from __future__ import annotations

import random
from collections.abc import Iterator

from autograder.assignments.cases import Case
from autograder.assignments.conv2d_layer.cases import STATE, TABLES, Row, _case


def random_cases(section: str, count: int, seed: int = 0) -> Iterator[Case]:
    """Cases of a section."""
    rng = random.Random(f"{section} {seed}")
    for number in range(count):
        yield STATE[number % len(STATE)] if section == "state" else _case(row(section, rng), TABLES[section][1])


def row(section: str, rng: random.Random) -> Row:
    """A layer with inputs that it can take, used once or twice."""
    channels, filters, kernel = (rng.randint(1, 4) for _ in "cfk")
    plain = section == "forward"
    stride, padding = (1, 0) if plain else (rng.randint(1, 4), rng.randint(0, 3))
    shapes = [(rng.randint(1, 3), channels, *(kernel + rng.randint(0, 5) for _ in "hw")) for _ in "ab"]
    return Row(
        (channels, filters, kernel, stride, padding),
        shapes[0],
        first=shapes[1] if rng.random() < 0.5 else None,
        integers=rng.random() < 0.2,
        decay=rng.choice([0.5, 2.0, "default"]) if section == "weight_decay" else None,
    )
