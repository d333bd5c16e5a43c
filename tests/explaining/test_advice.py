"""Advice costs no points and is true: loops, single precision, shared memory; whether anything fails or not."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import helpers
import pytest

sys.path.append(str(Path(__file__).parent.parent / "labs"))
from lab_kit import Lab

from autograder.assignments import registry
from autograder.grading import advice, reading
from autograder.grading.grader import Grader, Options
from autograder.grading.report import Report
from autograder.guest import reading as guest
from autograder.submissions import Submission, read

POOL, RESAMPLING = "mytorch/pool.py", "mytorch/resampling.py"
FUNCTIONAL, GEMM = Lab("conv2d_functional", "conv2d.py"), Lab("conv2d_gemm", "convolution.py")
LAYER, TORCH = Lab("conv2d_layer", "conv2d.py"), Lab("cat_dog_cnn", "cnn.py")
FOUR = "def f():\n for a in x:\n  for b in x:\n   for c in x:\n    for d in x:\n     pass\n"
WHILE = "def f():\n while a:\n  while b:\n   while c:\n    while d:\n     pass\n"
COMPREHENDED = (
    "def f():\n    return [[[[a[n, c, h:2, w]\n        for w in x]\n       for h in x] for c in x] for n in x]\n"
)


@pytest.mark.parametrize(
    ("source", "worth"),
    [
        ("class A:\n    def f(self):\n        return np.zeros(3)\n", False),
        ("x = y.astype('single')", True),
        ("x = np.float32(1)", True),
        ("# half of it\nx = 'halfway'", False),
        (FOUR, True),
        (FOUR.replace(" for", "\tfor"), True),
        (COMPREHENDED, True),
        ("def f():\n    for a in x:\n        for b in x:\n            y = [[0 for c in x] for d in x]\n", True),
        ("def f():\n    for a in x:\n        for b in x:\n            for c in x:\n                pass\n" * 3, False),
        ("def f():\n    for a in x:\n        pass\n    for b in x:\n        pass\n" * 4, False),
        ("def f():\n    y = [a for a in x]\n" * 5, False),
        (WHILE, True),
        (
            "def f():\n  for n in x:\n    while c:\n      for h, w in np.ndindex(3, 4):\n        pass\n",
            True,
        ),
        ("def f():\n    for n, c, h, w in product(a, b, c, d):\n        pass\n", True),
        ("def f():\n    for n, c, h, w in zip(a, b, c, d):\n        pass\n", False),
        ("def f():\n    for n, c, h in itertools.product(a, b, c):\n        pass\n", False),
        ("while a:\n    b\n" * 5, False),
        ("platform a in for_b in reform c in perform d in", False),
    ],
)
def test_most_files_need_not_be_read(source: str, worth: bool) -> None:
    book = {"cells": [{"cell_type": "code", "source": source.splitlines(keepends=True)}]}
    contents = [(source, "a.py"), *((json.dumps(book, indent=i), "a.ipynb") for i in (None, 1))]
    for content, path in contents:
        submission = Submission.of("submission", {path: content.encode()})
        place: Any = SimpleNamespace(submission=submission, rubric=helpers.rubric())
        assert reading.worth_reading(place) == worth, path


def test_host_and_guest_mean_the_same_nests() -> None:
    assert reading.NESTED == guest.NESTED


@pytest.mark.parametrize(
    ("source", "depth", "line"),
    [
        (FOUR, 4, 2),
        (COMPREHENDED, 4, 2),
        ("def f():\n    for a in x:\n        y = sum(b * c for b in x for c in x)\n", 3, 2),
        ("def f():\n    for a in [b for b in [c for c in x]]:\n        pass\n", 1, 2),
        ("def f():\n    for a in x:\n        pass\n    else:\n        for b in x:\n            pass\n", 1, 2),
        ("def f():\n    y = 1\n    return {a: {b for b in x} for a in x}\n", 2, 3),
        (WHILE, 4, 2),
        ("def f():\n    while any(a for a in x):\n        pass\n", 2, 2),
        ("def f():\n    for n, c, h, w in itertools.product(a, b, c, d):\n        pass\n", 4, 2),
        ("def f():\n    return [n for n, c in np.ndindex(3, 4) for d in c]\n", 3, 2),
        ("def f():\n    for n, c in zip(a, b):\n        pass\n", 1, 2),
    ],
)
def test_what_is_looped_over_is_no_loop_inside(source: str, depth: int, line: int) -> None:
    loop, found = guest._deepest(ast.parse(source).body[0])
    assert (found, loop.lineno) == (depth, line)


@pytest.mark.parametrize(
    ("line", "single"),
    [
        ("x = y.astype(np.float32)", True),
        ("x = y.astype('float16')", True),
        ("x = np.zeros(3, dtype='single')", True),
        ("x = numpy.float32(1)", True),
        ("assert x.dtype != np.float32", False),
        ("isinstance(x, (float, np.float32))", False),
        ("x = 'float32'", False),
    ],
)
def test_to_ask_for_a_dtype_is_not_to_compute_in_it(line: str, single: bool) -> None:
    assert bool(list(guest._singles(ast.parse(line)))) == single


def graded(files: dict[str, str], *only: str) -> Report:
    """HW2P1's reference with these files in place of its own."""
    with Grader(helpers.ASSIGNMENT, helpers.rubric(), Options(only=only)) as grader:
        return grader.grade(helpers.submission_from(files))


