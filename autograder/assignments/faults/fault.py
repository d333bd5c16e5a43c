"""How the place of a fault in an assignment's modules is found."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.assignments.registry import Assignment
from autograder.assignments.written import fault as written
from autograder.assignments.written.fault import Fault


def raised(error: Exception, assignment: Assignment, what: str = "") -> Fault:
    """An error in one of the assignment's own files, at the last line in them that it went through."""
    return written.raised(error, assignment.folder, assignment.reference, what=what)


def kind_of(value: Any) -> str:
    """What something is, with its article."""
    name = type(value).__name__
    return "None" if value is None else f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}"


def line_of(function: Callable[..., Any]) -> tuple[Path, int]:
    """Where a function is defined."""
    code = inspect.unwrap(function).__code__
    return Path(code.co_filename), code.co_firstlineno
