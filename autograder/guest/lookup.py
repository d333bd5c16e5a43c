"""The submission's own modules, as the guest sees them: files on disk, imported once they are needed."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from .notebooks import Cells, sources

#: A relative import at the top of a file.
RELATIVE = re.compile(r"^from\s+\.", re.MULTILINE)

#: What Python says where a module lacks a name.
IMPORTED = re.compile(r"cannot import name '(\w+)' from '([\w.]+)'")


class Missing(Exception):
    """Something that the contract asks for is not there: a file, a class, an attribute."""


class Submission:
    """The files of a submission below a root folder.

    Parameters
    ----------
    root
        Where the files lie; also the working directory.
    search
        Folders below the root that are importable, in order (`""` is the root).
    files
        The accepted files, relative to the root, with forward slashes.
    notebook
        How a notebook's cells become a module, `definitions` or `run`; empty where modules are imported whole.

    Attributes
    ----------
    notes
        What was passed over of notebooks, for the report.
    """

    def __init__(self, root: Path, search: Sequence[str], files: Iterable[str], notebook: str = "") -> None:
        self.root = root
        self.search = [self.place(folder) for folder in search]
        self.files = sorted(name for name in files if name.endswith((".py", ".ipynb")))
        self.notebook = notebook
        self.notes: list[str] = []
        self._every = frozenset(files)
        self._opened: set[str] = set()
        self._cells: dict[str, Cells] = {}

    def place(self, path: str) -> str:
        """Where a file or a folder lies, by its path below the root (the root itself has none)."""
        return os.path.join(str(self.root), *path.split("/")) if path else str(self.root)  # noqa: PTH118 - for speed

    def listen(self) -> None:
        """Note from now on what is opened: by an import, a search for a definition, or `open`."""

        def heard(event: str, details: tuple[Any, ...]) -> None:
            if event == "open" and isinstance(details[0], str | bytes):
                self._opened.add(os.fsdecode(details[0]))

        sys.addaudithook(heard)

    def read(self) -> list[str]:
        """Which of the files were opened since this was asked last."""
        root = f"{self.root}{os.sep}"
        places = {os.path.normpath(os.path.join(root, path)) for path in self._opened}  # noqa: PTH118 - for speed
        self._opened.clear()
        below = {place[len(root) :].replace(os.sep, "/") for place in places if place.startswith(root)}
        return sorted(below & self._every)

    def forget(self) -> None:
        """Have its modules imported anew when they are needed next."""
        root = f"{self.root}{os.sep}"
        for name, module in [*sys.modules.items()]:
            spec = getattr(module, "__spec__", None)
            if type(spec) is not ModuleSpec:
                continue
            places = [spec.origin, *(spec.submodule_search_locations or ())]
            if any(type(place) is str and place.startswith(root) for place in places):
                sys.modules.pop(name, None)

    def find(self, name: str, paths: Sequence[str]) -> Any:
        """The class or function of that name: in the first of `paths` that defines it, else in any module.

        Raises
        ------
        Missing
            None does.
        """
        here = [path for path in paths if path in self.files]
        for path in here:
            module = self.load(path)
            if hasattr(module, name):
                return getattr(module, name)
            if path in self._cells:
                self._cells[path].explain(name)
        definition = re.compile(rf"^(?:class|def)\s+{re.escape(name)}\b", re.MULTILINE)
        for path in self.files:
            if path not in here and definition.search(self.text(path)):
                return getattr(self.load(path), name)
        if here:
            raise Missing(f"{here[0]} does not define `{name}`{alike(vars(self.load(here[0])), name)}")
        raise Missing(f"`{name}` is not there: {paths[0]} is missing" if paths else f"`{name}` is not there")

    def load(self, path: str) -> ModuleType:
        """The module of one file, under the name by which the submission's other modules import it."""
        if self.notebook:
            if path not in self._cells:
                self._cells[path] = Cells(self.root, path, self.notebook)
                self.notes += self._cells[path].notes
            return self._cells[path].module
        folder, _, file = path.rpartition("/")
        stem = file.removesuffix(".py")
        dotted = path.removesuffix(".py").replace("/", ".")
        if folder and RELATIVE.search(self.text(path)):
            return importlib.import_module(dotted)  # `from .resampling import …` needs a package around it
        if self.place(folder) in self.search:
            module = importlib.import_module(stem)
            if module.__spec__ is not None and module.__spec__.origin == self.place(path):
                return module
        if dotted in sys.modules:
            return sys.modules[dotted]
        spec = importlib.util.spec_from_file_location(dotted, self.place(path))
        if spec is None or spec.loader is None:
            raise Missing(f"{path} cannot be imported")
        module = importlib.util.module_from_spec(spec)
        sys.modules[dotted] = module
        spec.loader.exec_module(module)
        return module

    def text(self, path: str) -> str:
        """A file's source as text, whatever its encoding."""
        with open(self.place(path), "rb", buffering=0) as file:  # noqa: PTH123 - `Path` costs more than the reading
            content = file.read()
        return "\n".join(sources(content)) if path.endswith(".ipynb") else content.decode("utf-8", "replace")


def alike(there: Iterable[str], name: str, where: str = "it has") -> str:
    """A word on the name that differs from the one looked for by capital letters and underscores only."""
    found = [other for other in there if plainly(other) == plainly(name)]
    return f"; {where} `{found[0]}`, which is another name" if found else ""


def misnamed(error: BaseException, message: str) -> str:
    """The same of a name that an exception did not find: in a module, or among those that the line could use."""
    with contextlib.suppress(Exception):  # names can be anything in a module that a submission has changed
        if type(error) is ImportError and (found := IMPORTED.match(message)):
            return alike(vars(sys.modules[found[2]]), found[1])
        if type(error) is AttributeError and isinstance(error.obj, ModuleType):
            return alike(vars(error.obj), str(error.name))
        if type(error) is NameError and (trace := error.__traceback__):
            while trace.tb_next:
                trace = trace.tb_next
            there = {**trace.tb_frame.f_globals, **trace.tb_frame.f_locals}
            return alike(there, str(error.name), "there is")
    return ""


def plainly(name: str) -> str:
    """A name without what is easily mistaken in it."""
    return name.lower().replace("_", "")