def lab_graded(lab: Lab, where: str, old: str, new: str, *only: str) -> Report:
    """A lab's reference with a change."""
    with lab.grader(only=only) as grader:
        return grader.grade(lab.submission(helpers.patched(lab.source, where, old, new)))


def pool(loops: str) -> dict[str, str]:
    """The pooling file with another forward pass of MeanPool2d_stride1."""
    kept = "        self.input_shape = A.shape\n"
    return {POOL: helpers.patched(helpers.reference()[POOL], "MeanPool2d_stride1.forward", kept, kept + loops)}


LOOPS = """
        K = self.kernel
        Z = np.zeros((*A.shape[:2], A.shape[2] - K + 1, A.shape[3] - K + 1))
        for n in range(Z.shape[0]):
            for c in range(Z.shape[1]):
                for h in range(Z.shape[2]):
                    for w in range(Z.shape[3]):
                        Z[n, c, h, w] = A[n, c, h : h + K, w : w + K].sum() / DIVISOR
        return Z
"""
WHILES = """
        K = self.kernel
        Z = np.zeros((*A.shape[:2], A.shape[2] - K + 1, A.shape[3] - K + 1))
        for n, c in np.ndindex(*Z.shape[:2]):
            h = 0
            while h < Z.shape[2]:
                w = 0
                while w < Z.shape[3]:
                    Z[n, c, h, w] = A[n, c, h : h + K, w : w + K].mean()
                    w += 1
                h += 1
        return Z
"""
COMPREHENSION = """
        K, N, C, H, W = self.kernel, *A.shape
        return np.array([[[[A[n, c, h : h + K, w : w + K].mean() for w in range(W - K + 1)] for h in range(H - K + 1)]
                          for c in range(C)] for n in range(N)])
"""


@pytest.mark.parametrize("loops", [LOOPS.replace("DIVISOR", "K**2"), COMPREHENSION, WHILES])
def test_slow_loops_are_a_note_and_no_lost_points_where_all_is_right(loops: str) -> None:
    report = graded(pool(loops), "MeanPool2d_stride1", "MaxPool2d_stride1")
    assert [s.status for s in report.sections] == ["passed", "passed"]
    assert {s.points for s in report.sections} == {s.max for s in report.sections}
    (note,) = report.notes
    assert note.startswith(
        "MeanPool2d_stride1: MeanPool2d_stride1.forward has 4 loops inside each other (mytorch/pool.py:"
    )
    assert ": right, but slow; " in note


