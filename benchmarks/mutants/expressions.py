"""Changes of expressions: operands, axes, slices, arguments, names."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from . import subscripts
from .scope import Scope

Operator = Callable[[ast.AST, Scope], Iterator[str]]

#: Functions and methods that are taken for each other.
TWINS = {
    "sum": ("mean", "max"),
    "mean": ("sum",),
    "max": ("min", "mean"),
    "argmax": ("argmin",),
    "var": ("std",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "maximum": ("minimum",),
    "uniform": ("normal",),
    "where": (),
}


def text(node: ast.AST) -> str:
    """A node as Python, safe to stand inside any expression."""
    return f"({ast.unparse(node)})"


def loaded(node: ast.AST) -> bool:
    """Whether a value is read here, not stored."""
    return isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def neighbours(items: Sequence[str]) -> Iterator[list[str]]:
    """The items with two neighbours that differ swapped, each pair once."""
    for i in range(len(items) - 1):
        if items[i] != items[i + 1]:
            yield [*items[:i], items[i + 1], items[i], *items[i + 2 :]]


def operand_left_out(node: ast.AST, scope: Scope) -> Iterator[str]:
    """A bias, a factor, a condition that is forgotten."""
    if isinstance(node, ast.BinOp):
        yield text(node.left)
        yield text(node.right)
    if isinstance(node, ast.BoolOp):
        for i in range(len(node.values)):
            rest = node.values[:i] + node.values[i + 1 :]
            yield "(" + f" {'and' if isinstance(node.op, ast.And) else 'or'} ".join(map(text, rest)) + ")"
    if isinstance(node, ast.IfExp):
        yield text(node.body)
        yield text(node.orelse)


def operands_swapped(node: ast.AST, scope: Scope) -> Iterator[str]:
    """`b - a` for `a - b`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.Pow | ast.MatMult):
        yield text(ast.BinOp(node.right, node.op, node.left))


def ceiling_for_floor(node: ast.AST, scope: Scope) -> Iterator[str]:
    """Rounded the other way."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv):
        yield f"(-(-{text(node.left)} // {text(node.right)}))"
        yield f"round({text(node.left)} / {text(node.right)})"


def elements_swapped(node: ast.AST, scope: Scope) -> Iterator[str]:
    """Axes, sizes or layers in another order, or one too few."""
    if isinstance(node, ast.Tuple | ast.List) and loaded(node):
        left, right = ("(", ",)") if isinstance(node, ast.Tuple) else ("[", "]")
        items = [ast.unparse(item) for item in node.elts]
        for swapped in neighbours(items) if node not in scope.axes else ():
            yield left + ", ".join(swapped) + right
        if len(items) > 1:
            for i in range(len(items)):
                yield left + ", ".join(items[:i] + items[i + 1 :]) + right


def arguments_swapped(node: ast.AST, scope: Scope) -> Iterator[str]:
    """Two neighbouring arguments in each other's place."""
    if isinstance(node, ast.Call):
        given = [ast.unparse(argument) for argument in node.args]
        named = [ast.unparse(keyword) for keyword in node.keywords]
        for swapped in neighbours(given):
            yield f"{ast.unparse(node.func)}({', '.join(swapped + named)})"


def argument_left_out(node: ast.AST, scope: Scope) -> Iterator[str]:
    """`keepdims`, `axis`, `padding` and the like forgotten."""
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            rest = [k for k in node.keywords if k is not keyword]
            yield ast.unparse(ast.Call(node.func, node.args, rest))


