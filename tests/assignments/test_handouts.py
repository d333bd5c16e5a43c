"""Handouts: nothing of a solution stays, nothing else changes, and the committed one is the one that is made."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from textwrap import dedent

import helpers
import pytest

from autograder.assignments import handouts, registry
from autograder.assignments.handouts import HandoutError

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "reference_solutions" / "hw2p1"
HANDOUT = ROOT / "handout" / "hw2p1"
REFERENCE_FILES = sorted(path.relative_to(REFERENCE).as_posix() for path in REFERENCE.rglob("*.py"))
GIVEN = {"mytorch/linear.py", "mytorch/activation.py", "mytorch/loss.py", "models/mlp.py"}


def source(text: str) -> str:
    return dedent(text).lstrip("\n")


def solution_and_rest(text: str) -> tuple[list[str], list[str]]:
    """Split a file at its markers, without the code under test: stripped lines inside and outside of regions."""
    inside: list[str] = []
    outside: list[str] = []
    within = False
    for line in text.splitlines():
        if line.strip().startswith("# <solution"):
            within = True
        (inside if within else outside).append(line.strip())
        if line.strip() == "# </solution>":
            within = False
    return inside, outside


# The committed handout of HW2P1


def test_the_committed_handout_is_the_one_that_is_made() -> None:
    assert handouts.drift(REFERENCE, HANDOUT) == []


@pytest.mark.parametrize("name", REFERENCE_FILES)
def test_no_line_of_a_solution_stays(name: str) -> None:
    inside, outside = solution_and_rest((REFERENCE / name).read_text())
    handout = Counter(line.strip() for line in (HANDOUT / name).read_text().splitlines())
    added = handout - Counter(outside)
    assert not Counter(outside) - handout, "what is not part of a solution must stay"
    assert all(line.startswith(("# ", "raise NotImplementedError(")) for line in added)
    code = {line for line in inside if line and not line.startswith("#")}
    assert not code & set(added)


@pytest.mark.parametrize("name", REFERENCE_FILES)
def test_every_stub_is_python_and_names_its_function(name: str) -> None:
    text = (HANDOUT / name).read_text()
    tree = ast.parse(text)
    named = re.findall(r'raise NotImplementedError\("([\w.]+)"\)', text)
    functions = [
        f"{getattr(parent, 'name', '')}.{node.name}".lstrip(".")
        for parent in ast.walk(tree)
        for node in ast.iter_child_nodes(parent)
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(statement, ast.Raise) for statement in node.body)
        and "NotImplementedError" in ast.unparse(node)
    ]
    assert sorted(named) == sorted(functions)
    assert bool(named) == (name not in GIVEN)


FORWARDS = """
import json, sys
import numpy as np
import mcq
from activation import Softmax, Tanh
from batchnorm2d import BatchNorm2d
from cnn import CNN
from Conv1d import *
from Conv2d import *
from ConvTranspose import *
from dropout2d import Dropout2d
from flatten import Flatten
from loss import *
from mlp import MLP
from mlp_scan import *
from pool import *
from resampling import *
from resnet import ResBlock

A1, A2 = np.ones((2, 3, 9)), np.ones((2, 3, 9, 8))
forwards = {
    **{f"MCQ {n}": getattr(mcq, f"question_{n}") for n in range(1, 6)},
    "Downsampling1d": lambda: Downsample1d(2).forward(A1),
    "Upsampling1d": lambda: Upsample1d(2).forward(A1),
    "Downsampling2d": lambda: Downsample2d(2).forward(A2),
    "Upsampling2d": lambda: Upsample2d(2).forward(A2),
    "Conv1d_stride1": lambda: Conv1d_stride1(3, 4, 2).forward(A1),
    "Conv1d": lambda: Conv1d(3, 4, 2, 2).forward(A1),
    "Conv2d-stride1": lambda: Conv2d_stride1(3, 4, 2).forward(A2),
    "Conv2d": lambda: Conv2d(3, 4, 2, 2, padding=1).forward(A2),
    "convTranspose1d": lambda: ConvTranspose1d(3, 4, 2, 2).forward(A1),
    "convTranspose2d": lambda: ConvTranspose2d(3, 4, 2, 2).forward(A2),
    "MaxPool2d_stride1": lambda: MaxPool2d_stride1(2).forward(A2),
    "MaxPool2d": lambda: MaxPool2d(2, 2).forward(A2),
    "MeanPool2d_stride1": lambda: MeanPool2d_stride1(2).forward(A2),
    "MeanPool2d": lambda: MeanPool2d(2, 2).forward(A2),
    "Flatten": lambda: Flatten().forward(A2),
    "CNN as Simple Scanning MLP": lambda: CNN_SimpleScanningMLP().init_weights([]),
    "CNN as Distributed Scanning MLP": lambda: CNN_DistributedScanningMLP().init_weights([]),
    "Build a CNN Model": lambda: CNN(
        9, 3, [4], [2], [1], 5, [Tanh()], None, None, None, CrossEntropyLoss(), 0.1
    ).forward(A1),
    "Dropout2d": lambda: Dropout2d(0.5).forward(A2),
    "BatchNorm2d": lambda: BatchNorm2d(3).forward(A2),
    "Resnet": lambda: ResBlock(3, 4, 3).forward(A2),
    "given": lambda: [MLP([9, 4, 2]).forward(A1[0]), Softmax().forward(A1), MSELoss().forward(A1, A1)],
}
outcomes = {}
for key, forward in forwards.items():
    try:
        forward()
        outcomes[key] = "worked"
    except Exception as error:
        outcomes[key] = type(error).__name__
