"""Where no rung fails: the failing case made smaller until it fits a picture, within the time that there is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import helpers
import numpy as np
import pytest

from autograder.assignments import ladder, registry
from autograder.assignments.oracles import expected
from autograder.assignments.registry import Assignment
from autograder.assignments.seeds import PUBLIC
from autograder.assignments.truth import Question
from autograder.grading import examples, explain
from autograder.grading.grader import Grader, Options
from autograder.grading.report import document
from autograder.reports.arrays import pictures
from autograder.submissions import Submission

POOL, CONV = "mytorch/pool.py", "mytorch/Conv1d.py"
#: By assignment: a file, and in it what is wrong only where the ladder does not look.
HIDDEN_FROM_THE_LADDER = {
    "hw2p1": (
        POOL,
        "MaxPool2d_stride1.forward",
        "K = self.kernel\n",
        "K = self.kernel\n        A = A * (1 + (K > 3))\n",
    ),
    "conv2d_layer": ("conv2d.py", "conv2D.forward", "return out +", "return (self.kernel_size > 3) + out +"),
    "conv2d_functional": ("conv2d.py", "conv2d", "return out if", "out += weight.shape[1] > 3\n    return out if"),
    "conv2d_gemm": ("convolution.py", "conv2D_gemm", "return (as", "return (W.shape[1] > 3) + (as"),
    "numpy_cnn": ("numpy_cnn.py", "max_pooling", "return ", "return (x.shape[2] > 5) + "),
}
KEYS = {
    "hw2p1": "MaxPool2d_stride1", "conv2d_layer": "Stride and padding", "conv2d_functional": "Forward",
    "conv2d_gemm": "conv2D_gemm", "numpy_cnn": "max_pooling",
}  # fmt: skip


def sources(assignment: Assignment) -> dict[str, bytes]:
    """The reference's files; of a notebook, the script that its cells make."""
    rubric = assignment.rubric()
    if rubric.notebook:
        text = "\n".join(map(str, assignment.solution().text("numpy_cnn.ipynb").split("\n")))
        return {"numpy_cnn.py": text.encode()}
    return {
        path.relative_to(assignment.reference).as_posix(): path.read_bytes()
        for path in sorted(assignment.reference.rglob("*.py"))
    }


def example(assignment: Assignment, files: Mapping[str, bytes], key: str) -> dict[str, Any] | None:
    with Grader(assignment, assignment.rubric(), Options(only=(key,))) as grader:
        report = document(grader.grade(Submission.of("submission", dict(files))))
    assert report["sections"][0]["status"] == "failed"
    found: dict[str, Any] | None = report["run"]["sections"][key].get("example")
    return found


@pytest.mark.parametrize("name", list(HIDDEN_FROM_THE_LADDER))
def test_a_mistake_that_no_rung_shows_has_a_small_example(name: str) -> None:
    assignment = registry.find(name)
    path, *change = HIDDEN_FROM_THE_LADDER[name]
    files = sources(assignment)
    files[path] = helpers.patched(files[path].decode(), *change).encode()
    found = example(assignment, files, KEYS[name])
    assert found is not None
    whole = [np.array(values) for values in (*found["inputs"].values(), found["expected"])]
    assert all((array == np.rint(array)).all() and np.abs(array).max(initial=0) < 100 for array in whole)
    assert max(array.size for array in whole) <= 36  # a plane of six by six at most
    assert found["wrong"]
    assert found["snippet"]


def test_what_is_larger_than_a_picture_is_told_in_words() -> None:
    files = sources(helpers.ASSIGNMENT)
    text = files[CONV].decode()
    wide = helpers.patched(text, "Conv1d_stride1.forward", "self.A = A", "self.A = A = A * (1 + (A.shape[2] > 6))")
    found = example(helpers.ASSIGNMENT, {**files, CONV: wide.encode()}, "Conv1d_stride1")
    assert found is not None
    assert np.shape(found["inputs"]["A"]) == (1, 1, 7)
    drawn = {picture.name: len(picture.planes) for picture in pictures(found, 6, 4)}
    assert drawn["A"] == 0
    assert "Conv1d_stride1" in found["snippet"]


def _cases(name: str) -> list[tuple[str, Any, Any]]:
    assignment = registry.find(name)
    rubric = assignment.rubric()
    return [
        (section.id, section, case)
        for section in rubric.sections
        for case in assignment.cases(section, rubric, "quick")
        if ladder.rungs(assignment, section)
    ]


