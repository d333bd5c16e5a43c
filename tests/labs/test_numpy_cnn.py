"""numpy_cnn: known answers, planted mistakes in their sections, correct variants, and the notebook as it is used."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from lab_kit import Lab, Mistake, mistake, named
from numpy_cnn_variants import VARIANTS

from autograder import notebook
from autograder.assignments.registry import PROJECT
from autograder.assignments.seeds import Seed
from autograder.grading.grader import Grader
from autograder.grading.report import document
from autograder.submissions import Submission


class NotebookLab(Lab):
    """A lab whose reference is a notebook: its code, as a script."""

    @property
    def source(self) -> str:  # type: ignore[override]
        book = json.loads((self.assignment.reference / "numpy_cnn.ipynb").read_text("utf-8"))
        code = [cell for cell in book["cells"] if cell["cell_type"] == "code" and not cell["metadata"].get("tags")]
        return "\n\n".join("".join(cell["source"]) for cell in code) + "\n"


LAB = NotebookLab("numpy_cnn", "numpy_cnn.py")
SIGMOIDS = "sigmoid sigmoid_grad"

MISTAKES = [
    mistake("e to the x on both sides", "sigmoid", "np.where(x >= 0, 1 / (1 + e), e / (1 + e))",
            "np.exp(x) / (1 + np.exp(x))", SIGMOIDS),
    mistake("sign of the exponent", "sigmoid", "x >= 0", "x < 0", "sigmoid"),
    mistake("tanh for the sigmoid", "sigmoid", "e = ", "return np.tanh(x)\n    e = ", SIGMOIDS),
    mistake("large inputs are clipped", "sigmoid", "e = ", "x = np.clip(x, -5, 5)\n    e = ", SIGMOIDS),
    mistake("sum and no mean", "cross_entropy", "np.mean", "np.sum", "cross_entropy"),
    mistake("sign of the loss", "cross_entropy", "-np.mean", "np.mean", "cross_entropy"),
    mistake("no clipping", "cross_entropy", "np.clip(y_hat, 1e-12, 1 - 1e-12)", "y_hat", "cross_entropy"),
    mistake("clipping at 1e-7", "cross_entropy", "1e-12, 1 - 1e-12", "1e-7, 1 - 1e-7", "cross_entropy"),
    mistake("only the positive labels", "cross_entropy", " + (1 - y) * np.log(1 - p)", "", "cross_entropy"),
    mistake("logarithm to base 2", "cross_entropy", "y * np.log(p)", "y * np.log2(p)", "cross_entropy"),
    mistake("a loss for each sample", "cross_entropy", "-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))",
            "-(y * np.log(p) + (1 - y) * np.log(1 - p))", "cross_entropy"),
    mistake("a loss in single precision", "cross_entropy", "-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))",
            "float(np.float32(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))))", "cross_entropy"),
    mistake("leaky relu", "relu", "np.maximum(x, 0)", "np.maximum(x, 0.01 * x)", "relu"),
    mistake("absolute value", "relu", "np.maximum(x, 0)", "np.abs(x)", "relu"),
    mistake("relu as its derivative", "relu", "np.maximum(x, 0)", "(x > 0) * 1.0", "relu"),
    mistake("relu of a vector only", "relu", "np.maximum(x, 0)", "np.array([max(v, 0) for v in x])", "relu"),
    mistake("maximum from zero", "max_pooling", ".max(axis=(2, 3))", ".max(axis=(2, 3), initial=0)", "max_pooling"),
    mistake("mean pooling", "max_pooling", ".max(axis=(2, 3))", ".mean(axis=(2, 3))", "max_pooling"),
    mistake("maximum over the channels too", "max_pooling", ".max(axis=(2, 3))",
            ".max(axis=(1, 2, 3))[:, None]", "max_pooling"),
    mistake("the kernel's size for a stride", "max_pooling", "i * stride, j * stride",
            "i * kernel_size, j * kernel_size", "max_pooling"),
    mistake("size without the kernel", "max_pooling", "(side - kernel_size) // stride + 1", "side // stride",
            "max_pooling"),
    mistake("size is rounded up", "max_pooling", "(side - kernel_size) // stride + 1",
            "-(-(side - kernel_size) // stride) + 1", "max_pooling"),
    mistake("square images only", "max_pooling", "for side in x.shape[2:]", "for side in x.shape[2:3] * 2",
            "max_pooling"),
    mistake("square kernels only", "conv", "KH, KW = kernel.shape[2:]", "KH = KW = kernel.shape[2]", "conv"),
    mistake("sides of the kernel swapped", "conv", "KH, KW = kernel.shape[2:]",
            "kernel = kernel.swapaxes(2, 3)\n    KH, KW = kernel.shape[2:]", "conv"),
    mistake("kernel turned", "conv", "kernel[:, :, a, b])", "kernel[:, :, KH - 1 - a, KW - 1 - b])", "conv"),
    mistake("bias forgotten", "conv", "out + bias.reshape(1, -1, 1, 1)", "out", "conv"),
    mistake("bias of the first kernel", "conv", "bias.reshape(1, -1, 1, 1)", "bias[0]", "conv"),
    mistake("another usual stride", "conv", "stride=2", "stride=1", "conv"),
    mistake("another usual padding", "conv", "padding=1", "padding=0", "conv"),
    mistake("padding on one side", "conv", "(padding, padding), (padding, padding)))",
            "(0, 2 * padding), (padding, padding)))", "conv"),
    mistake("stride of rows only", "conv", "b : b + stride * columns : stride]", "b : b + columns]", "conv"),
    mistake("channels averaged", "conv", "out += np", "out += 1 / x.shape[1] * np", "conv"),
    mistake("only the last entry of the kernel", "conv", "out += ", "out = ", "conv"),
    mistake("no bias in the unit", "forward", "x @ w + b", "x @ w", "forward"),
    mistake("bias subtracted", "forward", "x @ w + b", "x @ w - b", "forward"),
    mistake("sigmoid in forward", "forward", "x @ w + b", "sigmoid(x @ w + b)", "forward"),
    mistake("always a column", "forward", "x @ w + b", "(x @ w + b).reshape(-1, 1)", "forward"),
    mistake("fed with the probability", "sigmoid_grad", "s = sigmoid(z)", "s = z", "sigmoid_grad"),
    mistake("the sigmoid once more", "sigmoid_grad", "s = sigmoid(z)", "s = sigmoid(sigmoid(z))", "sigmoid_grad"),
    mistake("the square left out", "sigmoid_grad", "s * (1 - s)", "1 - s", "sigmoid_grad"),
    mistake("the loss for its gradient", "cross_entropy_grad", "return (p - y) / (p * (1 - p)) / len(y)",
            "return cross_entropy(y, p)", "cross_entropy_grad"),
    mistake("gradient of a sum", "cross_entropy_grad", " / len(y)", "", "cross_entropy_grad"),
    mistake("gradient by the logits", "cross_entropy_grad", "(p - y) / (p * (1 - p))", "(p - y)", "cross_entropy_grad"),
    mistake("sign of the gradient", "cross_entropy_grad", "(p - y) / ", "(y - p) / ", "cross_entropy_grad"),
    mistake("no clipping in the gradient", "cross_entropy_grad", "np.clip(p, 1e-12, 1 - 1e-12)", "p",
            "cross_entropy_grad"),
    mistake("uphill", "backward", "slope = (y_hat - y)", "slope = (y - y_hat)", "backward"),
    mistake("a step of the sum", "backward", " / len(y)", "", "backward"),
    mistake("the rate forgotten for b", "backward", "b - lr * slope", "b - slope", "backward"),
    mistake("b stays", "backward", "b - lr * slope.sum(axis=0)", "b", "backward"),
    mistake("b's step is a mean of a mean", "backward", "slope.sum(axis=0)", "slope.mean(axis=0)", "backward"),
    mistake("the gradients and not the parameters", "backward",
            "return w - lr * (x.T @ slope), b - lr * slope.sum(axis=0)",
            "return x.T @ slope, slope.sum(axis=0)", "backward"),
    mistake("slope of the sigmoid twice", "backward", " / len(y)", " / len(y) * y_hat * (1 - y_hat)", "backward"),
]  # fmt: skip


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with LAB.grader() as warm:
        yield warm


@pytest.fixture(scope="module")
def module() -> ModuleType:
    made = ModuleType("numpy_cnn")
    exec(LAB.source, made.__dict__)
    return made


def test_reference_earns_everything_and_the_handout_nothing(grader: Grader) -> None:
    LAB.check_standing(grader)


@pytest.mark.parametrize("planted", MISTAKES, ids=lambda planted: planted.name)
def test_planted_mistakes_are_caught_in_their_sections(planted: Mistake, grader: Grader) -> None:
    assert LAB.failed(grader.grade(LAB.planted(planted))) == planted.fails


def test_planted_mistakes_are_named_rightly(grader: Grader) -> None:
    LAB.check_naming(grader, MISTAKES)


@pytest.mark.parametrize("seed", [5, 7])  # no entry of 40 large ones is small there
def test_correct_variants_have_full_marks_under_other_seeds(seed: int) -> None:
    with LAB.grader(seed=Seed(seed)) as grader:
        reports = {name: grader.grade(LAB.submission(source)) for name, source in VARIANTS.items()}
    assert {name: LAB.failed(report) for name, report in reports.items()} == {name: set() for name in VARIANTS}


@pytest.mark.parametrize("name", VARIANTS)
def test_correct_variants_have_full_marks(name: str, grader: Grader) -> None:
    report = grader.grade(LAB.submission(VARIANTS[name]))
    assert {s.key: s.message for s in report.sections if s.status != "passed"} == {}
    assert [note for note in report.notes if "right, but slow" not in note] == []
    assert named(report) == set()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("e to the x on both sides", "sigmoid"),
        ("only the positive labels", "cross_entropy"),
        ("maximum from zero", "max_pooling"),
        ("kernel turned", "conv"),
        ("always a column", "forward"),
        ("no clipping in the gradient", "cross_entropy_grad"),
        ("the gradients and not the parameters", "backward"),
    ],
)
def test_the_smallest_example_can_be_run(name: str, key: str, grader: Grader, tmp_path: Path) -> None:
    LAB.check_example(grader, next(planted for planted in MISTAKES if planted.name == name), key, tmp_path)


def test_the_smallest_example_of_a_notebook_is_for_a_cell(grader: Grader) -> None:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": "def relu(x):\n    return x"}]
    book = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    report = document(grader.grade(Submission.of("submission", {"numpy_cnn.ipynb": book})))
    snippet = report["run"]["sections"]["relu"]["example"]["snippet"]
    first, *rest = snippet.splitlines()
    assert first == "# in a new cell of numpy_cnn.ipynb, below the others"
    assert rest == ["import numpy as np", "print(relu(np.array([-1.])))"]


def test_known_answers(module: ModuleType) -> None:
    loss = module.cross_entropy(np.array([1, 0, 1, 1]), np.array([0.9, 0.1, 0.8, 0.7]))
    assert loss == pytest.approx(0.19763488164214868, rel=1e-15)
    assert module.relu(np.array([-1, 1, 2])).tolist() == [0, 1, 2]
    assert module.max_pooling(np.zeros((2, 3, 3, 3)), 2, 1).shape == (2, 3, 2, 2)
    images, kernel = np.zeros((2, 3, 4, 4)), np.zeros((3, 3, 3, 3))
    assert module.conv(images, kernel, np.zeros(3), 2, 1).shape == (2, 3, 2, 2)


def test_where_clipping_decides_the_message_says_so(grader: Grader) -> None:
    source = LAB.source.replace("np.clip(y_hat, 1e-12, 1 - 1e-12)", "np.clip(y_hat, 1e-5, 1 - 1e-5)")
    section = LAB.sections(grader.grade(LAB.submission(source)))["cross_entropy"]
    assert "clipping to [1e-12, 1 − 1e-12]" in section.message


def folder_with(tmp_path: Path, book: Path) -> Path:
    """A copy of the project's layout in which a notebook lies where students have it."""
    home = tmp_path / "handout" / "numpy_cnn"
    home.mkdir(parents=True)
    shutil.copy(book, home)
    (tmp_path / "runner.py").write_text("")
    (tmp_path / "autograder").symlink_to(PROJECT / "autograder")
    return home