outcomes["imports SciPy"] = "scipy" in sys.modules
json.dump(outcomes, sys.stdout)
"""


def test_every_section_of_the_stubs_is_not_implemented_and_what_is_given_works() -> None:
    folders = [str(HANDOUT / folder) for folder in ("mytorch", "models", "MCQ")]
    run = subprocess.run(
        [sys.executable, "-c", FORWARDS],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=HANDOUT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    outcomes = json.loads(run.stdout)
    assert outcomes.pop("given") == "worked"
    assert not outcomes.pop("imports SciPy"), "only GELU needs it, and it is slow"
    assert set(outcomes.values()) == {"NotImplementedError"}, outcomes


# Stripping


def test_a_region_becomes_its_hint_and_a_stub_and_the_rest_stays() -> None:
    reference = source(
        '''
        import numpy as np


        class Layer:
            """Doubles."""

            def forward(self, A):
                """Double."""
                self.A = A
                # <solution: think of
                # a number>
                Z = 2 * A  # twice
                return Z
                # </solution>

            def __call__(self, A):
                return self.forward(A)
        '''
    )
    assert handouts.strip(reference, "layer.py") == source(
        '''
        import numpy as np


        class Layer:
            """Doubles."""

            def forward(self, A):
                """Double."""
                self.A = A
                # Your code here: think of a number
                raise NotImplementedError("Layer.forward")

            def __call__(self, A):
                return self.forward(A)
        '''
    )


def test_a_region_without_a_hint_and_regions_in_branches() -> None:
    reference = source(
        """
        def f(x):
            if x:
                # <solution>
                return 1
                # </solution>
            else:
                # <solution>
                async def g():
                    return 2
                return g
                # </solution>
        """
    )
    assert handouts.strip(reference, "f.py") == source(
        """
        def f(x):
            if x:
                # Your code here
                raise NotImplementedError("f")
            else:
                # Your code here
                raise NotImplementedError("f")
        """
    )


def test_a_marker_in_a_string_is_no_marker() -> None:
    reference = 'text = """\n# <solution>\n# </solution>\n"""\n'
    assert handouts.strip(reference, "text.py") == reference


@pytest.mark.parametrize("name", REFERENCE_FILES)
def test_stripping_twice_changes_nothing_more(name: str) -> None:
    once = handouts.strip((REFERENCE / name).read_text(), name)
    assert handouts.strip(once, name) == once


def in_function(*lines: str) -> str:
    return "\n".join(["def f():", *(f"    {line}" for line in lines), ""])


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (in_function("# <solution>", "return 1"), 2, "does not end"),
        (in_function("return 1", "# </solution>"), 3, "did not start"),
        (in_function("# <solution>", "# <solution>", "return 1", "# </solution>"), 3, "line 2 has not ended"),
        (in_function("# <Solution>", "return 1", "# </solution>"), 2, "resembles a marker"),
        (in_function("#<solution>", "return 1", "# </solution>"), 2, "resembles a marker"),
        (in_function("# < solution: x>", "return 1", "# </solution>"), 2, "resembles a marker"),
        (in_function("# <solution>", "return 1", "# <solution/>"), 4, "resembles a marker"),
        (in_function("# <solution>", "return 1  # </solution>"), 3, "resembles a marker"),
        (in_function("return 1  # <solution>", "# </solution>"), 2, "resembles a marker"),
        (in_function("# <solution: open", "return 1", "# </solution>"), 2, "no closing"),
        (in_function("# <solution: open", "# still open", "", "return 1  # >"), 2, "no closing"),
        (in_function("# <solution: open", "# </solution>", "return 1"), 2, "no closing"),
        (in_function("# <solution>", "# nothing", "# </solution>", "return 1"), 2, "no statement"),
        (
            in_function("# <solution>", "if 1:", "    x = 1", "# </solution>", "    y = 2"),
            2,
            "whole statements",
        ),
        (in_function("if 1:", "    # <solution>", "    x = 1", "# </solution>", "    y = 2"), 5, "alike"),
        ("def f():\n# <solution>\n    return 1\n# </solution>\n", 2, "as its statements"),
        ("# <solution>\nx = 1\n# </solution>\n", 1, "one function"),
        ("class A:\n    # <solution>\n    x = 1\n    # </solution>\n", 2, "one function"),
        ("class A:\n    # <solution>\n    def f(self):\n        pass\n    # </solution>\n", 2, "one function"),
        ("def f(:\n", 1, "is not Python"),
    ],
)
def test_a_wrong_marker_is_named_by_file_and_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(HandoutError, match=reason) as caught:
        handouts.strip(text, "layer.py")
    assert (caught.value.path, caught.value.line) == ("layer.py", line)
    assert str(caught.value).startswith(f"layer.py:{line}: ")


