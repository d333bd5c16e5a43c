"""Random cases of conv2d_functional's sections: any arguments that the contract allows, and bad ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from autograder.assignments.cases import Case
from autograder.assignments.conv2d_functional.cases import GRADIENTS, Convolution, _backward, _cached, _case


def random_cases(section: str, count: int, seed: int = 0) -> Iterator[Case]:
    """Cases of a section."""
    rng = random.Random(f"{section} {seed}")
    for _ in range(count):
        plain = section in ("forward", *GRADIENTS)
        call = convolution(rng, dilation=not plain, groups=not plain)
        if section in GRADIENTS:
            yield _backward(call, GRADIENTS[section])
        elif section == "forward" and rng.random() < 0.3:
            yield _cached(call)
        elif section == "forward" and rng.random() < 0.6:
            yield _case(bad(convolution(rng, groups=True), rng), "conv2d, refused", ("refused",), ": bad")
        else:
            yield _case(call, "conv2d", ("output",))


def convolution(rng: random.Random, *, dilation: bool = False, groups: bool = False) -> Convolution:
    """A call of `conv2d` that is allowed."""
    many = rng.randint(1, 3) if groups else 1
    depth, filters, F = rng.randint(1, 3), many * rng.randint(1, 3), rng.randint(1, 3)
    apart, padding = rng.randint(1, 3) if dilation else 1, rng.randint(0, 2)
    side = F + (F - 1) * (apart - 1)
    image = (side + rng.randint(0, 4), side + rng.randint(0, 4), many * depth)
    bias = filters if rng.random() < 0.5 else None
    numbers = (rng.randint(1, 3), padding, apart, many, bias)
    return Convolution(image, (filters, F, F, depth), *numbers, level="strict")


def bad(call: Convolution, rng: random.Random) -> Convolution:
    """The call with one thing wrong."""
    filters, F, _, depth = call.weight
    image, weight = call.image, call.weight
    return rng.choice(
        [
            replace(call, weight=(filters, F, F + 1, depth), image=(image[0] + 3, image[1] + 3, image[2])),
            replace(call, weight=(filters, F + 1, F, depth), image=(image[0] + 3, image[1] + 3, image[2])),
            replace(call, weight=(filters, F, F, depth + 1)),
            replace(call, groups=image[2] + filters + 1),
            replace(call, image=(*image[:2], image[2] + 1), groups=2, weight=(2 * filters, F, F, (image[2] + 1) // 2))
            if image[2] % 2 == 0
            else replace(call, groups=2, weight=(2 * filters, F, F, max(image[2] // 2, 1))),
            replace(call, bias=filters + 1, weight=weight),
        ]
    )
