"""Counts that must not grow unseen: `python -m benchmarks.counts` writes them to tests/benchmarks/counts.json.

Wall time depends on the machine and on who else uses it; these do not, and each of them costs time: modules loaded at
the start, frames and bytes on the wire, round trips, processes, cases. `make test` holds them to what is written
there.
"""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.assignments import registry
from autograder.sandbox import levels

from .submissions import REFERENCE
from .timing import ENVIRONMENT, ROOT

PLACE = ROOT / "tests" / "benchmarks" / "counts.json"
UPDATE = "if that is meant: python -m benchmarks.counts, and say why in the commit"

#: How much more there may be of the standard library's modules (other versions of Python load others), of bytes, and
#: of our own modules in a whole run; how much less, before what is written is out of date.
OTHERS, BYTES, MODULES, STALE = 1.25, 1.05, 1.1, 0.75


def counted() -> dict[str, Any]:
    """Run what is counted, and count: the second run, since the first one keeps the guest's command line for it."""
    watched("grade", str(REFERENCE), "--only", "MCQ 1")
    page, run = watched("--help"), watched("grade", str(REFERENCE))
    assignment = registry.find("hw2p1")
    rubric = assignment.rubric()
    return {
        "isolation": levels.available()[0],
        "modules": {
            "--help": sorted_out(page["whole"]),
            "grade, until the guest is started": sorted_out(run["at guest"]),
            "grade, in all": sorted_out(run["whole"]),
        },
        "numbers": run["numbers"],
        "cases": {section.key: len(assignment.cases(section, rubric, "quick")) for section in rubric.sections},
    }


def watched(*words: str) -> dict[str, Any]:
    """A run of `runner.py`, counted."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "counts.json"
        subprocess.run(
            [sys.executable, str(ROOT / "benchmarks/counted.py"), str(place), *words],
            cwd=ROOT, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        found: dict[str, Any] = json.loads(place.read_text("utf-8"))
        return found


def sorted_out(modules: Sequence[str]) -> dict[str, Any]:
    """Modules of the program by name, packages of other people by name, and how many are the standard library's."""
    tops = {name.partition(".")[0] for name in modules}
    return {
        "own": [name for name in modules if name.partition(".")[0] == "autograder"],
        "packages": sorted(tops & set(importlib.metadata.packages_distributions()) - {"autograder"}),
        "standard library": sum(name.partition(".")[0] in sys.stdlib_module_names for name in modules),
    }


def grown(now: Mapping[str, Any], kept: Mapping[str, Any]) -> Iterator[str]:
    """What is more now than was written down, or so much less that what was written is out of date."""
    for when, modules in now["modules"].items():
        before = kept["modules"][when]
        last = when == "grade, in all"
        # Another level of isolation has modules of its own.
        by_name = not last and now["isolation"] == kept["isolation"]
        for kind in ("own", "packages") if by_name else ("packages",):
            if more := sorted(set(modules[kind]) - set(before[kind])):
                yield f"{when}: {', '.join(more)} loaded besides"
        if last and len(modules["own"]) > MODULES * len(before["own"]):
            yield f"{when}: {len(modules['own'])} modules of ours, not {len(before['own'])}"
        if (by_name or last) and modules["standard library"] > OTHERS * before["standard library"]:
            counts = f"{modules['standard library']}, not {before['standard library']}"
            yield f"{when}: of the standard library's modules {counts}"
    for kind in ("numbers", "cases"):
        for name, number in now[kind].items():
            room = BYTES if name.startswith("bytes") else 1.0
            before = kept[kind].get(name, 0)
            if number > room * before:
                yield f"{name}: {number}, not {before}"
            elif number < STALE * before:
                yield f"{name}: {number}, which is far less than {before}: what is written is out of date"


def main() -> None:
    """Count, say what is other than before, and write."""
    now = counted()
    if PLACE.is_file():
        for change in grown(now, json.loads(PLACE.read_text("utf-8"))):
            print(change)
    PLACE.parent.mkdir(exist_ok=True)
    PLACE.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"wrote {PLACE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
