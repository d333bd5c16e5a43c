"""Advice without points: what the contract does not demand but a reader of the code would say.

By reading only, and only where it is sure: each note names a line. Nothing of it touches a score.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.assignments.rubric import Section
    from autograder.submissions import Submission

#: So many loops inside each other run over every element; over windows and offsets two or three are enough.
NESTED = 4
#: Longer files are not read: no one writes a layer of this size, and reading must stay short.
BYTES = 200_000
SINGLE = ("float32", "float16", "half", "single")


def notes(submission: Submission, sections: Iterable[Section]) -> list[str]:
    """What can be said about the submission's classes, each note beginning with its section's key."""
    owners = {name: section.key for section in sections for name in section.classes}
    said: list[str] = []
    for path, content in submission.files.items():
        if not path.endswith(".py") or len(content) > BYTES:
            continue
        try:
            tree = ast.parse(content)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name in owners:
                said += [f"{owners[node.name]}: {words}" for words in _of_class(node, path)]
    return list(dict.fromkeys(said))


def _of_class(owner: ast.ClassDef, path: str) -> Iterator[str]:
    for method in owner.body:
        if not isinstance(method, ast.FunctionDef):
            continue
        loop, depth = _deepest(method)
        if loop is not None and depth >= NESTED:
            yield (
                f"{owner.name}.{method.name} has {depth} loops inside each other ({path}:{loop.lineno}): "
                "right, but slow; a loop over the kernel's offsets, with one product for each, does the same"
            )
        single = next((node for node in ast.walk(method) if _single(node)), None)
        if single is not None:
            yield f"{owner.name}.{method.name} computes in single precision ({path}:{single.lineno})"  # type: ignore[attr-defined]


def _deepest(node: ast.AST, depth: int = 0) -> tuple[ast.For | None, int]:
    """The outermost loop of the deepest nest below a node, and how many loops it has."""
    found: tuple[ast.For | None, int] = (None, depth)
    for child in ast.iter_child_nodes(node):
        inside = depth + isinstance(child, ast.For)
        loop, below = _deepest(child, inside)
        if below > found[1]:
            found = (child if isinstance(child, ast.For) and depth == 0 else loop, below)
    return found


def _single(node: ast.AST) -> bool:
    """Whether a node names a dtype of less than double precision."""
    if isinstance(node, ast.Attribute):
        return node.attr in SINGLE[:2] and isinstance(node.value, ast.Name) and node.value.id in ("np", "numpy")
    if isinstance(node, ast.keyword):
        return node.arg == "dtype" and isinstance(node.value, ast.Constant) and node.value.value in SINGLE
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "astype"
    return called and any(isinstance(arg, ast.Constant) and arg.value in SINGLE for arg in node.args)  # type: ignore[attr-defined]
