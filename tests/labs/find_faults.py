"""Run in a copy of the project: what `faults.find` says of an assignment after each of many changes, as JSON.

Each change is looked at in a process of its own, forked before anything of the assignment is imported.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import warnings
from pathlib import Path

from autograder.assignments import faults, registry


def found(name: str) -> list[str]:
    """The faults, in words."""
    return faults.find(registry.find(name))


def changed(folder: Path, file: str, old: str | None, new: str | None) -> list[str]:
    """The faults with one file changed: a text replaced, a file added (`old` is None) or removed (`new` is None)."""
    path = folder / file
    before = path.read_bytes() if path.is_file() else None
    path.parent.mkdir(exist_ok=True)
    if new is None:
        path.unlink()
    elif old is None:
        path.write_text(new, "utf-8")
    else:
        text = path.read_text("utf-8")
        if text.count(old) != 1:
            raise ValueError(f"{old!r} stands {text.count(old)} times in {file}")
        path.write_text(text.replace(old, new), "utf-8")
    try:
        with multiprocessing.get_context("fork").Pool(1) as pool:
            return pool.apply(found, (folder.name,))
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)


if __name__ == "__main__":
    warnings.simplefilter("error")
    sys.dont_write_bytecode = True  # changes of one second and one size look alike to a cache
    assignment = registry.find(sys.argv[1])
    print(json.dumps([changed(assignment.folder, *change) for change in json.load(sys.stdin)]))
