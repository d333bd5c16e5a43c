"""The smallest failing example: small enough for a picture, true when its snippet is run, and hardly to be beaten."""

from __future__ import annotations

import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import helpers
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, reject, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

sys.path.append(str(Path(__file__).parent.parent / "planted"))
from mistakes import MISTAKES, Mistake

from autograder.assignments import ladder
from autograder.assignments.cases import Case
from autograder.assignments.hw2p1.cases.layers import LAYERS
from autograder.assignments.hw2p1.rungs import ROWS, rung
from autograder.assignments.truth import Question
from autograder.grading import examples
from autograder.grading.grader import Grader
from autograder.grading.place import Place, conversation
from autograder.grading.report import document
from autograder.grading.result import Result
from autograder.grading.sections import end, started
from autograder.grading.shrinking import Asking

#: Single precision is exact for small whole numbers; what lies on a class takes more objects than a snippet makes.
NOT_SHOWN = (
    "MaxPool2d: backward takes float32",
    "Conv1d_stride1: input kept on the class",
    "Flatten: shape of the first use",  # the rungs of Flatten use it once
    "ResBlock: identity wherever the channels agree",  # a convolution is missing, and that is said
)
#: Mistakes that a small case can show: those of layers, in the default edition.
SHOWN = [m for m in MISTAKES if m.fails[0] in ROWS and m.edition == "s23" and not m.lives and m.name not in NOT_SHOWN]
#: Of models, a few for each output that their ladders can show.
MODELS = [m for m in MISTAKES if m.fails[0] in ("cnn", "resnet") and m.edition == "s23" and not m.lives][::4]
MODELS = [m for m in MODELS if m.name not in NOT_SHOWN]
MODELS += [m for m in MISTAKES if m.name == "Dropout2d: scaled in evaluation"]
#: The widest plane that a picture is drawn of.
SIDE = 6


