"""The import policy: stand-ins for what is not allowed, and everything else left to Python."""

from __future__ import annotations

import importlib.machinery
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy  # noqa: F401 - loaded once for all: what a test loads is taken out again
import pytest

from autograder.guest.imports import ForbiddenUse, NoSuchModule, Policy


@pytest.fixture
def policy(tmp_path: Path) -> Iterator[Policy]:
    before, path, hook = set(sys.modules), list(sys.path), sys.breakpointhook
    policy = Policy(
        tmp_path,
        allow=("numpy", "scipy", "scipy.special"),
        deny=("scipy.signal", "torch"),
        files=("mytorch/resampling.py", "mytorch/conv1d.py", "mytorch_pool.py"),
        due=("mytorch/flatten.py", "mytorch/Conv1d.py"),
    )
    policy.install()
    sys.path.append(str(tmp_path))
    yield policy
    sys.meta_path.remove(policy)
    sys.path[:], sys.breakpointhook = path, hook
    for name in set(sys.modules) - before:
        del sys.modules[name]


def run(policy: Policy, source: str, name: str = "mytorch_pool.py") -> None:
    path = Path(policy.root) / name
    path.write_text(source)
    exec(compile(source, str(path), "exec"), {"__name__": "submission"})


def test_an_unused_import_costs_nothing_and_is_noted(policy: Policy) -> None:
    run(policy, "import numpy\nimport no_such_thing_anywhere\nfrom keras import layers as L, nothing\n")
    assert [note.split(":")[1] for note in policy.notes] == ["2", "3"]
    assert "is not there" in policy.notes[0] and "is not allowed here" in policy.notes[1]
    assert policy.used is None


@pytest.mark.parametrize(
    "use", ["k(1)", "k.x", "k.x.y()", "k + 1", "len(k)", "[*k]", "k[0]", "class A(k): pass", "1 @ k"]
)
def test_the_first_use_is_refused_with_its_line(policy: Policy, use: str) -> None:
    with pytest.raises(ForbiddenUse, match=r"mytorch_pool.py:2: `keras.k`"):
        run(policy, f"from keras import k\n{use}\n")
    assert policy.used


def test_a_use_that_was_caught_is_remembered(policy: Policy) -> None:
    run(policy, "import keras\ntry:\n    keras.fit()\nexcept BaseException:\n    pass\n")
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
def test_a_module_that_is_nowhere_is_missing_and_not_forbidden(policy: Policy, line: str) -> None:
    with pytest.raises(NoSuchModule) as raised:
        run(policy, f"{line}\nuse(1)\n")
    assert str(raised.value) == f"mytorch_pool.py:1: {MISSING[line]}"
    assert policy.kind is NoSuchModule and policy.used == str(raised.value)


def test_a_known_package_stays_forbidden(policy: Policy) -> None:
    with pytest.raises(ForbiddenUse, match=r"`pandas\.read_csv`: may not be used in this assignment") as raised:
        run(policy, "import pandas\npandas.read_csv(1)\n")
    assert type(raised.value) is ForbiddenUse


def test_a_package_is_allowed_without_its_denied_part(policy: Policy) -> None:
    pytest.importorskip("scipy")
    for name in [name for name in sys.modules if name.partition(".")[0] == "scipy"]:
        if name.startswith("scipy.signal"):
            pytest.skip("SciPy's part is loaded already")
    run(policy, "from scipy.special import erf\nassert erf(0) == 0\n")
    with pytest.raises(ForbiddenUse):
        run(policy, "from scipy.signal import convolve\nconvolve(1, 2)\n")


def test_its_own_modules_are_its_own(policy: Policy) -> None:
    (Path(policy.root) / "own_module_of_mine.py").write_text("x = 1\n")
    run(policy, "from own_module_of_mine import x\nassert x == 1\n")
    assert policy.notes == []


def test_its_own_modules_are_found_where_python_finds_them(policy: Policy) -> None:
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
    run(policy, "import found_in\nassert found_in.x == 'deeper'\n")


@pytest.mark.parametrize("known", [True, False])
def test_a_finder_of_the_submission_is_asked_before_python_s(policy: Policy, known: bool) -> None:
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
    run(policy, source)


def test_an_own_module_that_is_gone_is_not_found(policy: Policy) -> None:
    policy.own, policy.path = {"gone_by_now": str(Path(policy.root) / "gone_by_now.py")}, [*sys.path]
    assert policy.find_spec("gone_by_now", None) is None


def test_a_breakpoint_names_its_line(policy: Policy) -> None:
    with pytest.raises(ForbiddenUse, match=r"mytorch_pool\.py:2"):
        run(policy, "x = 1\nbreakpoint()\n")


def test_debuggers_are_not_waited_for(policy: Policy) -> None:
    with pytest.raises(ForbiddenUse, match="debugger"):
        run(policy, "import turtle\nturtle.forward(1)\n")
