"""The witnesses: no law is broken, and a mistake that the reference and the oracle share does not survive them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers import SHIPPED

from autograder.assignments import registry, witnesses
from autograder.assignments.cases import Case, Draw
from autograder.assignments.oracles import Oracle
from autograder.assignments.seeds import PUBLIC
from autograder.assignments.witnesses import Batch, Gradient, Laws

SEED = 5
TRUTH = Path(__file__).parents[2] / "docs" / "truth.md"
#: Laws are optional in a new assignment; where there are some, they must hold.
NAMES = [name for name in registry.names() if name in SHIPPED or witnesses.module(registry.find(name))]
SECTIONS = [(name, section.id) for name in NAMES for section in registry.find(name).rubric().sections]
#: Sections about which no oracle says anything: all is judged.
JUDGED = {("cat_dog_cnn", "architecture"), ("cat_dog_cnn", "initialisation")}


def cases(name, section):
    """A section's cases with their laws, inputs and oracles."""
    assignment = registry.find(name)
    rubric = assignment.rubric()
    found = next(s for s in rubric.sections if s.id == section)
    module = witnesses.module(assignment)
    assert module is not None, f"{name} has no laws"
    for case in assignment.cases(found, rubric, "quick"):
        yield case, module.laws(section, case), case.inputs(SEED, section), assignment.oracles(found)


def survives(laws, case, inputs, oracle, spoil):
    """Whether an oracle with this mistake keeps every law."""

    def compute(params, given):
        return spoil(dict(oracle.compute(params, given)), given)

    return next(witnesses.broken(laws, Oracle("spoilt", compute), case, inputs), None) is None


def keeps(laws, case, inputs, outputs):
    """Whether these outputs keep every law of their own."""
    return survives(laws, case, inputs, Oracle("told", lambda params, given: outputs), lambda told, _: told)


def survivors(section, spoil, name="hw2p1"):
    """Cases of a section in which a reference with this mistake keeps every law."""
    found = cases(name, section)
    return [case.name for case, laws, inputs, oracles in found if survives(laws, case, inputs, oracles[-1], spoil)]


def times(value, factor):
    """So many times an output; what that would leave as it is, otherwise."""
    if isinstance(value, str):
        return value * factor
    value = np.asarray(value, np.float64) if np.asarray(value).dtype.kind in "biu" else np.asarray(value)
    return value * factor if value.any() else value + 1


@pytest.mark.parametrize(("name", "section"), SECTIONS)
def test_every_output_of_every_case_is_under_a_law_or_said_not_to_be(name, section):
    without = witnesses.module(registry.find(name)).WITHOUT
    for case, laws, _, _ in cases(name, section):
        bare = {output for output in case.outputs if output not in laws.outputs}
        assert bare <= {output for of, output in without if of == section}, case.name


@pytest.mark.parametrize("name", NAMES)
def test_only_outputs_that_there_are_are_without_a_law_and_each_has_a_reason(name):
    assignment = registry.find(name)
    without = witnesses.module(assignment).WITHOUT
    under, bare = witnesses.witnessed(assignment)
    assert set(without) == bare
    assert under.isdisjoint(bare)
    assert all(len(reason) > 10 for reason in without.values())
    assert len(bare) <= len(under) or name not in SHIPPED


@pytest.mark.parametrize(("name", "section"), [entry for entry in SECTIONS if entry not in JUDGED])
def test_no_output_survives_that_is_tripled_alone(name, section):
    """By its own law: what other laws would see of it does not count."""
    for case, laws, inputs, oracles in cases(name, section):
        for oracle in oracles:
            right = oracle.compute(case.params, inputs)
            for output in laws.outputs & set(right):
                own = Laws(
                    {output: laws.definitions[output]} if output in laws.definitions else {},
                    {output: laws.gradients[output]} if output in laws.gradients else {},
                )
                wrong = {**right, output: times(right[output], 3)}
                assert keeps(own, case, inputs, right), (case.name, output)
                assert not keeps(own, case, inputs, wrong), (case.name, oracle.name, output)


@pytest.mark.parametrize(("name", "section"), [entry for entry in SECTIONS if entry not in JUDGED])
def test_no_case_survives_in_which_everything_is_doubled(name, section):
    for case, laws, inputs, oracles in cases(name, section):
        for oracle in oracles:
            if laws.outputs & set(oracle.compute(case.params, inputs)):
                double = lambda given, _: {output: times(value, 2) for output, value in given.items()}
                assert not survives(laws, case, inputs, oracle, double), (case.name, oracle.name)


