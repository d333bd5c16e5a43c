"""How the place of a fault in an assignment's modules is found."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.assignments.registry import Assignment
from autograder.assignments.written import fault as written
from autograder.assignments.written.fault import Broken, Fault


def raised(error: Exception, assignment: Assignment, what: str = "") -> Fault:
    """An error in one of the assignment's own files, at the last line in them that it went through."""
    return written.raised(error, assignment.folder, assignment.reference, what=what)


def module(assignment: Assignment, name: str, needed: str) -> ModuleType:
    """One of the assignment's modules, which must have a function or table of this name.

    Raises
    ------
    Broken
        It has not.
    """
    path = assignment.folder.joinpath(*name.split("."))
    if not (path / "__init__.py").is_file() and not path.with_suffix(".py").is_file():
        raise Broken(Fault(path.with_suffix(".py"), 0, "this file is missing"))
    found = importlib.import_module(f"autograder.assignments.{assignment.name}.{name}")
    if not hasattr(found, needed):
        raise Broken(Fault(Path(str(found.__file__)), 1, f"nothing here is called `{needed}`"))
    return found


def kind_of(value: Any) -> str:
    """What something is, with its article."""
    name = type(value).__name__
    return "None" if value is None else f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}"


def line_of(function: Callable[..., Any]) -> tuple[Path, int]:
    """Where a function is defined."""
    code = inspect.unwrap(function).__code__
    return Path(code.co_filename), code.co_firstlineno
