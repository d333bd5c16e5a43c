"""Where things stand in a text: syntax trees count in bytes, texts in characters."""

from __future__ import annotations

import ast


def function(text: str, where: str) -> tuple[int, int]:
    """A function, or a method as `Class.method`, as offsets of its first and behind its last character."""
    body = ast.parse(text).body
    for name in where.split("."):
        node = next(n for n in body if isinstance(n, ast.ClassDef | ast.FunctionDef) and n.name == name)
        body = node.body
    lines = text.splitlines(keepends=True)
    return sum(map(len, lines[: node.lineno - 1])), sum(map(len, lines[: node.end_lineno or 0]))


class Lines:
    """A text whose nodes can be replaced."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))
        self.text = text

    def replaced(self, node: ast.expr | ast.stmt, new: str) -> str:
        """The text with a node's own text replaced."""
        first = self._offset(node.lineno, node.col_offset)
        last = self._offset(node.end_lineno or 0, node.end_col_offset or 0)
        return self.text[:first] + new + self.text[last:]

    def _offset(self, line: int, column: int) -> int:
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())