def test_what_is_wrong_is_not_called_right() -> None:
    report = graded(pool(LOOPS.replace("DIVISOR", "K")), "MeanPool2d_stride1", "MaxPool2d_stride1")
    assert {s.key: s.status for s in report.sections} == {"MaxPool2d_stride1": "passed", "MeanPool2d_stride1": "failed"}
    (note,) = [note for note in report.notes if "loops" in note]
    assert ": slow; " in note
    assert "right" not in note


def test_single_precision_inside_is_a_note_and_no_lost_points() -> None:
    old, new = "self.input_width))", "self.input_width))\n        _ = dLdZ.astype(np.float32)"
    text = helpers.patched(helpers.reference()[RESAMPLING], "Downsample1d.backward", old, new)
    report = graded({RESAMPLING: text}, "Downsampling1d")
    assert report.sections[0].points == report.sections[0].max
    (note,) = report.notes
    assert note.startswith("Downsampling1d: Downsample1d.backward computes in single precision (mytorch/resampling.py:")


SLOW = """for a in [0]:
        for b in [0]:
            for c in [0]:
                for d in [0]:
                    pass
"""


def test_functions_are_read_by_the_sections_that_find_them() -> None:
    report = lab_graded(FUNCTIONAL, "conv2d", "return out if", f"{SLOW}    return out if", "Forward", "Dilation")
    (note,) = report.notes
    assert note.startswith("Forward: conv2d has 4 loops inside each other (conv2d.py:")
    assert "right, but" in note
    helper = "def helped(out):\n    " + SLOW + "    return out\n\n\n"
    source = helper + helpers.patched(
        FUNCTIONAL.source, "conv2d", "return out if", "out = helped(out)\n    return out if"
    )
    with FUNCTIONAL.grader(only=("Forward",)) as grader:
        report = grader.grade(FUNCTIONAL.submission(source))
    assert [note.partition(" inside")[0] for note in report.notes] == ["Forward: helped has 4 loops"]


def test_a_function_is_right_only_where_all_its_sections_are() -> None:
    wrong = f"{SLOW}    out = out * (1 + (dilation > 1))\n    return out if"
    report = lab_graded(FUNCTIONAL, "conv2d", "return out if", wrong, "Forward", "Dilation")
    (note,) = [note for note in report.notes if "loops" in note]
    assert "right" not in note


def test_a_notebook_is_read_cell_by_cell() -> None:
    assignment = registry.find("numpy_cnn")
    book = json.loads((assignment.reference / "numpy_cnn.ipynb").read_text("utf-8"))
    (cell,) = [cell for cell in book["cells"] if "def max_pooling" in "".join(cell["source"])]
    code = "".join(cell["source"])
    cell["source"] = helpers.patched(code, "max_pooling", "    return ", f"    {SLOW}    return ")
    submission = Submission.of("submission", {"numpy_cnn.ipynb": json.dumps(book).encode()})
    with Grader(assignment, assignment.rubric(), Options(only=("max_pooling",))) as grader:
        report = grader.grade(submission)
    assert report.sections[0].status == "passed"
    (note,) = [note for note in report.notes if "loops" in note]
    assert note.startswith("max_pooling: max_pooling has 4 loops inside each other (numpy_cnn.ipynb cell ")


def test_who_is_to_loop_is_not_advised_against_it() -> None:
    report = lab_graded(GEMM, "Conv2d", "    return ", f"    {SLOW}    return ", "Conv2d")
    assert report.notes == ()
    report = lab_graded(GEMM, "im2col", "    return ", f"    {SLOW}    return ", "im2col")
    assert len(report.notes) == 1


@pytest.mark.parametrize("name", [name for name in helpers.SHIPPED if name != "cat_dog_cnn"])
def test_the_references_need_no_advice(name: str) -> None:
    assignment = registry.find(name)
    rubric = assignment.rubric()
    with Grader(assignment, rubric, Options()) as grader:
        report = grader.grade(read(assignment.reference, rubric))
    assert [note for note in report.notes if "cell" not in note] == []


def test_where_single_precision_is_due_nothing_is_said_of_it() -> None:
    files = {"cnn.py": (TORCH.assignment.reference / "cnn.py").read_bytes()}
    place: Any = SimpleNamespace(submission=Submission.of("submission", files), rubric=TORCH.rubric)
    assert b"float32" in files["cnn.py"]
    assert not reading.worth_reading(place)


