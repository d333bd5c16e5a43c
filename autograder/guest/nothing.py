"""Why a function gave None: it is a stub, its `return` was forgotten, or what it calls gave None.

Told from its source, in a section's process, and only where None came back: nothing of it is counted.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

from .values import ForgottenReturn, PassedOn


def explain(function: Any) -> None:
    """Say why a function that was called gave None, unless it is a stub.

    Raises
    ------
    ForgottenReturn
        It computes something, and can end without a `return`.
    PassedOn
        What it returns is made by something else, which gave None.
    """
    method = function if inspect.isroutine(function) else vars(type(function)).get("__call__")
    node = definition(method)
    if node is None or not any(map(does_something, node.body)):
        return
    name = str(getattr(method, "__qualname__", node.name))[:100]
    if falls_through(node.body):
        raise ForgottenReturn(f"`{name}` returned None: is a `return` missing?")
    if any(made_elsewhere(part, node) for part in returned(node)):
        raise PassedOn(f"`{name}` returned None, which it got from what it calls")


def definition(function: Any) -> ast.FunctionDef | None:
    """A function's definition, where its source is at hand."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function)))).body
    except (OSError, TypeError, ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return tree[0] if tree and isinstance(tree[0], ast.FunctionDef) else None


def does_something(statement: ast.stmt) -> bool:
    """Whether a statement computes: stubs have texts, `pass`, prints, and names for what was given or for None."""
    if isinstance(statement, ast.Assign):
        return not isinstance(statement.value, ast.Constant | ast.Name | ast.Attribute)
    if isinstance(statement, ast.Expr):
        return not isinstance(statement.value, ast.Constant) and not prints(statement.value)
    if isinstance(statement, ast.Return):
        return not isinstance(statement.value, ast.Constant | ast.Name | None)
    return not isinstance(statement, ast.Pass | ast.Raise)


def prints(value: ast.expr) -> bool:
    """Whether an expression is a call of `print`."""
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print"


def falls_through(body: list[ast.stmt]) -> bool:
    """Whether what follows a block can be reached."""
    last = body[-1] if body else None
    if isinstance(last, ast.Return | ast.Raise):
        return False
    if isinstance(last, ast.If):
        return falls_through(last.body) or falls_through(last.orelse)
    if isinstance(last, ast.With):
        return falls_through(last.body)
    if isinstance(last, ast.Try):
        branches = [last.body + last.orelse, *(handler.body for handler in last.handlers)]
        return falls_through(last.finalbody) and any(map(falls_through, branches))
    if isinstance(last, ast.Match):
        return not takes_all(last.cases[-1]) or any(falls_through(case.body) for case in last.cases)
    if isinstance(last, ast.While) and isinstance(last.test, ast.Constant) and last.test.value:
        return any(map(leaves, last.body))
    return True


def takes_all(case: ast.match_case) -> bool:
    """Whether a case of a `match` takes whatever comes."""
    return case.guard is None and isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None


def leaves(statement: ast.AST) -> bool:
    """Whether a `break` in a loop's statement leaves that loop."""
    if isinstance(statement, ast.Break):
        return True
    if isinstance(statement, ast.For | ast.AsyncFor | ast.While):  # whose own `else` belongs to the loop around it
        return any(map(leaves, statement.orelse))
    inner = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr)
    return not inner and any(map(leaves, ast.iter_child_nodes(statement)))


def returned(node: ast.AST) -> Iterator[ast.Return]:
    """A function's own `return`s that give something."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.Return) and part.value is not None:
            yield part
        if not isinstance(part, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield from returned(part)


def made_elsewhere(last: ast.Return, node: ast.FunctionDef) -> bool:
    """Whether what is returned is a call's result, or a name that was last given one."""
    if isinstance(last.value, ast.Call):
        return True
    assert last.value is not None  # noqa: S101 - as `returned` sees to
    name, value = ast.unparse(last.value), None
    given = (part for part in ast.walk(node) if isinstance(part, ast.Assign | ast.AnnAssign))
    for part in sorted(given, key=lambda part: part.lineno):
        targets = part.targets if isinstance(part, ast.Assign) else [part.target]
        if part.lineno <= last.lineno and name in map(ast.unparse, targets):
            value = part.value
    return isinstance(value, ast.Call)
