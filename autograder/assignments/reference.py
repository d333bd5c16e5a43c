"""The reference solution as an oracle: put through the very exercises that submissions are put through.

It runs in this process, because it is ours. Its modules have names such as `loss` and `Conv1d`, so they
are importable only while they are imported, and leave nothing in `sys.modules`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType

from autograder.guest.lookup import Submission
from autograder.guest.task import Task

from . import rubric_files
from .oracles import Inputs, Oracle, OraclesAbsent, Outputs, Params
from .rubric import Rubric

#: Beside the package in the repository; a students' copy does not have it.
HOME = Path(__file__).resolve().parents[2] / "reference_solutions"

_importing = threading.Lock()


class Reference(Submission):
    """A submission whose modules were all imported at once, and are known to this object only."""

    def __init__(self, root: Path, search: Sequence[str], notebook: str = "") -> None:
        paths = [*root.rglob("*.py"), *root.rglob("*.ipynb")]
        super().__init__(root, search, [path.relative_to(root).as_posix() for path in sorted(paths)], notebook)
        self._modules: dict[str, ModuleType] = {}
        with _importing, _importable(root, self.search):
            for path in self.files:
                self._modules[path] = super().load(path)

    def load(self, path: str) -> ModuleType:
        """The module of one file."""
        return self._modules[path]

    def run(self, exercise: Callable[[Task], None], params: Params, inputs: Inputs) -> Outputs:
        """The outputs of one case."""
        task = Task(params, inputs, self)
        exercise(task)
        return {**task.outputs, **task.texts}


@cache
def reference(name: str, search: tuple[str, ...], notebook: str = "") -> Reference:
    """The reference solution of an assignment, loaded once.

    Raises
    ------
    OraclesAbsent
        It is not in this copy of the project.
    """
    root = HOME / name
    if not root.is_dir():
        raise OraclesAbsent(
            f"the reference solution of {name} is not in this copy of the project",
            hint="the public seed with the quick profile needs none",
        )
    return Reference(root, search, notebook)


def oracle(name: str, section_id: str, exercises: Mapping[str, Callable[[Task], None]]) -> Oracle:
    """The reference of an assignment as a truth about one section.

    Parameters
    ----------
    exercises
        The assignment's, by name.

    Raises
    ------
    KeyError
        There is no such section, or no such exercise.
    """
    facts = _rubric(name)
    exercise = exercises[{section.id: section.exercise for section in facts.sections}[section_id]]

    def compute(params: Params, inputs: Inputs) -> Outputs:
        return reference(name, facts.search, facts.notebook).run(exercise, params, inputs)

    return Oracle("reference", compute)


@cache
def _rubric(name: str) -> Rubric:
    return rubric_files.load(Path(__file__).parent / name / "rubric.toml")


@contextmanager
def _importable(root: Path, folders: Sequence[str]) -> Iterator[None]:
    """Make a solution's modules importable by their short names, then forget them."""
    names = {path.stem for path in root.rglob("*.*")} | {path.name for path in root.iterdir() if path.is_dir()}

    def taken() -> list[str]:
        return [name for name in sys.modules if name.partition(".")[0] in names]

    hidden = {name: sys.modules.pop(name) for name in taken()}
    sys.path[:0] = folders
    try:
        yield
    finally:
        for folder in folders:
            sys.path.remove(folder)
        for name in taken():
            del sys.modules[name]
        sys.modules.update(hidden)
