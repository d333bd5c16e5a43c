"""The level `landlock`: an ordinary process that gives up files, system calls and capabilities by itself.

For containers that have no user namespaces, and machines without bubblewrap.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from . import process
from .launch import Command, Interpreter, Parts

_SYSTEM = (
    "/usr/lib",
    "/usr/lib64",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/dev/urandom",
    "/dev/random",
    "/dev/zero",
)


def version() -> int:
    """Landlock's version on this machine; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    import ctypes  # here, since most runs never ask

    c = ctypes.CDLL(None, use_errno=True)
    return max(0, int(c.syscall(444, None, 0, 1)))


def available() -> bool:
    """Whether this machine can hold a guest in with Landlock and seccomp."""
    filters = Path(__file__).parent.parent / "guest" / "seccomp"
    return version() >= 1 and (filters / f"{os.uname().machine}.bpf").is_file()


def command(parts: Parts) -> Command:
    """How to start a guest whose sections restrict themselves."""
    interpreter = Interpreter.current()
    readable = [
        *_SYSTEM,
        str(interpreter.library),
        *(str(folder) for folder in parts.folders()),
        str(parts.harness / "guest"),
        str(parts.exercises),
    ]
    return process.command(parts, level="landlock", readable=readable)