def twin_function(node: ast.AST, scope: Scope) -> Iterator[str]:
    """Mean for sum, smallest for largest."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        for other in TWINS.get(node.func.attr, ()):
            func = ast.Attribute(node.func.value, other, ast.Load())
            yield ast.unparse(ast.Call(func, node.args, node.keywords))
        if node.func.attr == "var":
            ddof = ast.keyword("ddof", ast.Constant(1))
            yield ast.unparse(ast.Call(node.func, node.args, [*node.keywords, ddof]))
        if node.func.attr in ("zeros", "ones"):
            for dtype in ("float32", "int64"):
                extra = ast.keyword("dtype", ast.Constant(dtype))
                yield ast.unparse(ast.Call(node.func, node.args, [*node.keywords, extra]))


def call_left_out(node: ast.AST, scope: Scope) -> Iterator[str]:
    """The root, the reversal, the copy or the transposition forgotten."""
    if not isinstance(node, ast.Call):
        return
    if len(node.args) == 1:
        yield text(node.args[0])
    module = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value).startswith("np")
    if isinstance(node.func, ast.Attribute) and not module:
        yield text(node.func.value)


def added_behind_the_call(node: ast.AST, scope: Scope) -> Iterator[str]:
    """`f(a) + b` for `f(a + b)`: eps outside the root."""
    if isinstance(node, ast.Call) and len(node.args) == 1 and isinstance(node.args[0], ast.BinOp):
        inside = node.args[0]
        call = ast.Call(node.func, [inside.left], node.keywords)
        yield text(ast.BinOp(call, inside.op, inside.right))


def first_sample_only(node: ast.AST, scope: Scope) -> Iterator[str]:
    """A sum over the batch that sees one sample, or all but it."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("np.einsum", "np.sum", "np.mean", "np.tensordot"):
        for i, argument in enumerate(node.args):
            if isinstance(argument, ast.Name | ast.Attribute | ast.BinOp):
                for part in ("[:1]", "[1:]"):
                    one = ast.parse(text(argument) + part, mode="eval").body
                    yield ast.unparse(ast.Call(node.func, [*node.args[:i], one, *node.args[i + 1 :]], node.keywords))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        method = ast.unparse(node.func.value) != "np" and node.func.attr in ("sum", "mean")
        if method:
            func = ast.Attribute(_first(node.func.value), node.func.attr)
            yield ast.unparse(ast.Call(func, node.args, node.keywords))


def _first(node: ast.expr) -> ast.expr:
    return ast.parse(text(node) + "[:1]", mode="eval").body


def other_letters(node: ast.AST, scope: Scope) -> Iterator[str]:
    """Two neighbouring letters of one term of an `einsum` swapped."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return
    if "->" not in node.value:
        if len(node.value) == 1:  # the answer of a question
            yield repr(chr(ord(node.value) + 1))
        return
    inputs, output = node.value.split("->")
    terms = [*inputs.split(","), output]
    for i, term in enumerate(terms):
        for swapped in neighbours(term):
            new = [*terms[:i], "".join(swapped), *terms[i + 1 :]]
            yield repr(",".join(new[:-1]) + "->" + new[-1])


def other_parameter(node: ast.AST, scope: Scope) -> Iterator[str]:
    """The parameter beside the one that is meant."""
    if isinstance(node, ast.Name) and loaded(node) and node.id in scope.parameters and len(scope.parameters) > 1:
        place = scope.parameters.index(node.id)
        for step in (-1, 1):
            yield scope.parameters[(place + step) % len(scope.parameters)]


def gradient_ignored(node: ast.AST, scope: Scope) -> Iterator[str]:
    """A backward that does not use what comes in."""
    read = isinstance(node, ast.Name) and loaded(node) and node not in scope.shapes
    if read and scope.function.name.endswith("backward") and scope.parameters[:1] == [node.id]:
        yield f'__import__("numpy").ones_like({node.id})'


def input_without_sign(node: ast.AST, scope: Scope) -> Iterator[str]:
    """What comes in, wrong where it is negative."""
    read = isinstance(node, ast.Name) and loaded(node) and node not in scope.shapes | scope.axes
    if read and scope.parameters[:1] == [node.id] and not scope.constructing:
        yield f"abs({node.id})"


def small_constant(node: ast.AST, scope: Scope) -> Iterator[str]:
    """Another eps, or none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, float) and 0 < node.value < 1e-3:
        yield repr(node.value * 1000)
        yield repr(node.value / 10)
        yield "0.0"


OPERATORS: tuple[Operator, ...] = (
    operand_left_out,
    operands_swapped,
    ceiling_for_floor,
    elements_swapped,
    arguments_swapped,
    argument_left_out,
    twin_function,
    call_left_out,
    added_behind_the_call,
    first_sample_only,
    other_letters,
    other_parameter,
    gradient_ignored,
    input_without_sign,
    small_constant,
    *subscripts.OPERATORS,
)
