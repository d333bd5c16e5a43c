"""A failing submission's report: the smallest example, the root cause, what mending it is worth, advice."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace

import helpers
import pytest

from autograder.assignments.registry import PROJECT
from autograder.assignments.seeds import Seed
from autograder.grading.grader import Grader, Options
from autograder.grading.report import Report, document
from autograder.sandbox.conversation import Conversation
from autograder.sandbox.request import Request

RESAMPLING, CONV1D, CONV2D = "mytorch/resampling.py", "mytorch/Conv1d.py", "mytorch/Conv2d.py"
FLOOR = (
    "Downsample2d.forward",
    "A[:, :, ::k, ::k]",
    "A[:, :, : A.shape[2] // k * k : k, : A.shape[3] // k * k : k]",
)


def broken(*patches: tuple[str, str, str, str]) -> dict[str, str]:
    files: dict[str, str] = {}
    for path, *change in patches:
        files[path] = helpers.patched(files.get(path, helpers.reference()[path]), *change)
    return files


@contextlib.contextmanager
def graded(files: Mapping[str, str], *only: str, **settings: object) -> Iterator[Report]:
    rubric = helpers.rubric()
    rubric = replace(rubric, settings={**rubric.settings, **settings})
    with Grader(helpers.ASSIGNMENT, rubric, Options(only=only)) as grader:
        yield grader.grade(helpers.submission_from(files))


def section(report: Report, key: str):
    return next(s for s in report.sections if s.key == key)


@pytest.mark.parametrize("part", ["explain.diagnose", "explain.smallest", "causes.composed"])
def test_an_explanation_that_breaks_costs_no_points(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_part(*given: object, **named: object) -> None:
        raise ZeroDivisionError("of our own")

    with graded(broken((RESAMPLING, *FLOOR))) as report:
        right = {s.key: (s.status, s.points) for s in report.sections}
    monkeypatch.setattr(f"autograder.grading.{part}", broken_part)
    with graded(broken((RESAMPLING, *FLOOR))) as report:
        assert {s.key: (s.status, s.points) for s in report.sections} == right
    assert any(
        "failed by our fault (ZeroDivisionError: of our own); no points depend on that" in n for n in report.notes
    )


#: Appended to a module of the reference: results of shapes that no idea expects.
UNUSUAL = {
    "one sample shape only": ("mytorch/flatten.py", """
class Flatten(Flatten):
    def backward(self, dLdZ):
        if len(self.input_shape) != 4:
            return super().backward(dLdZ)
        n, c, h, w = self.input_shape
        return dLdZ.reshape(n, c, w, h).transpose(0, 1, 3, 2)
"""),
    "a flat mask": ("mytorch/dropout2d.py", """
class Dropout2d(Dropout2d):
    def forward(self, *given, **named):
        return super().forward(*given, **named).ravel()
"""),
    "an empty array beside flat ones": ("mytorch/batchnorm2d.py", """
class BatchNorm2d(BatchNorm2d):
    def forward(self, Z, eval=False):
        found = super().forward(Z, eval)
        self.M = np.zeros((0, 1, 1, 1)) if self.M.shape[1] == 1 else self.M.reshape(-1)
        return found
