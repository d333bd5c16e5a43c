"""Changes that students of array programs make, on the syntax tree.

Each operator gets one node of a function and yields what stands in its place. `expressions` and `statements`
hold the operators; what a node cannot become is sorted out later, when the text is parsed again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from . import expressions, statements
from .scope import Scope
from .spans import Lines


def changes(text: str) -> Iterator[tuple[str, str]]:
    """Every change of a module, with the operator's name."""
    lines = Lines(text)
    for scope in scopes(ast.parse(text)):
        for node in ast.walk(scope.function):
            if node is scope.function or node in scope.skipped:
                continue
            operators = statements.OPERATORS if isinstance(node, ast.stmt) else expressions.OPERATORS
            for operator in operators:
                for new in operator(node, scope):
                    yield operator.__name__, lines.replaced(node, new)  # type: ignore[arg-type]


def scopes(module: ast.Module) -> Iterator[Scope]:
    """Every function of a module."""
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            yield from (Scope(inner) for inner in node.body if isinstance(inner, ast.FunctionDef))
        elif isinstance(node, ast.FunctionDef):
            yield Scope(node)
