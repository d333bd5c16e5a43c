"""The level `process`: a process of its own with resource limits and an empty environment, and no more.

What the submission may read is whatever the user may read: never where something is secret.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from .launch import ENVIRONMENT, PYTHON_OPTIONS, Command, Interpreter, Level, Parts, boot


def command(parts: Parts, *, level: Level = "process", readable: Sequence[str] = ()) -> Command:
    """How to start a guest as an ordinary process."""
    interpreter = Interpreter.current()
    harness = str(parts.harness)
    packages = sorted({str(folder.parent) for folder in parts.folders()})
    arguments = [str(interpreter.executable), *PYTHON_OPTIONS, "-c", boot(harness, packages)]
    setup = {
        "level": level,
        "harness": harness,
        "exercises": str(parts.exercises),
        "preload": list(parts.preload),
        "readable": list(readable),
        # Whom to become and what bounds threads is the host's to say, once it has looked.
        "user": None,
        "threads": "none",
    }
    # Windows cannot start a Python without these two.
    system = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}
    return Command(arguments, {**system, **ENVIRONMENT}, setup)
