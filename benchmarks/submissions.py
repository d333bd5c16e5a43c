"""Submissions to be measured, written to a folder: the reference, the same in loops, the stubs, one that fails."""

from __future__ import annotations

import contextlib
import importlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.assignments import registry

from .timing import ROOT

REFERENCE = registry.find("hw2p1").reference
STUBS = registry.find("hw2p1").handout

#: File, the right text, the wrong one: gradients that are averaged, and a minimum for a maximum.
MISTAKES = (
    ("mytorch/Conv1d.py", "self.dLdb = dLdZ.sum(axis=(0, 2))", "self.dLdb = dLdZ.mean(axis=(0, 2))"),
    ("mytorch/pool.py", "windows.max(axis=-1)", "windows.min(axis=-1)"),
)


def of_tests(name: str) -> Any:
    """A module that the tests share: made-up classes, variants of the reference, a cluster."""
    for folder in ("tests", "tests/batch", "tests/variants"):
        if str(ROOT / folder) not in sys.path:
            sys.path.insert(0, str(ROOT / folder))
    return importlib.import_module(name)


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder for this benchmark, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="autograder-benchmark-") as place:
        yield Path(place)


def write(files: dict[str, bytes], place: Path) -> Path:
    """Write a submission's files."""
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


def reference() -> dict[str, bytes]:
    """The reference's files, by path."""
    paths = sorted(REFERENCE.rglob("*.py"))
    return {path.relative_to(REFERENCE).as_posix(): path.read_bytes() for path in paths}


def loops(place: Path) -> Path:
    """The reference, one multiplication at a time."""
    return write(dict(of_tests("test_variants").variant("plain_loops").files), place)


def failing(place: Path) -> Path:
    """The reference with two mistakes, of which several sections fail."""
    files = reference()
    for name, right, wrong in MISTAKES:
        if right.encode() not in files[name]:
            raise SystemExit(f"{name} no longer holds {right}")
        files[name] = files[name].replace(right.encode(), wrong.encode())
    return write(files, place)


def with_scipy(place: Path) -> Path:
    """The reference as most students write it: SciPy imported at the top of a module that every model imports."""
    files = reference()
    files["mytorch/activation.py"] = b"from scipy.special import erf\n" + files["mytorch/activation.py"]
    return write(files, place)