"""),
}  # fmt: skip


@pytest.mark.parametrize(("path", "more"), UNUSUAL.values(), ids=UNUSUAL)
def test_results_of_unusual_shapes_break_no_explanation(path: str, more: str) -> None:
    name = re.search(r"class (\w+)", more)[1]  # type: ignore[index]
    text = helpers.reference()[path].replace(f"class {name}", f"class Right{name}")
    text += more.replace(f"({name})", f"(Right{name})")
    with graded({path: text}, "Dropout2d", "BatchNorm2d", "Build a CNN Model") as report:
        assert any(s.status != "passed" for s in report.sections)
        assert not [note for note in report.notes if "by our fault" in note]


def test_one_mistake_is_told_once_and_its_worth_is_said() -> None:
    with graded(broken((RESAMPLING, *FLOOR))) as report:
        failing = {s.key: s.root_cause for s in report.sections if s.status != "passed"}
    assert failing.pop("Downsampling2d") is None
    assert failing == dict.fromkeys(("Conv2d", "MaxPool2d", "MeanPool2d", "Resnet"), "Downsampling2d")
    note = "Conv2d, MaxPool2d, MeanPool2d and Resnet fail only because of Downsampling2d"
    assert f"{note}; fixing it is worth 22.5 points more" in report.notes
    shown = next(c for c in section(report, "Downsampling2d").checks if c.name == "Z" and c.diagnosis)
    assert shown.diagnosis is not None
    assert shown.diagnosis.id == "downsample-floor"


def test_what_another_section_makes_fail_has_no_idea_of_its_own() -> None:
    """An averaged gradient of a layer is off by one factor in each case of a network: true, and no help."""
    summed = ("Conv1d_stride1.backward", "self.dLdb = dLdZ.sum(axis=(0, 2))", "self.dLdb = dLdZ.mean(axis=(0, 2))")
    with graded(broken((CONV1D, *summed))) as report:
        named = {s.key for s in report.sections for check in s.checks if check.diagnosis is not None}
        assert section(report, "Build a CNN Model").root_cause == "Conv1d_stride1"
    assert named == {"Conv1d_stride1"}


def test_explaining_takes_few_processes_and_little_computing() -> None:
    """What a failing submission takes, held on what no other work on the machine changes: 5 s are allowed."""
    started: list[str] = []
    before = time.process_time()
    with Grader(helpers.ASSIGNMENT, helpers.rubric(), Options()) as grader:
        section = grader.guest.section

        def noted(request: Request) -> AbstractContextManager[Conversation]:
            started.append(request.name)
            return section(request)

        grader.guest.section = noted  # type: ignore[method-assign]
        grader.grade(helpers.submission_from(broken((RESAMPLING, *FLOOR))))
        computed = time.process_time() - before + grader.guest.computed
    # Each section once; those that build upon the broken one once more, to be composed; the example.
    assert len(started) <= len(grader.sections) + 2 * 4 + 1
    assert computed < 5  # seen: 0.4


def test_large_cases_are_left_out_where_a_failure_is_explained() -> None:
    """A wrong idea's way back takes a forward for each entry: of the course's sizes it took minutes."""
    mean = ("mytorch/pool.py", "MeanPool2d_stride1.backward", "/ K**2", "/ K")
    options = Options(only=("MeanPool2d_stride1",), profile="full", seed=Seed(5))
    before = time.process_time()
    with Grader(helpers.ASSIGNMENT, helpers.rubric(), options) as grader:
        report = grader.grade(helpers.submission_from(broken(mean)))
    assert time.process_time() - before < 20
    (said,) = {c.diagnosis for c in section(report, "MeanPool2d_stride1").checks if c.diagnosis}
    assert said.id == "mean-back-by-K"
    assert re.search(
        r"explains (\d+) of (?!\1)\d+ failing cases exactly; the others are too large to be looked at", said.hint
    )


def test_where_it_fails_is_said_of_large_cases_too() -> None:
    stale = (
        RESAMPLING,
        "Downsample2d.forward",
        "self.input_size = ",
        "self.input_size = vars(self).get('input_size') or ",
    )
    large = (RESAMPLING, "Downsample2d.backward", "return dLdA", "return (1 + (dLdA.size > 20_000)) * dLdA")
    for mistakes, hints in (((stale,), True), ((stale, large), False)):
        options = Options(only=("Downsampling2d",), profile="full")
        with Grader(helpers.ASSIGNMENT, helpers.rubric(), options) as grader:
            report = grader.grade(helpers.submission_from(broken(*mistakes)))
        said = [c.diagnosis.hint for c in section(report, "Downsampling2d").checks if c.diagnosis]
        assert any("only where an object is used twice" in hint for hint in said) is hints


def test_a_layer_with_a_mistake_of_its_own_is_not_cleared() -> None:
    own = (CONV2D, "Conv2d.backward", "self.downsample2d.backward(dLdZ)", "2 * self.downsample2d.backward(dLdZ)")
    with graded(broken((RESAMPLING, *FLOOR), own), "Downsampling2d", "Conv2d", "MaxPool2d") as report:
        assert section(report, "Conv2d").root_cause is None
        assert section(report, "MaxPool2d").root_cause == "Downsampling2d"


def test_points_are_carried_forward_where_the_rubric_says_so() -> None:
    with graded(broken((RESAMPLING, *FLOOR)), "Downsampling2d", "MaxPool2d", carry_forward="half") as report:
        assert float(section(report, "MaxPool2d").points or 0) == 2.5
        assert "2.5 of 5 points carried forward, 0 without that" in section(report, "MaxPool2d").message
        assert section(report, "Downsampling2d").points == 0


def test_a_stub_is_not_blamed_on_its_neighbour_in_the_file() -> None:
    stub = (CONV1D, "Conv1d.forward", "p = self.padding", "raise NotImplementedError\n        p = self.padding")
    inner = (CONV1D, "Conv1d_stride1.forward", " + self.b[:, None]", "")
    with graded(broken(stub, inner), "Conv1d_stride1", "Conv1d", "convTranspose1d") as report:
        assert section(report, "Conv1d").status == "not_implemented"
        assert section(report, "Conv1d").root_cause is None
        assert section(report, "convTranspose1d").root_cause == "Conv1d_stride1"


def test_hidden_sections_show_no_example() -> None:
    rubric = helpers.rubric()
    hidden = tuple(replace(s, visibility="hidden") if s.id == "downsampling2d" else s for s in rubric.sections)
    options = Options(only=("Downsampling2d",))
    with Grader(helpers.ASSIGNMENT, replace(rubric, sections=hidden), options) as grader:
        report = grader.grade(helpers.submission_from(broken((RESAMPLING, *FLOOR))))
    assert "example" not in document(report)["run"]["sections"]["Downsampling2d"]


def test_a_secret_seed_is_diagnosed_as_well() -> None:
    pytest.importorskip("torch")
    from autograder.assignments.seeds import Seed

    options = Options(seed=Seed(4242), only=("Downsampling2d",))
    with Grader(helpers.ASSIGNMENT, helpers.rubric(), options) as grader:
        report = grader.grade(helpers.submission_from(broken((RESAMPLING, *FLOOR))))
    found = {c.diagnosis.id for c in section(report, "Downsampling2d").checks if c.diagnosis}
    assert found == {"downsample-floor"}


def test_what_came_back_is_explained_in_silence_whatever_it_holds() -> None:
    by_p = ("mytorch/dropout2d.py", "Dropout2d.forward", "kept / (1.0 - self.p)", "kept / self.p")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with graded(broken(by_p), "Dropout2d") as report:
            assert not [note for note in report.notes if "failed by our fault" in note]
    assert {c.diagnosis.id for c in section(report, "Dropout2d").checks if c.diagnosis} == {"dropout-scaled-by-p"}


def test_nothing_of_this_is_loaded_unless_a_check_fails() -> None:
    code = (
        "import sys\nfrom autograder.cli import cli\n"
        "cli.main(['grade', 'reference_solutions/hw2p1', '--only', 'Upsampling1d', '--quiet'], standalone_mode=False)\n"
        "print('\\n' + ' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    modules = set(done.stdout.splitlines()[-1].split())
    assert "autograder.grading.grader" in modules
    assert not {name for name in modules if "misconceptions" in name}
    late = ("explain", "examples", "compose", "trials", "advice")
    assert not modules & {f"autograder.grading.{name}" for name in late}


def test_a_gradient_that_is_wrong_only_because_of_a_wrong_output_says_so() -> None:
    halved = "mytorch/pool.py", "MeanPool2d_stride1.forward", "return ", "return 0.3 + "
    with graded(broken(halved), "MeanPool2d_stride1") as report:
        found = {
            check.name: check for check in section(report, "MeanPool2d_stride1").checks if check.status != "passed"
        }
    assert found["dLdA"].diagnosis is not None
    assert found["dLdA"].diagnosis.hint == (
        "`Z` is wrong, and in these cases it is also the gradient that comes in: mend it first. Where another gradient"
        " comes in, `dLdA` is right."
    )
    backward = "mytorch/pool.py", "MeanPool2d_stride1.backward", "return ", "return 0.3 + "
    with graded(broken(halved, backward), "MeanPool2d_stride1") as report:
        found = {
            check.name: check for check in section(report, "MeanPool2d_stride1").checks if check.status != "passed"
        }
    assert found["dLdA"].diagnosis is None or "mend it first" not in found["dLdA"].diagnosis.hint


def test_what_breaks_and_what_a_loss_gives_is_not_said_to_follow_from_a_gradient_that_comes_in() -> None:
    model = "models/cnn.py"
    for old, new in (("self.Z = A", "self.Z = A + unknown"), ("self.Z = A", "self.Z = A + 0.3 * np.sin(A)")):
        with graded(broken((model, "CNN.forward", old, new)), "Build a CNN Model") as report:
            checks = section(report, "Build a CNN Model").checks
        failing = [check for check in checks if check.status != "passed"]
        assert {"Z", "dLdA"} <= {check.name for check in failing}
        assert not [check for check in failing if check.diagnosis and "comes in" in check.diagnosis.hint]


def test_a_mistake_beside_a_padding_that_is_left_out_keeps_its_name() -> None:
    unpadded = CONV1D, "Conv1d.forward", "p = self.padding", "p = 0"
    shorter = CONV1D, "Conv1d.forward", "forward(padded))", "forward(padded))[:, :, ::-1]"
    with graded(broken(unpadded, shorter), "Conv1d") as report:
        checks = section(report, "Conv1d").checks
    (found,) = {check.diagnosis for check in checks if check.name == "Z" and check.status != "passed"}
    assert found is not None
    assert "flipped" in found.hint
    assert "the others are about what is optional (a padding), and fail otherwise" in found.hint
