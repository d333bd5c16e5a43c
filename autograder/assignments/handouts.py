"""Handouts: what students start from, made from a reference solution by taking the solution out of it.

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
from itertools import zip_longest
from pathlib import Path

_LIKE_A_MARKER = re.compile(r"<\s*/?\s*solution", re.IGNORECASE)
_OPENING = re.compile(r"# <solution(: .+|>)")
_CLOSING = "# </solution>"
_HINT_WIDTH = 100


class HandoutError(Exception):
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


def make(reference: Path, handout: Path) -> list[Path]:
    """Write the handout of a reference, over whatever is there: also over what a student has written.

    Python files are stripped, all others copied; hidden files, caches and backups are left out. Files that
    only the handout has, such as its README, stay. Nothing is written unless every file can be made.

    Parameters
    ----------
    reference, handout : Path
        The folders to read and to write; neither may lie in the other.

    Returns
    -------
    list of Path
        The files written, in order.

    Raises
    ------
    HandoutError
        A file cannot be stripped, the reference is empty, or one folder lies in the other.
    """
    source, target = reference.resolve(), handout.resolve()
    if source.is_relative_to(target) or target.is_relative_to(source):
        raise HandoutError(str(handout), 0, "the handout would be mixed with its reference")
    files = _files(reference)
    for name, content in files.items():
        path = handout / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [handout / name for name in files]


def drift(reference: Path, handout: Path) -> list[str]:
    """Say how a handout differs from what `make` would write.

    Parameters
    ----------
    reference, handout : Path
        The two folders.

    Returns
    -------
    list of str
        One line for each file that is missing or differs (with the first line that does), and for each Python
        file that the reference does not have. Empty where there is no difference.

    Raises
    ------
    HandoutError
        As `make`, but for the places of the folders.
    """
    files = _files(reference)
    found = [name for name in _names(handout) if name.endswith(".py")]
    differences = [_difference(name, content, handout / name) for name, content in files.items()]
    extra = [f"{name}: is not in the reference" for name in found if name not in files]
    return [line for line in differences if line is not None] + extra


def _difference(name: str, made: bytes, path: Path) -> str | None:
    if not path.is_file():
        return f"{name}: is missing"
    found = path.read_bytes()
    if name.endswith(".py"):
        found = found.replace(b"\r\n", b"\n")  # a checkout may have turned the line ends
    if found == made:
        return None
    pairs = zip_longest(made.split(b"\n"), found.split(b"\n"))
    number, (should, is_) = next((n, pair) for n, pair in enumerate(pairs, start=1) if pair[0] != pair[1])
    return f"{name}:{number}: should be {_quote(should)}, is {_quote(is_)}"


def _quote(line: bytes | None) -> str:
    return "the end" if line is None else repr(line.decode(errors="replace"))


def _names(folder: Path) -> list[str]:
    """Name the files that count, relative to the folder, with ``/``, sorted."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in paths if not any(map(_is_litter, path.parts)))


def _is_litter(name: str) -> bool:
    """Tell hidden files, caches and editors' backups."""
    return name.startswith(".") or name == "__pycache__" or name.endswith((".pyc", "~"))


def _files(reference: Path) -> dict[str, bytes]:
    """Make every file of the handout, in memory."""
    files = {}
    for name in _names(reference):
        content = (reference / name).read_bytes()
        if name.endswith(".py"):
            try:
                source = content.decode()
            except UnicodeDecodeError as error:
                raise HandoutError(name, 0, "is not UTF-8") from error
            content = strip(source.replace("\r\n", "\n"), name).encode()
        files[name] = content
    if not files:
        raise HandoutError(str(reference), 0, "there is no reference here")
    return files


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
