"""Changes of whole statements: left out, stale, accumulated, scaled, of another type."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from .scope import Scope

Operator = Callable[[ast.AST, Scope], Iterator[str]]

#: What may be done to a result: a sign, a factor, a mistake of a millionth, half the digits, a flip, other axes.
RESULTS = (
    "-({})",
    "2 * ({})",
    "({}) * (1 + 1e-6)",
    '({}).astype("float32")',
    "({})[..., ::-1]",
    "({}).swapaxes(-1, -2)",
    "({}) + 1e-6 * abs({}).max()",
)


def statement_left_out(node: ast.AST, scope: Scope) -> Iterator[str]:
    """A forgotten line."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Return | ast.Expr) and not scope.constructing:
        yield "pass"


def stale_attribute(node: ast.AST, scope: Scope) -> Iterator[str]:
    """What an earlier call remembered stays."""
    if not scope.constructing and (name := attribute(node)) and isinstance(node, ast.Assign):
        for target in node.targets:
            yield f"{ast.unparse(target)} = getattr(self, {name!r}, {ast.unparse(node.value)})"


def accumulated_gradient(node: ast.AST, scope: Scope) -> Iterator[str]:
    """`+=` for `=`."""
    if not scope.constructing and (name := attribute(node)) and name.startswith("d") and isinstance(node, ast.Assign):
        yield f"self.{name} = self.{name} + {ast.unparse(node.value)}"


def mean_over_the_batch(node: ast.AST, scope: Scope) -> Iterator[str]:
    """A gradient divided by the number of samples."""
    name = attribute(node)
    if not scope.constructing and name and name.startswith("d") and isinstance(node, ast.Assign) and scope.parameters:
        yield f"self.{name} = ({ast.unparse(node.value)}) / len({scope.parameters[0]})"


def other_result(node: ast.AST, scope: Scope) -> Iterator[str]:
    """A result that is not quite the right one."""
    if not scope.computing or not isinstance(node, ast.Return | ast.Assign) or node.value is None:
        return
    name = attribute(node)
    if isinstance(node, ast.Assign) and not (name and name.startswith("d")):
        return
    if isinstance(node.value, ast.Constant):
        return
    start = f"self.{name} = " if isinstance(node, ast.Assign) else "return "
    value = ast.unparse(node.value)
    for form in RESULTS:
        yield start + form.replace("{}", value)


def assigned_not_added(node: ast.AST, scope: Scope) -> Iterator[str]:
    """`=` for `+=`: overlaps are lost; or `-=`."""
    if isinstance(node, ast.AugAssign):
        yield f"{ast.unparse(node.target)} = {ast.unparse(node.value)}"
        yield f"{ast.unparse(node.target)} -= {ast.unparse(node.value)}"


def unpacked_in_another_order(node: ast.AST, scope: Scope) -> Iterator[str]:
    """Height for width, channels for batch."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
        names = [ast.unparse(name) for name in node.targets[0].elts]
        for i in range(len(names) - 1):
            swapped = [*names[:i], names[i + 1], names[i], *names[i + 2 :]]
            yield f"{', '.join(swapped)} = {ast.unparse(node.value)}"


def turns_missed(node: ast.AST, scope: Scope) -> Iterator[str]:
    """A loop without its first or its last turn, with one only, or the other way round."""
    if isinstance(node, ast.For):
        for form in ("list({})[1:]", "list({})[:-1]", "list({})[:1]", "list({})[::-1]"):
            turns = ast.parse(form.replace("{}", ast.unparse(node.iter)), mode="eval").body
            new = ast.copy_location(ast.For(node.target, turns, node.body, node.orelse), node)
            yield ast.unparse(new).replace("\n", "\n" + " " * node.col_offset)


def attribute(node: ast.AST) -> str:
    """The name of `self`'s attribute that is assigned; empty where none is."""
    if isinstance(node, ast.Assign):
        last = node.targets[-1]
        if isinstance(last, ast.Attribute) and ast.unparse(last.value) == "self":
            return last.attr
    return ""


OPERATORS: tuple[Operator, ...] = (
    statement_left_out,
    stale_attribute,
    accumulated_gradient,
    mean_over_the_batch,
    other_result,
    assigned_not_added,
    unpacked_in_another_order,
    turns_missed,
)