@pytest.mark.parametrize("kind, points", [("handout", 0), ("reference_solutions", 100)])
def test_the_notebook_runs_top_to_bottom_and_grades_itself(kind: str, points: int, tmp_path: Path) -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    source = PROJECT / kind / "numpy_cnn" / "numpy_cnn.ipynb"
    book = nbformat.read(source, 4)
    nbformat.validate(book)
    home = folder_with(tmp_path, source)
    if sys.platform == "win32":
        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Jupyter's own: sockets, loops and paths that it deprecates
        nbclient.NotebookClient(book, timeout=100, resources={"metadata": {"path": str(home)}}).execute()
    (shown,) = book.cells[-1]["outputs"]
    assert f"Main   {points} / 100" in shown["data"]["text/plain"]
    assert shown["data"]["text/html"].startswith("<iframe sandbox srcdoc=")


def test_without_a_template_engine_the_report_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = notebook.grade(LAB.assignment.handout / "numpy_cnn.ipynb", only=["relu"])
    monkeypatch.setitem(sys.modules, "autograder.reports.html", None)
    assert shown._repr_html_().startswith("<pre>")
    assert "relu" in repr(shown)


def test_in_the_students_copy_it_shows_what_students_may_see(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sections = tuple(replace(s, visibility="hidden") if s.key == "relu" else s for s in LAB.rubric.sections)
    rubric = replace(LAB.rubric, sections=sections)
    monkeypatch.setattr(type(LAB.assignment), "rubric", lambda *_: rubric)
    book = LAB.assignment.handout / "numpy_cnn.ipynb"
    assert "relu" in repr(notebook.grade(book, only=["relu", "sigmoid"]))
    monkeypatch.setattr(type(LAB.assignment), "reference", property(lambda _: tmp_path / "nowhere"))
    shown = notebook.grade(book, only=["relu", "sigmoid"])
    assert "sigmoid" in repr(shown)
    assert "relu" not in repr(shown)


def test_grading_in_place_says_what_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "numpy_cnn.ipynb").write_text("{")
    refused = notebook.grade(tmp_path / "numpy_cnn.ipynb")
    assert "JSON is broken" in repr(refused)
    assert "<p>" in refused._repr_html_()
    assert "no assignment 'other'" in repr(notebook.grade(tmp_path / "other.ipynb"))
