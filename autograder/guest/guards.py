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


def guarded(root: str, catching: Collection[CodeType] = (), *, used: bool = False) -> bool:
    """Whether the submission would catch what the import that goes on now raises, and do something else.

    Looked for are its statements that are running. A handler that raises another error in its place is followed to
    who catches that. Whoever imports the module whose import goes on is asked only where the module itself gives up:
    the module does not answer for what it imports and may never use.

    Parameters
    ----------
    root
        The submission's folder.
    catching
        Code of ours that catches such an error in the submission's stead.
    used
        What goes on is a use of what is not there. That is an import that fails where a module does it while it is
        imported, and there who imports the module is asked, not the module.
    """
    frame: FrameType | None = sys._getframe(1)
    kind: type[BaseException] = ModuleNotFoundError
    asked, gave_up = not used, used
    while frame is not None:
        code = frame.f_code
        if code in catching:
            return True
        if asked and code.co_filename.startswith(root) and code.co_exceptiontable:
            for guard in running(frame):
                handler = handler_of(guard, frame, kind)
                if handler is None:
                    continue
                raised = raised_by(handler, frame, kind)
                if raised is None:
                    return True
                kind, gave_up = raised, True
        if code.co_name == "exec_module" and code.co_filename.startswith("<frozen importlib"):
            if not gave_up:
                return False
            asked = True
        frame = frame.f_back
    return False


def running(frame: FrameType) -> list[Guard]:
    """The statements that could catch what the statement raises that a frame is at, from the innermost."""
    name = frame.f_code.co_filename
    linecache.checkcache(name)  # a section can write its files anew
    tree = tree_of(name, "".join(linecache.getlines(name)))
    return [] if tree is None else around(tree, frame.f_lineno)[::-1]


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


def handler_of(guard: Guard, frame: FrameType, raised: type[BaseException]) -> ast.ExceptHandler | ast.With | None:
    """What of a statement catches such an error, where something does."""
    if isinstance(guard, ast.With):
        calls = (item.context_expr for item in guard.items)
        suppressed = any(
            isinstance(call, ast.Call)
            and value_of(call.func, frame) is contextlib.suppress
            and any(includes(kind, frame, raised) for kind in call.args)
            for call in calls
        )
        return guard if suppressed else None
    return next((h for h in guard.handlers if h.type is None or includes(h.type, frame, raised)), None)


def includes(kind: ast.expr, frame: FrameType, raised: type[BaseException]) -> bool:
    """Whether what is caught includes such an error."""
    if isinstance(kind, ast.Tuple):
        return any(includes(each, frame, raised) for each in kind.elts)
    value = value_of(kind, frame)
    kinds = value if isinstance(value, tuple) else (value,)
    return any(each is base for each in kinds for base in raised.__mro__[:-1])


def value_of(name: ast.expr, frame: FrameType) -> Any:
    """What a name, or a module's attribute, stands for; nothing of the submission runs for that."""
    if isinstance(name, ast.Attribute):
        module = value_of(name.value, frame)
        return vars(module).get(name.attr) if type(module) is ModuleType else None
    if not isinstance(name, ast.Name):
        return None
    spaces = (frame.f_locals, frame.f_globals, frame.f_builtins)
    return next((space[name.id] for space in spaces if name.id in space), None)


def raised_by(
    handler: ast.ExceptHandler | ast.With, frame: FrameType, caught: type[BaseException]
) -> type[BaseException] | None:
    """What a handler raises at its end, or by ending the program; None where it is another way."""
    if isinstance(handler, ast.With):
        return None
    last = handler.body[-1]
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        called = last.value.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return SystemExit if name in ENDS else None
    if not isinstance(last, ast.Raise):
        return None
    if last.exc is None or (isinstance(last.exc, ast.Name) and last.exc.id == handler.name):
        return caught
    kind = value_of(last.exc.func if isinstance(last.exc, ast.Call) else last.exc, frame)
    # What is not known by its name is some exception.
    return kind if isinstance(kind, type) and issubclass(kind, BaseException) else Exception