def test_the_page_counts_them_rightly():
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|(?: (\d+):)?", TRUTH.read_text("utf-8"), re.MULTILINE)
    counted = {name: tuple(map(len, witnesses.witnessed(registry.find(name)))) for name in SHIPPED}
    assert {name: (int(under), int(bare or 0)) for name, under, bare in rows} == counted


def changed(*outputs, by):
    def spoil(given, inputs):
        return {name: by(value) if name in outputs else value for name, value in given.items()}

    return spoil


def flip(value):
    return value[..., ::-1]


def of_n(outputs, inputs):
    """Sums over the batch for means, or the other way round."""
    return {name: value * len(inputs["X"]) if name.startswith("grads") else value for name, value in outputs.items()}


SHARED = [
    ("hw2p1", "conv1d_stride1", "mean for sum", changed("dLdW", "dLdb", by=lambda v: v / 2)),
    ("hw2p1", "conv1d_stride1", "gradient of a flipped kernel", changed("dLdA", by=flip)),
    ("hw2p1", "conv2d_stride1", "kernel transposed", changed("dLdW", by=lambda v: v.swapaxes(-1, -2))),
    ("hw2p1", "conv2d_stride1", "output turned", changed("Z", by=flip)),
    ("hw2p1", "conv2d", "a millionth too much", changed("dLdA", by=lambda v: v * (1 + 1e-6))),
    (
        "hw2p1",
        "convtranspose1d",
        "bias forgotten",
        lambda o, i: {**o, "Z": o["Z"] - i["b"][:, None] if "b" in i else 2 * o["Z"]},
    ),
    ("hw2p1", "downsampling1d", "scaled", changed("Z", "dLdA", by=lambda v: 2 * v)),
    ("hw2p1", "upsampling2d", "gradient doubled", changed("dLdA", by=lambda v: 2 * v)),
    ("hw2p1", "maxpool2d_stride1", "spread", changed("dLdA", by=lambda v: v * 0 + v.mean())),
    ("hw2p1", "meanpool2d", "sum for mean", changed("Z", "dLdA", by=lambda v: v * 4)),
    ("hw2p1", "cnn", "gradient of the wrong sign", changed("dLdA", "flatten dLdA", "Z", by=np.negative)),
    ("hw2p1", "batchnorm2d", "statistics held constant", changed("dLdZ", by=lambda v: v + 0.1)),
    ("hw2p1", "batchnorm2d", "an unbiased running variance", changed("running_V", by=lambda v: v * 1.1)),
    ("hw2p1", "dropout2d", "the other channels' gradient", changed("dLdA", by=lambda v: np.roll(v, 1, axis=1))),
    ("hw2p1", "resnet", "shortcut forgotten", changed("dLdA", by=lambda v: v * 0.5)),
    ("hw2p1", "scan_simple", "gradient shifted", changed("dLdA", by=lambda v: np.roll(v, 1, axis=-1))),
    ("hw2p1", "scan_distributed", "position by position", changed("Z", by=lambda v: v.reshape(4, 31).T.reshape(1, -1))),
    ("conv2d_functional", "groups", "outputs in another order", changed("output", by=flip)),
    ("conv2d_functional", "backward_dW", "kernel transposed", changed("dW", by=lambda v: v.swapaxes(1, 2))),
    ("conv2d_layer", "grads_W", "sums for means", of_n),
    ("conv2d_layer", "weight_decay", "half of it", lambda o, i: {**o, "grads W": o["grads W"] - 1e-3 * i["filters"]}),
    ("conv2d_gemm", "im2col", "channels inside", changed("X_col", by=flip)),
    ("conv2d_gemm", "col2im", "overlaps lost", changed("X", by=lambda v: np.clip(v, -1, 1))),
    ("conv2d_gemm", "pad2d", "the odd cell first", changed("pad4", by=lambda v: v[[1, 0, 3, 2]] + (v[0] == v[1]))),
    ("numpy_cnn", "backward", "a sum for a mean", lambda o, i: {**o, "w": i["w"] + (o["w"] - i["w"]) * len(i["x"])}),
    ("cat_dog_cnn", "train", "a little too far", changed("parameters", by=lambda v: v * (1 + 1e-4))),
    ("cat_dog_cnn", "get_cat_set", "scrambled pixels", changed("train_X", "test_X", by=lambda v: np.flip(v, 1))),
]


