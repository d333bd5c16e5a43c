"""Changes of slices: dropped, shifted, cut, swapped, with another step."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .scope import Scope

#: What weights are called beside `self.W`.
KERNELS = ("filters", "weight")


def parts(node: ast.AST) -> list[str]:
    """The entries of a subscript as texts; empty for any other node."""
    if not isinstance(node, ast.Subscript):
        return []
    inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return [ast.unparse(part) for part in inside]


def slices(node: ast.AST) -> list[tuple[int, ast.Slice]]:
    """The slices of a subscript with their places."""
    if not isinstance(node, ast.Subscript):
        return []
    inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return [(i, part) for i, part in enumerate(inside) if isinstance(part, ast.Slice)]


def with_part(node: ast.AST, place: int, new: str) -> str:
    """A subscript with one entry replaced."""
    every = parts(node)
    every[place] = new
    assert isinstance(node, ast.Subscript)
    return f"{ast.unparse(node.value)}[{', '.join(every)}]"


def bounds(part: ast.Slice) -> tuple[str, str, str]:
    """The three parts of a slice as texts, empty where there is none."""
    lower, upper, step = (f"({ast.unparse(p)})" if p else "" for p in (part.lower, part.upper, part.step))
    return lower, upper, step


def slice_dropped(node: ast.AST, scope: Scope) -> Iterator[str]:
    """Everything in place of a part: `:`."""
    for place, part in slices(node):
        if ast.unparse(part) != ":":
            yield with_part(node, place, ":")


def bound_dropped(node: ast.AST, scope: Scope) -> Iterator[str]:
    """A lower bound, an upper bound or a step forgotten."""
    for place, part in slices(node):
        lower, upper, step = bounds(part)
        for form in (("", upper, step), (lower, "", step), (lower, upper, "")):
            yield with_part(node, place, ":".join(form))


def bound_shifted(node: ast.AST, scope: Scope) -> Iterator[str]:
    """A bound that is one off, a start or a step too."""
    for place, part in slices(node):
        lower, upper, step = bounds(part)
        yield with_part(node, place, f"{lower or 0} + 1:{upper}:{step}")
        if upper:
            yield with_part(node, place, f"{lower}:{upper} - 1:{step}")
            yield with_part(node, place, f"{lower}:{upper} + 1:{step}")
        else:
            yield with_part(node, place, f"{lower}:-1:{step}")
        if step and step != "(-1)":
            yield with_part(node, place, f"{lower}:{upper}:{step} + 1")
            yield with_part(node, place, f"{step} - 1:{upper}:{step}")


def cut_to_a_multiple(node: ast.AST, scope: Scope) -> Iterator[str]:
    """The floor for the ceiling: what is left over after the last whole step is dropped."""
    for place, part in slices(node):
        lower, _, step = bounds(part)
        if step and step != "(-1)" and isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            length = f"{ast.unparse(node.value)}.shape[{place}]"
            yield with_part(node, place, f"{lower}:{length} // {step} * {step}:{step}")


def negative_bound(node: ast.AST, scope: Scope) -> Iterator[str]:
    """`p : -p` for `p : n - p`: empty where p is 0."""
    for place, part in slices(node):
        if isinstance(part.upper, ast.BinOp) and isinstance(part.upper.op, ast.Sub):
            lower, _, step = bounds(part)
            yield with_part(node, place, f"{lower}:-({ast.unparse(part.upper.right)}):{step}")


def parts_swapped(node: ast.AST, scope: Scope) -> Iterator[str]:
    """Two neighbouring axes' slices in each other's place."""
    every = parts(node)
    for i in range(len(every) - 1):
        if every[i] != every[i + 1]:
            swapped = [*every[:i], every[i + 1], every[i], *every[i + 2 :]]
            yield f"{ast.unparse(node.value)}[{', '.join(swapped)}]"  # type: ignore[attr-defined]


def flipped(node: ast.AST, scope: Scope) -> Iterator[str]:
    """An axis read backwards: what is a size is another one then, what is a kernel is turned."""
    for place, part in slices(node):
        if ast.unparse(part) == ":" and isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            yield with_part(node, place, "::-1")
        if part.step is None and part.lower is not None and part.upper is None:
            yield f"{ast.unparse(node)}[::-1]"


def kernel_turned(node: ast.AST, scope: Scope) -> Iterator[str]:
    """The weights as they are not: turned, or with two axes swapped."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    kernel = name in KERNELS or (isinstance(node, ast.Attribute) and name in ("W", "A"))
    if kernel and isinstance(getattr(node, "ctx", None), ast.Load) and node not in scope.shapes:
        for form in ("[..., ::-1]", "[..., ::-1, :]", ".swapaxes(-1, -2)", "[:, ::-1]", "[::-1]"):
            yield ast.unparse(node) + form


OPERATORS = (
    slice_dropped,
    bound_dropped,
    bound_shifted,
    cut_to_a_multiple,
    negative_bound,
    parts_swapped,
    flipped,
    kernel_turned,
)
