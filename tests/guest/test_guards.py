"""A submission that has another way takes it: guarded imports fail, and others cost nothing until they are used."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.guest.imports import Policy
from autograder.guest.standins import ForbiddenUse, NoSuchModule, StandIn

Run = Callable[[str], dict[str, Any]]

OR, PASS = "except ImportError:\n    xp = None\n", "except ImportError:\n    pass\n"
FALLBACKS = {
    "try, ImportError": "try:\n    import cupy as xp\n" + OR,
    "on one line": "try: import cupy as xp\nexcept ImportError: xp = None\n",
    "ModuleNotFoundError": "try:\n    import cupy as xp\nexcept ModuleNotFoundError as error:\n    xp = None\n",
    "one of two": "try:\n    import cupy as xp\nexcept (ImportError, ModuleNotFoundError):\n    xp = None\n",
    "a tuple's name": "E = (OSError, ImportError)\ntry:\n    import cupy as xp\nexcept E:\n    xp = None\n",
    "a module's attribute": "import builtins\ntry:\n    import cupy as xp\n"
    "except builtins.ImportError:\n    xp = None\n",
    "Exception": "try:\n    import torch as xp\nexcept Exception:\n    xp = None\n",
    "BaseException": "try:\n    import torch as xp\nexcept BaseException:\n    xp = None\n",
    "anything": "try:\n    import torch as xp\nexcept:\n    xp = None\n",
    "the second handler": "try:\n    import torch as xp\nexcept OSError:\n    pass\n" + OR,
    "a group": "try:\n    import torch as xp\nexcept* ImportError:\n    xp = None\n",
    "suppress": "import contextlib\nxp = None\nwith contextlib.suppress(ImportError):\n    import torch as xp\n",
    "suppress by itself": "from contextlib import suppress\nxp = None\n"
    "with suppress(OSError, Exception):\n    import torch as xp\n",
    "a name of it": "try:\n    from numba import njit as xp\n" + OR,
    "all of it": "xp = None\ntry:\n    from hw2.mytorch.pool import *\n    xp = 1\n" + PASS,
    "a part of what is allowed": "try:\n    import scipy.signal as xp\n" + OR,
    "the same as a name": "try:\n    from scipy import signal as xp\n" + OR,
    "a module that is nowhere": "try:\n    from nn.resampling import Up as xp\n" + OR,
    "import_module": "import importlib\ntry:\n    xp = importlib.import_module('torch')\n" + OR,
    "after a first import": "import torch\ntry:\n    import torch as xp\n" + OR,
    "after a first import of a name": "import torch\ntry:\n    from torch.nn import xp\n" + OR,
    "import_module after a first import": "import importlib, torch\ntry:\n    xp = importlib.import_module('torch')\n"
    + OR,
    "deeper": "try:\n    if True:\n        for _ in range(1):\n            import torch as xp\n" + OR,
    "an outer one": "try:\n    try:\n        import torch as xp\n    finally:\n        pass\n" + OR,
    "in a match": "try:\n    match 1:\n        case 1:\n            import torch as xp\n" + OR,
    "in a function": "def f():\n    try:\n        import torch as xp\n    except ImportError:\n"
    "        xp = None\n    return xp\nxp = f()\n",
    "in a class": "class A:\n    try:\n        import torch as xp\n    except ImportError:\n"
    "        xp = None\nxp = A.xp\n",
    "a class in it": "try:\n    class A:\n        import torch as xp\n" + OR,
    "by who calls": "def f():\n    import torch\n    return torch\ntry:\n    xp = f()\n" + OR,
    "in text": "try:\n    exec('import torch as xp')\n" + OR,
}


@pytest.mark.parametrize("source", FALLBACKS.values(), ids=FALLBACKS)
def test_a_guarded_import_fails_so_that_the_other_way_is_taken(policy: Policy, run: Run, source: str) -> None:
    if "scipy" in source:
        pytest.importorskip("scipy")
    assert run(source)["xp"] is None
    assert policy.used is None
    assert policy.notes and policy.notes[-1].endswith("the code goes on without it")


UNGUARDED = {
    "in the handler": "try:\n    import cupy\nexcept ImportError:\n    import torch as xp\n",
    "in else": "try:\n    pass\nexcept ImportError:\n    pass\nelse:\n    import torch as xp\n",
    "in finally": "try:\n    pass\nexcept ImportError:\n    pass\nfinally:\n    import torch as xp\n",
    "beside": "try:\n    pass\nexcept ImportError:\n    pass\nimport torch as xp\n",
    "of another error": "try:\n    import torch as xp\nexcept (OSError, ValueError):\n    pass\n",
    "nothing but finally": "try:\n    import torch as xp\nfinally:\n    pass\n",
    "raised again": "try:\n    import torch as xp\nexcept ImportError:\n    print('install torch')\n    raise\n",
    "the end": "import sys\ntry:\n    import torch as xp\nexcept ImportError:\n    sys.exit('install torch')\n",
    "another context": "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()):\n"
    "    import torch as xp\n",
    "another suppressed": "from contextlib import suppress\nwith suppress(OSError):\n    import torch as xp\n",
    "a function made there": "try:\n    def f():\n        import torch\n        return torch\n"
    "except ImportError:\n    pass\nxp = f()\n",
    "an own error": "class ImportError(Exception): pass\ntry:\n    import torch as xp\n" + PASS,
    "a name that is none": "try:\n    import torch as xp\nexcept NoSuchError:\n    pass\n",
}


@pytest.mark.parametrize("source", UNGUARDED.values(), ids=UNGUARDED)
def test_any_other_import_costs_nothing_until_it_is_used(policy: Policy, run: Run, source: str) -> None:
    assert isinstance(run(source)["xp"], StandIn)
    assert policy.used is None and policy.notes[-1].endswith("a stand-in took its place")


def test_a_module_answers_for_its_own_imports_only(policy: Policy, run: Run) -> None:
    (Path(policy.root) / "helper_of_mine.py").write_text("import torch\nx = 1\n")
    assert run("try:\n    from helper_of_mine import x\nexcept ImportError:\n    x = None\n")["x"] == 1


NEEDED = "from numba import njit\n@njit\ndef up(x):\n    return x\n"
GIVING_UP = "try:\n    import numba\nexcept ImportError as error:\n    raise {}\nup = 1\n"
OUTER = "try:\n    from fast_of_mine import up\nexcept {}:\n    up = None\n"
INNER = {
    "used at once": (NEEDED, "ImportError"),
    "used at once, one deeper": ("import faster_of_mine\nup = 1\n", "ImportError"),
    "a name that is nowhere": ("from numba_of_mine import njit\nup = njit(1)\n", "ModuleNotFoundError"),
    "raised again": (GIVING_UP.replace("raise {}", "raise"), "ImportError"),
    "raised by name": (GIVING_UP.format("error"), "ImportError"),
    "another error": (GIVING_UP.format("RuntimeError('no numba') from error"), "RuntimeError"),
    "another error's class": (GIVING_UP.format("RuntimeError"), "(OSError, RuntimeError)"),
    "its own message": (GIVING_UP.format("ImportError('install numba') from None"), "ImportError"),
    "an own error": ("class Slow(Exception): pass\n" + GIVING_UP.format("Slow()"), "Exception"),
    "an error that is made": ("def slow(): return OSError()\n" + GIVING_UP.format("slow()"), "Exception"),
    "the end": (GIVING_UP.replace("raise {}", "exit('install numba')"), "SystemExit"),
}


@pytest.mark.parametrize(("inner", "caught"), INNER.values(), ids=INNER)
def test_a_module_that_cannot_do_without_fails_where_its_importer_can(
    policy: Policy, run: Run, inner: str, caught: str
) -> None:
    (Path(policy.root) / "fast_of_mine.py").write_text(inner)
    (Path(policy.root) / "faster_of_mine.py").write_text(NEEDED)
    assert run(OUTER.format(caught))["up"] is None
    assert policy.used is None
    assert policy.notes[-1].endswith("the code goes on without it")


CALLED = """\
def need():
    try:
        import numba
    except ImportError as error:
        raise {}
    return numba
