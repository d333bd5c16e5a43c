"""Mutants: the references of an assignment with one small change each.

The general changes come from cosmic-ray, those that a student would make from `domain` and from the table of
`patches/`. Two changes that give the same syntax tree are one mutant. A mutant's id is a digest of the function
that it changes: it stays the same until that function does.
"""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from autograder.assignments.registry import Assignment
from autograder.guest.notebooks import sources as cells
from autograder.submissions.notebooks import slim

from . import domain, general, patches

#: So many mutants of one kind in one function: more of them are caught by the same cases.
MOST = 4

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong version of one file.

    Attributes
    ----------
    where
        `Class.method` or `function`.
    operator
        What kind of change it is.
    change
        The changed lines, before and after.
    section
        Id of the section that it was made for; empty where its place says which.
    slow
        Whether only its computing time is wrong.
    """

    id: str
    file: str
    where: str
    operator: str
    change: str
    text: str
    section: str = ""
    slow: bool = False

    @property
    def family(self) -> tuple[str, str, str]:
        """Its function and the kind of its operator: one operator in place of another is one kind."""
        kind = self.operator.partition("_")[0] if self.operator.startswith("Replace") else self.operator
        return self.file, self.where, kind


def files(assignment: Assignment) -> dict[str, str]:
    """The reference's files by path; a notebook is the script that its cells make."""
    root, found = assignment.reference, {}
    for path in sorted(path for path in root.rglob("*") if path.suffix in (".py", ".ipynb")):
        name = path.relative_to(root).with_suffix(".py").as_posix()
        found[name] = path.read_text("utf-8") if path.suffix == ".py" else "\n\n".join(cells(slim(path.read_bytes())))
    return found


def sources(assignment: Assignment) -> dict[str, str]:
    """Those of the reference's files that students write; what is handed out complete is left out."""
    given = set(assignment.rubric().given)
    return {name: text for name, text in files(assignment).items() if name not in given}


@cache
def make(assignment: Assignment) -> tuple[Mutant, ...]:
    """Every mutant of an assignment, each once, in the order of files and operators."""
    found: dict[str, Mutant] = {}
    slow = patches.slow(assignment.name)
    for file, text in sources(assignment).items():
        before = functions(text)
        for operator, changed in _changes(assignment.name, file, text):
            mutant = _mutant(file, operator, text, changed, before)
            if mutant is not None and not patches.left_open(assignment.name, mutant.where, mutant.change):
                found.setdefault(mutant.id, replace(mutant, slow=operator in slow))
    return _thinned(list(found.values()))


def _thinned(mutants: list[Mutant]) -> tuple[Mutant, ...]:
    """At most `MOST` of one family in one function, chosen by their digests: any choice does, but always the same."""
    families: dict[tuple[str, str, str], list[str]] = {}
    for mutant in mutants:
        families.setdefault(mutant.family, []).append(mutant.id)
    kept = {name for names in families.values() for name in sorted(names)[:MOST]}
    return tuple(mutant for mutant in mutants if mutant.id in kept)


def _changes(assignment: str, file: str, text: str) -> Iterator[tuple[str, str]]:
    yield from patches.changes(assignment, file, text)
    yield from domain.changes(text)
    yield from general.changes(text)


def _mutant(file: str, operator: str, text: str, changed: str, before: dict[str, str]) -> Mutant | None:
    """The mutant of a changed file; None where no function changed, or where it is no Python any more."""
    try:
        after = functions(changed)
    except SyntaxError:
        return None
    where = [name for name in before if after.get(name) != before[name]]
    if not where or where[0].endswith("__call__"):  # which nobody has to write
        return None
    name = digest(file, *(f"{name}\n{after.get(name)}" for name in where))
    return Mutant(name, file, where[0], operator, difference(text, changed), changed)


def digest(*facts: str) -> str:
    """A short name for what these facts say."""
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:10]


def functions(text: str) -> dict[str, str]:
    """Every function and method as a syntax tree without its docstring, by qualified name."""
    found: dict[str, str] = {}

    def visit(body: list[ast.stmt], path: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                visit(node.body, f"{path}{node.name}.")
            elif isinstance(node, Function):
                if ast.get_docstring(node) is not None:
                    node.body = node.body[1:] or [ast.Pass()]
                found[path + node.name] = ast.dump(node)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        visit(ast.parse(text).body, "")
    return found


def difference(before: str, after: str) -> str:
    """The lines between the first and the last that differ: `old → new`."""
    old, new = before.splitlines(), after.splitlines()
    same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    old, new = old[same:], new[same:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return " → ".join(" ; ".join(line.strip() for line in lines) for lines in (old, new))
