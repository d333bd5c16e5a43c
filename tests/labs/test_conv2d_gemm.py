"""conv2d_gemm: planted mistakes in their sections, correct variants with full marks, the contract's properties."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from conv2d_gemm_variants import VARIANTS
from lab_kit import Lab, Mistake, mistake, named

from autograder.assignments import reference
from autograder.grading.grader import Grader
from autograder.grading.report import document
from autograder.reports.arrays import pictures

LAB = Lab("conv2d_gemm", "convolution.py")
LOOPS, GEMM = "loops_forward loops_backward", "gemm_forward gemm_backward"
PADDED = f"pad2d conv2d im2col conv2d_gemm {LOOPS} {GEMM}"
COLUMNS = f"im2col conv2d_gemm {GEMM}"
#: The loop of `col2im`, and the same by arrays of indices, which repeat where windows overlap.
TAP_BY_TAP = """    for i, j in np.ndindex(fr, fc):
        X_pad[:, seen(i, rows, stride, dilation), seen(j, cols, stride, dilation)] += taps[:, i, j].transpose(
            3, 1, 2, 0
        )
"""
REPEATED = """    c, i, j, r, k = np.indices((C, fr, fc, rows, cols)).reshape(5, -1)
    X_pad[:, r * stride + i * dilation, k * stride + j * dilation, c] += taps.reshape(-1, N).T
