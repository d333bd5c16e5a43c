"""The import policy: stand-ins for what is not allowed, and everything else left to Python."""

from __future__ import annotations

import importlib.machinery
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.guest.imports import Policy
from autograder.guest.standins import ForbiddenUse, NoSuchModule

Run = Callable[[str], dict[str, Any]]


def test_an_unused_import_costs_nothing_and_is_noted(policy: Policy, run: Run) -> None:
    run("import numpy\nimport no_such_thing_anywhere\nfrom keras import layers as L, nothing\n")
    assert [note.split(":")[1] for note in policy.notes] == ["2", "3"]
    assert "is not there" in policy.notes[0] and "is not allowed here" in policy.notes[1]
    assert policy.used is None


@pytest.mark.parametrize(
    "use", ["k(1)", "k.x", "k.x.y()", "k + 1", "len(k)", "[*k]", "k[0]", "class A(k): pass", "1 @ k"]
)
def test_the_first_use_is_refused_with_its_line(policy: Policy, run: Run, use: str) -> None:
    with pytest.raises(ForbiddenUse, match=r"mytorch_pool.py:2: `keras.k`"):
        run(f"from keras import k\n{use}\n")
    assert policy.used


def test_a_use_that_was_caught_is_remembered(policy: Policy, run: Run) -> None:
    run("import keras\ntry:\n    keras.fit()\nexcept BaseException:\n    pass\n")
    assert policy.used and ":3:" in policy.used


MISSING = {
    "from resample import Upsample1d as use": "there is no module `resample`; did you mean `resampling`?",
    "import nunpy as np\nuse = np.zeros": "there is no module `nunpy`; did you mean `numpy`?",
    "from my_utils import pad as use": "there is no module `my_utils`: was its file handed in? Of packages, only "
    "numpy and scipy may be used",
    "from flatten import Flatten as use": "there is no module `flatten`: mytorch/flatten.py is not among the files "
    "that were handed in",
    "from Conv1d import Conv1d as use": "there is no module `Conv1d`: the file is mytorch/conv1d.py, and must be "
    "Conv1d.py (capital letters count)",
    "from nn.resampling import Upsample1d as use": "there is no module `nn.resampling`, but mytorch/resampling.py",
}


@pytest.mark.parametrize("line", MISSING)
def test_a_module_that_is_nowhere_is_missing_and_not_forbidden(policy: Policy, run: Run, line: str) -> None:
    with pytest.raises(NoSuchModule) as raised:
        run(f"{line}\nuse(1)\n")
    assert str(raised.value) == f"mytorch_pool.py:1: {MISSING[line]}"
    assert policy.kind is NoSuchModule and policy.used == str(raised.value)


def told(policy: Policy, run: Run, source: str) -> BaseException:
    with pytest.raises(NameError) as raised:
        run(source)
    return policy.told(raised.value)


def test_a_name_that_is_lacking_after_a_star_is_the_module_s_that_is_not_there(policy: Policy, run: Run) -> None:
    error = told(policy, run, "from Conv1d import *\nfrom flatten import *\n\nlayer = Flatten()\n")
    assert isinstance(error, NoSuchModule)
    due = "mytorch/flatten.py is not among the files that were handed in"
    assert str(error) == f"mytorch_pool.py:2: there is no module `flatten`: {due}"
    error = told(policy, run, "from Conv1d import *\nfrom flatten import *\n\nlayer = Conv1d_stride1()\n")
    assert str(error).startswith("mytorch_pool.py:1: there is no module `Conv1d`: the file is mytorch/conv1d.py")


@pytest.mark.parametrize("line", ["from torch import *", "from Conv1d import Conv1d", "import Conv1d", "import math"])
def test_any_other_name_that_is_lacking_is_just_that(policy: Policy, run: Run, line: str) -> None:
    assert type(told(policy, run, f"{line}\nlayer = Flatten()\n")) is NameError


def test_a_known_package_stays_forbidden(policy: Policy, run: Run) -> None:
    with pytest.raises(ForbiddenUse, match=r"`pandas\.read_csv`: may not be used in this assignment") as raised:
        run("import pandas\npandas.read_csv(1)\n")
    assert type(raised.value) is ForbiddenUse


def test_a_package_is_allowed_without_its_denied_part(policy: Policy, run: Run) -> None:
    pytest.importorskip("scipy")
    for name in [name for name in sys.modules if name.partition(".")[0] == "scipy"]:
        if name.startswith("scipy.signal"):
            pytest.skip("SciPy's part is loaded already")
    run("from scipy.special import erf\nassert erf(0) == 0\n")
    with pytest.raises(ForbiddenUse):
        run("from scipy.signal import convolve\nconvolve(1, 2)\n")


def test_its_own_modules_are_its_own(policy: Policy, run: Run) -> None:
    (Path(policy.root) / "own_module_of_mine.py").write_text("x = 1\n")
    run("from own_module_of_mine import x\nassert x == 1\n")
    assert policy.notes == []


def test_its_own_modules_are_found_where_python_finds_them(policy: Policy, run: Run) -> None:
    root = Path(policy.root)
    for folder in ("", "deeper"):
        (root / folder).mkdir(exist_ok=True)
        (root / folder / "found_in.py").write_text(f"x = {folder!r}\n")
    policy.own, policy.path = {"found_in": str(root / "found_in.py")}, [*sys.path]
    by_name, plainly = policy.find_spec("found_in", None), importlib.machinery.PathFinder.find_spec("found_in")
    assert by_name is not None and plainly is not None
    for name in ("name", "origin", "cached", "has_location", "parent", "submodule_search_locations"):
        assert getattr(by_name, name) == getattr(plainly, name), name
    assert type(by_name.loader) is type(plainly.loader)
    sys.path.insert(0, str(root / "deeper"))  # as some submissions do
    run("import found_in\nassert found_in.x == 'deeper'\n")


