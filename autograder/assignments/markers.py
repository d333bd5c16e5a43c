"""Markers in a reference, and what a handout has in the place of what they mark.

A reference marks each region that students are to write by two comments, alone on their lines:

    def forward(self, A):
        # <solution: pad A with zeros, then use
        # the two layers that __init__ made>
        ...
        # </solution>

In the handout the region becomes its hint and a stub, and everything else stays as it is:

    def forward(self, A):
        # Your code here: pad A with zeros, then use the two layers that __init__ made
        raise NotImplementedError("Conv1d.forward")

The hint is optional (``# <solution>``), and may run over several comment lines until one ends with ``>``. A
region lies within one function and holds whole statements. Whatever resembles a marker but is none is an
error: a misspelt marker would hand the solution out.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.errors import UsageError

_LIKE_A_MARKER = re.compile(r"<\s*/?\s*solution", re.IGNORECASE)
_OPENING = re.compile(r"# <solution(: .+|>)")
_CLOSING = "# </solution>"
_HINT_WIDTH = 100


class HandoutError(UsageError):
    """A reference of which no handout can be made.

    Attributes
    ----------
    path : str
        The file or folder at fault.
    line : int
        The line at fault, from 1; 0 where it is the whole file or folder.
    """

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")
        self.path = path
        self.line = line


@dataclass(frozen=True, slots=True)
class _Comment:
    """A comment, ``#`` included; lines count from 1, columns from 0."""

    line: int
    column: int
    text: str
    alone: bool  # whether no code stands before it


@dataclass(frozen=True, slots=True)
class _Region:
    """A marked region with its markers; lines count from 1, columns from 0."""

    first: int
    head: int  # the last line of the opening marker
    last: int
    column: int
    hint: str


def strip(source: str, path: str) -> str:
    """Take the solution out of one file.

    Parameters
    ----------
    source : str
        The reference's Python source, with its markers.
    path : str
        What messages call the file.

    Returns
    -------
    str
        The handout's source: each region replaced by its hint and a ``raise NotImplementedError``. A source
        without markers comes back unchanged.

    Raises
    ------
    HandoutError
        The source is not Python, a marker is misspelt or unbalanced, or a region is empty, outside a function
        or not made of whole statements.
    """
    tree = _parse(source, path)
    lines = source.split("\n")
    for region in reversed(_regions(source, path)):  # from the end, so that line numbers above stay true
        lines[region.first - 1 : region.last] = _stub(region, _owner(tree, region, path))
        try:
            ast.parse("\n".join(lines))
        except SyntaxError as error:
            raise HandoutError(path, region.first, "the region does not hold whole statements") from error
    return "\n".join(lines)


def _parse(source: str, path: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise HandoutError(path, error.lineno or 0, f"is not Python: {error.msg}") from error


def _comments(source: str) -> Iterator[_Comment]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            (line, column), text = token.start, token.string.rstrip()
            yield _Comment(line, column, text, alone=not token.line[:column].strip())


def _regions(source: str, path: str) -> list[_Region]:
    """Find the marked regions, in order."""
    regions = []
    start: _Comment | None = None
    head, hint = 0, ""
    comments = _comments(source)
    for comment in comments:
        if not _LIKE_A_MARKER.search(comment.text):
            continue
        if comment.text == _CLOSING and comment.alone:
            if start is None:
                raise HandoutError(path, comment.line, "a region ends here that did not start")
            if start.column != comment.column:
                raise HandoutError(path, comment.line, "a region's markers must be indented alike")
            regions.append(_Region(start.line, head, comment.line, start.column, hint))
            start = None
        elif _OPENING.fullmatch(comment.text) and comment.alone:
            if start is not None:
                raise HandoutError(path, comment.line, f"the region of line {start.line} has not ended yet")
            start = comment
            head, hint = _hint(comment, comments, path)
        else:
            raise HandoutError(path, comment.line, f"resembles a marker but is none: {comment.text}")
    if start is not None:
        raise HandoutError(path, start.line, "the region that starts here does not end")
    return regions


def _hint(opening: _Comment, following: Iterator[_Comment], path: str) -> tuple[int, str]:
    """Read an opening marker up to its ``>``; return its last line and the hint."""
    parts = [opening.text.removeprefix("# <solution").removeprefix(":")]
    last = opening.line
    while not parts[-1].endswith(">"):
        comment = next(following, None)
        last += 1
        continues = comment is not None and comment.alone and comment.line == last
        if comment is None or not continues or _LIKE_A_MARKER.search(comment.text):
            raise HandoutError(path, opening.line, "the marker that starts here has no closing '>'")
        parts.append(comment.text.removeprefix("#"))
    return last, " ".join(" ".join(parts).removesuffix(">").split())


def _owner(tree: ast.Module, region: _Region, path: str) -> str:
    """Check what a region holds, and return the qualified name of the function that it lies in."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    inside = [node for node in nodes if region.head < node.lineno < region.last]
    if not inside:
        raise HandoutError(path, region.first, "the region holds no statement")
    if min(node.col_offset for node in inside) != region.column:
        raise HandoutError(path, region.first, "a region's markers must be indented as its statements are")
    end = max(_end(node) for node in inside)
    around = [
        node
        for node in nodes
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.lineno < region.first
        and end <= _end(node)
    ]
    around.sort(key=lambda node: node.lineno)
    if not around or isinstance(around[-1], ast.ClassDef):
        raise HandoutError(path, region.first, "the region does not lie within one function")
    return ".".join(node.name for node in around)


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _stub(region: _Region, owner: str) -> list[str]:
    """Return the lines that stand in the handout for a region."""
    indent = " " * region.column
    text = "Your code here" + (f": {region.hint}" if region.hint else "")
    lines = textwrap.wrap(text, _HINT_WIDTH - region.column, break_on_hyphens=False)
    return [*(f"{indent}# {line}" for line in lines), f'{indent}raise NotImplementedError("{owner}")']