"""

MISTAKES = [
    mistake("the extra zero of same at the top", "Pad2D", "(total // 2, total - total // 2)",
            "(total - total // 2, total // 2)", PADDED),
    mistake("same without dilation", "Pad2D", "window = (taps - 1) * dilation + 1", "window = taps", PADDED),
    mistake("same without stride", "Pad2D", "(-(-side // stride) - 1) * stride", "(side - 1)", PADDED),
    mistake("same that is negative", "Pad2D", "max(0, (-(-side // stride) - 1) * stride + window - side)",
            "(-(-side // stride) - 1) * stride + window - side", PADDED),
    mistake("same rounded down", "Pad2D", "-(-side // stride)", "(side // stride)", PADDED),
    mistake("a pair taken as top and bottom", "Pad2D", "(pad[0], pad[0], pad[1], pad[1])",
            "(pad[0], pad[1], pad[0], pad[1])", PADDED),
    mistake("four numbers in another order", "Pad2D", "pad4 = tuple(pad)",
            "pad4 = (pad[0], pad[2], pad[1], pad[3])", PADDED),
    mistake("padded with the edge", "Pad2D", "(left, right), (0, 0)))", "(left, right), (0, 0)), mode='edge')",
            PADDED),
    mistake("dilation not in the output's size", "out_sides", "(side - (taps - 1) * dilation - 1)", "(side - taps)",
            f"conv2d col2im {COLUMNS} {LOOPS}"),
    mistake("stride of rows only", "Conv2d", "r * stride, k * stride", "r * stride, k", f"conv2d {LOOPS}"),
    mistake("kernel turned", "Conv2d", "np.tensordot(window, W, axes=3)",
            "np.tensordot(window, W[::-1, ::-1], axes=3)", f"conv2d {LOOPS}"),
    mistake("dilation of columns only", "Conv2d", "top : top + fr * dilation : dilation", "top : top + fr",
            f"conv2d {LOOPS}"),
    mistake("rows of columns with channels last", "im2col", "X_col.reshape(",
            "X_col.transpose(1, 2, 0, 3, 4, 5).reshape(", COLUMNS),
    mistake("columns image by image", "im2col", "X_col.reshape(", "X_col.transpose(0, 1, 2, 5, 3, 4).reshape(",
            COLUMNS),
    mistake("im2col without dilation", "im2col", "seen(i, rows, stride, dilation), seen(j, cols, stride, dilation)",
            "seen(i, rows, stride, 1), seen(j, cols, stride, 1)", COLUMNS),
    mistake("the padding as it was given", "im2col", "rows * cols * N), pad4", "rows * cols * N), pad", COLUMNS),
    mistake("overlaps are lost", "col2im", "+= taps", "= taps", "col2im gemm_backward"),
    mistake("indices that repeat", "col2im", TAP_BY_TAP, REPEATED, "col2im gemm_backward"),
    mistake("only the first tap", "col2im", "+= taps[:, i, j]", "+= (i + j == 0) * taps[:, i, j]",
            "col2im gemm_backward"),
    mistake("the padding stays", "col2im", "return X_pad[:, top : top + H, left : left + W]", "return X_pad",
            "col2im gemm_backward"),
    mistake("the wrong corner is cut off", "col2im", "top : top + H, left : left + W", ":H, :W",
            "col2im gemm_backward"),
    mistake("col2im without stride", "col2im", "seen(i, rows, stride, dilation)", "seen(i, rows, 1, dilation)",
            "col2im gemm_backward"),
    mistake("columns read image by image", "conv2D_gemm",
            ".reshape(W.shape[3], rows, cols, X.shape[0]).transpose(3, 1, 2, 0)",
            ".reshape(W.shape[3], X.shape[0], rows, cols).transpose(1, 2, 3, 0)", f"conv2d_gemm {GEMM}"),
    mistake("padding is valid by default", "conv2D_gemm", 'pad="same"', "pad=0", "conv2d_gemm"),
    mistake("stride is 0 by default, in the function", "conv2D_gemm", "stride=1", "stride=0", "conv2d_gemm"),
    mistake("stride is 0 by default, in the layer", "Conv2D.__init__", "stride=1", "stride=0", f"{LOOPS} {GEMM}"),
    mistake("kernel's axes in their own order", "as_matrix", "W.transpose(3, 2, 0, 1)", "W.transpose(3, 0, 1, 2)",
            f"conv2d_gemm {GEMM}"),
    mistake("parameters zeroed", "Conv2D._init_params",
            "WeightInitializer(self.init_w)((*self.kernel_shape, in_ch, self.out_ch))",
            "np.zeros((*self.kernel_shape, in_ch, self.out_ch))", "loops_forward gemm_forward"),
    mistake("one weight for all", "Conv2D._init_params",
            "WeightInitializer(self.init_w)((*self.kernel_shape, in_ch, self.out_ch))",
            "np.full((*self.kernel_shape, in_ch, self.out_ch), np.random.normal())", "loops_forward gemm_forward"),
    mistake("a bias of one axis", "Conv2D._init_params", "np.zeros((1, 1, 1, self.out_ch))", "np.zeros(self.out_ch)",
            "loops_forward gemm_forward"),
    mistake("bias forgotten", "Conv2D.forward", ' + self.params["b"]', "", f"{LOOPS} {GEMM}"),
    mistake("activation forgotten", "Conv2D.forward", "return self.acti_fn(Z)", "return Z",
            "loops_forward gemm_forward"),
    mistake("everything retained", "Conv2D.forward", "if retain_derived:", "if True:", "loops_backward gemm_backward"),
    mistake("activation forgotten on the way back", "Conv2D.backward", "dA * self.acti_fn.grad(Z)", "dA",
            "loops_backward gemm_backward"),
    mistake("slope at the activation", "Conv2D.backward", "self.acti_fn.grad(Z)",
            "self.acti_fn.grad(self.acti_fn(Z))", "loops_backward gemm_backward"),
    mistake("only the last gradient counts", "Conv2D.backward", 'self.gradients["W"] + dW', "dW",
            "loops_backward gemm_backward"),
    mistake("gradients in reverse", "Conv2D.backward", "return dX if", "return dX[::-1] if",
            "loops_backward gemm_backward"),
    mistake("overlaps are lost by loops", "Conv2D._back", "dX[window] +=", "dX[window] =", "loops_backward"),
    mistake("the padding stays by loops", "Conv2D._back", "dX[:, top : top + X.shape[1], left : left + X.shape[2]]",
            "dX", "loops_backward"),
    mistake("bias gradient is a mean", "Conv2D._back", "dZ.sum(", "dZ.mean(", "loops_backward"),
    mistake("weight gradient is a mean", "Conv2D_gemm._back", "(dZ_col @ X_col.T)", "(dZ_col @ X_col.T / len(X))",
            "gemm_backward"),
    mistake("gradient's columns image by image", "Conv2D_gemm._back", "dZ.transpose(3, 1, 2, 0)",
            "dZ.transpose(3, 0, 1, 2)", "gemm_backward"),
    mistake("bias gradient of other axes", "Conv2D_gemm._back", ".reshape(1, 1, 1, -1)", ".reshape(-1, 1, 1, 1)",
            "gemm_backward"),
    mistake("hyperparams without pad", "Conv2D.hyperparams", '"pad": self.pad,', "", "loops_forward gemm_forward"),
    mistake("the activation itself in hyperparams", "Conv2D.hyperparams", "str(self.acti_fn)", "self.acti_fn",
            "loops_forward gemm_forward"),
]  # fmt: skip


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    """Everything but the speed, which has its own tests."""
    keys = tuple(section.key for section in LAB.rubric.sections if section.timed is None)
    with LAB.grader(only=keys, explain=False) as warm:
        yield warm


@pytest.fixture(scope="module")
def solution() -> ModuleType:
    return reference.reference("conv2d_gemm", LAB.rubric.search).load("convolution.py")


def test_reference_earns_everything_and_the_handout_nothing() -> None:
    with LAB.grader() as grader:
        LAB.check_standing(grader)


@pytest.mark.parametrize("planted", MISTAKES, ids=lambda planted: planted.name)
def test_planted_mistakes_are_caught_in_their_sections(planted: Mistake, grader: Grader) -> None:
    assert LAB.failed(grader.grade(LAB.planted(planted))) == planted.fails


@pytest.mark.more
def test_planted_mistakes_are_named_rightly() -> None:
    keys = tuple(section.key for section in LAB.rubric.sections if section.timed is None)
    with LAB.grader(only=keys) as grader:
        LAB.check_naming(grader, MISTAKES)


def test_gradients_that_add_up_of_one_parameter_only_are_named() -> None:
    planted = next(planted for planted in MISTAKES if planted.name == "only the last gradient counts")
    with LAB.grader(only=("Conv2D backward",)) as grader:
        assert named(grader.grade(LAB.planted(planted))) == {"gradients-overwritten"}


@pytest.mark.parametrize("name", VARIANTS)
def test_correct_variants_have_full_marks(name: str) -> None:
    with LAB.grader() as grader:
        report = grader.grade(LAB.submission(VARIANTS[name]))
    assert {s.key: s.message for s in report.sections if s.status != "passed"} == {}
    assert named(report) == set()


def geometry(rng: np.random.Generator) -> SimpleNamespace:
    fr, fc, stride, dilation, channels = (int(rng.integers(1, top)) for top in (4, 4, 4, 3, 4))
    shape = (int(rng.integers(1, 4)), int(rng.integers(7, 10)), int(rng.integers(7, 10)), channels)
    pad = ["same", "valid", 1, (1, 0), (2, 0, 1, 1)][int(rng.integers(5))]
    return SimpleNamespace(W_shape=(fr, fc, channels, 2), stride=stride, dilation=dilation, shape=shape, pad=pad)


@pytest.mark.parametrize("seed", range(12))
def test_col2im_is_the_adjoint_of_im2col(seed: int, solution: ModuleType) -> None:
    rng = np.random.default_rng(seed)
    g = geometry(rng)
    X = rng.normal(size=g.shape)
    X_col, pad4 = solution.im2col(X, g.W_shape, g.pad, g.stride, g.dilation)
    Y_col = rng.normal(size=X_col.shape)
    Y = solution.col2im(Y_col, g.shape, g.W_shape, pad4, g.stride, g.dilation)
    assert np.vdot(X_col, Y_col) == pytest.approx(np.vdot(X, Y))


@pytest.mark.parametrize("seed", range(12))
def test_same_makes_outputs_of_the_inputs_side_by_the_stride(seed: int, solution: ModuleType) -> None:
    g = geometry(np.random.default_rng(seed))
    Z = solution.conv2D_gemm(np.ones(g.shape), np.ones(g.W_shape), g.stride, "same", g.dilation)
    assert Z.shape[1:3] == tuple(-(-side // g.stride) for side in g.shape[1:3])
    np.testing.assert_allclose(Z, solution.Conv2d(np.ones(g.shape), np.ones(g.W_shape), g.stride, "same", g.dilation))


def test_what_is_wrong_is_said(grader: Grader) -> None:
    zeroed = next(planted for planted in MISTAKES if planted.name == "parameters zeroed")
    report = LAB.sections(grader.grade(LAB.planted(zeroed)))
    assert "is all zeros after the first forward" in report["loops_forward"].message


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("same rounded down", "Pad2D"),
        ("the padding as it was given", "im2col"),
        ("stride of rows only", "Conv2d"),
        ("overlaps are lost", "col2im"),
        ("kernel's axes in their own order", "conv2D_gemm"),
        ("activation forgotten", "Conv2D forward"),
        ("gradients in reverse", "Conv2D backward"),
        ("bias gradient is a mean", "Conv2D backward"),
        ("weight gradient is a mean", "Conv2D_gemm backward"),
    ],
)
def test_the_smallest_example_can_be_run(name: str, key: str, tmp_path: Path) -> None:
    with LAB.grader(only=(key,)) as grader:
        LAB.check_example(grader, next(planted for planted in MISTAKES if planted.name == name), key, tmp_path)


def test_images_of_an_example_are_drawn_by_their_rows_and_columns() -> None:
    planted = next(planted for planted in MISTAKES if planted.name == "kernel's axes in their own order")
    with LAB.grader(only=("conv2D_gemm",)) as grader:
        found = document(grader.grade(LAB.planted(planted)))["run"]["sections"]["conv2D_gemm"]["example"]
    assert found["sides"] == {"X": [1, 2], "W": [0, 1], "Z": [1, 2]}
    labels = {picture.label(plane) for picture in pictures(found, 6, 4) for plane in picture.planes}
    assert {"X [0, :, :, 0]", "X [0, :, :, 1]", "W [:, :, 0, 0]", "W [:, :, 1, 0]"} <= labels
