"""Why there is None where a result is due: a stub, a `return` that was forgotten, what is called, a name not set.

Told from the source, in a section's process, and only where there is None: nothing of it is counted.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import sys
import textwrap
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from .values import BadOutput, ForgottenReturn, PassedOn


def explain(function: Any, again: Callable[[], object] = lambda: None) -> None:
    """Say why a function that was called gave None, unless it is a stub.

    Parameters
    ----------
    again
        Calls it as it was called, to see what it got the None from.

    Raises
    ------
    ForgottenReturn
        It computes something, and can end without a `return`.
    PassedOn
        Whatever it returns is made by something else, which gave None.
    BadOutput
        It computes something and returns that, and yet gave None: nobody knows by which of its `return`s.
    """
    method = function if inspect.isroutine(function) else vars(type(function)).get("__call__")
    node = definition(method)
    if node is None or not any(map(does_something, node.body)):
        return
    name = str(getattr(method, "__qualname__", node.name))[:100]
    if falls_through(node.body):
        raise ForgottenReturn(f"`{name}` returned None: is a `return` missing?")
    values = [value_of(part, node) for part in returned(node)]
    if values and all(isinstance(value, ast.Call) for value in values):
        source = giver(getattr(inspect.unwrap(method), "__code__", None), again)
        raise PassedOn(f"`{name}` returned None, which it got from {f'`{source}`' if source else 'what it calls'}")
    if not all(is_none(value) for value in values):
        raise BadOutput(f"`{name}` returned None")


#: Methods whose result is handed on.
RESULTS = ("forward", "backward", "__call__")


def giver(code: Any, again: Callable[[], object]) -> str:
    """The first of the methods that handed a None to each other, as a second call shows; empty where none is seen."""
    last: dict[FrameType | None, tuple[str, ...]] = {}
    chain: list[tuple[str, ...]] = []

    def watch(frame: FrameType, event: str, value: object) -> None:
        if event != "return" or (frame.f_code is not code and frame.f_code.co_name not in RESULTS):
            return
        below = last.pop(frame, ())
        if frame.f_code is code:
            chain.append(below)
        last[frame.f_back] = (*below[:1], frame.f_code.co_qualname)[:1] if value is None else ()

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
            again()
    finally:
        sys.setprofile(before)
    return chain[-1][0][:100] if chain and chain[-1] else ""


def unset(owner: Any, name: str, called: str) -> bool:
    """Whether an attribute, or an entry of one, is None because a method that is written does not set it.

    Parameters
    ----------
    owner, name
        The object that holds it, and its name there.
    called
        The method that was called and gave a result.

    Notes
    -----
    Where the method names None for it, that line is still to be written: it is a stub.
    """
    node = definition(getattr(type(owner), called, None))
    if node is None or not any(map(does_something, node.body)):
        return False
    given = (part for part in ast.walk(node) if isinstance(part, ast.Assign | ast.AnnAssign))
    nones = (part for part in given if part.value is not None and any(map(is_none, ast.walk(part.value))))
    return not any(repr(name) in ast.dump(part) for part in nones)


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


def is_none(value: ast.AST | None) -> bool:
    """Whether an expression is None."""
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def returned(node: ast.AST) -> Iterator[ast.Return]:
    """A function's own `return`s, up to one that nothing comes after."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.Return):
            yield part
            if isinstance(node, ast.FunctionDef):
                return
        if not isinstance(part, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield from returned(part)


def value_of(last: ast.Return, node: ast.FunctionDef) -> ast.expr | None:
    """What is returned: of a name, what it was last given above."""
    if last.value is None or isinstance(last.value, ast.Call):
        return last.value
    name, value = ast.unparse(last.value), last.value
    given = (part for part in ast.walk(node) if isinstance(part, ast.Assign | ast.AnnAssign))
    for part in sorted(given, key=lambda part: part.lineno):
        targets = part.targets if isinstance(part, ast.Assign) else [part.target]
        if part.lineno <= last.lineno and part.value is not None and name in map(ast.unparse, targets):
            value = part.value
    return value
