"""Which of an assignment's small cases the quick profile asks: data, written by `python -m benchmarks.mutants choose`.

The cases that it was chosen from are the candidates; those that it leaves out are asked by the full profile. An
assignment without the file asks all of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from . import shipped

SCHEMA = "autograder/choice/v1"
FILE = "choice.json"
#: The profile that asks every candidate: for measuring, never for grading.
CANDIDATES = "candidates"


@cache
def left_out(folder: Path) -> Mapping[str, frozenset[str]]:
    """Names of the cases that the quick profile does not ask, by section id."""
    return {section: frozenset(entry["left out"]) for section, entry in read(folder).items()}


def read(folder: Path) -> Mapping[str, Any]:
    """By section id: the cases that are `kept`, each with its reason, and those that are `left out`."""
    return shipped.sections(folder / FILE, SCHEMA) or {}


def dumps(sections: Mapping[str, Any]) -> str:
    """The choice as text, a line for each case."""
    return json.dumps({"schema": SCHEMA, "sections": sections}, indent=1, ensure_ascii=False) + "\n"
