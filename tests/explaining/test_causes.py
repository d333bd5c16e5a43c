"""Which sections fail only because of others: what is found out by composition, what is not, and what it is worth."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import helpers
import numpy as np
import pytest
from test_explanations import CONV1D, CONV2D, FLOOR, RESAMPLING, broken, graded, section

from autograder.assignments import rubric_files
from autograder.assignments.cases import Case
from autograder.assignments.registry import PROJECT
from autograder.assignments.rubric import RubricError
from autograder.assignments.truth import Question
from autograder.grading import causes, parts, trials
from autograder.grading.grader import Grader, Options
from autograder.grading.report import Report, document, restored
from autograder.grading.result import Result
from autograder.guest.wire import Frame
from autograder.reports import words
from autograder.reports.console import new_console, render

POOL, BATCHNORM, LINEAR = "mytorch/pool.py", "mytorch/batchnorm2d.py", "models/cnn.py"
FLOOR_1D = (
    "Downsample1d.forward",
    "A[:, :, :: self.downsampling_factor]",
    "A[:, :, : A.shape[2] // self.downsampling_factor * self.downsampling_factor : self.downsampling_factor]",
)
#: By need: a mistake that gives wrong values of the right shape.
VALUES: Mapping[str, tuple[str, str, str, str]] = {
    "downsampling1d": (RESAMPLING, "Downsample1d.forward", "return A[", "return np.roll(A, 1, axis=2)["),
    "downsampling2d": (RESAMPLING, "Downsample2d.forward", "return A[", "return np.roll(A, 1, axis=3)["),
    "upsampling1d": (RESAMPLING, "Upsample1d.backward", "return dLdZ[", "return 2 * dLdZ["),
    "upsampling2d": (RESAMPLING, "Upsample2d.backward", "return dLdZ[", "return 2 * dLdZ["),
    "conv1d_stride1": (CONV1D, "Conv1d_stride1.forward", " + self.b[:, None]", ""),
    "conv2d_stride1": (CONV2D, "Conv2d_stride1.forward", " + self.b[:, None, None]", ""),
    "conv1d": (CONV1D, "Conv1d.forward", "p = self.padding", "A = A + 1\n        p = self.padding"),
    "conv2d": (CONV2D, "Conv2d.forward", "p = self.padding", "A = A**2\n        p = self.padding"),
    "maxpool2d_stride1": (POOL, "MaxPool2d_stride1.forward", "K = self.kernel", "A = A + 1\n        K = self.kernel"),
    "meanpool2d_stride1": (POOL, "MeanPool2d_stride1.forward", "return sliding", "return 2 * sliding"),
    "batchnorm2d": (BATCHNORM, "BatchNorm2d.forward", "self.eps", "(self.eps + 0.1)"),
}
NEEDS = [(section.id, need) for section in helpers.rubric().sections for need in section.needs]
DOUBLED = (CONV2D, "Conv2d.backward", "self.downsample2d.backward(dLdZ)", "2 * self.downsample2d.backward(dLdZ)")


def keys(*ids: str) -> list[str]:
    return [section.key for section in helpers.rubric().sections if section.id in ids]


def roots(report: Report) -> dict[str, str | None]:
    return {s.key: s.root_cause for s in report.sections if s.status != "passed"}


def caused(report: Report) -> list[str]:
    return [note for note in report.notes if "only because of" in note]


@pytest.mark.parametrize(("dependent", "need"), NEEDS)
def test_a_wrong_value_of_what_a_section_needs_is_that_ones(dependent: str, need: str) -> None:
    (above,), (below,) = keys(dependent), keys(need)
    with graded(broken(VALUES[need]), above, below) as report:
        assert roots(report) == {below: None, above: below}
        worth = sum(s.max for s in report.sections)
        assert caused(report) == [f"{above} fails only because of {below}; fixing it is worth {worth:f} points more"]


def zeros(path: str, *methods: tuple[str, str]) -> str:
    """A file of the reference whose methods return zeros of a shape, which is an expression."""
    text = helpers.reference()[path]
    for where, shape in methods:
        first, last = helpers.span(text, where)
        start = text.index("# <solution", first, last)
        text = f"{text[:start]}self.shape = getattr(self, 'shape', A.shape if 'A' in dir() else None)\n" + (
            f"        return np.zeros({shape})\n{text[last:]}"
        )
    return text


def stubs() -> dict[str, str]:
    """Downsample2d and both pools return nothing but zeros of the right shapes."""
    side = "-(-A.shape[{0}] // self.downsampling_factor)"
    pooled = "(A.shape[{0}] - self.kernel) // self.stride + 1"

    def forward(of: str) -> str:
        return f"(*A.shape[:2], {of.format(2)}, {of.format(3)})"

    down = zeros(RESAMPLING, ("Downsample2d.forward", forward(side)), ("Downsample2d.backward", "self.shape"))
    layers = ("MaxPool2d", "MeanPool2d")
    pools = [(f"{name}.forward", forward(pooled)) for name in layers] + [
        (f"{name}.backward", "self.shape") for name in layers
    ]
    return {RESAMPLING: down, POOL: zeros(POOL, *pools)}


def test_stubs_of_zeros_are_cleared_by_nothing() -> None:
    with graded(stubs(), "Downsampling2d", "MaxPool2d", "MeanPool2d", carry_forward="full") as report:
        assert [s.status for s in report.sections] == ["failed"] * 3
        assert sum(report.scores.values()) == 0
        assert not caused(report)


def test_two_broken_parts_are_both_named_and_neither_is_worth_what_hangs_on_both() -> None:
    inner = VALUES["conv2d_stride1"]
    with graded(broken((RESAMPLING, *FLOOR), inner)) as report:
        found = roots(report)
        notes = caused(report)
    assert found["Conv2d"] == found["Resnet"] == "Downsampling2d"
    assert notes == [
        "Conv2d and Resnet fail only because of Downsampling2d and Conv2d-stride1; "
        "fixing both is worth 37.5 points more",
        "convTranspose2d fails only because of Conv2d-stride1; fixing it is worth 15 points more",
        "MaxPool2d and MeanPool2d fail only because of Downsampling2d; fixing it is worth 12.5 points more",
    ]


def test_what_hangs_on_a_layer_with_a_mistake_of_its_own_is_not_put_on_what_lies_below() -> None:
    with graded(broken((RESAMPLING, *FLOOR), DOUBLED)) as report:
        assert roots(report) == {
            "Downsampling2d": None,
            "Conv2d": None,
            "MaxPool2d": "Downsampling2d",
            "MeanPool2d": "Downsampling2d",
            "Resnet": "Conv2d",
        }
        said = "MaxPool2d and MeanPool2d fail only because of Downsampling2d; fixing it is worth 12.5 points more"
        assert said in report.notes


def test_an_error_in_nobodys_class_is_put_on_the_part_that_right_code_breaks_on_too() -> None:
    with graded(broken((RESAMPLING, *FLOOR_1D)), "Downsampling1d", "Build a CNN Model", "Conv1d") as report:
        assert section(report, "Build a CNN Model").status == "error"
        assert section(report, "Build a CNN Model").root_cause == "Downsampling1d"


#: A gradient in a size computed from its own, too small wherever a side does not divide.
SHRUNK = (
    RESAMPLING,
    "Downsample2d.backward",
    "*self.input_size)",
    "*(k * (side - 1) + 1 for side in dLdZ.shape[2:]))",
)
DEPENDENTS = ("Conv2d", "MaxPool2d", "Resnet")


def test_an_error_in_a_class_that_is_right_by_itself_is_put_on_what_it_was_given() -> None:
    with graded(broken(SHRUNK)) as report:
        assert {s.status for s in report.sections if s.key in DEPENDENTS} == {"error"}
        assert roots(report) == {"Downsampling2d": None, **dict.fromkeys(DEPENDENTS, "Downsampling2d")}
        said = [check.diagnosis for s in report.sections for check in s.checks if s.key in DEPENDENTS]
        assert said == [None] * len(said)


def test_so_it_is_without_references(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(causes, "composed", lambda *given: "unknown")
    with graded(broken(SHRUNK), "Downsampling2d", "Conv2d-stride1", "Conv2d") as report:
        assert roots(report) == {"Downsampling2d": None, "Conv2d": "Downsampling2d"}


def test_nobody_is_sent_to_a_section_that_could_not_be_graded(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Grader.run

    def lost(self: Grader, of: Any, *others: Any) -> Result:
        return Result(of, trouble="ours") if of.key == "Downsampling2d" else run(self, of, *others)

    monkeypatch.setattr(Grader, "run", lost)
    with graded(broken(SHRUNK), "Downsampling2d", "Conv2d") as report:
        assert section(report, "Downsampling2d").status == "ungraded" and roots(report)["Conv2d"] is None


def test_an_error_that_a_layer_makes_in_a_right_class_is_its_own() -> None:
    own = (CONV2D, "Conv2d.forward", "self.conv2d_stride1.forward(padded)", "self.conv2d_stride1.forward(padded[0])")
    with graded(broken(VALUES["downsampling2d"], own), "Downsampling2d", "Conv2d-stride1", "Conv2d") as report:
        assert section(report, "Conv2d").status == "error"
        assert roots(report) == {"Downsampling2d": None, "Conv2d": None}


def test_an_error_of_its_own_is_not() -> None:
    own = (LINEAR, "CNN.forward", "self.Z = A", "np.reshape(A, -1)[[A.size]]\n        self.Z = A")
    files = broken(VALUES["conv1d"], own)
    files[LINEAR] = files[LINEAR].replace("np.reshape(A, -1)[[A.size]]", "beyond(A)") + (
        "\n\ndef beyond(A):\n    return A.ravel()[[A.size]]\n"
    )
    with graded(files, "Conv1d", "Build a CNN Model") as report:
        assert roots(report) == {"Conv1d": None, "Build a CNN Model": None}


def test_where_composing_fails_needs_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(name: str, ask: parts.Ask) -> Any:
        return object

    monkeypatch.setattr(parts, "KINDS", {"part": lacking})
    with graded(broken((RESAMPLING, *FLOOR)), "Downsampling2d", "MaxPool2d", carry_forward="full") as report:
        assert section(report, "MaxPool2d").root_cause == "Downsampling2d"
        assert section(report, "MaxPool2d").points == 0
        assert not caused(report)


@pytest.mark.more
def test_composing_ends_in_time() -> None:
    slow = (RESAMPLING, "Downsample2d.forward", "k = self", "import time\n        time.sleep(0.3)\n        k = self")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(causes, "SECONDS", 1.9)
        with graded(broken((RESAMPLING, *FLOOR), slow), "Downsampling2d", "MaxPool2d", "MeanPool2d") as report:
            assert roots(report)["MeanPool2d"] == "Downsampling2d"
            late = "it took too long to find out whether only another section makes it fail"
            assert {f"MaxPool2d: {late}", f"MeanPool2d: {late}"} <= set(report.notes)
            assert not caused(report)


@pytest.mark.more
def test_a_section_that_sleeps_takes_no_more_than_its_part_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(causes, "SECONDS", 4)
    asleep = (POOL, "MaxPool2d.forward", "return self", "import time\n        time.sleep(0.6)\n        return self")
    with graded(broken((RESAMPLING, *FLOOR), asleep), "Downsampling2d", "MaxPool2d", "MeanPool2d", "Conv2d") as report:
        assert [note for note in report.notes if "too long" in note and "MaxPool2d" in note]
        assert "Conv2d and MeanPool2d fail only because of Downsampling2d" in " ".join(caused(report))


@pytest.mark.parametrize("shape", [(1, 3_000_000), (1 << 40, 0)])
def test_the_host_computes_with_nothing_huge(shape: tuple[int, ...]) -> None:
    answer = Frame("answer", {"outcome": "done"}, {"result": np.broadcast_to(np.zeros(1), shape)})
    with pytest.raises(parts.PartError):
        parts.asker(lambda frame: answer, math.inf, {})({}, {})


def test_what_parts_give_grows_no_larger_where_it_is_added() -> None:
    sides: parts.Sides = {}
    answers = iter([(24_000, 1, 1, 1), (3, 4), (1, 1, 1, 24_000), (1, 1, 1, 24_000)])

    def answer(frame: Frame) -> Frame:
        return Frame("answer", {"outcome": "done"}, {"result": np.zeros(next(answers))})

    ask = parts.asker(answer, math.inf, sides)
    ask({}, {})
    ask({}, {})
    with pytest.raises(parts.PartError):
        ask({}, {})
    sides.clear()  # another case
    ask({}, {})


def test_nothing_that_is_expected_of_a_scored_case_goes_to_the_guest(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    asker = parts.asker

    def spying(ask: Any, until: float, sides: parts.Sides) -> parts.Ask:
        def asked(params: Mapping[str, Any], inputs: Mapping[str, Any]) -> Any:
            sent.extend(inputs.values())
            return asker(ask, until, sides)(params, inputs)

        return asked

    monkeypatch.setattr(parts, "asker", spying)
    with Grader(
        helpers.ASSIGNMENT, helpers.rubric(), Options(only=("Downsampling2d", "Conv2d", "MaxPool2d"))
    ) as grader:
        grader.grade(helpers.submission_from(broken(VALUES["downsampling2d"])))
        expected = [
            array
            for one in grader.sections
            for question in grader.truth.questions(one)
            for array in question.expected.values()
            if not isinstance(array, str) and array.size > 1
        ]
    assert len(sent) > 10
    for array in sent:
        assert not any(array.shape == other.shape and np.allclose(array, other) for other in expected)


def test_other_values_keep_what_the_values_of_a_case_have_in_common() -> None:
    negative, whole = -np.arange(1.5, 25).reshape(2, 3, 4), np.arange(24.0).reshape(2, 3, 4)
    one_hot, ints = np.eye(4)[[1, 3, 0]], np.array([3, 1, 2])
    inputs = {"A": negative, "W": whole, "Y": one_hot, "labels": ints}
    question = Question(Case("a case", {}, {}, ("Z",)), inputs, {"Z": negative})
    other = trials.with_other_values(question, 0.75)
    assert np.array_equal(np.sort(other.inputs["A"].ravel()), np.sort(0.75 * negative.ravel()))
    assert not np.array_equal(other.inputs["A"], 0.75 * negative)
    assert np.array_equal(np.sort(other.inputs["W"].ravel()), whole.ravel())
    assert np.array_equal(other.inputs["Y"].sum(axis=1), np.ones(3))
    assert np.array_equal(other.inputs["labels"], ints)
    assert not other.expected
    assert np.array_equal(np.sort(trials.with_other_values(question, 1).inputs["A"].ravel()), np.sort(negative.ravel()))


def test_pictures_get_other_colours_and_stay_of_one_grey_where_they_were() -> None:
    pictures = np.array([[[0, 10], [255, 3]], [[7, 7], [7, 7]]], np.uint8)
    question = Question(Case("a case", {}, {}, ("images",)), {"set": pictures}, {})
    turned, darker, same = (trials.with_other_values(question, scale).inputs["set"] for scale in trials.SCALES)
    assert same is pictures
    assert np.array_equal(turned, 255 - pictures)
    assert turned.dtype == darker.dtype == np.uint8
    assert len(np.unique(darker[1])) == 1
    assert (darker <= pictures).all()


def test_a_mistake_of_its_own_beyond_some_bound_is_not_cleared() -> None:
    inner = "self.maxpool2d_stride1.forward(A)"
    clipped = (POOL, "MaxPool2d.forward", inner, "self.maxpool2d_stride1.forward(np.maximum(A, -1))")
    with graded(broken((RESAMPLING, *FLOOR), clipped), "Downsampling2d", "MaxPool2d", carry_forward="full") as report:
        assert section(report, "MaxPool2d").root_cause is None
        assert section(report, "MaxPool2d").points == 0


def test_a_mistake_of_its_own_in_an_entry_or_two_is_not_cleared() -> None:
    inner = "return self.downsample2d.forward(self.maxpool2d_stride1.forward(A))"
    bounded = (POOL, "MaxPool2d.forward", inner, f"{inner.replace('return ', 'return np.minimum(')}, 3)")
    with graded(broken(bounded), "MaxPool2d") as report:
        assert {c.mismatched for c in section(report, "MaxPool2d").checks if c.name == "Z" and c.mismatched} <= {1, 2}
    with graded(broken((RESAMPLING, *FLOOR), bounded), "Downsampling2d", "MaxPool2d") as report:
        assert section(report, "MaxPool2d").root_cause is None


def test_a_right_part_that_takes_a_wrong_shape_otherwise_than_the_references_is_no_mistake_of_its_own() -> None:
    size = "(*dLdZ.shape[:2], height + K - 1, width + K - 1)"
    styled = (POOL, "MeanPool2d_stride1.backward", "self.input_shape", size)
    with graded(broken(SHRUNK, styled), "Downsampling2d", "MeanPool2d_stride1", "MeanPool2d") as report:
        assert roots(report) == {"Downsampling2d": None, "MeanPool2d": "Downsampling2d"}


def test_where_points_hang_on_what_breaks_that_one_section_is_ungraded(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = causes.composed

    def broken_once(result: Result, *given: Any) -> Any:
        if result.section.key == "MaxPool2d":
            raise ZeroDivisionError("of our own")
        return whole(result, *given)

    monkeypatch.setattr(causes, "composed", broken_once)
    files, only = broken((RESAMPLING, *FLOOR)), ("Downsampling2d", "MaxPool2d", "MeanPool2d")
    with graded(files, *only, carry_forward="full") as report:
        found = section(report, "MaxPool2d")
        assert (found.status, found.points) == ("ungraded", None) and "ZeroDivisionError: of our own" in found.message
        assert section(report, "Downsampling2d").status == "failed" and section(report, "MeanPool2d").points == 5


def test_a_hidden_case_that_fails_is_not_cleared_by_the_others() -> None:
    rubric = helpers.rubric()
    cases = {"*ties*": "hidden"}
    sections = tuple(replace(s, cases=cases) if s.id == "maxpool2d" else s for s in rubric.sections)
    rubric = replace(rubric, sections=sections, settings={**rubric.settings, "carry_forward": "full"})
    with Grader(helpers.ASSIGNMENT, rubric, Options(only=("Downsampling2d", "MaxPool2d", "MeanPool2d"))) as grader:
        report = grader.grade(helpers.submission_from(broken((RESAMPLING, *FLOOR))))
    assert section(report, "MaxPool2d").points == 0
    assert section(report, "MeanPool2d").points == 5


def test_what_is_carried_forward_shows_in_totals_and_takes_from_what_mending_is_worth() -> None:
    with graded(
        broken((RESAMPLING, *FLOOR)), "Downsampling2d", "MaxPool2d", "MeanPool2d", carry_forward="half"
    ) as report:
        pass
    assert caused(report) == [
        "MaxPool2d and MeanPool2d fail only because of Downsampling2d; fixing it is worth 7.5 points more"
    ]
    total = report.totals["main"]
    assert (total.points, total.carried) == (5, 5)
    body = document(report)
    assert body["totals"]["main"] == {"points": 5, "max": 12.5, "carried": 5}
    assert [s.get("carried") for s in body["sections"]] == [None, 2.5, 2.5]
    assert restored(json.loads(json.dumps(body))) == report
    assert words.total(total) == "5/12.5, 0 with nothing carried forward"
    shown = io.StringIO()
    render(report, None, new_console(shown, 100))
    assert "With nothing carried forward: 0 (main)" in shown.getvalue()


def test_without_carrying_nothing_speaks_of_it() -> None:
    with graded(broken((RESAMPLING, *FLOOR)), "Downsampling2d", "MaxPool2d") as report:
        assert "carried" not in json.dumps(document(report))


@pytest.mark.parametrize("value", ['"most"', "1", "[]"])
def test_a_wrong_setting_is_the_courses_to_know_before_anything_is_graded(value: str, tmp_path: Path) -> None:
    source = PROJECT / "autograder/assignments/hw2p1/rubric.toml"
    changed = tmp_path / "rubric.toml"
    changed.write_text(source.read_text("utf-8").replace('carry_forward = "none"', f"carry_forward = {value}"), "utf-8")
    with pytest.raises(RubricError, match=r"carry_forward = .*: it is one of none, half, full"):
        rubric_files.load(changed)
    overlay = tmp_path / "overlay.toml"
    overlay.write_text(f"[settings]\ncarry_forward = {value}\n", "utf-8")
    with pytest.raises(RubricError, match=r"overlay\.toml:2: carry_forward"):
        rubric_files.load(source, overlay=overlay)
    overlay.write_text('[settings]\ncarry_forward = "half"\n', "utf-8")
    assert rubric_files.load(source, overlay=overlay).carried == Decimal("0.5")


#: Zeros in the place of a gradient: whatever is made of them is zeros too, so that composition tells nothing.
NO_GRADIENT = (CONV1D, "Conv1d_stride1.backward", "self.dLdW = ", "self.dLdW = 0 * ")


def test_what_hangs_on_one_that_hangs_on_another_is_put_on_that_one() -> None:
    with graded(broken(NO_GRADIENT), "Conv1d_stride1", "Conv1d", "Build a CNN Model") as report:
        assert roots(report) == {
            "Conv1d_stride1": None,
            "Conv1d": "Conv1d_stride1",
            "Build a CNN Model": "Conv1d_stride1",
        }
        assert not caused(report)


def test_a_file_that_cannot_be_read_costs_one_explanation_whoever_imports_it() -> None:
    files = {CONV1D: helpers.reference()[CONV1D] + "\n\ndef unfinished(:\n"}
    transposed = "mytorch/ConvTranspose.py"
    files[transposed] = f"from Conv1d import *\n{helpers.reference()[transposed]}"
    with graded(files) as report:
        failing = roots(report)
    assert {"convTranspose2d", "Build a CNN Model", "CNN as Simple Scanning MLP"} < failing.keys()
    assert failing.pop("Conv1d_stride1") is None
    assert set(failing.values()) == {"Conv1d_stride1"}


def test_worth_is_not_told_of_a_cause_that_may_hang_on_another_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = causes.composed

    def unsure(result: Result, *given: Any) -> Any:
        return "unknown" if result.section.key == "Conv2d" else whole(result, *given)

    monkeypatch.setattr(causes, "composed", unsure)
    only = "Downsampling2d", "Conv2d", "MaxPool2d", "Resnet"
    with graded(broken((RESAMPLING, *FLOOR)), *only) as report:
        assert roots(report) == {"Downsampling2d": None, **dict.fromkeys(only[1:], "Downsampling2d")}
        assert caused(report) == [
            "MaxPool2d fails only because of Downsampling2d; fixing it is worth at least 7.5 points more"
        ]
