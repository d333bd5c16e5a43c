"""conv2d_functional: the contract's grid, planted mistakes in their sections, correct variants with full marks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from conv2d_functional_variants import VARIANTS
from lab_kit import Lab, Mistake, mistake, named

from autograder.grading.grader import Grader

LAB = Lab("conv2d_functional", "conv2d.py")
ALL_FORWARD = "forward dilation groups bias"

MISTAKES = [
    mistake("padding at the end only", "conv2d", "((padding, padding), (padding, padding), (0, 0))",
            "((0, 2 * padding), (0, 2 * padding), (0, 0))", ALL_FORWARD),
    mistake("padding of ones", "conv2d", "(padding, padding), (0, 0)))",
            "(padding, padding), (0, 0)), constant_values=1)", ALL_FORWARD),
    mistake("padding of rows only", "conv2d", "(padding, padding), (0, 0))", "(0, 0), (0, 0))", ALL_FORWARD),
    mistake("stride of rows only", "conv2d", "[::stride, ::stride, :, ", "[::stride, :, :, ", ALL_FORWARD),
    mistake("stride ignored", "conv2d", "[::stride, ::stride, :, ", "[:, :, :, ", ALL_FORWARD),
    mistake("kernel turned", "conv2d", "kernels = weight.", "kernels = weight[:, ::-1, ::-1].", ALL_FORWARD),
    mistake("kernel transposed", "conv2d", "kernels = weight.", "kernels = weight.transpose(0, 2, 1, 3).", ALL_FORWARD),
    mistake("single precision", "conv2d", "optimize=True).", "optimize=True).astype(np.float32).", ALL_FORWARD),
    mistake("whole numbers", "conv2d", "padded = np.pad(input,", "padded = np.pad(input.astype(int),", ALL_FORWARD),
    mistake("dilation ignored", "conv2d", "side = F + (F - 1) * (dilation - 1)",
            "side, dilation = F, 1", "dilation groups bias"),
    mistake("dilation in the output's size only", "conv2d", "::dilation, ::dilation]", ":F, :F]",
            "dilation groups bias"),
    mistake("dilated side one too large", "conv2d", "side = F + (F - 1) * (dilation - 1)",
            "side = F + F * (dilation - 1)", "dilation groups bias"),
    mistake("dilation of columns only", "conv2d", "::dilation, ::dilation]", ":F, ::dilation]",
            "dilation groups bias"),
    mistake("dilation right only without bias", "conv2d", "    C = input.shape[2]",
            "    dilation = dilation if bias is None else 1\n    C = input.shape[2]", "dilation groups bias"),
    mistake("dilation right only without groups", "conv2d", "    C = input.shape[2]",
            "    dilation = dilation if groups == 1 else 1\n    C = input.shape[2]", "dilation groups bias"),
    mistake("every group sees the first channels", "conv2d", "    kernels = weight",
            "    blocks = np.repeat(blocks[:, :, :1], groups, axis=2)\n    kernels = weight", "dilation groups bias"),
    mistake("groups of output channels interleaved", "conv2d",
            "weight.reshape(groups, filters // groups, F, F, depth)",
            "weight.reshape(filters // groups, groups, F, F, depth).swapaxes(0, 1)", "dilation groups bias"),
    mistake("groups add up", "conv2d", "\"yxgcij,goijc->yxgo\"", "\"yxgcij,goijc->yxo\"", "dilation groups bias"),
    mistake("if bias:", "conv2d", "return out if bias is None else out + bias",
            "if bias:\n        out = out + bias\n    return out", "forward dilation groups bias"),
    mistake("bias ignored", "conv2d", "return out if bias is None else out + bias", "return out", ALL_FORWARD),
    mistake("bias added twice", "conv2d", "else out + bias", "else out + 2 * bias", ALL_FORWARD),
    mistake("bias of the first channel for all", "conv2d", "else out + bias", "else out + bias[0]", ALL_FORWARD),
    mistake("kernels are made square", "conv2d", "if other != F:",
            "weight = weight[:, :, :F]\n    if False:", "forward"),
    mistake("output channels that are left over are dropped", "conv2d", "if C % groups or filters % groups:",
            "weight, filters = weight[: filters - filters % groups], filters - filters % groups\n    if C % groups:",
            "forward"),
    mistake("depth not checked", "conv2d", "if depth != C // groups:",
            "weight, depth = np.resize(weight, (filters, F, F, C // groups)), C // groups\n    if False:", "forward"),
    mistake("one bias for all is taken", "conv2d", "bias.shape != (filters,)",
            "bias.size not in (1, filters)", "forward"),
    mistake("bad arguments met by a TypeError", "conv2d", "raise ValueError(f\"kernels must be square",
            "raise TypeError(f\"kernels must be square", "forward"),
    mistake("bad arguments give None", "conv2d", "raise ValueError(f\"kernels must be square",
            "return None  # (f\"kernels must be square", "forward"),
    mistake("cache without the bias", "conv2d_forward", "\"b\": bias, ", "", "forward"),
    mistake("cache keeps a list", "conv2d_forward", "\"A_prev\": input", "\"A_prev\": input.tolist()", "forward"),
    mistake("cache keeps what was padded", "conv2d_forward", "\"A_prev\": input",
            "\"A_prev\": np.pad(input, ((padding,) * 2, (padding,) * 2, (0, 0)))", "forward"),
    mistake("a tuple and no dict", "conv2d_forward", "return {\"Z\": Z, \"W\": weight, \"b\": bias, \"A_prev\": input}",
            "return Z, (weight, bias, input)", "forward"),
    mistake("dW not strided", "conv2d_backward", "padded[seen], ((0, 1)",
            "padded[i : i + rows, j : j + columns], ((0, 1)", "backward_dW"),
    mistake("dW of an image without padding", "conv2d_backward", "padded = np.pad(A_prev,",
            "padded = np.pad(0 * A_prev,", "backward_dW"),
    mistake("dW is a mean", "conv2d_backward", "((0, 1), (0, 1)))", "((0, 1), (0, 1))) / rows", "backward_dW"),
    mistake("db keeps its axes", "conv2d_backward", "dZ.sum(axis=(0, 1))", "dZ.sum(axis=(0, 1), keepdims=True)",
            "backward_db"),
    mistake("db is a mean", "conv2d_backward", "dZ.sum(axis=(0, 1))", "dZ.mean(axis=(0, 1))", "backward_db"),
    mistake("db over everything", "conv2d_backward", "dZ.sum(axis=(0, 1))", "dZ.sum()", "backward_db"),
    mistake("overlaps are lost", "conv2d_backward", "dPadded[seen] +=", "dPadded[seen] =", "backward_dA_prev"),
    mistake("the padding is not cut off", "conv2d_backward",
            "dPadded[padding : padding + H, padding : padding + width]", "dPadded", "backward_dA_prev"),
    mistake("the wrong corner is cut off", "conv2d_backward",
            "dPadded[padding : padding + H, padding : padding + width]", "dPadded[:H, :width]", "backward_dA_prev"),
    mistake("kernel turned on the way back", "conv2d_backward", "dZ @ W[:, i, j, :]",
            "dZ @ W[:, F - 1 - i, F - 1 - j, :]", "backward_dA_prev"),
    mistake("dA_prev is cut at −padding", "conv2d_backward",
            "dPadded[padding : padding + H, padding : padding + width]",
            "dPadded[padding:-padding, padding:-padding]", "backward_dA_prev"),
    mistake("gradients in another order", "conv2d_backward", "return dW, db, ", "return db, dW, ",
            "backward_dW backward_db"),
]  # fmt: skip


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with LAB.grader() as warm:
        yield warm


@pytest.fixture(scope="module")
def conv2d() -> ModuleType:
    module = ModuleType("conv2d")
    exec(LAB.source, module.__dict__)
    return module


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
        ("padding at the end only", "Forward"),
        ("dilation of columns only", "Dilation"),
        ("bias added twice", "Forward"),
        ("dW not strided", "Backward dW"),
        ("overlaps are lost", "Backward dA_prev"),
        ("cache keeps what was padded", "Forward"),
    ],
)
def test_the_smallest_example_can_be_run(name: str, key: str, grader: Grader, tmp_path: Path) -> None:
    LAB.check_example(grader, next(planted for planted in MISTAKES if planted.name == name), key, tmp_path)


@pytest.mark.more
def test_planted_mistakes_are_called_by_their_names(grader: Grader) -> None:
    LAB.check_naming(grader, MISTAKES)


def test_the_grid_is_whole() -> None:
    from autograder.assignments.conv2d_functional.cases import CACHED, grid

    calls = list(grid())
    assert len(calls) == len({call.shown() for call in calls}) == 128
    assert len(CACHED) == 16
    sections = {section.id: section for section in LAB.rubric.sections}
    counted = {
        name: sum(case.level == "course" for case in LAB.assignment.cases(sections[name], LAB.rubric, "quick"))
        for name in sections
    }
    assert counted["forward"] == 32  # conv2d and conv2d_forward
    assert counted["dilation"] == counted["groups"] == counted["bias"] == 64
    assert counted["backward_dW"] == counted["backward_db"] == counted["backward_dA_prev"] == 16


def test_a_bad_call_is_explained(grader: Grader) -> None:
    source = LAB.source.replace("if other != F:", "weight = weight[:, :, :F]\n    if False:")
    report = grader.grade(LAB.submission(source))
    assert LAB.sections(report)["forward"].message == (
        "refused: bad arguments should raise ValueError or AssertionError; here they were accepted"
    )


def test_a_gradient_is_that_of_the_output(conv2d: ModuleType) -> None:
    rng = np.random.default_rng(5)
    image, weight, bias = rng.normal(size=(5, 6, 2)), rng.normal(size=(3, 2, 2, 2)), rng.normal(size=3)
    cache = conv2d.conv2d_forward(image, weight, bias, 2, 1)
    dZ = rng.normal(size=cache["Z"].shape)
    dW, db, dA = conv2d.conv2d_backward(dZ, cache, 2, 1)
    for array, gradient in ((weight, dW), (bias, db), (image, dA)):
        index = tuple(side // 2 for side in array.shape)
        sides = []
        for step in (1e-6, -1e-6):
            array[index] += step
            sides.append(float((conv2d.conv2d_forward(image, weight, bias, 2, 1)["Z"] * dZ).sum()))
            array[index] -= step
        assert (sides[0] - sides[1]) / 2e-6 == pytest.approx(gradient[index], rel=1e-6)
