"""conv2d_layer: the contract's known answers, planted mistakes in their sections, correct variants with full marks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import helpers
import numpy as np
import pytest
from conv2d_layer_variants import VARIANTS
from lab_kit import Lab, Mistake, mistake, named

from autograder.grading.grader import Grader

LAB = Lab("conv2d_layer", "conv2d.py")
INIT, FORWARD, BACKWARD = "conv2D.__init__", "conv2D.forward", "conv2D.backward"
BOTH = "forward stride_padding state"
GRADIENTS = "dX grads_W grads_b weight_decay"

MISTAKES = [
    mistake("kernel turned", FORWARD, "self.windows, self.filters,",
            "self.windows, self.filters[..., ::-1, ::-1],", BOTH),
    mistake("kernel transposed", FORWARD, "nchwij,ocij", "nchwij,ocji", BOTH),
    mistake("bias left out", FORWARD, "return out + np.reshape(self.bias, (1, -1, 1, 1))", "return out", BOTH),
    mistake("bias along the width", FORWARD, "np.reshape(self.bias, (1, -1, 1, 1))",
            "np.resize(self.bias, out.shape[3])", BOTH),
    mistake("bias along the last axis", FORWARD, "np.reshape(self.bias, (1, -1, 1, 1))", "self.bias",
            f"{BOTH} {GRADIENTS}"),
    mistake("bias along the first axis", FORWARD, "np.reshape(self.bias, (1, -1, 1, 1))",
            "self.bias[:, None, None, None]", f"{BOTH} {GRADIENTS}"),
    mistake("the parameters of the beginning", FORWARD, 'self.params = {"W": self.filters, "b": self.bias}',
            'self.filters, self.bias = self.params["W"], self.params["b"]', f"{BOTH} dX weight_decay"),
    mistake("the filters of the first forward", FORWARD, "self.windows, self.filters,",
            'self.windows, vars(self).setdefault("first", self.filters),', "state"),
    mistake("mean over channels", FORWARD, "return out + ", "return out / self.in_channels + ",
            BOTH),
    mistake("only the first sample", FORWARD, "return out + ", "out[1:] = 0\n        return out + ", BOTH),
    mistake("whole numbers only", FORWARD, "padded = np.pad(X,", "X = X.astype(int)\n        padded = np.pad(X,",
            f"{BOTH} grads_W weight_decay"),
    mistake("single precision", FORWARD, "return out + ", "return out.astype(np.float32) + ", BOTH),
    mistake("only the first input is kept", FORWARD, "self.input = X",
            "self.input = X if self.input is None else self.input", GRADIENTS),
    mistake("padding on one side", FORWARD, "edge = (self.padding, self.padding)", "edge = (2 * self.padding, 0)",
            "stride_padding grads_W weight_decay state"),
    mistake("padding ignored", FORWARD, "edge = (self.padding, self.padding)", "edge = (0, 0)",
            f"stride_padding state {GRADIENTS}"),
    mistake("padding with the edge's values", FORWARD, "edge, edge))", "edge, edge), mode='edge')",
            "stride_padding state grads_W weight_decay"),
    mistake("stride ignored", FORWARD, "[:, :, :: self.stride, :: self.stride]", "",
            f"stride_padding {GRADIENTS}"),
    mistake("stride of rows only", FORWARD, ":: self.stride, :: self.stride]", ":: self.stride, :]",
            f"stride_padding {GRADIENTS}"),
    mistake("kernel turned when scattering", BACKWARD, "self.filters[:, :, i, j])",
            "self.filters[:, :, self.kernel_size - 1 - i, self.kernel_size - 1 - j])", "dX"),
    mistake("the padding is not cut off dX", BACKWARD,
            "dX[:, :, padding : padding + height, padding : padding + width]", "dX", "dX"),
    mistake("dX is cut at −padding", BACKWARD, "dX[:, :, padding : padding + height, padding : padding + width]",
            "dX[:, :, padding:-padding, padding:-padding]", "dX"),
    mistake("overlaps are lost", BACKWARD, "stride * columns : stride] += share", "stride * columns : stride] = share",
            "dX"),
    mistake("dX is a mean over the batch", BACKWARD, "share = np", "share = 1 / N * np", "dX"),
    mistake("dX of whole numbers", BACKWARD, "height + 2 * padding, width + 2 * padding))",
            "height + 2 * padding, width + 2 * padding), self.input.dtype)",
            "dX grads_W grads_b"),
    mistake("channels swapped in dX", BACKWARD, "return dX[:, :, padding", "return dX[:, ::-1, padding", "dX"),
    mistake("gradient of W is a sum", BACKWARD, "optimize=True) / N", "optimize=True)", "grads_W weight_decay state"),
    mistake("gradient of W is a mean over positions too", BACKWARD, "optimize=True) / N",
            "optimize=True) / (N * rows * columns)", "grads_W weight_decay state"),
    mistake("gradient of b is a sum", BACKWARD, "grads.sum(axis=(0, 2, 3)) / N", "grads.sum(axis=(0, 2, 3))",
            "grads_b weight_decay state"),
    mistake("gradient of b is a mean over positions too", BACKWARD, "grads.sum(axis=(0, 2, 3)) / N",
            "grads.mean(axis=(0, 2, 3))", "grads_b weight_decay state"),
    mistake("gradient of b keeps its axes", BACKWARD, "grads.sum(axis=(0, 2, 3)) / N",
            "grads.sum(axis=(0, 2, 3), keepdims=True) / N", "grads_b weight_decay state"),
    mistake("gradients add up", BACKWARD, "self.grads = {\"W\": dW,",
            "dW = dW if self.grads[\"W\"] is None else dW + self.grads[\"W\"]\n        self.grads = {\"W\": dW,",
            "grads_W weight_decay"),
    mistake("decay without the 2", BACKWARD, "dW + 2 * ", "dW + ", "weight_decay"),
    mistake("decay before the mean", BACKWARD, "self.weight_decay_lambda * self.filters",
            "self.weight_decay_lambda * self.filters / N", "weight_decay"),
    mistake("decay although it is off", BACKWARD, "if self.weight_decay:", "if self.weight_decay_lambda:",
            "weight_decay grads_W state"),
    mistake("decay subtracted", BACKWARD, "dW = dW + 2", "dW = dW - 2", "weight_decay"),
    mistake("decay of b as well", BACKWARD, "grads.sum(axis=(0, 2, 3)) / N",
            "grads.sum(axis=(0, 2, 3)) / N + 2 * self.weight_decay * self.weight_decay_lambda * self.bias",
            "weight_decay"),
    mistake("another default λ", INIT, "self.weight_decay_lambda = weight_decay_lambda",
            "self.weight_decay_lambda = 10 * weight_decay_lambda", "weight_decay"),
    mistake("clear_grad leaves zeros", "conv2D.clear_grad", "{\"W\": None, \"b\": None}",
            "{\"W\": 0 * self.filters, \"b\": 0 * self.bias}", "state"),
    mistake("clear_grad forgets b", "conv2D.clear_grad", "self.grads = {\"W\": None, \"b\": None}",
            "self.grads[\"W\"] = None", "state"),
    mistake("gradients of zero as built", INIT, "{\"W\": None, \"b\": None}", "{\"W\": 0, \"b\": 0}", "state"),
    mistake("params stay as built", FORWARD, "self.params = {\"W\": self.filters, \"b\": self.bias}", "pass", "state"),
    mistake("filters drawn without initialize_method", INIT, "initialize_method(size=", "np.random.normal(size=",
            "state"),
    mistake("filters scaled", INIT, "kernel_size, kernel_size))", "kernel_size, kernel_size)) * 0.1", "state"),
    mistake("bias as a column", INIT, "np.zeros(out_channels)", "np.zeros((out_channels, 1))", "state"),
    mistake("input not kept", FORWARD, "self.input = X", "self.input = X * (1 + 1e-3)", "state"),
]  # fmt: skip


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with LAB.grader() as warm:
        yield warm


@pytest.fixture(scope="module")
def module() -> ModuleType:
    made = ModuleType("conv2d")
    exec(LAB.source, made.__dict__)
    return made


def test_reference_earns_everything_and_the_handout_nothing(grader: Grader) -> None:
    LAB.check_standing(grader)


@pytest.mark.parametrize("planted", MISTAKES, ids=lambda planted: planted.name)
def test_planted_mistakes_are_caught_in_their_sections(planted: Mistake, grader: Grader) -> None:
    assert LAB.failed(grader.grade(LAB.planted(planted))) == planted.fails


@pytest.mark.parametrize("name", VARIANTS)
def test_correct_variants_have_full_marks(name: str, grader: Grader) -> None:
    report = grader.grade(LAB.submission(VARIANTS[name]))
    assert {s.key: s.message for s in report.sections if s.status != "passed"} == {}
    assert named(report) == set()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("bias left out", "Forward"),
        ("stride of rows only", "Stride and padding"),
        ("dX is a mean over the batch", "dX"),
        ("gradients add up", "Gradient of W"),
        ("gradient of b is a sum", "Gradient of b"),
        ("decay before the mean", "Weight decay"),
    ],
)
def test_the_smallest_example_can_be_run(name: str, key: str, grader: Grader, tmp_path: Path) -> None:
    LAB.check_example(grader, next(planted for planted in MISTAKES if planted.name == name), key, tmp_path)


@pytest.mark.more
def test_planted_mistakes_are_called_by_their_names(grader: Grader) -> None:
    LAB.check_naming(grader, MISTAKES)


NINE = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)


def test_known_answer_of_one_filter(module: ModuleType) -> None:
    layer = module.conv2D(1, 1, 3, padding=1)
    layer.filters = np.array([[[[1.0, 0, -1]] * 3]])
    assert layer(NINE).tolist() == [[[[-7, -4, 7], [-15, -6, 15], [-13, -4, 13]]]]


@pytest.mark.parametrize(
    "corners, total, dX",
    [
        (((1.0, 1), (2, 2)), 735, [[12, 18, 12], [18, 27, 18], [12, 18, 12]]),
        (((2.0, 1), (3, 1)), 526, [[11, 15, 8], [15, 21, 12], [8, 12, 8]]),
    ],
)
def test_known_answers_of_two_filters(
    module: ModuleType, corners: tuple[tuple[float, float], ...], total: float, dX: list[list[float]]
) -> None:
    layer = module.conv2D(1, 2, 3, padding=1)
    layer.filters = np.array([[np.full((3, 3), others)] for _, others in corners])
    layer.filters[:, 0, 0, 0] = [corner for corner, _ in corners]
    output = layer.forward(NINE)
    assert output.sum() == total
    gradient = layer.backward(np.ones(output.shape))
    assert gradient.tolist() == [[dX]]
    assert layer.grads["W"].tolist() == [[[[12, 21, 16], [27, 45, 33], [24, 39, 28]]]] * 2
    assert layer.grads["b"].tolist() == [9, 9]


def test_whole_numbers_give_floating_point_gradients(module: ModuleType) -> None:
    layer = module.conv2D(1, 1, 2)
    layer.filters, layer.bias = np.ones((1, 1, 2, 2), int), np.zeros(1, int)
    layer.forward(np.arange(9).reshape(1, 1, 3, 3))
    dX = layer.backward(np.ones((1, 1, 2, 2), int))
    assert {array.dtype for array in (dX, *layer.grads.values())} == {np.dtype(np.float64)}


def test_a_flood_of_prints_is_cut_and_costs_nothing(grader: Grader) -> None:
    flood = "print(np.zeros((20, 20)).tolist() * 9)\n        return out + "
    report = grader.grade(LAB.submission(helpers.patched(LAB.source, FORWARD, "return out + ", flood)))
    assert LAB.failed(report) == set()
    assert 0 < len(report.run["sections"]["Forward"]["printed"]) < (LAB.rubric.limits.printed_kb + 1) << 10


def test_gradients_that_were_not_cleared_are_shown_as_they_are(grader: Grader) -> None:
    source = helpers.patched(LAB.source, "conv2D.clear_grad", "self.grads = {", "self.old = {")
    section = LAB.sections(grader.grade(LAB.submission(source)))["state"]
    assert section.message == "grads as cleared: `grads as cleared` should be 'None, None', and is 'ndarray, ndarray'"