@pytest.mark.parametrize(
    ("name", "section", "spoil"),
    [(n, s, spoil) for n, s, _, spoil in SHARED],
    ids=[f"{s}: {m}" for _, s, m, _ in SHARED],
)
def test_a_shared_mistake_does_not_survive(name, section, spoil):
    every = [case.name for case, laws, _, _ in cases(name, section) if laws.outputs]
    alive = [found for found in survivors(section, spoil, name) if found in every]
    # A kernel of 1, or a single entry, is its own mirror image.
    assert len(alive) <= len(every) // 3, alive


#: Laws of a batch, of linearity and of translation by themselves: which of them sees which mistake.
METAMORPHIC = [
    ("conv2d", "affine", lambda o, i: {**o, "Z": np.abs(o["Z"])}),
    ("conv2d", "batch", lambda o, i: {**o, "Z": o["Z"] + o["Z"][:1]}),
    ("conv1d", "shift", lambda o, i: {**o, "Z": o["Z"] * np.arange(o["Z"].shape[-1])}),
    ("batchnorm2d", "batch", lambda o, i: {**o, "M": o["BZ"][0].mean(axis=(1, 2)).reshape(o["M"].shape)}),
]


@pytest.mark.parametrize(("section", "law", "spoil"), METAMORPHIC, ids=[f"{s}: {m}" for s, m, _ in METAMORPHIC])
def test_each_metamorphic_law_sees_something_by_itself(section, law, spoil):
    alive, every = 0, 0
    for case, laws, inputs, oracles in cases("hw2p1", section):
        bare = {"affine": (), "batch": None, "shift": None} | {law: getattr(laws, law)}
        only = replace(laws, definitions={}, gradients={}, **bare)
        assert survives(only, case, inputs, oracles[-1], lambda given, _: given), case.name
        every += 1
        alive += survives(only, case, inputs, oracles[-1], spoil)
    assert alive <= every * 2 // 3


def derivative(gradient, A, kink):
    """What the derivative of |A − kink| says of a gradient."""
    law = Gradient("A", lambda params, moved, still: float(np.abs(moved["A"] - kink).sum()))
    case = Case("one", {}, {"A": Draw((1,))}, ("dLdA",))
    oracle = Oracle("told", lambda params, inputs: {"dLdA": np.array([gradient])})
    return list(witnesses.broken(Laws({}, {"dLdA": law}), oracle, case, {"A": np.array([A])}))


def test_a_central_difference_steps_over_no_kink():
    assert derivative(1.0, 2.0, 0.0) == []
    assert "not the derivative" in derivative(-1.0, 2.0, 0.0)[0]
    near = 3e-8  # within the first step, and not within the last
    assert derivative(1.0, near, 0.0) == []
    assert "kink" in derivative(1.0, 0.0, 0.0)[0]


def test_a_batch_of_one_is_not_permuted():
    case = Case("one", {}, {"A": Draw((1, 2))}, ("Z",))
    oracle = Oracle("told", lambda params, inputs: {"Z": inputs["A"]})
    assert list(witnesses.broken(Laws(batch=Batch(("A",), ("Z",))), oracle, case, case.inputs(0, ""))) == []


QUICK = ("hw2p1", "conv2d_layer", "numpy_cnn")


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.more) for name in registry.names()]
)
def test_no_oracle_breaks_a_law(name):
    assert witnesses.problems(registry.find(name)) == []


@pytest.mark.more
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", registry.names())
def test_no_oracle_breaks_a_law_under_other_seeds(name, seed):
    assert witnesses.problems(registry.find(name), seed=seed) == []


def test_an_assignment_without_laws_is_said_to_have_none(tmp_path, monkeypatch):
    monkeypatch.setattr(witnesses, "module", lambda assignment: None)
    assignment = registry.find("numpy_cnn")
    under, without = witnesses.witnessed(assignment)
    assert (len(under), len(without)) == (0, 10)
    assert witnesses.problems(assignment, seed=PUBLIC) == []
