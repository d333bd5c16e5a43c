"""The witnesses: no law is broken, and a mistake that the reference and the oracle share does not survive them."""

from __future__ import annotations

import helpers
import numpy as np
import pytest

from autograder.assignments import witnesses
from autograder.assignments.hw2p1.laws import laws
from autograder.assignments.oracles import Oracle


def cases(section: str):
    found = next(s for s in helpers.rubric().sections if s.id == section)
    for case in helpers.ASSIGNMENT.cases(found, helpers.rubric(), "quick"):
        law = laws(section, case)
        if law is not None:
            yield found, case, law


def survivors(section: str, spoil) -> list[str]:
    """Cases of a section in which an oracle with this mistake keeps every law."""
    found = []
    for part, case, law in cases(section):
        reference = helpers.ASSIGNMENT.oracles(part)[1]

        def compute(params, inputs, right=reference.compute):
            return spoil(dict(right(params, inputs)), inputs)

        inputs = witnesses.plain_inputs(case, case.inputs(5, section))
        if not list(witnesses.broken(law, Oracle("spoilt", compute), case, inputs)):
            found.append(case.name)
    return found


def changed(*outputs, by):
    def spoil(given, inputs):
        return {name: by(value) if name in outputs else value for name, value in given.items()}

    return spoil


FLIP = lambda value: value[..., ::-1]
SHARED = [
    ("conv1d_stride1", "mean for sum", changed("dLdW", "dLdb", by=lambda v: v / 2)),
    ("conv1d_stride1", "gradient of a flipped kernel", changed("dLdA", by=FLIP)),
    ("conv2d_stride1", "kernel transposed", changed("dLdW", by=lambda v: v.swapaxes(-1, -2))),
    ("conv2d_stride1", "output turned", changed("Z", by=FLIP)),
    ("conv2d", "a millionth too much", changed("dLdA", by=lambda v: v * (1 + 1e-6))),
    (
        "convtranspose1d",
        "bias forgotten",
        lambda o, i: {**o, "Z": o["Z"] - i["b"][:, None] if "b" in i else 2 * o["Z"]},
    ),
    ("downsampling1d", "scaled", changed("Z", "dLdA", by=lambda v: 2 * v)),
    ("upsampling2d", "gradient doubled", changed("dLdA", by=lambda v: 2 * v)),
    ("maxpool2d_stride1", "spread", changed("dLdA", by=lambda v: v * 0 + v.mean())),
    ("meanpool2d", "sum for mean", changed("Z", "dLdA", by=lambda v: v * 4)),
    ("cnn", "gradient of the wrong sign", changed("dLdA", "flatten dLdA", by=np.negative)),
    ("batchnorm2d", "statistics held constant", changed("dLdZ", by=lambda v: v + 0.1)),
    ("resnet", "shortcut forgotten", changed("dLdA", by=lambda v: v * 0.5)),
    ("scan_simple", "gradient shifted", changed("dLdA", by=lambda v: np.roll(v, 1, axis=-1))),
]


@pytest.mark.parametrize(("section", "mistake", "spoil"), SHARED, ids=[f"{s}: {m}" for s, m, _ in SHARED])
def test_a_shared_mistake_does_not_survive(section, mistake, spoil):
    every = [case.name for _, case, _ in cases(section)]
    alive = survivors(section, spoil)
    # A kernel of 1, or a single entry, is its own mirror image.
    assert len(alive) <= len(every) // 3, alive


@pytest.mark.parametrize(
    "section", ["conv1d", "conv2d", "maxpool2d", "meanpool2d", "upsampling1d", "batchnorm2d", "cnn"]
)
def test_the_reference_keeps_every_law(section):
    untouched = survivors(section, lambda outputs, inputs: outputs)
    assert untouched == [case.name for _, case, _ in cases(section)]


@pytest.mark.more
def test_no_oracle_breaks_a_law():
    assert witnesses.problems(helpers.ASSIGNMENT) == []
