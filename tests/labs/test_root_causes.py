"""Which of a lab's sections fail only because of another one: by composition, else by `needs` alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from types import ModuleType

import helpers
import pytest
import test_conv2d_functional
import test_conv2d_layer
from lab_kit import Lab
from test_numpy_cnn import LAB as NUMPY_CNN

from autograder.assignments.registry import Assignment
from autograder.grading import causes as root_causes
from autograder.grading.grader import Grader, Options
from autograder.grading.report import Report

GEMM, FUNCTIONAL = Lab("conv2d_gemm", "convolution.py"), Lab("conv2d_functional", "conv2d.py")
Change = tuple[str, str, str]
#: A mistake of one part.
COLUMNS: Change = ("im2col", "    return X_col.reshape(", "    X_col = X_col[::-1]\n    return X_col.reshape(")
ODD_ONE: Change = ("Pad2D", "(total // 2, total - total // 2)", "(total - total // 2, total // 2)")
LOOPS: Change = ("Conv2d", "np.tensordot(window, W, axes=3)", "2 * np.tensordot(window, W, axes=3)")
OVERLAPS: Change = ("col2im", "+= taps", "= taps")
CLIPPED: Change = ("sigmoid", "e = ", "x = np.clip(x, -5, 5)\n    e = ")
#: Mistakes of what builds upon it.
BIAS: Change = ("Conv2D_gemm._back", "dZ_col.sum(axis=1)", "2 * dZ_col.sum(axis=1)")
SLOPE: Change = ("sigmoid_grad", "s * (1 - s)", "1 - s")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine composing takes longer than a student should wait."""
    monkeypatch.setattr(root_causes, "SECONDS", 120)


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
        (
            GEMM,
            [ODD_ONE],
            "Pad2D",
            "Conv2d, im2col, conv2D_gemm, Conv2D forward, Conv2D backward, Conv2D_gemm forward and "
            "Conv2D_gemm backward",
            80,
        ),
        (GEMM, [COLUMNS], "im2col", "conv2D_gemm, Conv2D_gemm forward and Conv2D_gemm backward", 40),
        (GEMM, [LOOPS], "Conv2d", "Conv2D forward and Conv2D backward", 30),
        (NUMPY_CNN, [CLIPPED], "sigmoid", "sigmoid_grad", 10),
    ],
    ids=["padding", "columns", "loops", "sigmoid"],
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


# Labs whose sections are not functions that call each other: what follows from what is said in `compositions.py`.

LAYER, PICTURES = Lab("conv2d_layer", "conv2d.py"), Lab("cat_dog_cnn", "cnn.py")
DOUBLED: Change = ("conv2d", "return out if", "out *= 2\n    return out if")
OFF_BY_ONE: Change = ("conv2d", "(F - 1) * (dilation - 1)", "F * (dilation - 1)")
HALF_DB: Change = ("conv2d_backward", "dZ.sum(axis=(0, 1))", "dZ.sum(axis=(0, 1)) / 2")
NO_BIAS: Change = ("conv2D.forward", "return out + np.reshape(self.bias, (1, -1, 1, 1))", "return out")
WHOLE: Change = ("conv2D.forward", "padded = np.pad(X,", "padded = np.pad(X.astype(int),")
ONE_SIDE: Change = ("conv2D.forward", "edge = (self.padding, self.padding)", "edge = (2 * self.padding, 0)")
SUMMED: Change = ("conv2D.backward", "optimize=True) / N", "optimize=True)")
AVERAGED: Change = ("conv2D.backward", "share = np", "share = 1 / N * np")
NO_2: Change = ("conv2D.backward", "dW + 2 * ", "dW + ")
LEFT: Change = ("conv2D.clear_grad", '{"W": None, "b": None}', '{"W": 0 * self.filters, "b": 0 * self.bias}')
BYTES: Change = ("load_set", " / 255", "")
MOVED: Change = ("get_cat_set", ".permute(0, 3, 1, 2)", ".permute(0, 3, 2, 1)")
COUNTED: Change = ("evaluate", ".mean()", ".sum()")
#: Of the lab with pictures: training a network takes seconds, and hangs on nothing.
QUICK = ("load_set", "get_cat_set", "evaluate")


def found(lab: Lab, *changes: Change, only: Sequence[str] = ()) -> tuple[dict[str, str | None], list[str]]:
    """The failing sections with their causes, and what is said to fail only because of another one."""
    source = lab.source
    for change in changes:
        source = helpers.patched(source, *change)
    with lab.grader(only=tuple(only)) as grader:
        report = grader.grade(lab.submission(source))
    return causes(report), [note for note in report.notes if "only because of" in note]


@pytest.mark.parametrize(
    ("lab", "change", "cause", "cleared", "worth", "only"),
    [
        (FUNCTIONAL, DOUBLED, "Forward", "Dilation, Groups and Bias", 60, ()),
        (LAYER, NO_BIAS, "Forward", "Stride and padding and State", 55, ()),
        (LAYER, SUMMED, "Gradient of W", "Weight decay and State", 25, ()),
        (PICTURES, BYTES, "load_set", "get_cat_set", 25, QUICK),
    ],
    ids=["function", "layer", "gradient", "pictures"],
)
def test_what_follows_from_another_section_is_cleared(
    lab: Lab, change: Change, cause: str, cleared: str, worth: int, only: Sequence[str]
) -> None:
    said, notes = found(lab, change, only=only)
    names = [section.key for section in lab.rubric.sections if section.key in cleared]
    assert said == {cause: None, **dict.fromkeys(names, cause)}
    verb = "fail" if len(names) > 1 else "fails"
    assert notes == [f"{cleared} {verb} only because of {cause}; fixing it is worth {worth} points more"]


