"""Reading the submission's source, for the report: for imports that may never be reached, and for advice.

This runs in a section's child although no line of the submission does: a parser fed with hostile source may
take any time and memory, and has crashed before, and here that costs nothing but the remark.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

#: As many remarks as a report takes.
MOST = 20
#: So many loops inside each other run over every element; over windows and offsets two or three are enough.
NESTED = 4
#: Longer files are not read: no one writes a layer of this size, and reading must stay short.
BYTES = 200_000
SINGLE = ("float32", "float16", "half", "single")


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


def advice(task: Any) -> None:
    """Note what the contract does not demand but a reader would say, and only where it is sure: each names a line.

    A note begins with the key of the section that the case says a class belongs to.
    """
    owners, submission = task.params["owners"], task._submission
    for path in submission.files:
        content = (submission.root / path).read_bytes()
        if not path.endswith(".py") or len(content) > BYTES:
            continue
        try:
            tree = ast.parse(content)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name in owners:
                task.notes += [f"{owners[node.name]}: {words}" for words in _of_class(node, path)]


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


EXERCISES: dict[str, Callable[[Any], None]] = {"reading/imports": imports, "reading/advice": advice}