# Folders


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    folder = tmp_path / "reference"
    (folder / "mytorch" / "__pycache__").mkdir(parents=True)
    (folder / "mytorch" / "__pycache__" / "f.cpython-311.pyc").write_bytes(b"\0")
    (folder / ".DS_Store").write_bytes(b"\0")
    (folder / "mytorch" / "f.py").write_text(in_function("# <solution: one>", "return 1", "# </solution>"))
    (folder / "weights.bin").write_bytes(b"\r\n\0\xff")
    return folder


def test_make_writes_every_file_and_leaves_others_alone(reference: Path, tmp_path: Path) -> None:
    handout = tmp_path / "handout"
    handout.mkdir()
    (handout / "README.md").write_text("read me")
    written = handouts.make(reference, handout)
    assert written == [handout / "mytorch" / "f.py", handout / "weights.bin"]
    assert "raise NotImplementedError" in written[0].read_text()
    assert written[1].read_bytes() == b"\r\n\0\xff"
    assert sorted(path.name for path in handout.iterdir()) == ["README.md", "mytorch", "weights.bin"]
    assert handouts.drift(reference, handout) == []
    before = [path.read_bytes() for path in written]
    assert handouts.make(reference, handout) == written
    assert [path.read_bytes() for path in written] == before


def test_line_ends_of_another_system_are_no_drift(reference: Path, tmp_path: Path) -> None:
    stub = handouts.make(reference, tmp_path / "handout")[0]
    for path in (stub, reference / "mytorch" / "f.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert handouts.drift(reference, tmp_path / "handout") == []


def test_drift_says_what_differs(reference: Path, tmp_path: Path) -> None:
    handout = tmp_path / "handout"
    stub, weights = handouts.make(reference, handout)
    stub.write_text(in_function("# Your code here: one", "return 7"))
    weights.unlink()
    (handout / "mine.py").write_text("")
    assert handouts.drift(reference, handout) == [
        """mytorch/f.py:3: should be '    raise NotImplementedError("f")', is '    return 7'""",
        "weights.bin: is missing",
        "mine.py: is not in the reference",
    ]
    stub.write_text(in_function("# Your code here: one"))
    assert handouts.drift(reference, handout)[0].startswith("mytorch/f.py:3: should be '    raise Not")


def test_nothing_is_written_where_one_file_cannot_be_made(reference: Path, tmp_path: Path) -> None:
    (reference / "z.py").write_text("# <solution>\n")
    with pytest.raises(HandoutError, match=r"z\.py:1: "):
        handouts.make(reference, tmp_path / "handout")
    assert not (tmp_path / "handout").exists()


def test_a_reference_is_never_overwritten_and_never_empty(reference: Path, tmp_path: Path) -> None:
    for handout in (reference, reference / "handout", tmp_path):
        with pytest.raises(HandoutError, match="mixed with its reference"):
            handouts.make(reference, handout)
    for call in (handouts.make, handouts.drift):
        with pytest.raises(HandoutError, match="no reference"):
            call(tmp_path / "nowhere", tmp_path / "handout")


def test_a_file_that_is_not_utf8_is_named(reference: Path, tmp_path: Path) -> None:
    (reference / "latin.py").write_bytes(b"# \xe9\n")
    with pytest.raises(HandoutError, match=r"latin\.py: is not UTF-8"):
        handouts.drift(reference, tmp_path)


@pytest.mark.parametrize("name", helpers.SHIPPED)
def test_a_handout_says_what_may_be_imported(name: str) -> None:
    spelt = {"torch": "PyTorch", "PIL": "Pillow", "numpy": "NumPy"}
    allowed = {module.partition(".")[0] for module in registry.find(name).rubric().imports.allow}
    said = (ROOT / "handout" / name / "README.md").read_text("utf-8")
    assert [module for module in sorted(allowed) if spelt.get(module, module) not in said] == []
    only = r"NumPy only|NumPy.* (?:allowed|may be imported)"
    assert re.search(only, said.replace("\n  ", " ")), "who reads it cannot know that nothing else may be used"