@pytest.mark.parametrize("name", list(HIDDEN_FROM_THE_LADDER))
def test_smaller_cases_are_cases_that_the_reference_can_answer(name: str) -> None:
    assignment, seen = registry.find(name), 0
    for section_id, section, case in _cases(name)[::3]:
        question = Question(case, case.inputs(PUBLIC, section_id), {})
        for smaller, inputs in list(assignment.smaller(section, question))[::3]:
            due = expected(smaller, inputs, assignment.oracles(section)[-1:], section=section_id)
            assert set(due) | set(smaller.judged) == set(smaller.outputs), smaller.name
            seen += 1
    assert seen > 20


def test_who_sleeps_on_small_inputs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    reference = helpers.reference()[CONV]
    wrong = helpers.patched(reference, "Conv1d_stride1.forward", " + self.b[:, None]", "")
    asleep = "self.A = A\n        if A.size <= 2:\n            import time\n            time.sleep(25)"
    files = {CONV: helpers.patched(wrong, "Conv1d_stride1.forward", "self.A = A", asleep)}
    took = []
    smallest = examples.smallest

    def timed(*args: Any) -> dict[str, Any] | None:
        began = time.monotonic()
        try:
            return smallest(*args)
        finally:
            took.append(time.monotonic() - began)

    monkeypatch.setattr(explain, "smallest", timed)
    with Grader(helpers.ASSIGNMENT, helpers.rubric(), Options(only=("Conv1d_stride1",))) as grader:
        report = grader.grade(helpers.submission_from(files))
    assert report.sections[0].status == "failed"
    assert len(took) == 1
    assert took[0] < 10  # two seconds are allowed, and a machine may be busy; who waits takes 25


@pytest.mark.more
def test_who_sleeps_takes_no_more_than_its_part_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []
    smallest = examples.smallest

    def noted(*args: Any) -> dict[str, Any] | None:
        seen.append(args[-1] - time.monotonic())
        return smallest(*args)

    monkeypatch.setattr(explain, "smallest", noted)
    sleeping, doubled = "import time\n        time.sleep(0.5)\n        return 2 * A[", "return 2 * dLdZ["
    path = "mytorch/resampling.py"
    text = helpers.patched(helpers.reference()[path], "Downsample1d.forward", "return A[", sleeping)
    for name in ("Upsample1d", "Upsample2d"):
        text = helpers.patched(text, f"{name}.backward", "return dLdZ[", doubled)
    keys = ("Downsampling1d", "Upsampling1d", "Upsampling2d")
    with Grader(helpers.ASSIGNMENT, helpers.rubric(), Options(only=keys)) as grader:
        report = grader.grade(helpers.submission_from({path: text}))
    assert [s.status for s in report.sections] == ["failed"] * 3
    assert seen[0] <= explain.EXAMPLES / 3
    assert seen[1] > explain.EXAMPLES / 4  # the sleeper's whole part is gone, and some more on a busy machine


def test_no_section_is_waited_for_longer_than_there_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from autograder.sandbox.served import Served

    seen: list[float] = []
    hurry = Served.hurry

    def noted(self: Served, until: float) -> None:
        hurry(self, until)
        seen.append(self.deadline - time.monotonic())

    monkeypatch.setattr(Served, "hurry", noted)
    files = {CONV: helpers.patched(helpers.reference()[CONV], "Conv1d_stride1.forward", " + self.b[:, None]", "")}
    with Grader(helpers.ASSIGNMENT, helpers.rubric(), Options(only=("Conv1d_stride1",))) as grader:
        grader.grade(helpers.submission_from(files))
    assert seen
    assert all(left <= explain.EXAMPLES for left in seen)


def test_an_example_that_breaks_costs_no_grade(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> str:
        raise KeyError("dLdZ")

    monkeypatch.setattr(type(helpers.ASSIGNMENT), "snippet", broken)
    wrong = helpers.patched(helpers.reference()["mytorch/pool.py"], "MeanPool2d_stride1.backward", "/ K**2", "/ K")
    with Grader(helpers.ASSIGNMENT, helpers.rubric(), Options(only=("MeanPool2d_stride1",))) as grader:
        report = grader.grade(helpers.submission_from({"mytorch/pool.py": wrong}))
    assert [section.status for section in report.sections] == ["failed"]
    assert any("no smallest example could be made, by our fault (KeyError: 'dLdZ')" in note for note in report.notes)
