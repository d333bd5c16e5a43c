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
    "from Conv1d import Conv1d as use": "there is no module `Conv1d`, but mytorch/conv1d.py: capital letters count",
    "from nn.resampling import Upsample1d as use": "there is no module `nn.resampling`, but mytorch/resampling.py",
}


@pytest.mark.parametrize("line", MISSING)
def test_a_module_that_is_nowhere_is_missing_and_not_forbidden(policy: Policy, run: Run, line: str) -> None:
    with pytest.raises(NoSuchModule) as raised:
        run(f"{line}\nuse(1)\n")
    assert str(raised.value) == f"mytorch_pool.py:1: {MISSING[line]}"
    assert policy.kind is NoSuchModule and policy.used == str(raised.value)


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