@pytest.mark.parametrize("mistake", [*SHOWN[::6], *MODELS], ids=lambda m: m.name)
def test_it_fits_a_picture_and_its_snippet_shows_what_came_back(mistake, grader, tmp_path) -> None:
    found = helpers.example(grader, mistake.submission, mistake.fails[0])
    assert "autograder" not in found["snippet"]
    for array in (found["expected"], found["got"], *found["inputs"].values()):
        if array is not None and np.ndim(array) > 1:
            assert max(np.shape(array)[-2:]) <= SIDE
    if found["got"] is None:
        return
    assert found["wrong"] or np.shape(found["got"]) != np.shape(found["expected"]) or "float32" in found["message"]
    for path, content in mistake.submission.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    shell = [sys.executable, "-c", found["snippet"]]
    printed = subprocess.run(shell, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    numbers = np.array(printed.replace("[", " ").replace("]", " ").split(), float)
    assert np.allclose(numbers, np.ravel(found["got"]))


def test_a_snippet_shows_what_came_back_of_a_layer_that_keeps_its_first_weights(grader, tmp_path) -> None:
    path, made = "mytorch/Conv2d.py", "self.dLdW = np.zeros(self.W.shape)"
    text = helpers.patched(
        helpers.reference()[path], "Conv2d_stride1.__init__", made, f"{made}; self.first = self.W.copy()"
    )
    text = helpers.patched(text, "Conv2d_stride1.forward", "self.W", "self.first")
    found = helpers.example(grader, helpers.submission_from({path: text}), "conv2d_stride1")
    files = {name: content for name, content in helpers.reference().items() if name.startswith("mytorch/")}
    for name, content in {**files, path: text}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    shell = [sys.executable, "-c", found["snippet"]]
    printed = subprocess.run(shell, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert np.allclose(np.array(printed.replace("[", " ").replace("]", " ").split(), float), np.ravel(found["got"]))


def test_a_number_that_is_wrong_in_a_late_digit_is_shown_with_that_digit(grader) -> None:
    text = helpers.reference()["mytorch/resampling.py"]
    late = helpers.patched(text, "Downsample1d.forward", "].copy()", "].copy() * (1 + 2e-6)")
    (section,) = [section for section in grader.rubric.sections if section.id == "downsampling1d"]
    submission = helpers.submission_from({"mytorch/resampling.py": late})
    results = grader.run_all(submission, [section])
    grader.explain(submission, results)
    report = grader.report(submission, results)
    found = document(report)["run"]["sections"]["Downsampling1d"]["example"]
    assert (found["got"], found["expected"], found["wrong"]) == ([[[1.000002]]], [[[1]]], [[0, 0, 0]])
    told = report.sections[0].message.partition("expected ")[2].split(", got ")
    assert len(set(told)) == 2


def test_a_block_that_keeps_its_parts_elsewhere_has_no_snippet() -> None:
    question = ladder.rungs(helpers.ASSIGNMENT, next(s for s in helpers.rubric().sections if s.id == "resnet"))[0]
    files = {"models/resnet.py": b"class ResBlock:\n    def __init__(self): self.branch = []\n"}
    assert helpers.ASSIGNMENT.snippet(question.case.params, question.inputs, "Z", files) is None


# Whether another way would find smaller ones: hypothesis, over the live guest, with every freedom.


@st.composite
def cases(draw: Callable[[Any], Any], section: str) -> tuple[Any, dict[str, Any]]:
    """Any small case of a layer, with whole numbers."""
    layer = LAYERS[section]
    most = {"in_channels": 2, "out_channels": 2}
    named = {name: draw(st.integers(1, most.get(name, 3))) for name in layer.arguments}
    kernel = named.get("kernel_size", named.get("kernel", 1))
    channels = named.get("in_channels") or draw(st.integers(1, 2))

    def shape() -> tuple[int, ...]:
        sides = [kernel + draw(st.integers(0, 4)) for _ in range(2 if "2d" in section else 1)]
        return (draw(st.integers(1, 2)), channels, *sides)

    special: dict[str, Any] = {"bias": layer.has_weights and draw(st.booleans())}
    if section == "conv2d" and draw(st.booleans()):
        special["padding"] = draw(st.integers(0, 2))
    if draw(st.booleans()):
        special["first"] = shape()
    case, inputs = rung(layer, tuple(named.values()), shape(), special)
    if sum(array.size for array in inputs.values()) > 60:
        reject()
    values = {
        name: np.array(draw(st.lists(st.integers(0, 9), min_size=array.size, max_size=array.size)), float)
        for name, array in inputs.items()
    }
    return case, {name: values[name].reshape(array.shape) for name, array in inputs.items()}


def size(inputs: dict[str, Any]) -> int:
    """How many numbers a case has."""
    return sum(np.size(array) for array in inputs.values())


def smallest_found(mistake: Mistake, grader: Grader, output: str) -> int | None:
    """The size of the smallest case that hypothesis finds on which this output fails."""
    (section,) = [section for section in grader.rubric.sections if section.id == mistake.fails[0]]
    place: Place = grader.place(mistake.submission)
    spare = Result(section)
    oracle = examples._oracle(Case("", {}, {}, ()), grader.assignment, spare)
    assert oracle is not None
    with conversation(section.id, section.exercise, place) as talk:
        assert started(talk, place)
        ask = Asking(talk, place, spare, output, time.monotonic() + 60)

        def fails(drawn: tuple[Any, dict[str, Any]]) -> bool:
            case, inputs = drawn
            blank = Question(case, inputs, {name: np.zeros(0) for name in case.outputs})
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    question = oracle(blank)
            except ValueError:
                return False
            failure = ask(question)
            return failure is not None and failure.finding.output == output

        once = settings(
            derandomize=True, database=None, max_examples=200, deadline=None,
            suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
        )  # fmt: skip
        try:
            _, inputs = find(cases(section.id), fails, settings=once)
        except NoSuchExample:
            inputs = None
        end(spare, [], talk, place, ready=True)
    return None if inputs is None else size(inputs)


@pytest.mark.more
def test_hypothesis_finds_hardly_anything_smaller(grader: Grader) -> None:
    ours, theirs = [], []
    chosen = SHOWN[::12]
    for mistake in chosen:
        shown = helpers.example(grader, mistake.submission, mistake.fails[0])
        found = smallest_found(mistake, grader, shown["output"])
        mine = size({name: np.array(array) for name, array in shown["inputs"].items()})
        assert found is None or mine <= found + 4, mistake.name
        if found is not None:
            ours.append(mine)
            theirs.append(found)
    assert len(ours) >= len(chosen) / 2
    assert sum(ours) <= sum(theirs)


def test_of_right_numbers_in_single_precision_the_example_shows_the_type(grader: Grader) -> None:
    path = "mytorch/resampling.py"
    text = helpers.patched(helpers.reference()[path], "Upsample1d.forward", "return Z", "return Z.astype('f4')")
    (section,) = [section for section in grader.rubric.sections if section.id == "upsampling1d"]
    submission = helpers.submission_from({path: text})
    results = grader.run_all(submission, [section])
    grader.explain(submission, results)
    found = results[section.id].example
    assert found is not None
    assert found["got"] is None
    assert "float32" in found["message"]
    assert found["snippet"].endswith("print(np.asarray(Z).dtype)")


def test_of_what_a_judge_decides_there_is_no_example_and_no_fault_of_ours() -> None:
    path = "mytorch/dropout2d.py"
    files = {path: helpers.patched(helpers.reference()[path], "Dropout2d.forward", ">= self.p", "< self.p")}
    with helpers.warm() as made:
        (section,) = [section for section in made.rubric.sections if section.id == "dropout2d"]
        submission = helpers.submission_from(files)
        results = made.run_all(submission, [section])
        made.explain(submission, results)
    assert results[section.id].example is None
    assert not results[section.id].notes
