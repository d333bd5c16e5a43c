"""Cases as a list, in place of the tables that make them: a table would show the shapes of cases that are hidden.

Students' copies have it. It holds what they are asked with the public seed, and nothing of what else there is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from . import shipped
from .cases import Case

SCHEMA = "autograder/cases/v1"
FILE = "cases.json"


def cases(folder: Path, section: str, edition: str) -> tuple[Case, ...] | None:
    """The cases of a section in an edition, simplest first; None where the assignment has no list."""
    sections = _read(folder)
    if sections is None:
        return None
    here = (entry for entry in sections.get(section, ()) if edition in entry.get("editions", (edition,)))
    return tuple(
        Case(
            entry["name"],
            entry["params"],
            {},
            tuple(entry["outputs"]),
            entry["level"],
            entry["optional"],
            tuple(entry["judged"]),
            entry.get("fed", {}),
        )
        for entry in here
    )


@cache
def _read(folder: Path) -> Mapping[str, Any] | None:
    return shipped.sections(folder / FILE, SCHEMA)


def dumps(sections: Mapping[str, Mapping[str, Iterable[Case]]]) -> str:
    """A list as text, a line a case: by section id and edition."""
    blocks = []
    for section, by_edition in sections.items():
        found: dict[str, list[str]] = {}
        for edition, asked in by_edition.items():
            for case in asked:
                found.setdefault(_line(case), []).append(edition)
        lines = [
            line if len(editions) == len(by_edition) else f'{line[:-1]}, "editions": {json.dumps(editions)}}}'
            for line, editions in found.items()
        ]
        blocks.append(f' "{section}": [\n' + ",\n".join(f"  {line}" for line in lines) + "\n ]")
    return f'{{"schema": "{SCHEMA}", "sections": {{\n' + ",\n".join(blocks) + "\n}}\n"


def _line(case: Case) -> str:
    facts = {
        "name": case.name,
        "params": dict(case.params),
        "outputs": case.outputs,
        "level": case.level,
        "optional": case.optional,
        "judged": case.judged,
        **({"fed": dict(case.fed)} if case.fed else {}),
    }
    return json.dumps(facts, allow_nan=False)
