"""The guest: a process with NumPy loaded and no student code in it.

Started as `python -c "…; from guest.start import main; main()" '{"mode": …}'`. In the mode `serve` it takes requests
from the socket on standard input (`server.py`). In the mode `once`, for platforms that cannot fork, the process itself
is the section: frames come on standard input, the submission first, and go out on what was standard output.
"""

from __future__ import annotations

import os

# `random` and `threading` have something done after every fork: new random numbers, locks of threads that are gone. A
# section seeds what is random, and the guest has one thread; so this is left undone: a tenth of what a section costs.
_register_at_fork = getattr(os, "register_at_fork", None)
if _register_at_fork is not None:
    os.register_at_fork = lambda **handlers: None

import builtins  # noqa: E402
import gc  # noqa: E402
import importlib  # noqa: E402
import importlib.util  # noqa: E402
import random  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from types import ModuleType  # noqa: E402
from typing import Any  # noqa: E402

# NumPy takes one function from `secrets`, which loads OpenSSL for others: a twentieth of its start, and memory that is
# copied.
sys.modules["secrets"] = _secrets = ModuleType("secrets")
_secrets.randbits = random.SystemRandom().getrandbits  # type: ignore[attr-defined]

from .lean import load_numpy  # noqa: E402

load_numpy()

import numpy.fft  # noqa: E402
import numpy.random  # noqa: E402, F401 - NumPy loads these two when they are first used: here, once, before any fork

del sys.modules["secrets"]

from . import lockdown, reading, wire  # noqa: E402
from .held import BOUNDS, Held, taken  # noqa: E402
from .section import Channel, run  # noqa: E402
from .server import Server  # noqa: E402

if _register_at_fork is not None:
    os.register_at_fork = _register_at_fork


def main(setup: dict[str, Any]) -> None:
    """Serve until the host is gone."""
    # The harness's own folder is not importable beside the submission's modules.
    sys.path.remove(setup["harness"])
    builtins.__dict__.update(exit=sys.exit, quit=sys.exit)  # as Python has them where it has loaded `site`
    for name in setup["preload"]:
        importlib.import_module(name)
    exercises = {**reading.EXERCISES, **load_exercises(setup["exercises"])}
    fence = lockdown.Fence.of(setup)
    taken()  # what it finds is the same for all submissions
    if setup["mode"] == "once":
        gc.enable()
        once(setup["request"], fence, exercises)
        return
    # What is here now is here for good: a fork need not look at it, nor copy its pages by counting it.
    gc.freeze()
    gc.enable()
    control = socket.socket(fileno=os.dup(0))
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)  # so that nothing else gets the number; each section opens its own
    control.send(b"ready")
    Server(control, fence, exercises).run()


def load_exercises(path: str) -> dict[str, Any]:
    """The assignment's exercises by name: those of a file, or of a package's folder."""
    inside = Path(path, "__init__.py")
    package = inside.is_file()
    spec = importlib.util.spec_from_file_location(
        "exercises", inside if package else path, submodule_search_locations=[path] if package else None
    )
    assert spec is not None and spec.loader is not None  # noqa: S101 - a path that we gave
    module = importlib.util.module_from_spec(spec)
    sys.modules["exercises"] = module
    spec.loader.exec_module(module)
    return dict(module.EXERCISES)


def once(request: dict[str, Any], fence: lockdown.Fence, exercises: dict[str, Any]) -> None:
    """Be the section: frames on standard input and output, prints on standard error."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb", 0), os.fdopen(os.dup(1), "wb", 0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    channel = Channel(incoming.read, outgoing.write)
    frame = wire.read(channel.receive, BOUNDS)
    if frame is not None:
        run(request, fence, channel, Held(frame), exercises)
    os._exit(0)
