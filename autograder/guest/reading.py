"""Reading the submission's source for imports that may never be reached, for the report.

This runs in a section's child although no line of the submission does: a parser fed with hostile source may
take any time and memory, and has crashed before, and here that costs nothing but the remark.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

#: As many remarks as a report takes.
MOST = 20


def imports(task: Any) -> None:
    """Note every import of the modules named in the case, with file and line."""
    denied = tuple(task.params["names"])
    submission = task._submission
    for path in submission.files:
        try:
            tree = ast.parse((submission.root / path).read_bytes())
        except (SyntaxError, ValueError, RecursionError):
            continue  # the sections that need the file say so
        for line, name in sorted(found(tree, denied)):
            if len(task.notes) < MOST:
                task.notes.append(f"{path}:{line}: imports `{name}`")


def found(tree: ast.AST, denied: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Line and name of each import of what is denied."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            if any(name == bad or name.startswith(f"{bad}.") for bad in denied):
                yield node.lineno, name
                break


EXERCISES: dict[str, Callable[[Any], None]] = {"reading/imports": imports}
