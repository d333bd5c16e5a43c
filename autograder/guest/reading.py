"""Reading the submission's source, for the report: for imports that may never be reached, and for advice.

This runs in a section's child although no line of the submission does: a parser fed with hostile source may
take any time and memory, and has crashed before, and here that costs nothing but the remark.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator
from typing import Any

from .notebooks import Cell, cells, parsed

#: As many remarks as a report takes.
MOST = 20
#: So many loops inside each other run over every element; over windows and offsets two or three are enough.
NESTED = 4
#: Longer files and cells are not read: no one writes a layer of this size, and reading must stay short.
LENGTH = 200_000
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

    Of the classes and functions that the case names, and of what these use of the submission's besides. A note says its
    kind, which of the named ones it is about, and what there is, with bars between.
    """
    names, found = task.params["names"], definitions(task._submission, task.params["given"])
    seen = set(names)
    for owner in names:
        waiting = [owner]
        while waiting:
            cell, node = found.get(waiting.pop(), (None, None))
            if cell is None or node is None:
                continue
            try:
                task.notes += _of(node, owner, cell.label, single=task.params["single"])
                used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} & set(found) - seen
            except RecursionError:
                continue
            seen |= used
            waiting += sorted(used)


Defined = ast.ClassDef | ast.FunctionDef


def definitions(submission: Any, given: Collection[str]) -> dict[str, tuple[Cell, Defined]]:
    """The classes and functions of the submission by name; without those of files that are handed out complete."""
    found: dict[str, tuple[Cell, Defined]] = {}
    for path in submission.files:
        here: dict[str, tuple[Cell, Defined]] = {}
        if path.rpartition("/")[2] in given:
            continue
        try:
            for cell in cells(submission.root, path):
                tree = parsed(cell) if len(cell.source) <= LENGTH else None
                for node in tree.body if tree is not None else ():
                    if isinstance(node, Defined):
                        here[node.name] = cell, node
        except (SyntaxError, ValueError, LookupError, RecursionError, MemoryError):
            continue  # the sections that need the file say so
        found = {**here, **found}
    return found


def _of(node: Defined, owner: str, label: str, *, single: bool) -> Iterator[str]:
    methods = (
        [part for part in node.body if isinstance(part, ast.FunctionDef)] if isinstance(node, ast.ClassDef) else []
    )
    for function in methods if isinstance(node, ast.ClassDef) else [node]:
        name = function.name if function is node else f"{node.name}.{function.name}"
        loop, depth = _deepest(function)
        if loop is not None and depth >= NESTED:
            yield f"loops|{owner}|{name} has {depth} loops inside each other ({label}:{loop.lineno})"
        line = next(_singles(function), None) if single else None
        if line is not None:
            yield f"single|{owner}|{name} computes in single precision ({label}:{line})"


def _deepest(node: ast.AST, depth: int = 0) -> tuple[Any, int]:
    """The outermost loop of the deepest nest below a node, and how many loops it has."""
    found: tuple[Any, int] = (None, depth)
    for part, loops in _parts(node):
        loop, below = _deepest(part, depth + loops)
        if below > found[1]:
            found = (node if loops else loop, below)
    return found


#: What runs over several axes at once.
PRODUCTS = ("product", "ndindex")
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _parts(node: ast.AST) -> Iterator[tuple[ast.AST, int]]:
    """What is below a node, each with the number of its loops that it is in: what is looped over is looked at once."""
    if isinstance(node, ast.For | ast.While):
        # A condition is looked at in every round; what is looped over is not.
        yield (node.iter, 0) if isinstance(node, ast.For) else (node.test, 1)
        loops = _axes(node.target, node.iter) if isinstance(node, ast.For) else 1
        yield from ((part, loops) for part in node.body)
        yield from ((part, 0) for part in node.orelse)
    elif isinstance(node, COMPREHENSIONS):
        loops = 0
        for generator in node.generators:
            yield generator.iter, loops
            loops += _axes(generator.target, generator.iter)
            yield from ((test, loops) for test in generator.ifs)
        results = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        yield from ((part, loops) for part in results)
    else:
        yield from ((part, 0) for part in ast.iter_child_nodes(node))


def _axes(target: ast.AST, over: ast.AST) -> int:
    """How many loops one is: `for n, c in product(…)` stands for two."""
    several = isinstance(over, ast.Call) and _name(over.func) in PRODUCTS and isinstance(target, ast.Tuple)
    return len(target.elts) if several else 1  # type: ignore[attr-defined]


def _singles(node: ast.AST) -> Iterator[int]:
    """Lines that name a dtype of less than double precision, other than to ask for one."""
    if isinstance(node, ast.Compare) or (isinstance(node, ast.Call) and _name(node.func) in ASKING):
        return
    if _single(node):
        yield node.lineno  # type: ignore[attr-defined]
    for part in ast.iter_child_nodes(node):
        yield from _singles(part)


#: What only asks for a dtype.
ASKING = ("isinstance", "issubclass", "issubdtype", "finfo")


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _single(node: ast.AST) -> bool:
    """Whether a node names a dtype of less than double precision."""
    if isinstance(node, ast.Attribute):
        return node.attr in SINGLE[:2] and isinstance(node.value, ast.Name) and node.value.id in ("np", "numpy")
    if isinstance(node, ast.keyword):
        return node.arg == "dtype" and isinstance(node.value, ast.Constant) and node.value.value in SINGLE
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "astype"
    return called and any(isinstance(arg, ast.Constant) and arg.value in SINGLE for arg in node.args)  # type: ignore[attr-defined]


EXERCISES: dict[str, Callable[[Any], None]] = {"reading/imports": imports, "reading/advice": advice}
