"""The level `bubblewrap`: namespaces of its own for everything, and nothing inside but what is listed here."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from . import system
from .launch import ENVIRONMENT, PYTHON_OPTIONS, Command, Interpreter, Parts, boot, byte_code, has_filter
from .launch import PACKAGES as SITE

#: Where things lie inside; the same on every machine.
HARNESS, PACKAGES, PYTHON, WORK = "/harness", "/packages", "/python", "/submission"

_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
#: Libraries and folders of one of the system's folders that are bound one by one; where there are more, it is bound as
#: a whole, and what is not needed in it is covered.
SINGLY = 40


def program() -> str | None:
    """The program, where it is installed."""
    return shutil.which("bwrap")


def available() -> str | None:
    """The program, where it is installed and there is a filter of system calls for this machine."""
    return program() if has_filter() else None


def command(parts: Parts) -> Command:
    """How to start a guest under bubblewrap.

    The guest's first process is process 1 of its namespace: nothing inside can signal it. It keeps one
    capability of its own user namespace, to give each section a file system of its own; sections drop it.
    """
    interpreter = Interpreter.current()
    arguments = [
        program() or "bwrap", "--unshare-all", "--unshare-user", "--as-pid-1", "--die-with-parent", "--new-session",
        "--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN", "--uid", "65534", "--gid", "65534",
        "--hostname", "guest", "--clearenv",
        *(word for name, value in environment(interpreter).items() for word in ("--setenv", name, value)),
        *_system(),
        *_bind(interpreter.executable, f"{PYTHON}/bin/python3"),
        *_python(interpreter),
        *_packages(parts),
        *_bind(parts.harness / "guest", f"{HARNESS}/guest"),
        *_exercises(parts),
        *(word for device in _DEVICES for word in ("--dev-bind", device, device)),
        "--dir", WORK, "--remount-ro", "/", "--chdir", "/", "--",
        f"{PYTHON}/bin/python3", *PYTHON_OPTIONS, "-c", boot(HARNESS, [PACKAGES]),
    ]  # fmt: skip
    setup = {
        "level": "bubblewrap",
        "harness": HARNESS,
        "exercises": f"{HARNESS}/{parts.exercises.name}",
        "preload": list(parts.preload),
        "user": None,
        "threads": "none",
    }
    return Command(arguments, {}, setup)


def environment(interpreter: Interpreter) -> dict[str, str]:
    """The variables inside."""
    library = {"LD_LIBRARY_PATH": f"{PYTHON}/lib"} if interpreter.shared else {}
    return {**ENVIRONMENT, **library}


def _bind(source: Path, target: str) -> list[str]:
    return ["--ro-bind", str(source), target]


def _exercises(parts: Parts) -> list[str]:
    """The exercises: a folder with all that is in it, or a file and its byte code.

    Beside a file's byte code lies that of the assignment's answers, so it is bound alone.
    """
    name = parts.exercises.name
    words = _bind(parts.exercises, f"{HARNESS}/{name}")
    code = None if parts.exercises.is_dir() else byte_code(parts.exercises)
    return words if code is None else [*words, *_bind(code, f"{HARNESS}/{importlib.util.cache_from_source(name)}")]


def _nothing(target: str) -> list[str]:
    """An empty folder in place of what is there; read-only, or one section could leave files in it to the next."""
    return ["--tmpfs", target, "--remount-ro", target]


def _system() -> list[str]:
    """The C library and its kin: folder by folder, what of it the loader needs."""
    words = []
    for folder in system.folders():
        if len(folder.kept) <= SINGLY:
            words += ["--dir", str(folder.path)]
            words += [word for path in folder.kept for word in _bind(path, str(path))]
        else:
            words += _bind(folder.path, str(folder.path))
            words += [word for path in folder.left for word in _nothing(str(path))]
    for name in system.SYSTEM:
        path = Path(name)
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), name]
        elif path.is_dir() and path.resolve() != path:
            words += ["--symlink", str(path.resolve()), name]
    if system.CACHE.exists():
        words += _bind(system.CACHE, str(system.CACHE))
    return words


def _python(interpreter: Interpreter) -> list[str]:
    """The standard library at a place that does not depend on the machine, without its site packages."""
    inside = f"{PYTHON}/lib/{interpreter.stdlib.name}"
    words = _bind(interpreter.stdlib, inside)
    for name in SITE:
        if (interpreter.stdlib / name).is_dir():
            words += _nothing(f"{inside}/{name}")
    if interpreter.shared is not None:
        words += _bind(interpreter.shared, f"{PYTHON}/lib/{interpreter.shared.name}")
    return words


def _packages(parts: Parts) -> list[str]:
    words = []
    for folder in parts.folders():
        words += _bind(folder, f"{PACKAGES}/{folder.name}")
        for hidden in parts.hidden:
            if hidden.partition("/")[0] == folder.name and (folder.parent / hidden).is_dir():
                words += _nothing(f"{PACKAGES}/{hidden}")
    return words
