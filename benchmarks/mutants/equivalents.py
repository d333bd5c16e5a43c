"""Mutants that are no mistakes: each with its reason, on one line of `equivalents/*.txt`.

A line is `id  where  reason`. That a reason holds is tested: such a mutant and the reference give the same outputs on
random inputs of many shapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent / "equivalents"


def reasons(assignment: str) -> Mapping[str, str]:
    """Reasons by the mutants' ids."""
    path = HERE / f"{assignment}.txt"
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    entries = [line.split(maxsplit=2) for line in lines if line.strip() and not line.startswith("#")]
    return {name: reason for name, _, reason in entries}
