"""Mistakes that show in networks are called by name, also those in files that were handed out complete; so are axes."""

from __future__ import annotations

import helpers
import numpy as np
import pytest

from autograder.assignments.misconceptions import generic
from autograder.assignments.misconceptions.evidence import Seen
from autograder.grading.diagnose import FOLLOWS, diagnose
from autograder.grading.grader import Grader

ACTIVATION, CONV1D, CONV2D = "mytorch/activation.py", "mytorch/Conv1d.py", "mytorch/Conv2d.py"
FLATTEN, RESAMPLING, SCAN = "mytorch/flatten.py", "mytorch/resampling.py", "models/mlp_scan.py"
RELU = (ACTIVATION, "ReLU.backward", "np.where(self.A > 0.0, dLdA, 0.0)")
TANH = (ACTIVATION, "Tanh.backward", "dLdA * (1.0 - self.A**2)")
SIGMOID = (ACTIVATION, "Sigmoid.backward", "dLdA * self.A * (1.0 - self.A)")
SCANS, NETWORKS = ("scan_simple", "scan_distributed"), ("scan_simple", "scan_distributed", "cnn", "resnet")
AXES = "dLdZ.sum(axis=(0, 2))", "dLdZ.sum(axis=(0, 2, 3))"

MISTAKES = {
    "ReLU's mask is never false": ((*RELU, "np.where(self.A >= 0.0, dLdA, 0.0)"), "relu-back-unmasked", NETWORKS),
    "ReLU's mask is that of the gradient": ((*RELU, "np.where(dLdA > 0.0, dLdA, 0.0)"), "relu-back-mask", NETWORKS),
    "ReLU's slope alone": ((*RELU, "np.where(self.A > 0.0, 1.0, 0.0)"), "activation-gradient-unused", NETWORKS),
    "ReLU's output as a factor": ((*RELU, "dLdA * self.A"), "relu-back-times-output", NETWORKS),
    "a leaking ReLU": (
        (ACTIVATION, "ReLU.forward", "np.maximum(Z, 0.0)", "np.where(Z > 0.0, Z, 0.01 * Z)"),
        "relu-forward",
        NETWORKS,
    ),
    "tanh's square forgotten": ((*TANH, "dLdA * (1.0 - self.A)"), "tanh-back-slope", ("cnn",)),
    "tanh taken twice": ((*TANH, "dLdA * (1.0 - np.tanh(self.A)**2)"), "tanh-back-slope", ("cnn",)),
    "tanh's slope alone": ((*TANH, "1.0 - self.A**2"), "activation-gradient-unused", ("cnn",)),
    "half of the logistic slope": ((*SIGMOID, "dLdA * (1.0 - self.A)"), "sigmoid-back-slope", ("cnn",)),
    "backward passes the activations over": (
        (SCAN, "CNN_SimpleScanningMLP.backward", "dLdZ = layer.backward(dLdZ)",
         "dLdZ = dLdZ if isinstance(layer, ReLU) else layer.backward(dLdZ)"),
        "relu-back-unmasked",
        ("scan_simple",),
    ),
    "the matrices do not get into the convolutions": (
        (SCAN, "CNN_SimpleScanningMLP.init_weights", "stride1.W = by_time", "convolution.W = by_time"),
        "scan-weights-as-built",
        ("scan_simple",),
    ),
    "dLdb over batch and channels": (
        (CONV1D, "Conv1d_stride1.backward", AXES[0], "dLdZ.sum(axis=(0, 1))"), "conv-db-axes", ("conv1d_stride1",)
    ),
    "dLdb over channels and positions": (
        (CONV1D, "Conv1d_stride1.backward", AXES[0], "dLdZ.sum(axis=(1, 2))"), "conv-db-axes", ("conv1d_stride1",)
    ),
    "dLdb of every column": (
        (CONV2D, "Conv2d_stride1.backward", AXES[1], "dLdZ.sum(axis=(0, 1, 2))"), "conv-db-axes", ("conv2d_stride1",)
    ),
}  # fmt: skip


def named(grader: Grader, files: dict[str, str], section_id: str) -> dict[str, str]:
    """By output, the idea that a section names."""
    (section,) = [section for section in grader.rubric.sections if section.id == section_id]
    result = grader.run_all(helpers.submission_from(files), [section])[section.id]
    return {output: said.id for output, said in diagnose(result, grader.assignment, public=True).items()}


@pytest.mark.parametrize("name", MISTAKES)
def test_the_mistake_is_called_by_its_name(name: str, grader: Grader) -> None:
    (path, *change), idea, sections = MISTAKES[name]
    files = {path: helpers.patched(helpers.reference()[path], *change)}
    for section in sections:
        said = named(grader, files, section)
        assert said and set(said.values()) - {FOLLOWS} == {idea}, (section, said)


def test_of_none_that_becomes_nan_the_report_says_how_it_may_come(grader: Grader) -> None:
    resampling = helpers.patched(
        helpers.reference()[RESAMPLING], "Downsample1d.forward", "self.input_width = A.shape[2]",
        "self.input_width = A.shape[2]\n        self.sides = A.shape[:2]",
    )  # fmt: skip
    resampling = helpers.patched(resampling, "Downsample1d.backward", "*dLdZ.shape[:2]", "*self.sides")
    flatten = helpers.patched(
        helpers.reference()[FLATTEN], "Flatten.backward", "return dLdZ.reshape(self.input_shape)", "pass"
    )
    for section in SCANS:
        assert named(grader, {RESAMPLING: resampling, FLATTEN: flatten}, section) == {"dLdA": "no-number"}


def test_nothing_is_said_of_what_follows_from_nan(grader: Grader) -> None:
    text = helpers.patched(
        helpers.reference()[SCAN], "CNN_SimpleScanningMLP.forward", "return A", "return A * float('nan')"
    )
    assert named(grader, {SCAN: text}, "scan_simple") == {"Z": "no-number"}


def seen(got: list[float], output: str = "Z") -> Seen:
    names = helpers.ASSIGNMENT.arrays()
    return Seen("case", output, False, {}, {}, np.array(got), np.arange(1.0, len(got) + 1), {}, names)


def test_how_far_nan_got_is_told() -> None:
    nan, ideas = float("nan"), []
    for got in ([nan, 2.0, nan], [nan, 9.0, 3.0]):
        ideas.append(generic._no_number([seen(got)], throughout=False))
    assert [idea.title for idea in ideas if idea] == [
        "It holds NaN, which is no number, and the other entries are right",
        "It holds NaN, which is no number, in some entries",
    ]
    assert generic._no_number([seen([nan, 2.0, nan])], throughout=True) is None
    assert generic._no_number([seen([1.0, 2.0, 4.0])], throughout=False) is None
    back = generic._no_number([seen([nan, nan], "dLdA")], throughout=True)
    assert back is not None and back.title.endswith("no number") and "the way back" in back.hint
