"""An import policy as a section has it, and a submission's module run under it."""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy  # noqa: F401 - loaded once for all: what a test loads is taken out again
import pytest

from autograder.guest.imports import Policy
from autograder.guest.standins import INTERACTIVE


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
    # This process may have loaded it, and what is loaded is not looked for.
    fresh = {"torch", "doctest", *INTERACTIVE}
    loaded = {name: sys.modules.pop(name) for name in [*sys.modules] if name.partition(".")[0] in fresh}
    policy.install()
    sys.path.append(str(tmp_path))
    yield policy
    sys.meta_path.remove(policy)
    builtins.__import__, importlib.import_module = policy.plain_import, policy.plain_import_module
    importlib.util.find_spec = policy.plain_find_spec
    sys.path[:], sys.breakpointhook = path, hook
    for name in set(sys.modules) - before:
        del sys.modules[name]
    sys.modules.update(loaded)


@pytest.fixture
def run(policy: Policy) -> Callable[[str], dict[str, Any]]:
    def run(source: str, name: str = "mytorch_pool.py") -> dict[str, Any]:
        path = Path(policy.root) / name
        path.write_text(source)
        made: dict[str, Any] = {"__name__": "submission"}
        exec(compile(source, str(path), "exec"), made)
        return made

    return run