def test_results_that_are_not_arrays_of_their_own_are_a_note_and_no_lost_points() -> None:
    text = helpers.patched(helpers.reference()[RESAMPLING], "Downsample1d.forward", "].copy()", "]")
    buffer = (
        "self.kept = getattr(self, 'kept', np.zeros(10_000))\n"
        "        Z = self.kept[: batch * channels * (k * (width - 1) + 1)].reshape(batch, channels, -1)\n"
        "        Z[...] = 0"
    )
    text = helpers.patched(text, "Upsample1d.forward", "Z = np.zeros((batch, channels, k * (width - 1) + 1))", buffer)
    report = graded({RESAMPLING: text}, "Downsampling1d", "Upsampling1d", "Downsampling2d")
    assert all(s.points == s.max for s in report.sections)
    changes = "; who changes the one changes the other"
    assert report.notes == (
        f"Downsampling1d: `Z` shares memory with its input A{changes}",
        f"Upsampling1d: `Z` shares memory with what an earlier call gave{changes}",
    )


KEPT = """
        made = {made}
        if getattr(self, "kept", np.zeros(0)).shape != made.shape:
            self.kept = np.empty(made.shape)
        self.kept[...] = made
        return self.kept"""


def test_an_array_that_is_kept_while_the_shape_stays_is_a_note() -> None:
    text = helpers.reference()[RESAMPLING]
    made = "A[:, :, :: self.downsampling_factor]"
    text = helpers.patched(text, "Downsample1d.forward", f"return {made}.copy()", KEPT.format(made=made).strip())
    back = "dLdZ[:, :, :: self.upsampling_factor]"
    text = helpers.patched(text, "Upsample1d.backward", f"return {back}.copy()", KEPT.format(made=back).strip())
    report = graded({RESAMPLING: text}, "Downsampling1d", "Upsampling1d")
    assert all(s.points == s.max for s in report.sections)
    assert [note.partition(";")[0] for note in report.notes] == [
        "Downsampling1d: `Z` shares memory with what an earlier call gave",
        "Upsampling1d: `dLdA` shares memory with what an earlier call gave",
    ]


def test_the_call_for_that_note_costs_nothing_where_it_breaks() -> None:
    text = helpers.reference()[RESAMPLING]
    text = helpers.patched(
        text, "Downsample1d.forward", "return A[:", "assert not hasattr(self, 'over')\n        return A[:"
    )
    twice = "if hasattr(self, 'once'):\n            self.over = True\n        self.once = True\n        return dLdA"
    text = helpers.patched(text, "Downsample1d.backward", "return dLdA", twice)
    report = graded({RESAMPLING: text}, "Downsampling1d")
    assert all(s.points == s.max for s in report.sections)
    assert report.notes == ()


def test_gradients_and_labs_are_looked_at_too() -> None:
    text = helpers.reference()[RESAMPLING]
    text = helpers.patched(text, "Upsample1d.backward", "].copy()", "]")
    report = graded({RESAMPLING: text}, "Upsampling1d")
    assert [note.partition(";")[0] for note in report.notes] == [
        "Upsampling1d: `dLdA` shares memory with its input dLdZ"
    ]
    report = lab_graded(GEMM, "Pad2D", "    return ", "    if not any(pad4): return X, pad4\n    return ", "Pad2D")
    assert [note.partition(";")[0] for note in report.notes] == ["Pad2D: `X_pad` shares memory with its input X"]


def test_the_host_parses_no_submission() -> None:
    package = Path(advice.__file__).parents[1]
    for room in ("grading", "submissions", "batch", "reports", "platforms", "forks", "site", "gradebook"):
        for path in (package / room).rglob("*.py"):
            names = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
            imported = {
                alias.name
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.Import | ast.ImportFrom)
                for alias in node.names
            }
            assert "ast" not in imported and "py_compile" not in imported, path
            assert "literal_eval" not in names, path
