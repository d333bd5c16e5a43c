"""What a submission may import: a friendly messenger, not the fence.

The fence is what is mounted into the sandbox. This finder makes the rule readable: a forbidden or missing
module becomes an inert stand-in, so that an import nobody uses costs nothing, and the first use of one
ends the section with file, line and reason. The rule goes by the module's name alone.

Who is ready for a module that is not there is told the truth, so that the other way is taken: an import fails where
the submission catches that (`guards.py`), and `importlib.util.find_spec` finds nothing.

A module that imports what is not there, and that the submission could do without, is first taken for one that does not
need it. Where it is used after all, the case is put through once more (`other_way`), and now that module cannot be
imported, as where there is no such package.

No package can be looked for here, since none is mounted. So what is not denied and not `KNOWN` counts as missing: a
slip of the pen, or a file that was not handed in.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.machinery
import importlib.util
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, NoReturn

from . import guards, standins
from .agreed import DEBUGGING, KNOWN
from .standins import FORBIDDEN, INTERACTIVE, ForbiddenUse, NoSuchModule, StandIn


class Policy:
    """Finds stand-ins for what may not be imported, and the submission's own modules; the rest is left to Python.

    A finder and a loader without being called so: `importlib.abc` is slow to load.

    Parameters
    ----------
    root
        The submission's folder; who imports is looked for in its files.
    allow, deny
        Module names; `deny` wins over `allow` for a package's parts.
    own
        Where the submission's own modules lie, by name, as far as that is known: as long as nobody changes where Python
        looks, they need not be looked for.
    files
        Paths of the submission's modules, to tell what a missing one's name may have been meant to be.
    due
        Paths of the modules that the assignment knows of.
    debugged
        Somebody is there: debuggers are what they are elsewhere.
    """

    def __init__(
        self,
        root: Path,
        allow: Sequence[str],
        deny: Sequence[str],
        own: Mapping[str, str] | None = None,
        files: Sequence[str] = (),
        due: Sequence[str] = (),
        *,
        debugged: bool = False,
    ) -> None:
        self.root = str(root)
        self.files, self.due = tuple(files), tuple(due)
        self.allow = frozenset(name.partition(".")[0] for name in allow)
        self.deny = tuple(deny)
        self.own = own or {}
        self.debugged = debugged
        self.interactive: frozenset[str] = frozenset() if debugged else INTERACTIVE
        self.path: list[str] = []
        self.finders: list[Any] = []
        self.notes: list[str] = []
        self.used: str | None = None
        self.kind = ForbiddenUse
        self.using = ""  # what was used last, of what is not there
        self.spare: set[str] = set()  # imported by modules that the submission could do without
        self.before: tuple[str, list[str]] | None = None  # what had been used and noted, once another way was taken
        self.strict = False
        self.absent: dict[str, str] = {}
        self.failed: dict[str, str] = {}
        self.starred: list[tuple[str, str]] = []
        self.aside: dict[tuple[str, bool], ModuleType] = {}  # by name, and whether it is for the submission
        self.plain_import, self.plain_import_module = builtins.__import__, importlib.import_module
        self.plain_find_spec = importlib.util.find_spec

    def install(self) -> None:
        """Put this policy before all other finders, and make `breakpoint()` name its line."""
        sys.meta_path.insert(0, self)
        self.begin()
        importlib.util.find_spec = self.asked
        if not self.debugged:
            sys.breakpointhook = lambda *args, **kwargs: self.refuse(f"breakpoint(): {DEBUGGING[0]}")

    def begin(self) -> None:
        """Take it that Python looks for modules where it looks now, until somebody changes that."""
        self.path, self.finders = [*sys.path], [*sys.meta_path]

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec of a stand-in or of the submission's own module, or None where Python should look itself."""
        top = fullname.partition(".")[0]
        if top in self.interactive:
            self.watch()
            if not self.asked_by_submission():  # `doctest` builds upon `pdb`
                return None
        elif top in sys.stdlib_module_names:
            return None
        denied = any(fullname == name or fullname.startswith(name + ".") for name in self.deny)
        if not denied and top not in self.interactive:
            if top in self.allow:
                return None
            place = self.own.get(fullname)
            if place is not None and self.plain() and os.path.isfile(place):  # noqa: PTH113 - for speed
                return found_at(fullname, place)
            # A library that looks for an optional companion must hear the truth: it is not there.
            if not self.asked_by_submission() or self.owns(importlib.machinery.PathFinder.find_spec(fullname, path)):
                return None
        where = self.importer()
        known = denied or top in self.interactive or top in KNOWN
        if self.may_fail(fullname):
            self.fail(fullname, where, known=known)
        if not known:
            self.absent.setdefault(fullname, where)
        if not isinstance(sys.modules.get(fullname.rpartition(".")[0]), StandIn):
            self.note(where, fullname, "a stand-in took its place", known=known)
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)  # type: ignore[arg-type]

    def plain(self) -> bool:
        """Whether Python looks where it did at first, and nobody else looks."""
        return sys.path == self.path and sys.meta_path == self.finders

    def owns(self, spec: importlib.machinery.ModuleSpec | None) -> bool:
        """Whether a module is the submission's own."""
        if spec is None:
            return False
        places = [spec.origin or "", *(spec.submodule_search_locations or ())]
        return any(place.startswith(self.root) for place in places)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """The stand-in itself."""
        self.watch()
        return StandIn(spec.name, self)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""

    def watch(self) -> None:
        """Look from now on at imports that find a module among the loaded ones, too: it is not the same for all."""
        builtins.__import__, importlib.import_module = self.imported, self.imported_module

    def imported(self, name: str, *args: Any, **kwargs: Any) -> ModuleType:
        """As `__import__`; a stand-in is none for who is ready to do without."""
        self.show(name)
        self.fail_where_guarded(name)
        return self.plain_import(name, *args, **kwargs)

    def imported_module(self, name: str, package: str | None = None) -> ModuleType:
        """As `importlib.import_module`, likewise."""
        self.show(name)
        self.fail_where_guarded(name)
        return self.plain_import_module(name, package)

    def show(self, name: str) -> None:
        """Have of a debugger among the loaded modules what is for the one who asks: a stand-in, or itself."""
        top = name.partition(".")[0]
        if top not in self.interactive:
            return
        own = self.asked_by_submission()
        for loaded in [each for each in sys.modules if each == top or each.startswith(f"{top}.")]:
            if isinstance(sys.modules[loaded], StandIn) is not own:
                self.aside[loaded, not own] = sys.modules.pop(loaded)
        for key in [key for key in self.aside if key[0].partition(".")[0] == top and key[1] is own]:
            sys.modules[key[0]] = self.aside.pop(key)

    def asked(self, name: str, package: str | None = None) -> importlib.machinery.ModuleSpec | None:
        """As `importlib.util.find_spec`: nothing is found of what may not be imported."""
        if isinstance(sys.modules.get(name), StandIn):
            return None
        try:
            return self.plain_find_spec(name, package)
        except ModuleNotFoundError as error:
            if error.name == name and name in self.failed:
                return None
            raise

    def may_fail(self, name: str) -> bool:
        """Whether the import that goes on fails: the submission catches that, or could do without who imports."""
        if guards.guarded(self.root, CATCHING):
            return True
        if not guards.guarded(self.root, used=True):
            return False
        self.spare.add(name)
        return self.strict

    def other_way(self) -> bool:
        """Whether something was used that only a module needs that the submission could do without; asked once.

        From now on that module's import fails.
        """
        if self.before is not None or self.used is None or self.using not in self.spare:
            return False
        self.before = self.used, [*self.notes]
        self.used, self.strict = None, True
        self.notes.clear()
        return True

    def way_back(self) -> None:
        """Take it that the other way was none."""
        if self.before is not None:
            self.used, self.notes[:] = self.before
            self.strict = False

    def fail_where_guarded(self, name: str) -> None:
        """Let an import fail that would find a stand-in, where it may."""
        if isinstance(sys.modules.get(name), StandIn) and self.may_fail(name):
            self.fail(name, self.importer(), known=name not in self.absent)

    def fail_where_imported(self, name: str) -> None:
        """Let a use fail as the import would have, where a module uses it that the submission could do without."""
        if guards.guarded(self.root, used=True):
            self.fail(name, self.importer(), known=name not in self.absent)

    def fail(self, name: str, where: str, *, known: bool) -> NoReturn:
        """Let an import fail as where there is no such module."""
        self.note(where, name, "the code goes on without it", known=known)
        self.failed[name] = where
        if not known:
            self.absent.setdefault(name, where)
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    def note(self, where: str, name: str, so: str, *, known: bool) -> None:
        """Note that a module is not there, and what came of it."""
        note = f"{where}: `{name}` {'is not allowed here' if known else 'is not there'}; {so}"
        if where and note not in self.notes:
            self.notes.append(note)

    def take_all(self, name: str) -> None:
        """Note that all names of a module are imported that is not there."""
        if name in self.absent:
            self.starred.append((name, self.importer()))

    def told(self, error: BaseException) -> BaseException:
        """What an error stands for that comes out of the submission: an import that failed is a use after all.

        So is a name that is not defined, in a file that has imported all names of a module that is not there.
        """
        if isinstance(error, NameError) and (star := self.star(error)):
            module, where = star
            return NoSuchModule(f"{where}: {self.lacking(module)}").with_traceback(error.__traceback__)
        cause: BaseException | None = error
        for _ in range(DEEPEST):
            name = cause.name if isinstance(cause, ModuleNotFoundError) else None
            if isinstance(name, str) and name in self.failed:
                kind = NoSuchModule if name in self.absent else ForbiddenUse
                why = self.lacking(name) if name in self.absent else f"`{name}`: {FORBIDDEN}"
                return kind(f"{self.failed[name]}: {why}").with_traceback(error.__traceback__)
            cause = None if cause is None else cause.__cause__
        return error

    def star(self, error: NameError) -> tuple[str, str] | None:
        """The likeliest module to have had a name, and where all of its names were to be imported."""
        stack = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
        file = stack[-1][len(self.root) + 1 :] if stack else ""
        found = [(module, where) for module, where in self.starred if where.rpartition(":")[0] == file]
        sought = str(error.name).lower()
        return max(found, key=lambda star: star[0].rpartition(".")[2].lower() in sought, default=None)

    def asked_by_submission(self) -> bool:
        """Whether the statement that asks stands in the submission, not in a library."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            name = frame.f_code.co_filename
            if name not in OURS and "importlib" not in name and not name.startswith("<"):  # text is its caller's
                return name.startswith(self.root)
            frame = frame.f_back
        return False

    def importer(self) -> str:
        """`file:line` of the submission's statement that is importing, or nothing where it is not its own."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            name = frame.f_code.co_filename
            if name.startswith(self.root):
                return f"{name[len(self.root) + 1 :]}:{frame.f_lineno}"
            frame = frame.f_back
        return ""

    def refuse(self, why: str) -> NoReturn:
        """End the section: something was used that may not be."""
        self.end(ForbiddenUse, self.importer(), why)

    def miss(self, name: str) -> NoReturn:
        """End the section: a module was used that is nowhere. Named is the line that imports it."""
        self.end(NoSuchModule, self.absent[name], self.lacking(name))

    def end(self, kind: type[ForbiddenUse], where: str, why: str) -> NoReturn:
        """Raise what a use stands for, and remember it where it is caught."""
        self.kind, self.used = kind, f"{where + ': ' if where else ''}{why}"
        raise kind(self.used, self.forget)

    def lacking(self, name: str) -> str:
        """What is said of a module that is nowhere."""
        last, said = name.rpartition(".")[2], f"there is no module `{name}`"
        here = {stem(path).lower(): path for path in self.files}
        if twin := here.get(last.lower()):
            if stem(twin) == last:
                return f"{said}, but {twin}"
            return f"{said}: the file is {twin}, and must be {last}.py (capital letters count)"
        if path := next((path for path in self.due if stem(path) == last), None):
            return f"{said}: {path} is not among the files that were handed in"
        import difflib  # slow to load, and seldom needed

        if close := difflib.get_close_matches(last.lower(), [*here, *self.allow], 1, CLOSE):
            return f"{said}; did you mean `{stem(here.get(close[0], close[0]))}`?"
        packages = " and ".join(sorted(self.allow))
        return f"{said}: was its file handed in?" + (f" Of packages, only {packages} may be used" if packages else "")

    def forget(self) -> None:
        """What was used, was used where it costs nothing."""
        self.used = None


def stem(path: str) -> str:
    """A module's name, from its file's path."""
    return path.rpartition("/")[2].removesuffix(".py")


def found_at(name: str, place: str) -> importlib.machinery.ModuleSpec | None:
    """What Python finds where a module lies at that place."""
    loader = importlib.machinery.SourceFileLoader(name, place)
    return importlib.util.spec_from_file_location(name, place, loader=loader)


#: Where what is asked goes through.
OURS = (__file__, standins.__file__)
#: Code of ours in which an import may fail: it answers that there is no such module.
CATCHING = (Policy.asked.__code__,)
#: Errors that are raised from each other, as far as they are looked at.
DEEPEST = 10
#: How alike a name must be to one that it may have been meant to be.
CLOSE = 0.7
