"""The table mutant × section: made, written, read.

One line of JSON for each mutant, after a first line that says when and how the table was made. A case is named by its
index among its section's quick cases.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SCHEMA = "autograder/mutants/v1"


@dataclass(frozen=True, slots=True)
class Row:
    """One mutant.

    Attributes
    ----------
    own
        Ids of the sections that should catch it.
    caught
        Sections that failed under the public seed: the indices of the failing cases.
    always
        Of the first section of its own that failed under every seed: the cases that failed under every one. Where the
        other seeds were tried with a few of them only, those few.
    missed
        Seeds under which no section of its own failed.
    edition
        The edition that catches it, where the default one does not make such cases.
    seen
        Which sections it was put through: its `own`, all that its file can have `affected`, or `all`.
    equivalent
        Why it is none; empty where it is a mistake.
    """

    id: str
    file: str
    where: str
    operator: str
    change: str
    own: tuple[str, ...]
    caught: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    always: tuple[int, ...] = ()
    missed: tuple[int, ...] = ()
    edition: str = ""
    seen: str = "own"
    equivalent: str = ""

    @property
    def killed(self) -> bool:
        """Whether a section of its own caught it under the public seed."""
        return bool(self.edition) or any(section in self.caught for section in self.own)


@dataclass(frozen=True, slots=True)
class Table:
    """All mutants of an assignment, and the facts of the run: date, seed, seeds."""

    facts: Mapping[str, Any]
    rows: tuple[Row, ...]

    @property
    def mistakes(self) -> list[Row]:
        """The mutants that are not equivalent."""
        return [row for row in self.rows if not row.equivalent]

    @property
    def alive(self) -> list[Row]:
        """The mistakes that no section of theirs caught, under one seed at least."""
        return [row for row in self.mistakes if not row.killed or row.missed]


def path(assignment: str) -> Path:
    """Where an assignment's table lies."""
    return HERE / "results" / f"{assignment}.jsonl"


def save(table: Table, assignment: str) -> None:
    """Write a table."""
    target = path(assignment)
    target.parent.mkdir(exist_ok=True)
    lines: list[Mapping[str, Any]] = [{"schema": SCHEMA, **table.facts}, *map(as_json, table.rows)]
    target.write_text("".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines))


def as_json(row: Row) -> Mapping[str, Any]:
    """A row as JSON, without what is empty or follows from the rest; cases are kept of its own sections only."""
    facts = {name: value for name, value in asdict(row).items() if value not in ((), "", {}, "own")}
    facts["change"] = shortened(row.change)
    facts["caught"] = {section: cases if section in row.own else [] for section, cases in row.caught.items()}
    if row.always == first_cases(row.own, row.caught):
        facts.pop("always", None)
    return facts


def caught_by(own: Iterable[str], caught: Mapping[str, tuple[int, ...]]) -> str:
    """The first section of its own that failed; empty where none did."""
    return next((section for section in own if section in caught), "")


def first_cases(own: Iterable[str], caught: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    """The failing cases of that section."""
    return caught.get(caught_by(own, caught), ())


def shortened(change: str, most: int = 100) -> str:
    """A change of which only the differing middle is kept."""
    old, arrow, new = change.partition(" → ")
    same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = max(0, same - 24)
    old, new = (("…" if start else "") + text[start:] for text in (old, new))
    return arrow.join(text if len(text) <= most // 2 else text[: most // 2] + "…" for text in (old, new))


def load(assignment: str) -> Table:
    """Read a table."""
    first, *rest = path(assignment).read_text("utf-8").splitlines()
    return Table(json.loads(first), tuple(row_of(json.loads(line)) for line in rest))


def row_of(facts: dict[str, Any]) -> Row:
    """A row from its JSON."""
    caught = {section: tuple(cases) for section, cases in facts.pop("caught", {}).items()}
    facts.setdefault("always", first_cases(facts["own"], caught))
    lists: Iterable[str] = ("own", "always", "missed")
    return Row(caught=caught, **{name: tuple(v) if name in lists else v for name, v in facts.items()})
