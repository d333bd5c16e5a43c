"""Which function of a submission was called with more than it takes, and where it stands: no traceback goes into it."""

from __future__ import annotations

import linecache
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

#: How Python says it.
_TOO_MANY = re.compile(r"([\w.]+)\(\) takes (\d+) positional arguments? but (\d+) (?:was|were) given")


def called(error: BaseException, message: str, root: Path) -> dict[str, Any] | None:
    """The function that a TypeError says was given too much, as a frame that also tells what it takes."""
    found = _TOO_MANY.fullmatch(message) if isinstance(error, TypeError) else None
    if found is None:
        return None
    name = found[1]
    with suppress(Exception):  # a submission's classes can be anything
        code = next(_codes(name, f"{root}/"), None)
        if code is not None:
            return {
                "file": _short(code.co_filename[len(f"{root}/") :]),
                "line": code.co_firstlineno,
                "function": _short(name),
                "text": _short(linecache.getline(code.co_filename, code.co_firstlineno).strip()),
                "takes": [_short(taken) for taken in code.co_varnames[: code.co_argcount][:20]],
                "one_more": int(found[3]) == int(found[2]) + 1,
            }
    return None


def _codes(name: str, prefix: str) -> Iterator[CodeType]:
    """The code of what has this qualified name in the submission's modules."""
    outer, _, inner = name.partition(".")
    for module in [*sys.modules.values()]:
        one = vars(module).get(outer) if isinstance(module, ModuleType) else None
        if inner:
            one = vars(one).get(inner) if isinstance(one, type) else None
        if isinstance(one, FunctionType) and one.__code__.co_filename.startswith(prefix):
            yield one.__code__


def _short(value: str) -> str:
    return value[:200].encode("utf-8", "replace").decode("utf-8")
