"""Whether a submission is ready for an import to fail: `try: import cupy` with a handler that has another way.

Looked at only where a module is imported that is not there, and there by the statement's frame and those that called
it. Source is read only of code that catches something at all. Nothing that is denied comes in by what is found here:
either way the module is not there.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import linecache
import sys
from collections.abc import Collection
from types import CodeType, FrameType, ModuleType
from typing import Any

from .notebooks import Cell, parsed

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
Guard = ast.Try | ast.TryStar | ast.With
#: Calls that end a program: a handler that ends so only says what is missing.
ENDS = ("exit", "quit", "_exit", "abort")


def guarded(root: str, catching: Collection[CodeType] = ()) -> bool:
    """Whether the submission would catch what the import that goes on now raises, and do something else.

    Looked for are its statements that are running, up to the body of the module that they belong to: a module that
    imports another does not answer for what that one imports.

    Parameters
    ----------
    root
        The submission's folder.
    catching
        Code of ours that catches such an error in the submission's stead.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code in catching:
            return True
        if code.co_filename.startswith(root) and code.co_exceptiontable and ready_to_fail(frame):
            return True
        if code.co_name == "exec_module" and code.co_filename.startswith("<frozen importlib"):
            return False
        frame = frame.f_back
    return False


def ready_to_fail(frame: FrameType) -> bool:
    """Whether the statement that a frame is at stands where a missing module is caught."""
    name = frame.f_code.co_filename
    linecache.checkcache(name)  # a section can write its files anew
    tree = tree_of(name, "".join(linecache.getlines(name)))
    return tree is not None and any(catches(guard, frame) for guard in around(tree, frame.f_lineno))


@functools.lru_cache(8)
def tree_of(name: str, source: str) -> ast.Module | None:
    """A module's or a cell's syntax tree, where it has one."""
    try:
        return parsed(Cell(name, name, source))
    except (SyntaxError, MemoryError):
        return None


def around(tree: ast.Module, line: int) -> list[Guard]:
    """The `try` and `with` statements in whose first block a line is, of the function or class that it belongs to."""
    found: list[Guard] = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        for part in ast.iter_child_nodes(waiting.pop()):
            if isinstance(part, ast.expr) or not getattr(part, "lineno", 0) <= line <= getattr(
                part, "end_lineno", line
            ):
                continue
            if isinstance(part, SCOPES) and spanned(part.body, line):
                found.clear()  # a definition's own statements run when it is called
            elif isinstance(part, Guard) and spanned(part.body, line):
                found.append(part)
            waiting.append(part)
    return found


def spanned(body: list[ast.stmt], line: int) -> bool:
    """Whether a line is one of a block's."""
    return body[0].lineno <= line <= (body[-1].end_lineno or 0)


def catches(guard: Guard, frame: FrameType) -> bool:
    """Whether a statement goes on where a module is missing."""
    if isinstance(guard, ast.With):
        calls = (item.context_expr for item in guard.items)
        return any(
            isinstance(call, ast.Call)
            and value_of(call.func, frame) is contextlib.suppress
            and any(missing(kind, frame) for kind in call.args)
            for call in calls
        )
    handler = next((h for h in guard.handlers if h.type is None or missing(h.type, frame)), None)
    return handler is not None and not gives_up(handler.body[-1])


def missing(kind: ast.expr, frame: FrameType) -> bool:
    """Whether what is caught includes the error of a module that is not there."""
    if isinstance(kind, ast.Tuple):
        return any(missing(each, frame) for each in kind.elts)
    value = value_of(kind, frame)
    kinds = value if isinstance(value, tuple) else (value,)
    return any(each is base for each in kinds for base in ModuleNotFoundError.__mro__[:-1])


def value_of(name: ast.expr, frame: FrameType) -> Any:
    """What a name, or a module's attribute, stands for; nothing of the submission runs for that."""
    if isinstance(name, ast.Attribute):
        module = value_of(name.value, frame)
        return vars(module).get(name.attr) if type(module) is ModuleType else None
    if not isinstance(name, ast.Name):
        return None
    spaces = (frame.f_locals, frame.f_globals, frame.f_builtins)
    return next((space[name.id] for space in spaces if name.id in space), None)


def gives_up(last: ast.stmt) -> bool:
    """Whether a handler ends by raising, or by ending the program: then it is no other way."""
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        called = last.value.func
        return (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) in ENDS
    return isinstance(last, ast.Raise)
