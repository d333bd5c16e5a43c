"""Which of a lab's sections fail only because of another one: by composition of functions, else by `needs` alone."""

from __future__ import annotations

from collections.abc import Sequence

import helpers
import pytest
from lab_kit import Lab
from test_numpy_cnn import LAB as NUMPY_CNN

from autograder.grading.report import Report

GEMM, FUNCTIONAL = Lab("conv2d_gemm", "convolution.py"), Lab("conv2d_functional", "conv2d.py")
Change = tuple[str, str, str]
#: A mistake of one part.
COLUMNS: Change = ("im2col", "    return X_col.reshape(", "    X_col = X_col[::-1]\n    return X_col.reshape(")
LOOPS: Change = ("Conv2d", "np.tensordot(window, W, axes=3)", "2 * np.tensordot(window, W, axes=3)")
OVERLAPS: Change = ("col2im", "+= taps", "= taps")
CLIPPED: Change = ("sigmoid", "e = ", "x = np.clip(x, -5, 5)\n    e = ")
#: Mistakes of what builds upon it.
BIAS: Change = ("Conv2D_gemm._back", "dZ_col.sum(axis=1)", "2 * dZ_col.sum(axis=1)")
SLOPE: Change = ("sigmoid_grad", "s * (1 - s)", "1 - s")


def graded(lab: Lab, *changes: Change) -> Report:
    source = lab.source
    for change in changes:
        source = helpers.patched(source, *change)
    keys = tuple(section.key for section in lab.rubric.sections if section.timed is None)
    with lab.grader(only=keys) as grader:
        return grader.grade(lab.submission(source))


def causes(report: Report) -> dict[str, str | None]:
    return {section.key: section.root_cause for section in report.sections if section.status != "passed"}


@pytest.mark.parametrize(
    ("lab", "changes", "cause", "cleared", "worth"),
    [
        (GEMM, [COLUMNS], "im2col", "conv2D_gemm, Conv2D_gemm forward and Conv2D_gemm backward", 40),
        (GEMM, [LOOPS], "Conv2d", "Conv2D forward and Conv2D backward", 30),
        (NUMPY_CNN, [CLIPPED], "sigmoid", "sigmoid_grad", 10),
    ],
    ids=["columns", "loops", "sigmoid"],
)
def test_what_fails_only_because_of_another_function_is_said(
    lab: Lab, changes: Sequence[Change], cause: str, cleared: str, worth: int
) -> None:
    report = graded(lab, *changes)
    names = cleared.replace(" and ", ", ").split(", ")
    assert causes(report) == {cause: None, **dict.fromkeys(names, cause)}
    verb = "fail" if len(names) > 1 else "fails"
    assert f"{cleared} {verb} only because of {cause}; fixing it is worth {worth} points more" in report.notes


def test_a_mistake_of_its_own_is_not_put_down_to_another_function() -> None:
    found = causes(graded(GEMM, OVERLAPS, BIAS))
    assert found == {"col2im": None, "Conv2D_gemm backward": None}
    assert causes(graded(NUMPY_CNN, CLIPPED, SLOPE)) == {"sigmoid": None, "sigmoid_grad": None}


def test_where_parts_are_no_functions_of_their_own_needs_alone_decides() -> None:
    report = graded(FUNCTIONAL, ("conv2d", "return out if", "out *= 2\n    return out if"))
    assert causes(report) == {"Forward": None, **dict.fromkeys(("Dilation", "Groups", "Bias"), "Forward")}
    assert not [note for note in report.notes if "only because" in note]
