"""Notebooks as modules, in the guest: which statements run, what costs nothing, and how messages name places."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lab_kit import Lab

from autograder.grading.grader import Grader, Options
from autograder.guest.lookup import Missing
from autograder.guest.lookup import Submission as Found
from autograder.submissions import Submission
from autograder.submissions.notebooks import slim

LAB = Lab("numpy_cnn", "numpy_cnn.ipynb")
NAME = "numpy_cnn.ipynb"


def book(*cells: str) -> bytes:
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": source} for source in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    sys.modules.pop("numpy_cnn", None)


def found(folder: Path, *cells: str, mode: str = "definitions", script: bool = False) -> Found:
    name = "numpy_cnn.py" if script else NAME
    (folder / name).write_bytes("\n".join(cells).encode() if script else book(*cells))
    return Found(folder, [""], [name], mode)


def names(submission: Found) -> set[str]:
    return {name for name in vars(submission.load(submission.files[0])) if not name.startswith("__")}


TAKEN = [
    "def f(x): return x",
    "async def f(): pass",
    "class f:\n    y = print",
    "import math as f",
    "from math import pi as f",
    "f = 3",
    "f: float = -1e-12",
    "f = g = 2 ** 10 - 1",
    "f, g = (1, [2, 3])",
    "f = {'a': 1, 'b': (2, 3)}",
    "f = lambda x: open(x)",
    "import numpy as np\nf = np.pi / 2",
    "import numpy as np\nf = np.array([1.0, 2.0])",
    "import numpy as np\nf = np.vectorize(lambda x: x)",
    "import functools\nf = functools.partial(print, 'x')",
    "try:\n    import nothing_like_it\nexcept ImportError:\n    f = None",
    "try:\n    import nothing_like_it\nexcept ImportError as error:\n    f = None\n    print(f'without it: {error}')",
    "from contextlib import suppress\nf = None\nwith suppress(ImportError):\n    import nothing_like_it",
    "import importlib.util\nf = importlib.util.find_spec('nothing_like_it') is not None",
    "f = f'{1 + 1} and {2}'",
    "if 1 > 0:\n    def f(x): return x",
    "from __future__ import annotations\ndef f(x: undefined): return x",
]
LEFT = [
    "f = open('data.csv')",
    "f = train()",
    "f = [x for x in range(3)]",
    "f = (lambda: 1)()",
    "f = 'x'.upper()",
    "for f in range(3): pass",
    "with open('x') as f: pass",
    "f = g.h = 1",
    "try:\n    f = download()\nexcept Exception:\n    f = 1",
    "try:\n    f = 1\n    print(train())\nexcept Exception:\n    pass",
    "f = f'{train()}'",
    "if __name__ == '__main__':\n    f = train()",
    "while True:\n    f = 1",
    "(f := 3)",
]


@pytest.mark.parametrize("source", TAKEN)
def test_definitions_imports_and_simple_values_are_taken(source: str, tmp_path: Path) -> None:
    assert "f" in names(found(tmp_path, source))


@pytest.mark.parametrize("source", LEFT)
def test_everything_else_is_not_run_and_listed(source: str, tmp_path: Path) -> None:
    submission = found(tmp_path, "x = 1", source)
    assert names(submission) == {"x"}
    assert submission.notes == [f"{NAME}: what defines nothing was not run: cell 2 line 1"]


MAGICS = {
    "line magics": ("%matplotlib inline\n%time x = 1\ndef f(): pass", {"f"}),
    "shell lines": ("!pip install numpy\nfiles = !ls\n!wget a \\\n   b\ndef f(): pass", {"f"}),
    "help": ("f?\nnp.pad??\ndef f(): pass", {"f"}),
    "in a function": ("def f():\n    %timeit g()\n    return 1", {"f"}),
    "timed cell": ("%%time\ndef f(): pass", {"f"}),
    "captured cell": ("\n%%capture out\ndef f(): pass", {"f"}),
    "shell cell": ("%%bash\ndef f(): pass", set()),
    "html cell": ("%%html\n<p>", set()),
    "written file": ("%%writefile f.py\ndef f(): pass", set()),
    "remainders that look like magics": ("g = 7\nf = (g\n% 4)", {"f", "g"}),
    "magics in a text": ("f = '''\n%matplotlib inline\n!ls\n'''", {"f"}),
}


@pytest.mark.parametrize("name", MAGICS)
def test_what_only_jupyter_reads_is_passed_over(name: str, tmp_path: Path) -> None:
    source, expected = MAGICS[name]
    assert names(found(tmp_path, source)) == expected


def test_everything_runs_where_the_rubric_says_so(tmp_path: Path) -> None:
    cells = (
        "total = sum(x for x in range(4))",
        "open('data.csv')\nlater = 1",
        "raise SystemExit(3)",
        "def f(): return total",
    )
    submission = found(tmp_path, *cells, mode="run")
    assert names(submission) == {"total", "later", "f"}
    assert submission.find("f", [NAME])() == 6
    assert submission.notes == [
        f"{NAME} cell 2:1: FileNotFoundError; the statement costs nothing",
        f"{NAME} cell 3:1: SystemExit; the statement costs nothing",
    ]


def test_what_is_left_out_is_named_by_what_it_should_have_defined(tmp_path: Path) -> None:
    cells = (
        "EPS = cfg.eps\nfrom nowhere import a, b as c",
        "x == 1 +\nEPS = 2\ndef relu(x):\n    y = 3",
        "print(1 +",
        "plt.plot(1); plt.show()\nplt.plot(2)",
    )
    submission = found(tmp_path, *cells)
    assert "f" not in names(submission)
    assert submission.notes[:2] == [
        f"{NAME} cell 1:1: NameError; the statement is left out, with `EPS`",
        f"{NAME} cell 1:2: ModuleNotFoundError; the statement is left out, with `a`, `c`",
    ]
    assert submission.notes[2].endswith("cell 2:1: not Python; the cell is left out, with `EPS`, `relu`")
    assert submission.notes[3].endswith("cell 3:1: not Python; the cell costs nothing")
    assert submission.notes[4] == f"{NAME}: what defines nothing was not run: cell 4 line 1, 2"


def test_cells_count_as_jupyter_counts_them(tmp_path: Path) -> None:
    submission = found(tmp_path, "x = 1", "  \n", "", "\n\ndef f():\n    return 1 / 0")
    with pytest.raises(ZeroDivisionError) as raised:
        submission.find("f", [NAME])()
    frame = raised.traceback[-1]
    assert (str(frame.path).rpartition("/")[2], frame.lineno + 1) == (f"{NAME} cell 2", 4)


def test_a_cell_that_is_not_python_costs_what_it_defines(tmp_path: Path) -> None:
    submission = found(tmp_path, "def f():\n    retrun 1", "def g():\n    return 2")
    assert submission.find("g", [NAME])() == 2
    with pytest.raises(SyntaxError) as raised:
        submission.find("f", [NAME])
    assert str(raised.value.filename).endswith(f"{NAME} cell 1")
    assert raised.value.lineno == 2
    with pytest.raises(Missing, match="does not define `h`"):
        submission.find("h", [NAME])


@pytest.mark.parametrize(
    "source", ["(" * 5000, "x = " + "-" * 200_000 + "1", "x = 1" + " + 1" * 2500, "\0", "%a\n" * 500 + "("]
)
def test_source_that_breaks_parsers_costs_its_cell(source: str, tmp_path: Path) -> None:
    assert "f" in names(found(tmp_path, source, "def f(): pass"))


def test_a_script_made_from_a_notebook_works(tmp_path: Path) -> None:
    script = (
        "#!/usr/bin/env python",
        "# In[1]:",
        "get_ipython().run_line_magic('matplotlib', 'inline')",
        "import numpy as np",
        "# In[2]:",
        "def f(x): return np.maximum(x, 0)",
        "# In[3]:",
        "plt.plot(f(3))",
    )
    submission = found(tmp_path, *script, script=True)
    assert submission.find("f", ["numpy_cnn.py"])(-2) == 0
    assert submission.notes == ["numpy_cnn.py: what defines nothing was not run: line 3, 8"]


def reference_cells() -> list[str]:
    content = json.loads((LAB.assignment.reference / NAME).read_text("utf-8"))["cells"]
    return ["".join(c["source"]) for c in content if c["cell_type"] == "code" and not c["metadata"].get("tags")]


MESS = (
    "# 我的作业：卷积神经网络\n%matplotlib inline\n!pip install tqdm",
    "import urllib.request\nimport matplotlib.pyplot as plt\nfrom tqdm import tqdm\nfrom google.colab import drive",
    "data = urllib.request.urlopen('http://example.com/mnist.npz').read()\n打印 = print\n打印('下载完成')",
    "plt.plot([1, 2, 3])\nplt.title('损失')\nplt.show()",
    "for epoch in tqdm(range(10**9)):\n    pass",
    "%%bash\nrm -rf data",
    "def broken(:",
)


def submission_of(*cells: str) -> Submission:
    return Submission.of("submission", {NAME: slim(book(*cells))})


@pytest.mark.parametrize("mode", ["definitions", "run"])
def test_a_notebook_full_of_other_things_is_graded(mode: Any) -> None:
    mess = MESS if mode == "definitions" else tuple(cell for cell in MESS if "10**9" not in cell)
    rubric = replace(LAB.rubric, notebook=mode)
    with Grader(LAB.assignment, rubric, Options()) as grader:
        report = grader.grade(submission_of(*mess, *reference_cells(), *mess))
    assert {s.key: s.message for s in report.sections if s.status != "passed"} == {}
    said = "\n".join(report.notes)
    assert f"{NAME} cell {7 if mode == 'definitions' else 6}:1: not Python; the cell is left out, with `broken`" in said
    if mode == "definitions":
        assert "what defines nothing was not run: cell 3 line 1, 3, cell 4 line 1, 2, 3" in said
    else:
        assert f"{NAME} cell 4:1: " in said


def test_a_notebook_s_other_way_is_taken() -> None:
    cells = (
        "import importlib.util\nimport numpy as np\nimport torch",
        "%matplotlib inline\ntry:\n    import cupy as xp\n"
        "except ImportError:\n    import numpy as xp\n    print('no cupy')",
        "try:\n    import torch as t\nexcept ImportError:\n    t = None",
        "HAS = importlib.util.find_spec('torch') is not None",
        "def relu(x):\n    return xp.maximum(x, 0) if t is None and not HAS else t.relu(x)",
        "def sigmoid(x):\n    try:\n        import jax\n"
        "    except ImportError:\n        e = xp.exp(-xp.abs(x))\n"
        "        return xp.where(x >= 0, 1 / (1 + e), e / (1 + e))\n"
        "    return jax.nn.sigmoid(x)",
    )
    with LAB.grader(only=("sigmoid", "relu")) as grader:
        report = grader.grade(submission_of(*cells))
    assert [(section.status, section.message) for section in report.sections] == [("passed", "")] * 2
    assert f"{NAME} cell 2:3: `cupy` is not allowed here; the code goes on without it" in report.notes


def test_errors_name_cell_and_line() -> None:
    cells = ["import numpy as np", "def sigmoid(x):\n    y = x\n    return y / undefined\n", "def relu(x):\n  retrun x"]
    with LAB.grader(only=("sigmoid", "relu")) as grader:
        report = grader.grade(submission_of(*cells))
    sigmoid, relu = report.sections
    assert (sigmoid.status, sigmoid.message) == ("error", f"result: NameError at {NAME} cell 2:3")
    assert (relu.status, relu.message) == ("error", f"result: SyntaxError at {NAME} cell 3:2")
    (frame,) = report.run["sections"]["sigmoid"]["traceback"]
    assert frame["text"] == "return y / undefined"
