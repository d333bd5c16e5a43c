"""The level `landlock`: an ordinary process that gives up files, system calls and capabilities by itself.

For containers that have no user namespaces, and machines without bubblewrap.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from . import process, system
from .launch import PACKAGES, Command, Interpreter, Parts, has_filter

_DEVICES = ("/dev/urandom", "/dev/random", "/dev/zero")
_CAP_SETGID, _CAP_SETUID = 6, 7
_FIRST_USER, _LAST_USER = 61184, 65519  # what systemd keeps for users that come and go
_USERS = _LAST_USER - _FIRST_USER + 1


def version() -> int:
    """Landlock's version on this machine; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    import ctypes  # here, since most runs never ask

    c = ctypes.CDLL(None, use_errno=True)
    return max(0, int(c.syscall(444, None, 0, 1)))


def available() -> bool:
    """Whether this machine can hold a guest in with Landlock and seccomp."""
    return version() >= 1 and has_filter()


def command(parts: Parts) -> Command:
    """How to start a guest whose sections restrict themselves."""
    return process.command(parts, level="landlock", readable=readable(parts))


def readable(parts: Parts) -> list[str]:
    """Files and folders that the guest may read, with all below them.

    Landlock gives and never takes back: where a folder holds what is not needed, only its other entries are given.
    """
    paths = [Path(name) for name in _DEVICES]
    for folder in system.folders():
        paths += folder.kept
    paths += [path for path in (system.CACHE,) if path.exists()]
    paths += _without_packages(Interpreter.current().stdlib)
    paths += [*parts.folders(), parts.harness / "guest", parts.exercises]
    return [str(path) for path in paths]


def _without_packages(folder: Path) -> list[Path]:
    """A folder, or its entries where some are Pythons or hold what was installed for one."""
    entries = list(folder.iterdir())
    kept = [path for path in entries if not path.name.startswith("python") and path.name not in PACKAGES]
    return [folder] if len(kept) == len(entries) else sorted(kept)


def other_user(parts: Parts, work: Path) -> int | None:
    """Somebody who owns nothing, for sections to be; None where we cannot be him, or he could not read Python."""
    if os.geteuid() != 0 or not _may_change_user():
        return None
    user = _FIRST_USER + os.getpid() % _USERS
    needed = [
        Interpreter.current().stdlib / "os.py",
        *(next(folder.glob("__init__.py"), folder) for folder in (*parts.folders(), parts.exercises)),
        parts.harness / "guest" / "main.py",
    ]
    return user if all(_open_to_all(path) for path in needed) and _open_to_all(work.parent) else None


def _may_change_user() -> bool:
    facts = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    mine = int(facts["CapEff"], 16)
    mapped = (line.split() for line in Path("/proc/self/uid_map").read_text().splitlines())
    known = any(int(first) <= _FIRST_USER and int(first) + int(count) > _LAST_USER for first, _, count in mapped)
    return known and all(mine >> capability & 1 for capability in (_CAP_SETUID, _CAP_SETGID))


def _open_to_all(path: Path) -> bool:
    try:
        path = path.resolve()
        above = all(folder.stat().st_mode & 0o001 for folder in path.parents)
        return above and bool(path.stat().st_mode & (0o001 if path.is_dir() else 0o004))
    except OSError:
        return False