@pytest.mark.parametrize("known", [True, False])
def test_a_finder_of_the_submission_is_asked_before_python_s(policy: Policy, run: Run, known: bool) -> None:
    root = Path(policy.root)
    (root / "deeper").mkdir()
    (root / "found_by.py").write_text("x = 'by name'\n")
    (root / "deeper" / "found_by.py").write_text("x = 'by the finder'\n")
    policy.path = [*sys.path]
    if known:
        policy.own = {"found_by": str(root / "found_by.py")}
    source = (
        "import importlib.util, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        place = {str(root / 'deeper' / 'found_by.py')!r}\n"
        "        return importlib.util.spec_from_file_location(name, place) if name == 'found_by' else None\n"
        "finder = Finder()\n"
        "sys.meta_path.insert(1, finder)\n"
        "try:\n"
        "    import found_by\n"
        "finally:\n"
        "    sys.meta_path.remove(finder)\n"
        "assert found_by.x == 'by the finder', found_by.x\n"
    )
    run(source)


def test_an_own_module_that_is_gone_is_not_found(policy: Policy, run: Run) -> None:
    policy.own, policy.path = {"gone_by_now": str(Path(policy.root) / "gone_by_now.py")}, [*sys.path]
    assert policy.find_spec("gone_by_now", None) is None


def test_a_breakpoint_names_its_line(policy: Policy, run: Run) -> None:
    with pytest.raises(ForbiddenUse, match=r"mytorch_pool\.py:2"):
        run("x = 1\nbreakpoint()\n")


def test_debuggers_are_not_waited_for(policy: Policy, run: Run) -> None:
    with pytest.raises(ForbiddenUse, match="debugger"):
        run("import turtle\nturtle.forward(1)\n")


#: Standard modules that build upon a debugger, or are near one.
BUILT_UPON = ("doctest", "unittest", "pydoc", "cgitb", "cProfile", "timeit", "trace", "wsgiref.simple_server")


@pytest.mark.parametrize("name", BUILT_UPON)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_library_has_the_debugger_that_it_builds_upon(policy: Policy, run: Run, name: str) -> None:
    run(f"import {name}\n")
    assert policy.used is None and policy.notes == []


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("import doctest\nimport pdb\npdb.set_trace()", ":3: `pdb.set_trace` is a debugger"),
        ("import pdb\nimport doctest\npdb.set_trace()", ":3: `pdb.set_trace` is a debugger"),
        ("import doctest\nfrom pdb import set_trace\nset_trace()", ":3: `pdb.set_trace` is a debugger"),
        ("import doctest\nimport importlib\nimportlib.import_module('pdb').run('1')", ":3: `pdb.run` is a debugger"),
        ("import doctest\nexec('import code; code.interact()')", ":2: `code.interact` is a debugger"),
        ("import doctest\nbreakpoint()", ":2: breakpoint(): a breakpoint was left in"),
    ],
)
def test_beside_such_a_library_a_debugger_stays_one(policy: Policy, run: Run, lines: str, said: str) -> None:
    with pytest.raises(ForbiddenUse) as raised:
        run(lines)
    assert str(raised.value) == f"mytorch_pool.py{said}"


def test_examples_in_texts_are_run_beside_an_unused_debugger(policy: Policy, run: Run) -> None:
    made = run("import pdb, doctest, pdb\ndef f():\n    '''\n    >>> f()\n    1\n    '''\n    return 1\n")
    tests = made["doctest"].DocTestFinder().find(made["f"], "f", globs=made)
    assert [made["doctest"].DocTestRunner().run(test) for test in tests] == [(0, 1)]
    assert policy.used is None and len(policy.notes) == 1


@pytest.mark.parametrize(
    "lines",
    [
        "def f(x: torch.Tensor | None, y: None | torch.Tensor = None) -> torch.Tensor | int: ...",
        "class A:\n    x: int | torch.Tensor\n    kind = torch.float32",
        "import numpy as np\ndef f(x: np.ndarray | torch.Tensor): ...",
        "from typing import Optional, Union\ndef f(x: Optional[torch.Tensor], y: Union[int, torch.Tensor]): ...",
        "print(f'{torch.float32}', torch.__version__)",
    ],
)
def test_an_annotation_is_no_use(policy: Policy, run: Run, lines: str) -> None:
    run(f"import torch\n{lines}\n")
    assert policy.used is None


@pytest.mark.parametrize(
    "use",
    [
        "f'{torch.float32:>3}'", "torch.x // 2", "2 % torch.x", "torch.x & 1", "~torch.x", "+torch.x", "abs(torch.x)",
        "round(torch.x)", "torch.x << 1", "torch.__version__ > '2'", "torch.__version__.split('.')",
        "torch.x.y = 1", "torch.x.y |= 1", "del torch.x[0]", "isinstance(1, torch.Tensor)", "divmod(torch.x, 2)",
        "complex(torch.x)",
    ],
)  # fmt: skip
def test_what_does_something_with_a_stand_in_is_a_use(run: Run, use: str) -> None:
    with pytest.raises(ForbiddenUse, match=r"^mytorch_pool.py:2: `torch\.\w+`: may not be used"):
        run(f"import torch\n{use}\n")


def test_a_library_that_asks_for_the_kind_of_something_hears_that_it_is_none(policy: Policy, run: Run) -> None:
    torch = run("import torch\n")["torch"]  # as SciPy does as soon as something of that name is loaded
    assert issubclass(int, torch.Tensor) is False and isinstance(1, torch.Tensor) is False
    assert policy.used is None
