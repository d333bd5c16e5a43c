"""Where in a TOML file something stands, for messages: the reader itself does not say."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path


class Lines:
    """Where in a TOML file a key of a table stands."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def tables(self) -> list[tuple[str, int, dict[str, int]]]:
        """Each table's name, line and keys, read when the first fault is to be told: mostly there is none."""
        tables: list[tuple[str, int, dict[str, int]]] = [("", 1, {})]
        for number, line in enumerate(self.text.splitlines(), 1):
            if header := re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(#.*)?$", line):
                tables.append((header[1], number, {}))
            elif key := re.match(r"\s*(?:\"([^\"]+)\"|'([^']+)'|([\w-]+))\s*[=.]", line):
                tables[-1][2].setdefault(key[1] or key[2] or key[3], number)
        return tables

    def key(self, key: str, table: str) -> int:
        """Of a key, or of its table."""
        for name, number, keys in self.tables:
            if name == table and key in keys:
                return keys[key]
            if name == (f"{table}.{key}" if table else key):
                return number
        return 0

    def overlaid(self, section: str, key: str = "", table: str = "") -> int:
        """Of a key of a section's table in an overlay, or of a table in that; of the section where it is not there."""
        for name in (f'sections."{section}"', f"sections.{section}", f"sections.'{section}'"):
            if key and (found := self.key(key, f"{name}.{table}" if table else name)):
                return found
            if found := next((at for at_name, at, _ in self.tables if f"{at_name}.".startswith(f"{name}.")), 0):
                return found
        return self.key(section, "sections")

    def section(self, index: int, key: str = "") -> int:
        """Of a key of the section of that index, or of the section."""
        sections = [(number, keys) for name, number, keys in self.tables if name == "section"]
        if index >= len(sections):
            return 0
        number, keys = sections[index]
        return keys.get(key, number)


def line_with(path: Path, text: str) -> int:
    """The first line of a file that holds a text; 0 where none does."""
    lines = path.read_text("utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if text in line), 0)