@pytest.mark.parametrize(
    ("lab", "changes", "own", "only"),
    [
        (FUNCTIONAL, (DOUBLED, OFF_BY_ONE), {"Dilation"}, ()),
        (LAYER, (NO_BIAS, ONE_SIDE), {"Stride and padding"}, ()),
        (LAYER, (NO_BIAS, AVERAGED), {"dX"}, ()),
        (LAYER, (NO_BIAS, SUMMED), {"Gradient of W"}, ()),
        (LAYER, (SUMMED, NO_2), {"Weight decay"}, ()),
        (LAYER, (NO_BIAS, LEFT), {"State"}, ()),
        pytest.param(PICTURES, (BYTES, MOVED), {"get_cat_set"}, QUICK, marks=pytest.mark.more),
    ],
    ids=["dilation", "padding", "dX", "gradient", "decay", "state", "pictures"],
)
def test_a_mistake_of_its_own_besides_is_not_cleared(
    lab: Lab, changes: Sequence[Change], own: set[str], only: Sequence[str]
) -> None:
    said, notes = found(lab, *changes, only=only)
    assert {key: said[key] for key in own} == dict.fromkeys(own)
    assert not [note for note in notes for key in own if key in note.partition(" only because of ")[0]]


def test_a_gradient_that_fits_the_wrong_forward_pass_is_put_on_it_but_not_cleared() -> None:
    """What forward keeps may be all that is wrong, or backward may say the same again: nobody can see which."""
    said, notes = found(LAYER, WHOLE)
    assert said["Gradient of W"] == "Forward"
    assert not [note for note in notes if "Gradient of W" in note.partition(" only because of ")[0]]


@pytest.mark.parametrize(
    ("lab", "changes", "key", "only"),
    [
        (FUNCTIONAL, (DOUBLED, HALF_DB), "Backward db", ()),
        pytest.param(PICTURES, (BYTES, COUNTED), "evaluate", QUICK, marks=pytest.mark.more),
    ],
    ids=["backward", "evaluate"],
)
def test_what_builds_upon_nothing_has_no_root(
    lab: Lab, changes: Sequence[Change], key: str, only: Sequence[str]
) -> None:
    assert not next(section for section in lab.rubric.sections if section.key == key).needs
    said, _ = found(lab, *changes, only=only)
    assert said[key] is None


def test_what_is_cleared_carries_its_points_forward() -> None:
    rubric = replace(LAYER.rubric, settings={**LAYER.rubric.settings, "carry_forward": "full"})
    with Grader(LAYER.assignment, rubric, Options()) as grader:
        right = LAYER.submission(helpers.patched(LAYER.source, *NO_BIAS))
        wrong = LAYER.submission(helpers.patched(helpers.patched(LAYER.source, *NO_BIAS), *ONE_SIDE))
        scores = [grader.grade(one).scores for one in (right, wrong)]
    assert [score["Stride and padding"] for score in scores] == [15, 0]


def test_without_references_needs_alone_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(root_causes, "composed", lambda *given: "unknown")
    said, notes = found(FUNCTIONAL, DOUBLED, OFF_BY_ONE)
    assert said == {"Forward": None, **dict.fromkeys(("Dilation", "Groups", "Bias"), "Forward")}
    assert not notes


def test_compositions_that_cannot_be_read_cost_no_points_and_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise AttributeError("no COMPOSED")

    monkeypatch.setattr(Assignment, "composition", broken)
    report = graded(GEMM, COLUMNS)
    assert all(section.points is not None for section in report.sections)
    assert any("explaining it failed by our fault (AttributeError: no COMPOSED)" in note for note in report.notes)


@pytest.mark.more
@pytest.mark.parametrize("lab", [test_conv2d_layer, test_conv2d_functional], ids=["layer", "functional"])
def test_of_two_mistakes_neither_is_cleared_by_the_other(lab: ModuleType) -> None:
    """A mistake of the first section beside one of another: that one is not said to fail only because of the first."""
    firsts = [one for one in lab.MISTAKES if "forward" in one.fails]
    others = [one for one in lab.MISTAKES if "forward" not in one.fails]
    pairs, keys = list(product(firsts, others))[::7], {s.id: s.key for s in lab.LAB.rubric.sections}
    with lab.LAB.grader() as grader:
        for first, other in pairs:
            source = helpers.patched(lab.LAB.source, first.where, first.old, first.new)
            try:
                source = helpers.patched(source, other.where, other.old, other.new)
            except ValueError:
                continue  # they are in the same place
            notes = grader.grade(lab.LAB.submission(source)).notes
            own = [keys[section] for section in other.fails]
            for left, _, right in (note.partition(" only because of ") for note in notes):
                falsely = [key for key in own if key in left and not any(one in right for one in own)]
                assert not (right and falsely), (first.name, other.name)
