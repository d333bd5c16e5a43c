"""Starting a guest: what it consists of, and the process itself. Imports nothing slow, so that the guest
loads NumPy while the host does.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from autograder.errors import HarnessError

from . import begun, clock
from .threads import ONE_THREAD

Level = Literal["bubblewrap", "landlock", "process"]

#: The guest's own environment, whole: nothing of ours is inherited. One heap for all threads: each further one would
#: reserve 64 MB of the addresses that a section may use, and where they end inside a thread that starts, who started it
#: waits for ever.
ENVIRONMENT: Mapping[str, str] = {
    **ONE_THREAD,
    "MALLOC_ARENA_MAX": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "LC_ALL": "C.UTF-8",
}

#: Where a Python keeps what was installed for it.
PACKAGES = ("site-packages", "dist-packages")

#: Nothing that is loaded is garbage: looking for it while modules are loaded is a twentieth of the start.
_BOOT = (
    "import gc; gc.disable(); import sys; sys.path[:0] = [{harness!r}]; sys.path += {packages!r}; "
    "from guest.start import main; main()"
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a guest is made of, as paths of the host.

    Attributes
    ----------
    exercises
        The assignment's guest-side module: a file, or a package's folder.
    packages
        Top-level packages that the guest may import, by name.
    hidden
        Parts of packages that are not there (`scipy/signal`), where the level can hide them.
    preload
        Modules imported before any section starts.
    """

    exercises: Path
    packages: tuple[str, ...] = ("numpy",)
    hidden: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()

    @property
    def harness(self) -> Path:
        """The folder that holds the package `guest`."""
        return Path(__file__).parent.parent

    def folders(self) -> list[Path]:
        """The packages' folders (a module of one file: that file), with the libraries that wheels put beside them."""
        found = []
        for name in self.packages:
            if name.endswith(LIBRARIES):
                found += beside(name)
                continue
            place = location(name)
            if place is None:
                raise HarnessError(f"the package {name} is not installed")
            found += [path for path in (place, place.with_name(name + LIBRARIES)) if path.exists()]
        return list(dict.fromkeys(found))


def byte_code(source: Path) -> Path | None:
    """A module's byte code, made now where it is missing or old: a guest reads it and never writes any.

    Raises
    ------
    HarnessError
        The module is no Python.
    """
    place = Path(importlib.util.cache_from_source(str(source)))
    try:
        if not place.is_file() or place.stat().st_mtime < source.stat().st_mtime:
            _compiled(source, place)
    except (OSError, ValueError):
        return None  # where we may not write, the guest compiles it each time
    return place


def _compiled(source: Path, place: Path) -> None:
    import py_compile

    try:
        py_compile.compile(str(source), str(place), doraise=True)
    except py_compile.PyCompileError as error:
        found = error.exc_value
        where = f"{found.msg} (line {found.lineno})" if isinstance(found, SyntaxError) else str(found)
        raise HarnessError(f"{source} cannot be compiled: {where}") from error


#: How a wheel's folder of shared libraries ends; where it is not named after the package, `packages` names it too.
LIBRARIES = ".libs"


def location(package: str) -> Path | None:
    """Where a package or a module of one file lies; None where it is not installed."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    return Path(spec.origin) if spec.origin and Path(spec.origin).is_file() else None


def beside(name: str) -> list[Path]:
    """Folders of shared libraries of that name, which not every platform's wheels have."""
    return [Path(folder, name) for folder in sys.path if Path(folder, name).is_dir()][:1]


def absent(packages: Sequence[str]) -> list[str]:
    """Those of the packages that are not installed."""
    return [name for name in packages if not name.endswith(LIBRARIES) and location(name) is None]


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The Python that runs the guest: the one that runs us, without its site packages."""

    executable: Path
    stdlib: Path
    shared: Path | None

    @classmethod
    def current(cls) -> Interpreter:
        """The interpreter of this process, past any virtual environment."""
        executable = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
        # `sysconfig` knows both, and reading all that it knows takes longer than starting the guest's process.
        library = Path(os.__file__).parent
        shared = Path(sys.base_prefix, "lib", f"libpython{sys.version_info[0]}.{sys.version_info[1]}.so.1.0")
        return cls(executable, library, shared if shared.is_file() else None)


@dataclass(frozen=True, slots=True)
class Command:
    """How to start a guest: its arguments and environment, and what it is told about itself."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    setup: Mapping[str, Any]


def has_filter() -> bool:
    """Whether there is a seccomp program for this machine."""
    return (Path(__file__).parent.parent / "guest" / "seccomp" / f"{os.uname().machine}.bpf").is_file()


def boot(harness: str, packages: Sequence[str]) -> str:
    """The Python statement that starts a guest whose `guest` package lies in `harness`."""
    return _BOOT.format(harness=harness, packages=list(packages))


#: Options of the interpreter: no user site, no site, no byte code written, no folder of the script on the path.
PYTHON_OPTIONS = ("-s", "-S", "-B", "-P", "-X", "utf8")


class NotSpawned(HarnessError):
    """The system would not even start the process."""


class GuestProcess:
    """A guest that serves sections: the process, and the socket on which it takes requests."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.pid = 0
        arguments = [*command.arguments, json.dumps({**command.setup, "mode": "serve"})]
        try:
            self.process = begun.process(arguments, command.environment)
        except OSError as error:
            raise NotSpawned(f"the guest cannot be started: {error}") from error
        self.control, self.words = self.process.control, self.process.words

    def wait_here(self) -> int:
        """Wait until the guest's Python runs; its process id.

        Raises
        ------
        HarnessError
            It ended or was silent; the message holds what it said.
        """
        if not self.pid:
            self.pid = self._hear(b"here")
        return self.pid

    def wait_ready(self) -> None:
        """Wait until the guest has loaded NumPy.

        Raises
        ------
        HarnessError
            As with `wait_here`.
        """
        self.wait_here()
        self._hear(b"ready")

    def _hear(self, word: bytes, seconds: float = 60.0) -> int:
        """Wait for that word; the id of the process that said it."""
        self.control.settimeout(seconds)
        heard, pid = b"", 0
        with contextlib.suppress(OSError):
            heard, pid = clock.receive(self.control, len(word))
        # No request is large, so that one which cannot be sent at once says that nobody listens.
        self.control.settimeout(5.0)
        if heard != word:
            self.kill()
            self.words.seek(0)
            said = self.words.read(2000).decode("utf-8", "replace").strip().splitlines()
            raise HarnessError(f"the guest did not start: {said[-1] if said else 'it said nothing'}")
        return pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return not self.process.ended()

    def kill(self) -> None:
        """End the guest and all that is in it."""
        self.process.kill()

    def close(self, seconds: float = 0.0) -> None:
        """End the guest; where sections still run, it gets some seconds to end them itself."""
        self.control.close()
        self.process.ended(seconds)
        self.process.close()
