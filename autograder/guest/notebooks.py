"""A notebook, or a script exported from one, as a module: statement by statement, cell by cell.

A notebook downloads, plots, trains and prints between its definitions, and none of that can run here. So a
statement that fails costs nothing but a note, and where the assignment says `definitions`, only statements
that define something are run at all: functions, classes, imports, and names for simple values.

This happens in the guest and not on the host, because it parses what students wrote: Python's parser
can be made to take any time and memory, and has crashed on hostile source, which here costs one section.

Cells count from 1, empty ones left out, as Jupyter counts them when it runs all of a notebook. Their code is
compiled under the name `numpy_cnn.ipynb cell 7`, so that messages and tracebacks say where to look.
"""

from __future__ import annotations

import ast
import codeop
import json
import linecache
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from .standins import ForbiddenUse

#: Cell magics whose cells are Python all the same.
PYTHON_CELLS = frozenset({"time", "timeit", "capture", "prun"})
#: Lines that only IPython reads: `%matplotlib inline`, `!pip install x`, `files = !ls`, `np.pad?`.
MAGIC = re.compile(r"\s*(?:[%!?]|[\w.]+\?{1,2}\s*$|[\w, ]+=\s*[!%])")
#: What a cell that is not Python seems to define.
DEFINED = re.compile(r"^(?:class|def)\s+(\w+)|^(\w+)\s*=(?!=)", re.MULTILINE)
#: So many magics of one cell are passed over; more is no notebook of a person's.
MOST_MAGICS = 200
#: Calls that name a simple value, or make a function of one.
PLAIN_CALLS = frozenset(
    "float int bool str abs min max len range tuple list set dict frozenset partial functools.partial "
    "np.array np.asarray np.float32 np.float64 np.vectorize np.frompyfunc np.finfo np.zeros np.ones np.sqrt np.log "
    "numpy.array numpy.vectorize numpy.float64 numpy.finfo np.random.default_rng np.random.RandomState "
    "importlib.util.find_spec find_spec".split()
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of source and what its frames are called; `label` names it in notes."""

    label: str
    filename: str
    source: str


class Cells:
    """The module made of a file's cells.

    Parameters
    ----------
    root, path
        The submission's folder, and the file in it.
    mode
        `definitions` or `run`.

    Attributes
    ----------
    module
        What the statements made.
    notes
        What was passed over, for the report.
    broken
        Cells that are not Python, with the errors that say why.
    """

    def __init__(self, root: Path, path: str, mode: str) -> None:
        self.mode, self.notes = mode, list[str]()
        self.broken: list[tuple[Cell, SyntaxError]] = []
        self.compile = codeop.Compile()  # it remembers `from __future__ import …` for the cells that follow
        self.idle: list[str] = []
        self.module = ModuleType(path.rpartition("/")[2].rpartition(".")[0])
        self.module.__file__ = str(root / path)
        sys.modules[self.module.__name__] = self.module
        for cell in cells(root, path):
            lines = cell.source.splitlines(keepends=True)
            linecache.cache[cell.filename] = (len(cell.source), None, lines, cell.filename)
            self.take(cell)
        if self.idle:
            self.notes.append(f"{path}: what defines nothing was not run: {', '.join(self.idle)}")

    def take(self, cell: Cell) -> None:
        """Run what a cell defines."""
        try:
            tree = parsed(cell)
        except SyntaxError as error:
            self.broken.append((cell, error))
            lost = [found[1] or found[2] for found in DEFINED.finditer(cell.source)]
            self.notes.append(f"{cell.label}:{error.lineno or 0}: not Python; {left_out('cell', lost)}")
            return
        if tree is None:
            self.idle.append(cell.label.rpartition(" ")[2] if " cell " in cell.label else cell.label)
            return
        idle = []
        for statement in tree.body:
            if self.wants(statement):
                self.run(statement, cell)
            elif not nothing(statement):
                idle.append(statement.lineno)
        if idle:
            where = f"cell {cell.label.rpartition(' ')[2]} " if " cell " in cell.label else ""
            self.idle.append(f"{where}line {spans(idle)}")

    def wants(self, statement: ast.stmt) -> bool:
        """Whether a statement is to be run."""
        try:
            return self.mode == "run" or defines(statement)
        except RecursionError:  # a sum of thousands of terms
            return False

    def run(self, statement: ast.stmt, cell: Cell) -> None:
        """Run one statement; that it cannot run here is noted."""
        try:
            code = self.compile(ast.Module([statement], []), cell.filename, "exec")  # type: ignore[arg-type]
            exec(code, self.module.__dict__)  # noqa: S102 - this is the guest
        except (Exception, SystemExit) as error:
            left = left_out("statement", names(statement))
            self.notes.append(f"{cell.label}:{statement.lineno}: {type(error).__name__}; {left}")
        except ForbiddenUse as error:
            error.forget()
            self.notes.append(f"{cell.label}:{statement.lineno}: {error}; {left_out('statement', names(statement))}")

    def explain(self, name: str) -> None:
        """Raise the error of the broken cell that should have defined a name, if there is one."""
        definition = re.compile(rf"^(?:class|def)\s+{re.escape(name)}\b|^{re.escape(name)}\s*=", re.MULTILINE)
        for cell, error in self.broken:
            if definition.search(cell.source):
                raise error


def cells(root: Path, path: str) -> Iterator[Cell]:
    """The cells of a notebook; a script is one cell."""
    place, content = f"{root}{os.sep}{path}", (root / path).read_bytes()
    if not path.endswith(".ipynb"):
        yield Cell(path, place, content.decode("utf-8-sig", "replace"))
        return
    for number, source in enumerate(sources(content), 1):
        yield Cell(f"{path} cell {number}", f"{place} cell {number}", source)


def sources(notebook: bytes) -> list[str]:
    """The code of a notebook's cells that are not empty, in order."""
    found: list[Any] = json.loads(notebook)["cells"]
    code = ("".join(cell.get("source", "")) for cell in found if cell.get("cell_type") == "code")
    return [source for source in code if source.strip()]


def parsed(cell: Cell) -> ast.Module | None:
    """A cell's syntax tree without what only IPython reads; None where its cell magic says that it is not Python.

    Raises
    ------
    SyntaxError
        It is not Python.
    """
    lines = cell.source.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        if lines[first][2:].split()[:1] == [] or lines[first][2:].split()[0] not in PYTHON_CELLS:
            return None
        lines[first] = ""
    for _ in range(MOST_MAGICS):
        try:
            return ast.parse("\n".join(lines), cell.filename)
        except SyntaxError as error:
            number = (error.lineno or 0) - 1
            if not 0 <= number < len(lines) or not MAGIC.match(lines[number]):
                raise
            pass_over(lines, number)
        except (ValueError, RecursionError, MemoryError) as error:
            raise SyntaxError(f"it cannot be parsed ({type(error).__name__})", (cell.filename, 1, 1, "")) from error
    raise SyntaxError("more magics than a cell can have", (cell.filename, 1, 1, ""))


def pass_over(lines: list[str], number: int) -> None:
    """Put `pass` in the place of a line that only IPython reads, and of those that it goes on in."""
    indent = lines[number][: len(lines[number]) - len(lines[number].lstrip())]
    goes_on = lines[number].endswith("\\")
    lines[number] = f"{indent}pass"
    while goes_on and (number := number + 1) < len(lines):
        goes_on = lines[number].endswith("\\")
        lines[number] = ""


def defines(statement: ast.stmt) -> bool:
    """Whether a statement is a definition, an import, or a name for a simple value; or consists of such."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
        return True
    if isinstance(statement, ast.Assign):
        return all(map(name, statement.targets)) and simple(statement.value)
    if isinstance(statement, ast.AnnAssign):
        return name(statement.target) and statement.value is not None and simple(statement.value)
    if isinstance(statement, ast.Try):
        inside = [*statement.body, *statement.orelse, *statement.finalbody]
        inside += [each for handler in statement.handlers for each in handler.body]
        return all(defines(each) or nothing(each) or says(each) for each in inside)
    if isinstance(statement, ast.With):
        suppressing = all(suppresses(item) for item in statement.items)
        return suppressing and all(defines(each) or nothing(each) for each in statement.body)
    if isinstance(statement, ast.If):
        return simple(statement.test) and all(defines(s) or nothing(s) for s in [*statement.body, *statement.orelse])
    return False


def name(target: ast.expr) -> bool:
    """Whether something is assigned to a name, or to a tuple of names."""
    return isinstance(target, ast.Name) or (isinstance(target, ast.Tuple) and all(map(name, target.elts)))


def nothing(statement: ast.stmt) -> bool:
    """Whether a statement does nothing: a text that stands for itself, `pass`, a bare name to be shown."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant | ast.Name)
    return isinstance(statement, ast.Pass)


def says(statement: ast.stmt) -> bool:
    """Whether a statement only prints simple values, as a handler of a failed import does."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func) == "print" and all(map(simple, call.args))


def suppresses(item: ast.withitem) -> bool:
    """Whether a `with` is there to have an import fail in silence."""
    call = item.context_expr
    return isinstance(call, ast.Call) and ast.unparse(call.func) in ("suppress", "contextlib.suppress")


#: What simple values are made of.
SIMPLE = (
    ast.Constant, ast.Name, ast.Attribute, ast.Lambda, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.Tuple,
    ast.List, ast.Dict, ast.Set, ast.IfExp, ast.Call, ast.Subscript, ast.Slice, ast.Starred, ast.JoinedStr,
    ast.FormattedValue,
)  # fmt: skip


def simple(value: ast.expr) -> bool:
    """Whether a value can be had without calling anything but what builds simple values."""
    if not isinstance(value, SIMPLE):
        return False
    if isinstance(value, ast.Lambda):
        return True
    if isinstance(value, ast.Call) and ast.unparse(value.func) not in PLAIN_CALLS:
        return False
    parts = [part for part in ast.iter_child_nodes(value) if isinstance(part, ast.expr)]
    parts += [each.value for each in value.keywords] if isinstance(value, ast.Call) else []
    return all(map(simple, parts))


def spans(numbers: list[int]) -> str:
    """Line numbers in few words, each once: the first ones, and whether there are more."""
    lines = list(dict.fromkeys(numbers))
    return ", ".join(map(str, lines[:3])) + (", …" if len(lines) > 3 else "")


def names(statement: ast.stmt) -> list[str]:
    """The names that a statement gives to something in its module."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    found: list[str] = []
    for part in ast.walk(statement):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.append(part.id)
        elif isinstance(part, ast.alias):
            found.append((part.asname or part.name).partition(".")[0])
    return found


def left_out(what: str, lost: list[str]) -> str:
    """What a cell or a statement that could not run costs: nothing, or the names that it should have set."""
    if not lost:
        return f"the {what} costs nothing"
    said = ", ".join(f"`{name[:80]}`" for name in list(dict.fromkeys(lost))[:3])
    return f"the {what} is left out, with {said}" + (", …" if len(set(lost)) > 3 else "")
