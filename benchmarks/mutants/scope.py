"""What an operator may know about the function that its node stands in."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Scope:
    """A function or method."""

    function: ast.FunctionDef

    @cached_property
    def parameters(self) -> list[str]:
        """Names of the parameters, without `self`."""
        names = [argument.arg for argument in self.function.args.args]
        return [name for name in names if name != "self"]

    @cached_property
    def skipped(self) -> set[ast.AST]:
        """The docstring, the arguments' declarations, and what stands inside a formatted text."""
        function = self.function
        roots: list[ast.AST] = [function.args]
        if ast.get_docstring(function) is not None:
            roots.append(function.body[0])
        roots += [node for node in ast.walk(function) if isinstance(node, ast.JoinedStr | ast.Raise)]
        return {node for root in roots for node in ast.walk(root)}

    @cached_property
    def shapes(self) -> set[ast.AST]:
        """Names and attributes of which only the shape or the length is read: their values make no difference."""
        owners = [n.value for n in ast.walk(self.function) if isinstance(n, ast.Attribute) and n.attr == "shape"]
        calls = [n for n in ast.walk(self.function) if isinstance(n, ast.Call) and ast.unparse(n.func) == "len"]
        return {*owners, *(call.args[0] for call in calls)}

    @cached_property
    def axes(self) -> set[ast.AST]:
        """Axes of a sum or mean: their order makes no difference."""
        return {n.value for n in ast.walk(self.function) if isinstance(n, ast.keyword) and n.arg == "axis"}

    @property
    def constructing(self) -> bool:
        """Whether it is a constructor."""
        return self.function.name == "__init__"

    @property
    def computing(self) -> bool:
        """Whether what it returns is a result."""
        return not self.function.name.startswith("_")