"""


@pytest.mark.parametrize("raised", ["RuntimeError('no numba') from error", "RuntimeError", "RuntimeError()"])
def test_an_import_fails_where_who_calls_catches_what_is_raised_for_it(policy: Policy, run: Run, raised: str) -> None:
    assert run(f"{CALLED.format(raised)}try:\n    x = need()\nexcept RuntimeError:\n    x = None\n")["x"] is None
    assert policy.used is None


@pytest.mark.parametrize("caught", ["ValueError", "ImportError"])
def test_where_nobody_catches_what_is_raised_for_it_the_use_is_told_by_name(run: Run, caught: str) -> None:
    helper = CALLED.format("RuntimeError('no numba') from error")
    with pytest.raises(ForbiddenUse, match=r"^mytorch_pool\.py:8: `numba\.njit`: may not be used"):
        run(f"{helper}try:\n    need().njit(1)\nexcept {caught}:\n    pass\n")


def test_an_error_that_is_raised_from_a_failed_import_is_told_by_name(policy: Policy, run: Run) -> None:
    source = "try:\n    import torch\nexcept ImportError as error:\n    late = error\nraise RuntimeError from late\n"
    with pytest.raises(RuntimeError) as caught:
        run(source)
    assert str(policy.told(caught.value)) == "mytorch_pool.py:2: `torch`: may not be used in this assignment"
    caught.value.__cause__ = caught.value
    assert policy.told(caught.value) is caught.value


@pytest.mark.parametrize(
    "inner",
    ["import torch\nup = 1\n", "from numba import njit\nup = 1\n", "import torch\ndef f(): torch.x()\nup = 1\n"],
)
def test_what_a_guarded_module_imports_and_does_not_use_costs_nothing(policy: Policy, run: Run, inner: str) -> None:
    (Path(policy.root) / "fast_of_mine.py").write_text(inner)
    assert run(OUTER.format("ImportError"))["up"] == 1 and policy.used is None


def test_a_use_after_the_import_is_a_use(policy: Policy, run: Run) -> None:
    (Path(policy.root) / "fast_of_mine.py").write_text("import torch\ndef up(): torch.x()\n")
    with pytest.raises(ForbiddenUse, match=r"fast_of_mine\.py:2: `torch\.x`"):
        run(OUTER.format("ImportError") + "try:\n    up()\nexcept ImportError:\n    pass\n")


def test_what_another_way_uses_is_told_by_name(run: Run) -> None:
    source = "try:\n    import cupy as xp\nexcept ImportError:\n    import jax.numpy as xp\nxp.zeros(3)\n"
    with pytest.raises(ForbiddenUse, match=r"mytorch_pool\.py:5: `jax\.numpy\.zeros`: may not be used"):
        run(source)


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("torch", ForbiddenUse, "mytorch_pool.py:2: `torch`: may not be used in this assignment"),
        ("resample", NoSuchModule, "mytorch_pool.py:2: there is no module `resample`; did you mean `resampling`?"),
    ],
)
def test_an_error_that_comes_out_after_all_is_told_by_name(
    policy: Policy, run: Run, name: str, kind: type[BaseException], said: str
) -> None:
    source = f"try:\n    import {name}\nexcept ImportError as error:\n    late = error\nif True:\n    raise late\n"
    with pytest.raises(ModuleNotFoundError) as caught:
        run(source)
    told = policy.told(caught.value)
    assert type(told) is kind and str(told) == said and told.__traceback__ is caught.value.__traceback__
    other = ModuleNotFoundError("x", name="never_asked_for")
    assert policy.told(other) is other and policy.told(caught.value.with_traceback(None)) is not caught.value


FIND = "import importlib.util\nfound = importlib.util.find_spec({!r})\n"


@pytest.mark.parametrize("before", ["", "import torch, cupy, no_such_module\n"])
@pytest.mark.parametrize("name", ["torch", "cupy", "no_such_module"])
def test_what_may_not_be_imported_is_not_found(policy: Policy, run: Run, name: str, before: str) -> None:
    made = run(f"{before}{FIND.format(name)}HAS = found is not None\nif HAS:\n    import {name}\n    {name}.use()\n")
    assert made["found"] is None and policy.used is None


def test_a_denied_part_is_not_found_and_the_rest_is(policy: Policy, run: Run) -> None:
    pytest.importorskip("scipy")
    assert run(FIND.format("scipy.signal"))["found"] is None
    assert run(FIND.format("scipy.special"))["found"] is not None
    (Path(policy.root) / "found_of_mine.py").write_text("")
    assert run(FIND.format("found_of_mine"))["found"] is not None
    with pytest.raises(ModuleNotFoundError, match="No module named 'torch'"):  # as Python says of a part of nothing
        run(FIND.format("torch.nn"))


def test_calls_that_fail_again_and_again_are_noted_once(policy: Policy, run: Run) -> None:
    source = """
        def f():
            try:
                import torch
            except ImportError:
                return None
        for _ in range(100):
            f()
    """
    run(textwrap.dedent(source))
    assert policy.notes == ["mytorch_pool.py:4: `torch` is not allowed here; the code goes on without it"]


def test_source_that_is_not_there_guards_nothing(policy: Policy, run: Run) -> None:
    made: dict[str, Any] = {}
    source = "try:\n    import torch as xp\n" + OR
    exec(compile(source, f"{policy.root}/nowhere.py", "exec"), made)
    assert isinstance(made["xp"], StandIn)
