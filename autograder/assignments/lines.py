"""Where in a TOML file something stands, for messages: the reader itself does not say."""

from __future__ import annotations

import re


class Lines:
    """Where in a TOML file a key of a table stands."""

    def __init__(self, text: str) -> None:
        self.tables: list[tuple[str, int, dict[str, int]]] = [("", 1, {})]
        for number, line in enumerate(text.splitlines(), 1):
            if header := re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(#.*)?$", line):
                self.tables.append((header[1], number, {}))
            elif key := re.match(r"\s*(?:\"([^\"]+)\"|([\w-]+))\s*[=.]", line):
                self.tables[-1][2].setdefault(key[1] or key[2], number)

    def key(self, key: str, table: str) -> int:
        """Of a key, or of its table."""
        for name, number, keys in self.tables:
            if name == table and key in keys:
                return keys[key]
            if name == (f"{table}.{key}" if table else key):
                return number
        return 0

    def section(self, index: int, key: str = "") -> int:
        """Of a key of the section of that index, or of the section."""
        sections = [(number, keys) for name, number, keys in self.tables if name == "section"]
        if index >= len(sections):
            return 0
        number, keys = sections[index]
        return keys.get(key, number)
