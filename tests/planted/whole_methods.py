"""The tables of whole wrong methods as mistakes with the names that are true of them."""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import helpers
from mistakes import Mistake, mistake


def load(table: str) -> Iterator[tuple[Mistake, frozenset[str]]]:
    """Each mistake of a table with the ids of the misconceptions that are true of it."""
    for file, entries in tomllib.loads(Path(__file__).with_name(table).read_text("utf-8")).items():
        for entry in entries:
            edits = [edit(helpers.reference()[file], method) for method in entry["methods"]]
            edition = {"edition": entry["edition"]} if "edition" in entry else {}
            yield (
                mistake(file, entry["name"], edits, entry["outputs"], entry["section"], **edition),
                frozenset(entry["called"].split()),
            )


def edit(text: str, method: dict[str, Any]) -> tuple[str, str, str]:
    """The edit that puts a method in the place of the reference's."""
    where = method["where"]
    old = text[slice(*helpers.span(text, where))]
    return where, old, textwrap.indent(method["text"].lstrip("\n"), "    " * where.count("."))


#: By set and by mistake, the ids of the misconceptions that are true of it; see each table's head.
SETS: dict[str, dict[Mistake, frozenset[str]]] = {
    table: dict(load(f"{table}.toml"))
    for table in (
        "whole_methods", "more_methods", "drawn_methods", "drawn_again", "drawn_thrice", "drawn_last", "by_lot_fifth",
        "by_lot_sixth", "by_lot_seventh", "by_lot_eighth", "by_lot_ninth", "by_lot_tenth",
    )
}  # fmt: skip
#: The mistakes of all of them.
ALL = tuple(mistake for table in SETS.values() for mistake in table)
